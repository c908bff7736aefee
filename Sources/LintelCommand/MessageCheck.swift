import HTTPExchanges
import MessageContracts
import OpenAPIDocuments
import RequestRouting
import SourceDiagnostics

/// An operation of a document, to check recorded messages against: `lintel validate --spec`.
///
/// Requests go through the gateway's own router and contract. The whole document takes part in routing, so a request
/// that the gateway would hand to another operation is told so and not checked against the wrong contract.
package struct MessageCheck: Sendable {
    /// The operation.
    package let operation: OperationContract
    /// Its place among all operations.
    private let index: Int
    /// The whole API.
    private let contract: APIContract
    /// The router.
    private let routes: RouteTable

    /// How many violations are told.
    private static let options = ExplanationOptions(limit: 100, echoesValues: true)

    /// Loads a document and finds an operation in it.
    ///
    /// - Parameters:
    ///   - path: The OpenAPI document.
    ///   - name: The `operationId`, or `METHOD /path`.
    ///   - mount: The public prefix under which the requests were recorded.
    /// - Returns: The check, nil if a diagnostic is an error, and every diagnostic.
    package static func load(
        _ path: String, operation name: String, mount: String = "/"
    ) -> (check: MessageCheck?, diagnostics: [Diagnostic]) {
        let loaded = DocumentLoader().load(path)
        var diagnostics = loaded.diagnostics
        guard let document = loaded.document, !diagnostics.contains(where: { $0.severity == .error }) else {
            return (nil, diagnostics)
        }
        let compiled = APIContract.compile(document)
        diagnostics += compiled.diagnostics
        guard let contract = compiled.contract else { return (nil, diagnostics) }
        let found = contract.operations.firstIndex {
            $0.operationID == name || "\($0.method) \($0.pathTemplate)" == name
        }
        guard let found else {
            let names = contract.operations.map(\.name)
            diagnostics.append(
                Diagnostic(
                    .error, "unknown-operation", "\(path) has no operation `\(name)`",
                    suggestion: NearestName.among(names, to: name).map { "did you mean `\($0)`?" }))
            return (nil, diagnostics)
        }
        var builder = RouteTableBuilder()
        for (index, operation) in contract.operations.enumerated() {
            builder.add(
                RouteDefinition(
                    id: RouteID(index: index), mount: mount, method: operation.method,
                    template: operation.pathTemplate, range: operation.range, name: operation.name))
        }
        let (routes, problems) = builder.build()
        diagnostics += problems
        guard !problems.contains(where: { $0.severity == .error }) else { return (nil, diagnostics) }
        return (
            MessageCheck(operation: contract.operations[found], index: found, contract: contract, routes: routes),
            diagnostics
        )
    }

    /// Checks a recorded request.
    ///
    /// - Returns: What is wrong with it, each with its place.
    /// - Throws: Where the file is no message.
    package func checkRequest(_ file: SourceFile) throws(RecordedMessageFile.Failure) -> [Diagnostic] {
        let message = try RecordedMessageFile(file, as: .request)
        let found = message.head.withUnsafeBytes { head in
            let target = message.table.target.slice(of: head)
            let parts = Self.split(target)
            var path = Array(parts.path)
            var buffer = PathBuffer()
            switch path.withUnsafeBytes({ RequestPath.canonicalise($0, into: &buffer) }) {
            case .canonical: break
            case .rewritten: path = Array(buffer.bytes)
            case .refused(let refusal):
                return [Self.routing("path", "\(refusal.detail)")]
            }
            return check(message, head, path, parts.query)
        }
        return found.map { Self.diagnostic($0, message) }
    }

    /// Routes and checks a request.
    private func check(
        _ message: RecordedMessageFile, _ head: UnsafeRawBufferPointer, _ path: [UInt8],
        _ query: UnsafeRawBufferPointer?
    ) -> [ContractViolation] {
        let method = message.table.method.slice(of: head)
        let host =
            message.table.hostLine >= 0
            ? message.table[message.table.hostLine].value.slice(of: head) : UnsafeRawBufferPointer(start: nil, count: 0)
        return path.withUnsafeBytes { path in
            var captures = RouteCaptures()
            switch routes.match(host: host, method: method, path: path, captures: &captures) {
            case .notFound:
                return [Self.routing("path", "the path does not match \(operation.pathTemplate)")]
            case .methodNotAllowed(let allowed, _, _):
                return [Self.routing("method", "the path is declared for \(allowed.description) only")]
            case .matched(let id, _):
                guard id.index == index else {
                    let other = contract.operations[id.index].name
                    return [Self.routing("operation", "the request belongs to `\(other)`, not `\(operation.name)`")]
                }
            }
            return captures.withValues(in: path) { values in
                Self.withFields(message.table, head) { fields in
                    var workspace = ContractWorkspace()
                    var found = operation.explainParameters(
                        RequestHeadView(query: query, pathValues: values, fields: fields), options: Self.options,
                        using: &workspace)
                    let policy = operation.bodyPolicy(fields)
                    if !message.content.isEmpty || policy.isRequired {
                        found += message.content.withUnsafeBytes {
                            operation.explainBody(policy, $0, options: Self.options, using: &workspace)
                        }
                    }
                    return found
                }
            }
        }
    }

    /// Checks a recorded response to the operation.
    ///
    /// - Returns: What is wrong with it, each with its place.
    /// - Throws: Where the file is no message.
    package func checkResponse(_ file: SourceFile) throws(RecordedMessageFile.Failure) -> [Diagnostic] {
        let message = try RecordedMessageFile(file, as: .response(to: operation.method))
        let status = message.table.status
        guard operation.hasResponses else { return [] }
        guard let response = operation.response(for: status) else {
            return [Self.diagnostic(operation.undeclaredStatus(status), message)]
        }
        let found = message.head.withUnsafeBytes { head in
            Self.withFields(message.table, head) { fields in
                var workspace = ContractWorkspace()
                var found = response.explainFields(fields, options: Self.options, using: &workspace)
                // RFC 9110 §6.4.1: these have no content, whatever their fields say of it.
                if operation.method != "HEAD", status >= 200, status != 204, status != 304 {
                    found += message.content.withUnsafeBytes {
                        response.explainBody(
                            response.bodyPolicy(fields), $0, options: Self.options, using: &workspace)
                    }
                }
                return found
            }
        }
        return found.map { Self.diagnostic($0, message) }
    }

    // MARK: - Pieces

    /// Path and query of a request-target in origin or absolute form (RFC 9112 §3.2).
    private static func split(
        _ target: UnsafeRawBufferPointer
    ) -> (path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?) {
        var rest = target
        for scheme in ["http://", "https://"] where target.starts(with: scheme.utf8) {
            var start = scheme.utf8.count
            while start < target.count, target[start] != UInt8(ascii: "/"), target[start] != UInt8(ascii: "?") {
                start += 1
            }
            rest = UnsafeRawBufferPointer(rebasing: target[start...])
        }
        guard let mark = rest.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
        return (
            UnsafeRawBufferPointer(rebasing: rest[..<mark]), UnsafeRawBufferPointer(rebasing: rest[(mark + 1)...])
        )
    }

    /// Lends the lines of a head to a contract.
    private static func withFields<Result>(
        _ table: HeadTable, _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<MessageField>) -> Result
    ) -> Result {
        let fields = (0..<table.count).map { index in
            MessageField(name: table[index].name.slice(of: bytes), value: table[index].value.slice(of: bytes))
        }
        return fields.withUnsafeBufferPointer(body)
    }

    /// A violation before any contract.
    private static func routing(_ code: String, _ detail: String) -> ContractViolation {
        ContractViolation(.path, code: code, detail: detail, schema: "")
    }

    /// A violation with its place in the file.
    private static func diagnostic(_ violation: ContractViolation, _ message: RecordedMessageFile) -> Diagnostic {
        // The detail names the parameter.
        let pointer = violation.pointer.isEmpty ? "" : " \(violation.pointer)"
        return Diagnostic(
            .error, violation.code, "\(violation.location.rawValue)\(pointer): \(violation.detail)",
            at: message.range(of: violation))
    }
}
