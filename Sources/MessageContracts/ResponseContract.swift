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
    private let isUnconstrained: Bool
    /// Headers.
    private let headers: HeaderSetContract
    /// Content.
    private let body: BodyContract
    /// Programs and limits.
    private let shared: SharedPrograms

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
        self.isUnconstrained = isUnconstrained
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
        isUnconstrained ? .open : body.policy(fields)
    }

    /// Whether collected content keeps the contract; empty content of a response passes.
    package func checkBody(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil,
        using workspace: inout ContractWorkspace
    ) -> ContractVerdict {
        var sink = ViolationSink.none
        let refusal = body.check(policy, content, shared.response, shared.limits(jsonDepth), &workspace, &sink)
        return refusal.map { .rejected($0) } ?? .accepted
    }

    /// What is wrong with collected content.
    package func explainBody(
        _ policy: BodyPolicy, _ content: UnsafeRawBufferPointer, jsonDepth: Int? = nil,
        options: ExplanationOptions = ExplanationOptions(), using workspace: inout ContractWorkspace
    ) -> [ContractViolation] {
        var sink = ViolationSink.collecting(options.limit, echoesValues: options.echoesValues)
        _ = body.check(policy, content, shared.response, shared.limits(jsonDepth), &workspace, &sink)
        return sink.violations
    }
}
