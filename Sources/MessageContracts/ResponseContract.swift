import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation

/// A compiled response of an operation: the statuses that share a key.
package final class ResponseContract: Sendable {
    /// The statuses.
    package let key: StatusKey
    /// JSON Pointer of the Response Object.
    package let pointer: String
    /// Whether header lines are checked.
    package let needsFields: Bool
    /// Whether content may be passed on without being looked at, whatever its type.
    let leavesContentOpen: Bool
    /// Headers.
    private let headers: HeaderSetContract
    /// Content.
    private let body: BodyContract
    /// Programs and limits.
    let shared: SharedPrograms

    /// Takes all parts.
    ///
    /// - Parameter isUnconstrained: Whether a missing `content` means that nothing is said about content (3.x) rather
    ///   than that none comes (2.0).
    init(
        key: StatusKey, pointer: String, headers: HeaderSetContract, body: BodyContract, isUnconstrained: Bool,
        shared: SharedPrograms
    ) {
        self.key = key
        self.pointer = pointer
        self.headers = headers
        self.body = body
        leavesContentOpen = isUnconstrained
        self.shared = shared
        needsFields = !headers.isEmpty
    }

    /// Whether the header lines keep the contract. Checked for every method and status, HEAD and 304 too.
    package func checkFields(
        _ fields: UnsafeBufferPointer<MessageField>, using workspace: inout ContractWorkspace
    ) -> Bool {
        var sink = ViolationSink.none
        return !needsFields || headers.check(fields, shared.response, &workspace, &sink)
    }

    /// What is wrong with the header lines.
    package func explainFields(
        _ fields: UnsafeBufferPointer<MessageField>, options: ExplanationOptions = ExplanationOptions(),
        using workspace: inout ContractWorkspace
    ) -> [ContractViolation] {
        var sink = ViolationSink.collecting(options.limit, echoesValues: options.echoesValues)
        _ = headers.check(fields, shared.response, &workspace, &sink)
        return sink.violations
    }

    /// What to do with the content of a response with these header lines. Do not ask for responses without content: to
    /// HEAD, 1xx, 204, 304 (RFC 9110 §6.4.1).
    package func bodyPolicy(_ fields: UnsafeBufferPointer<MessageField>) -> BodyPolicy {
        leavesContentOpen ? .open : body.policy(fields)
    }

    // MARK: - Items as they arrive

    /// Whether content may be a stream of items that are checked one by one.
    var streamsItems: Bool { body.content.contains { $0.itemEntry != nil && $0.entry == nil } }

    /// A check of the content item by item, where nothing is said about the content as a whole and nothing codes it;
    /// nil where the whole has to be collected.
    package func itemStream(_ policy: BodyPolicy) -> ItemStream? {
        guard policy.action == .checked, policy.codings.isEmpty, case .sequence(let format) = policy.treatment,
            body.content.indices.contains(policy.index), body.content[policy.index].entry == nil
        else { return nil }
        return ItemStream(
            content: body.content[policy.index], progress: SequenceProgress(format, collectsArray: false))
    }

    /// What is wrong with the items that end in a piece of the content; empty if nothing is.
    ///
    /// - Parameters:
    ///   - isLast: Whether the content ends with the piece.
    ///   - jsonDepth: Most containers inside one another; nil for the API's own limit.
    package func explainItems(
        of piece: UnsafeRawBufferPointer, isLast: Bool, _ stream: inout ItemStream, jsonDepth: Int? = nil,
        options: ExplanationOptions = ExplanationOptions(), using workspace: inout ContractWorkspace
    ) -> [ContractViolation] {
        var sink = ViolationSink.collecting(options.limit, echoesValues: options.echoesValues)
        _ = stream.content.checkItems(
            of: piece, isLast: isLast, &stream.progress, shared.response,
            shared.limits(jsonDepth, size: .max).json, &workspace, &sink)
        return sink.violations
    }

    /// The schema of content that is described as a whole; nil where there is none.
    func schema(of policy: BodyPolicy) -> SchemaEntry? {
        body.content.indices.contains(policy.index) ? body.content[policy.index].entry : nil
    }

    // MARK: - Content

    /// Whether collected content keeps the contract; empty content of a response passes.
    ///
    /// - Parameters:
    ///   - jsonDepth: Most containers inside one another; nil for the API's own limit.
    ///   - sizeLimit: Most bytes of content whose codings have been undone; the caller bounds what was received.
    package func checkBody(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil, sizeLimit: Int = .max,
        using workspace: inout ContractWorkspace
    ) -> ContractVerdict {
        var sink = ViolationSink.none
        let refusal = body.check(
            policy, content, shared.response, shared.limits(jsonDepth, size: sizeLimit), &workspace, &sink)
        return refusal.map { .rejected($0) } ?? .accepted
    }

    /// What is wrong with collected content.
    package func explainBody(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil, sizeLimit: Int = .max,
        options: ExplanationOptions = ExplanationOptions(), using workspace: inout ContractWorkspace
    ) -> [ContractViolation] {
        var sink = ViolationSink.collecting(options.limit, echoesValues: options.echoesValues)
        _ = body.check(policy, content, shared.response, shared.limits(jsonDepth, size: sizeLimit), &workspace, &sink)
        return sink.violations
    }
}
