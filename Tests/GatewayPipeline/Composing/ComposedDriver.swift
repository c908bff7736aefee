import CompositionLanguage
import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics

@testable import GatewayPipeline

/// Runs compositions without a network: every answer is a random instance of what its operation declares, optional parts
/// fail at random, and every reply is held to the derived contract.
final class ComposedDriver {
    /// What came of it.
    struct Tally: Sendable {
        /// Answers that were given, each valid under its schema.
        var parts = 0
        /// Instances that were thrown away, because a sketch says less than its schema.
        var rejected = 0
        /// Replies by composition.
        var replies: [String: Int] = [:]
        /// Replies in which something is missing.
        var partial = 0
        /// Runs that a required part ended.
        var ended = 0
        /// Replies that break the derived contract.
        var failures: [String] = []
        /// Some of the replies, with the names of their compositions.
        var sample: [(name: String, reply: [UInt8])] = []

        /// Adds another's.
        mutating func add(_ other: Tally) {
            parts += other.parts
            rejected += other.rejected
            replies.merge(other.replies, uniquingKeysWith: +)
            partial += other.partial
            ended += other.ended
            failures += other.failures
            sample += other.sample
        }
    }

    /// An answer that an operation may give.
    private struct Answer {
        let status: Int
        let contract: ResponseContract?
        let sketch: InstanceSketch?
    }

    /// A composition with what its parts may be.
    private struct Composed {
        let name: String
        let route: CompositionRoute
        let contract: ResponseContract?
        let inputs: [InstanceSketch?]
        let answers: [[Answer]]
        let batches: [InstanceSketch?]
    }

    private let composed: [Composed]
    private var random: SeededRandom
    private var workspace = ContractWorkspace()
    private(set) var tally = Tally()

    /// Makes everything ready.
    init(_ scene: ComposedScene, seed: UInt64) {
        random = SeededRandom(seed)
        let books = scene.apis.map { InstanceSketch.Book($0.document) }
        let derived = InstanceSketch.Book(scene.derived)
        composed = scene.rows.compactMap { row in
            guard let route = row.composition else { return nil }
            let operation = scene.derived.operations.first { $0.operationID == row.operation }
            let inputs = route.plan.inputs.map { input -> InstanceSketch? in
                if input.location == .body { return operation?.requestBody?.content.first?.schema.map(derived.sketch) }
                let parameter = operation?.parameters.first { $0.name == input.wireName }
                guard case .schema(let schema, _, _)? = parameter?.content else { return nil }
                return derived.sketch(of: schema)
            }
            let answers = zip(route.plan.steps, route.callees).map { step, callee in
                Self.answers(step, scene.apis[step.api].document, callee, books[step.api])
            }
            let batches = zip(route.plan.steps, answers).map { step, answers -> InstanceSketch? in
                guard step.fanOut?.batch != nil, let schema = Self.element(of: step, scene.apis[step.api].document)
                else { return nil }
                return books[step.api].sketch(of: schema)
            }
            return Composed(
                name: row.operation, route: route, contract: row.contract?.response(for: 200), inputs: inputs,
                answers: answers, batches: batches)
        }
    }

    /// What a step's operation may answer with.
    private static func answers(
        _ step: PlannedStep, _ document: OpenAPIDocument, _ callee: RouteRow, _ book: InstanceSketch.Book
    ) -> [Answer] {
        (document.operations[step.operation].responses ?? []).compactMap { response in
            guard case .exact(let status) = response.key, step.accepts(status) else { return nil }
            return Answer(
                status: status, contract: callee.contract?.response(for: status),
                sketch: response.content.first?.schema.map(book.sketch))
        }
    }

    /// The schema of a result in the answer of a batch; the scene's lie one member deep.
    private static func element(of step: PlannedStep, _ document: OpenAPIDocument) -> JSONValue? {
        let schema = document.operations[step.operation].responses?.first?.content.first?.schema
        guard let batch = step.fanOut?.batch, let token = batch.list.first else { return nil }
        return schema?["properties"]?[String(decoding: token.name, as: UTF8.self)]?["items"]
    }

    // MARK: Runs

    /// Runs compositions in turn until there were so many parts; keeps every reply whose number divides by `sampling`.
    func run(parts: Int, sampling: Int) {
        var number = 0
        while tally.parts < parts {
            number += 1
            let one = composed[number % composed.count]
            guard let (reply, partial) = compose(one) else {
                tally.ended += 1
                continue
            }
            tally.replies[one.name, default: 0] += 1
            if partial { tally.partial += 1 }
            if number % sampling == 0 { tally.sample.append((one.name, reply)) }
            if let contract = one.contract, !holds(reply, contract), let fault = fault(of: reply, under: contract) {
                tally.failures.append("\(one.name): \(fault): \(String(decoding: reply, as: UTF8.self))")
            }
        }
    }

    /// One reply; nil where a required part has failed.
    private func compose(_ one: Composed) -> (reply: [UInt8], isPartial: Bool)? {
        let plan = one.route.plan
        let given = zip(plan.inputs, one.inputs).map { input, sketch in
            !input.isRequired && random.happens(50) ? nil : text(sketch)
        }
        let values = CompositionValues(plan, fallbackTexts: one.route.fallbacks, inputs: given)
        if let body = zip(plan.inputs, one.inputs).first(where: { $0.0.location == .body })?.1 {
            values.content = content(instance(body))
        }
        while let index = plan.steps.indices.first(where: { values.isReady($0) }) {
            var failure: StepFailure?
            switch values.begin(index) {
            case .skipped: values.settle(index, .skipped)
            case .done: values.settle(index, .done)
            case .failed(let reason): failure = reason
            case .calls(let count):
                for call in 0..<count where failure == nil {
                    failure = values.take(outcome(one, index, call, values), of: index, call: call)
                }
                if failure == nil { values.settle(index, .done) }
            }
            guard let failure else { continue }
            guard plan.steps[index].isOptional else { return nil }
            values.states[index].failure = failure
            values.settle(index, .failed)
        }
        let reply = values.reply()
        return (Array(reply.readableBytesView), !values.partial.isEmpty)
    }

    /// What comes back from a call.
    private func outcome(_ one: Composed, _ index: Int, _ call: Int, _ values: CompositionValues) -> CallOutcome {
        let step = one.route.plan.steps[index]
        let mayFail = step.isOptional || step.fanOut?.tolerance != .count(0) && step.fanOut != nil
        if mayFail, random.happens(20) { return .failed(StepFailure(.timeout, status: 504)) }
        guard let answer = one.answers[index].randomElement(using: &random) else {
            return .failed(StepFailure(.status))
        }
        guard let sketch = answer.sketch else {
            tally.parts += 1
            return .replied(reply(answer.status, nil))
        }
        for _ in 0..<50 {
            let bytes = instance(sketch, given: batch(one, index, call, values))
            if let contract = answer.contract, !holds(bytes, contract) {
                tally.rejected += 1
                continue
            }
            tally.parts += 1
            return .replied(reply(answer.status, content(bytes)))
        }
        return .failed(StepFailure(.status))
    }

    /// The results for the keys of a batch, but for some that are not found.
    private func batch(
        _ one: Composed, _ index: Int, _ call: Int, _ values: CompositionValues
    ) -> InstanceSketch.Given? {
        guard let batch = one.route.plan.steps[index].fanOut?.batch, let sketch = one.batches[index],
            let list = batch.list.first, let by = batch.by.first
        else { return nil }
        var text: [UInt8] = [UInt8(ascii: "[")]
        for key in values.keys(of: index, call: call).shuffled(using: &random) where !random.happens(20) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            sketch.write(to: &text, &random, given: (path: [Self.key(by.name)], json: key))
        }
        text.append(UInt8(ascii: "]"))
        return (path: [Self.key(list.name)], json: text)
    }

    // MARK: Pieces

    private static func key(_ name: [UInt8]) -> [UInt8] { [UInt8(ascii: "\"")] + name + Array("\":".utf8) }

    private func instance(_ sketch: InstanceSketch, given: InstanceSketch.Given? = nil) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(512)
        sketch.write(to: &text, &random, given: given)
        return text
    }

    private func content(_ bytes: [UInt8]) -> PartContent? {
        bytes.withUnsafeBytes { PartContent($0, limits: JSONLimits(depth: 64)) }
    }

    private func reply(_ status: Int, _ content: PartContent?) -> PartReply {
        PartReply(status: status, fields: [], content: content, isMalformed: false, breaksContract: false)
    }

    /// An input as it is decoded from the wire.
    private func text(_ sketch: InstanceSketch?) -> [UInt8]? {
        guard let sketch else { return Array("x".utf8) }
        let json = instance(sketch)
        guard json.first == UInt8(ascii: "\"") else { return json }
        return try? JSONDocument(parsing: SourceFile(path: "input", bytes: json)).root.string.map { Array($0.utf8) }
    }

    /// Whether JSON keeps a contract.
    private func holds(_ bytes: [UInt8], _ contract: ResponseContract) -> Bool {
        fault(of: bytes, under: contract, explains: false) == nil
    }

    /// Why JSON breaks a contract; nil if it does not.
    private func fault(of bytes: [UInt8], under contract: ResponseContract, explains: Bool = true) -> String? {
        bytes.withUnsafeBytes { bytes in
            let (name, value) = (Array("Content-Type".utf8), Array("application/json".utf8))
            return name.withUnsafeBytes { name in
                value.withUnsafeBytes { value in
                    withUnsafeTemporaryAllocation(of: MessageField.self, capacity: 1) { fields in
                        fields.initializeElement(at: 0, to: MessageField(name: name, value: value))
                        let policy = contract.bodyPolicy(UnsafeBufferPointer(fields))
                        guard case .rejected = contract.checkBody(policy, bytes, using: &workspace) else { return nil }
                        guard explains else { return "" }
                        let found = contract.explainBody(
                            policy, bytes, options: ExplanationOptions(limit: 3, echoesValues: true),
                            using: &workspace)
                        return "\(found)"
                    }
                }
            }
        }
    }
}
