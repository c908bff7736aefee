import CompositionLanguage
import DocumentationPortal
import JSONDocuments
import MessageContracts
import NIOCore
import OpenAPIDocuments

/// Composes the example of a composition's reply: runs the plan over the examples of its parts, without a network.
///
/// The documents' own examples are taken where there are some. What comes out is held to the derived contract, and is no
/// example where it breaks that.
struct ExampleComposer {
    /// The APIs.
    let apis: [CallableAPI]
    /// The derived document, as yet without examples.
    let derived: OpenAPIDocument

    /// The example as JSON; nil where the parts' examples make none.
    func example(of plan: CompositionPlan, contract: OperationContract) -> String? {
        let operation = derived.operations.first { $0.operationID == plan.name }
        let values = CompositionValues(
            plan, fallbackTexts: CompositionRoute.fallbackTexts(of: plan),
            inputs: plan.inputs.map { input in
                operation?.parameters.first {
                    $0.name == input.wireName && $0.location.rawValue == input.location.rawValue
                }
                .map { Array(ExampleValue.text(of: $0, in: derived).utf8) }
            }, claims: plan.claims.map { Self.claim($0.kind) })
        if let media = operation?.requestBody?.content.first {
            values.content = ExampleValue.text(of: media, in: derived, isRequest: true).flatMap(Self.content)
        }
        guard run(values) else { return nil }
        let reply = values.reply()
        guard values.partial.isEmpty, holds(reply, contract) else { return nil }
        return String(buffer: reply)
    }

    /// Takes every step to its end; false where one that is required has none.
    private func run(_ values: CompositionValues) -> Bool {
        for index in values.plan.stages.joined() {
            switch values.begin(index) {
            case .skipped: values.settle(index, .skipped)
            case .done: values.settle(index, .done)
            case .failed: return false
            case .calls(let count):
                guard let reply = reply(of: values.plan.steps[index]) else { return false }
                for call in 0..<count where values.take(.replied(reply), of: index, call: call) != nil { return false }
                values.settle(index, .done)
            }
        }
        return values.isSettled
    }

    /// The example of a part; nil where its answer has content, and nothing says what that is.
    private func reply(of step: PlannedStep) -> PartReply? {
        let document = apis[step.api].document
        let responses = document.operations[step.operation].responses ?? []
        let status = step.accepted.first ?? 200
        let response =
            responses.first { $0.key == .exact(status) } ?? responses.first { $0.key == .range(status / 100) }
            ?? responses.first { $0.key == .default }
        let media = response?.content.first { CompositionCall.isJSON(Array($0.key.utf8)) }
        let content = media.flatMap { ExampleValue.text(of: $0, in: document, isRequest: false) }.flatMap(Self.content)
        guard media == nil || content != nil else { return nil }
        return PartReply(status: status, fields: [], content: content, isMalformed: false, breaksContract: false)
    }

    /// Text as content; nil where it is no JSON.
    private static func content(_ text: String) -> PartContent? {
        Array(text.utf8).withUnsafeBytes { PartContent($0, limits: CompositionCall.limits) }
    }

    /// A claim of nobody in particular.
    private static func claim(_ kind: PlannedClaim.Kind) -> ClaimText {
        switch kind {
        case .string, .anything: ClaimText(text: Array("example".utf8), isBare: false)
        case .integer, .number: ClaimText(text: [0x31], isBare: true)
        case .boolean: ClaimText(text: Array("true".utf8), isBare: true)
        }
    }

    /// Whether a reply keeps the derived contract.
    private func holds(_ reply: ByteBuffer, _ contract: OperationContract) -> Bool {
        guard let response = contract.response(for: 200) else { return false }
        var workspace = ContractWorkspace()
        let name = Array("Content-Type".utf8)
        let value = Array("application/json".utf8)
        return reply.withUnsafeReadableBytes { bytes in
            name.withUnsafeBytes { name in
                value.withUnsafeBytes { value in
                    withUnsafeTemporaryAllocation(of: MessageField.self, capacity: 1) { fields in
                        fields.initializeElement(at: 0, to: MessageField(name: name, value: value))
                        let policy = response.bodyPolicy(UnsafeBufferPointer(fields))
                        if case .rejected = response.checkBody(policy, bytes, using: &workspace) { return false }
                        return true
                    }
                }
            }
        }
    }
}
