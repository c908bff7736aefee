import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation
import SourceDiagnostics

/// A compiled operation: everything that a message needs in order to be checked, and nothing of the document.
///
/// Each part of a message has a question that answers yes or no without allocating, and an explanation for a no. Flags
/// say beforehand which parts are asked about at all, so that an operation without parameters costs a load and a
/// branch.
package final class OperationContract: Sendable {
    /// `operationId`.
    package let operationID: String?
    /// A name for logs and metrics: `operationId`, or method and template.
    package let name: String
    /// The method.
    package let method: String
    /// The path template.
    package let pathTemplate: String
    /// `tags`.
    package let tags: [String]
    /// Where the operation is written.
    package let range: SourceRange
    /// Alternatives of which one must be satisfied; empty: none is needed.
    package let security: [SecurityRequirement]
    /// JSON Pointer of the Operation Object.
    package let pointer: String

    /// Whether path values are checked.
    package let needsPath: Bool
    /// Whether the query is checked, even an absent one.
    package let needsQuery: Bool
    /// Whether field lines are checked: headers or cookies.
    package let needsFields: Bool
    /// Whether headers are checked.
    package let hasHeaderParameters: Bool
    /// Whether cookies are checked.
    package let hasCookieParameters: Bool
    /// Whether the operation declares content.
    package let acceptsContent: Bool
    /// Whether some content has to be collected and checked.
    package let mayNeedBody: Bool
    /// Whether the operation declares responses.
    package let hasResponses: Bool

    /// Whether a response may be a stream of items that are checked one by one.
    package let streamsItems: Bool

    /// Path parameters.
    private let path: ParameterTable
    /// Their positions in the template.
    private let pathPositions: [Int]
    /// Query parameters.
    private let query: FieldSetContract
    /// 3.2: the whole query as one value.
    private let queryString: ParameterContract?
    /// Header parameters.
    private let headers: HeaderSetContract
    /// Cookie parameters.
    private let cookies: CookieSetContract
    /// Content; nil if none is declared.
    private let body: BodyContract?
    /// Refuses all content.
    private static let noBody = BodyContract(isRequired: false, content: [], pointer: "")
    /// Responses by key.
    private let responses: [ResponseContract]
    /// Programs and limits.
    private let shared: SharedPrograms

    /// Takes all parts.
    init(
        _ operation: Operation, pointer: String, path: [(position: Int, parameter: ParameterContract)],
        query: FieldSetContract, queryString: ParameterContract?, headers: HeaderSetContract,
        cookies: CookieSetContract,
        body: BodyContract?, responses: [ResponseContract], shared: SharedPrograms
    ) {
        operationID = operation.operationID
        name = operation.name
        method = operation.method
        pathTemplate = operation.pathTemplate
        tags = operation.tags
        range = operation.range
        security = operation.security
        self.pointer = pointer
        self.path = ParameterTable(path.map(\.parameter))
        pathPositions = path.map(\.position)
        self.query = query
        self.queryString = queryString
        self.headers = headers
        self.cookies = cookies
        self.body = body
        self.responses = responses
        self.shared = shared
        needsPath = !path.isEmpty
        needsQuery = !query.isEmpty || queryString != nil
        needsFields = !headers.isEmpty || !cookies.isEmpty
        hasHeaderParameters = !headers.isEmpty
        hasCookieParameters = !cookies.isEmpty
        acceptsContent = body != nil
        mayNeedBody = body.map { !$0.content.isEmpty } ?? false
        hasResponses = operation.responses != nil
        streamsItems = responses.contains { $0.streamsItems }
    }

    // MARK: - Parameters

    /// The names of header parameters, in small letters: inputs that select a stored reply.
    package var headerParameterNames: [[UInt8]] { headers.names }

    /// The parameters of the query, and the headers.
    var queryParameters: [ParameterContract] { queryString == nil ? query.parameters : [] }
    var headerParameters: [ParameterContract] { headers.list }

    /// Every name that the query may have, decoded; nil where they cannot be listed.
    package var queryNames: [[UInt8]]? { queryString == nil ? query.allNames : nil }

    /// Whether one parameter takes the whole query, so that nothing in it may be put in another order.
    package var takesWholeQuery: Bool { queryString != nil }

    /// Whether the parameters of a request keep the contract. Allocates nothing.
    ///
    /// - Parameters:
    ///   - request: Slices of the received head.
    ///   - refusesUndeclaredQuery: Whether a query name that is not declared breaks the contract.
    ///   - workspace: The event loop's room.
    package func checkParameters(
        _ request: RequestHeadView, refusesUndeclaredQuery: Bool = false, using workspace: inout ContractWorkspace
    ) -> ContractVerdict {
        var sink = ViolationSink.none
        return check(request, refusesUndeclaredQuery, &workspace, &sink) ? .accepted : .rejected(.violation)
    }

    /// What is wrong with the parameters of a request; empty if nothing is.
    package func explainParameters(
        _ request: RequestHeadView, refusesUndeclaredQuery: Bool = false,
        options: ExplanationOptions = ExplanationOptions(),
        using workspace: inout ContractWorkspace
    ) -> [ContractViolation] {
        var sink = ViolationSink.collecting(options.limit, echoesValues: options.echoesValues)
        _ = check(request, refusesUndeclaredQuery, &workspace, &sink)
        return sink.violations
    }

    /// Both of the above.
    private func check(
        _ request: RequestHeadView, _ refusesUndeclared: Bool, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        var isGood = true
        if needsPath {
            isGood = checkPath(request.pathValues, &workspace, &sink)
            guard isGood || sink.isCollecting else { return false }
        }
        if needsQuery || (refusesUndeclared && request.query != nil) {
            isGood = checkQuery(request.query, refusesUndeclared, &workspace, &sink) && isGood
            guard isGood || sink.isCollecting else { return false }
        }
        if hasHeaderParameters {
            isGood = headers.check(request.fields, shared.request, &workspace, &sink) && isGood
            guard isGood || sink.isCollecting else { return false }
        }
        if hasCookieParameters {
            isGood = cookies.check(request.fields, shared.request, &workspace, &sink) && isGood
        }
        return isGood
    }

    /// Path values.
    private func checkPath(
        _ values: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        var isGood = true
        for index in 0..<path.count {
            let position = pathPositions[index]
            let isKept = path.withParameter(index) { parameter in
                // The router fills every expression of the template that it matched.
                guard values.indices.contains(position) else {
                    sink.report { parameter.violation("required", "is required") }
                    return false
                }
                return workspace.check(parameter, .single(values[position]), shared.request, &sink)
            }
            if isKept { continue }
            isGood = false
            guard sink.isCollecting, !sink.isFull else { return false }
        }
        return isGood
    }

    /// The query.
    private func checkQuery(
        _ text: UnsafeRawBufferPointer?, _ refusesUndeclared: Bool, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        let text = text ?? UnsafeRawBufferPointer(start: nil, count: 0)
        if let queryString {
            if text.isEmpty, !queryString.isRequired { return true }
            return checkQueryString(queryString, text, &workspace, &sink)
        }
        let isSorted = query.sort(text, refusesUndeclared: refusesUndeclared, &workspace, &sink)
        guard isSorted || sink.isCollecting else { return false }
        return query.check(text, shared.request, &workspace, &sink) && isSorted
    }

    /// The query as one value (OpenAPI 3.2 §4.12.1).
    private func checkQueryString(
        _ parameter: ParameterContract, _ text: UnsafeRawBufferPointer, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        guard let form = parameter.formFields else {
            return workspace.check(parameter, .single(text), shared.request, &sink)
        }
        do throws(ReadFault) {
            try workspace.sortForm(form, text)
        } catch {
            sink.report { parameter.violation(for: error, workspace.syntaxError) }
            return false
        }
        return workspace.check(
            parameter, .chain(first: workspace.fields.first(of: 0), base: text), shared.request, &sink)
    }

    /// Calls a function with every pair of a query whose name is not declared: the decoded name, nil where it cannot be
    /// decoded, and the place of the pair. For `undeclaredQuery: report` and `strip`. Nothing is undeclared where one
    /// parameter takes the whole query.
    package func forEachUndeclaredQuery(
        _ query: UnsafeRawBufferPointer, using workspace: inout ContractWorkspace,
        _ body: (UnsafeRawBufferPointer?, Range<Int>) -> Void
    ) {
        if queryString == nil { self.query.forEachUndeclared(query, &workspace, body) }
    }

    /// The names of a query that are not declared, decoded, each once; at most `limit` of them.
    package func undeclaredQueryNames(
        _ query: UnsafeRawBufferPointer, limit: Int = 10, using workspace: inout ContractWorkspace
    ) -> [String] {
        var names: [String] = []
        forEachUndeclaredQuery(query, using: &workspace) { name, range in
            let text = Octets.string(name ?? UnsafeRawBufferPointer(rebasing: query[range]))
            if names.count < limit, !names.contains(text) { names.append(text) }
        }
        return names
    }

    /// A query without its undeclared pairs, every other byte as it was; nil if there are none.
    package func strippedQuery(
        _ query: UnsafeRawBufferPointer, using workspace: inout ContractWorkspace
    ) -> [UInt8]? {
        var out: [UInt8] = []
        var position = 0
        forEachUndeclaredQuery(query, using: &workspace) { _, range in
            out.append(contentsOf: query[position..<range.lowerBound])
            // The ampersand after the pair goes with it; after the last pair the one before.
            position = min(range.upperBound + 1, query.count)
            if range.upperBound == query.count, out.last == 0x26 { out.removeLast() }
        }
        guard position > 0 else { return nil }
        out.append(contentsOf: query[position...])
        return out
    }

    // MARK: - Request content

    /// What to do with the content of a request with these field lines. Allocates for multipart only.
    package func bodyPolicy(_ fields: UnsafeBufferPointer<MessageField>) -> BodyPolicy {
        (body ?? Self.noBody).policy(fields)
    }

    /// Whether collected content keeps the contract. An empty body is no content, whatever its head says. Allocates
    /// nothing for JSON, text and urlencoded forms.
    ///
    /// - Parameters:
    ///   - jsonDepth: Most containers inside one another; nil for the API's own limit.
    ///   - sizeLimit: Most bytes of content whose codings have been undone; the caller bounds what was received.
    package func checkBody(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil, sizeLimit: Int = .max,
        using workspace: inout ContractWorkspace
    ) -> ContractVerdict {
        var sink = ViolationSink.none
        let refusal = (body ?? Self.noBody).check(
            policy, content, shared.request, shared.limits(jsonDepth, size: sizeLimit), &workspace, &sink)
        return refusal.map { .rejected($0) } ?? .accepted
    }

    /// What is wrong with collected content; empty if nothing is. For refused content any non-empty bytes will do.
    package func explainBody(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil, sizeLimit: Int = .max,
        options: ExplanationOptions = ExplanationOptions(), using workspace: inout ContractWorkspace
    ) -> [ContractViolation] {
        var sink = ViolationSink.collecting(options.limit, echoesValues: options.echoesValues)
        _ = (body ?? Self.noBody).check(
            policy, content, shared.request, shared.limits(jsonDepth, size: sizeLimit), &workspace, &sink)
        return sink.violations
    }

    // MARK: - Responses

    /// The response that describes a status: exact, then range, then default. Nil for an undeclared status.
    package func response(for status: Int) -> ResponseContract? {
        var range: ResponseContract?
        var other: ResponseContract?
        for response in responses {
            switch response.key {
            case .exact(let code): if code == status { return response }
            case .range(let first): if first == status / 100 { range = response }
            case .default: other = response
            }
        }
        return range ?? other
    }

    /// Whether the content of a good reply may come in parts: 206 is declared by itself, or the response that describes both
    /// 200 and 206 says nothing about content. A part of content with a schema would break it.
    package var repliesInParts: Bool {
        guard let part = response(for: 206) else { return false }
        if case .exact = part.key { return true }
        return part === response(for: 200) && part.leavesContentOpen
    }

    /// Whether the contract asks nothing of the content of a 200.
    package var leavesContentOpen: Bool { response(for: 200)?.leavesContentOpen ?? false }

    /// The violation of a response whose status is not declared.
    package func undeclaredStatus(_ status: Int) -> ContractViolation {
        ContractViolation(
            .status, code: "undeclared-status", detail: "status \(status) is not declared",
            schema: pointer + "/responses")
    }
}

/// How much an explanation says.
package struct ExplanationOptions: Sendable {
    /// Most violations.
    package var limit: Int
    /// Whether details may repeat values of the message.
    package var echoesValues: Bool

    /// The defaults of the settings.
    package init(limit: Int = 10, echoesValues: Bool = false) {
        self.limit = limit
        self.echoesValues = echoesValues
    }
}

/// What all operations of an API share.
final class SharedPrograms: Sendable {
    /// Schemas as requests must keep them.
    let request: SchemaProgram
    /// Schemas as responses must keep them.
    let response: SchemaProgram
    /// Limits of JSON bodies where the operation has none of its own.
    private let limits: JSONLimits

    /// Takes all parts.
    init(request: SchemaProgram, response: SchemaProgram, limits: JSONLimits) {
        self.request = request
        self.response = response
        self.limits = limits
    }

    /// Bounds of content: of its JSON, with a depth of its own, and of its size without codings.
    func limits(_ depth: Int?, size: Int) -> ContentLimits {
        ContentLimits(json: depth.map { JSONLimits(depth: $0) } ?? limits, size: size)
    }
}

/// Bounds of content that is checked.
struct ContentLimits {
    /// Bounds of JSON.
    let json: JSONLimits
    /// Most bytes once content codings are undone.
    let size: Int
}
