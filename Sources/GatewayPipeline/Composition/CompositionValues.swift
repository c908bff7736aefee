import CompositionLanguage
import JSONDocuments
import NIOCore

/// What is known while a composition runs: inputs, and how far each step is. It makes no call and asks no clock, so that
/// everything which decides the reply can be driven without a network.
///
/// | a step is | event | it becomes |
/// |---|---|---|
/// | waiting | its turn comes: ``begin(_:)`` | running, or at once skipped, done or failed |
/// | running | an answer: ``take(_:of:call:)`` | the same until all are there, or failed: more than `tolerate` |
///
/// Whoever makes the calls says when a step is over (``settle(_:_:)``); templates see settled steps only.
final class CompositionValues {
    /// What is executed.
    let plan: CompositionPlan
    /// The inputs as text, decoded; nil where none was given.
    let inputs: [[UInt8]?]
    /// What is taken of the caller's token; nil where a claim is not there.
    let claims: [ClaimText?]
    /// The request's content.
    var content: PartContent?
    /// By step.
    var states: [StepState]
    /// By step: the JSON that stands in for a failed part.
    let fallbackTexts: [[UInt8]?]
    /// Fallbacks that were needed.
    var fallbacks: [PartContent?]

    /// Nothing has happened yet.
    init(_ plan: CompositionPlan, fallbackTexts: [[UInt8]?], inputs: [[UInt8]?], claims: [ClaimText?] = []) {
        self.plan = plan
        self.claims = claims
        self.inputs = inputs
        self.fallbackTexts = fallbackTexts
        states = Array(repeating: StepState(), count: plan.steps.count)
        fallbacks = Array(repeating: nil, count: plan.steps.count)
    }

    // MARK: Steps

    /// What a step does when its turn comes.
    enum Beginning {
        /// Its condition does not hold.
        case skipped
        /// There is nothing to ask for.
        case done
        /// It cannot be begun.
        case failed(StepFailure)
        /// So many calls are to be made.
        case calls(Int)
    }

    /// Whether everything that a step needs is settled.
    func isReady(_ index: Int) -> Bool {
        states[index].phase == .waiting && plan.steps[index].dependencies.allSatisfy { states[$0].isSettled }
    }

    /// Whether nothing more happens to any step.
    var isSettled: Bool { states.allSatisfy(\.isSettled) }

    /// A step's turn has come.
    func begin(_ index: Int) -> Beginning {
        let step = plan.steps[index]
        if let condition = step.condition, !holds(condition, scope: nil) { return .skipped }
        states[index].phase = .running
        guard let fanOut = step.fanOut else {
            states[index].replies = [nil]
            return .calls(1)
        }
        // No array is one without elements: all results are then an array too, as it is declared.
        guard let (part, row) = array(fanOut.source, scope: nil) else { return .done }
        let elements = part.elements(of: row)
        states[index].source = part
        states[index].elements = elements
        let key = fanOut.batch?.key ?? fanOut.distinct
        var slots: [[UInt8]: Int] = [:]
        for (element, node) in elements.enumerated() {
            var slot = states[index].elementOfSlot.count
            if let key {
                let text = text(locate(key, scope: ItemScope(part: part, node: node, index: element)))
                // An element without its key cannot be asked for; it shares a call with others of its kind.
                slot = slots[text ?? []] ?? slot
                slots[text ?? []] = slot
                if slot == states[index].keyOfSlot.count { states[index].keyOfSlot.append(text) }
            }
            if slot == states[index].elementOfSlot.count { states[index].elementOfSlot.append(element) }
            states[index].slotOfElement.append(slot)
        }
        let count = states[index].elementOfSlot.count
        guard count <= fanOut.limit else { return .failed(StepFailure(.limit)) }
        guard count > 0 else { return .done }
        states[index].replies = Array(repeating: nil, count: count)
        return .calls(fanOut.calls(for: count))
    }

    /// The answers that a call of a step brings.
    func slots(of index: Int, call: Int) -> Range<Int> {
        let size = plan.steps[index].fanOut?.batch?.size ?? 1
        let count = states[index].replies.count
        return min(call * size, count)..<min(call * size + size, count)
    }

    /// The element that a call is made for; nil where it is made for none, or for several.
    func scope(_ index: Int, call: Int) -> ItemScope? {
        guard plan.steps[index].fanOut?.batch == nil, let part = states[index].source,
            states[index].elementOfSlot.indices.contains(call)
        else { return nil }
        let element = states[index].elementOfSlot[call]
        guard states[index].elements.indices.contains(element) else { return nil }
        return ItemScope(part: part, node: states[index].elements[element], index: element)
    }

    /// The keys that a call of a batch asks for; none for any other call.
    func keys(of index: Int, call: Int) -> [[UInt8]] {
        guard plan.steps[index].fanOut?.batch != nil else { return [] }
        return slots(of: index, call: call).compactMap { slot in
            states[index].keyOfSlot.indices.contains(slot) ? states[index].keyOfSlot[slot] : nil
        }
    }

    /// Takes the answer of a call.
    ///
    /// - Returns: Why the step has failed; nil if it goes on.
    func take(_ outcome: CallOutcome, of index: Int, call: Int) -> StepFailure? {
        let step = plan.steps[index]
        switch step.judged(outcome) {
        case .replied(let reply):
            guard let batch = step.fanOut?.batch else {
                if states[index].replies.indices.contains(call) { states[index].replies[call] = reply }
                break
            }
            let found = results(reply, batch)
            for slot in slots(of: index, call: call) {
                let key = states[index].keyOfSlot.indices.contains(slot) ? states[index].keyOfSlot[slot] : nil
                guard let root = key.flatMap({ found[$0] }) else {
                    if let failure = missed([slot], of: index, StepFailure(.noMatch)) { return failure }
                    continue
                }
                states[index].replies[slot] = PartReply(reply, root: root)
            }
        case .failed(let failure):
            guard step.fanOut != nil else {
                states[index].failures += 1
                states[index].failure = failure
                return failure
            }
            if let failure = missed(slots(of: index, call: call), of: index, failure) { return failure }
        }
        if step.fanOut == nil { states[index].reply = states[index].replies.first ?? nil }
        return nil
    }

    /// Answers will not come; the failure of the step where those are more than it tolerates.
    private func missed(_ slots: some Collection<Int>, of index: Int, _ failure: StepFailure) -> StepFailure? {
        states[index].failure = failure
        // Failures count by element: an answer that three elements wait for is three failures.
        states[index].failures += states[index].slotOfElement.count { slots.contains($0) }
        let tolerance = plan.steps[index].fanOut?.tolerance ?? .count(0)
        return tolerance.admits(states[index].failures, of: states[index].slotOfElement.count) ? nil : failure
    }

    /// By key: the result in the answer of a batch.
    private func results(_ reply: PartReply, _ batch: PlannedStep.Batch) -> [[UInt8]: Int] {
        guard let content = reply.content,
            case .node(let part, let list) = walk(content, reply.root, batch.list[...])
        else { return [:] }
        var found: [[UInt8]: Int] = [:]
        for element in part.elements(of: list) {
            guard let key = text(walk(part, element, batch.by[...])), found[key] == nil else { continue }
            found[key] = element
        }
        return found
    }

    /// A step is over.
    func settle(_ index: Int, _ phase: StepState.Phase) { states[index].phase = phase }

    // MARK: The reply

    /// Everything is settled: the reply.
    func reply() -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 4096)
        if !write(plan.reply, scope: nil, to: &buffer) { buffer.writeStaticString("{}") }
        return buffer
    }

    /// The value of `Lintel-Partial`: `shipping;reason=timeout, products;reason=status;failed=3` (RFC 9651 §3.1).
    var partial: [UInt8] {
        var text = ""
        for (step, state) in zip(plan.steps, states) where state.failures > 0 || state.phase == .failed {
            if !text.isEmpty { text += ", " }
            text += "\(step.name);reason=\(state.failure?.reason ?? "none")"
            if step.fanOut != nil, state.failures > 0 { text += ";failed=\(state.failures)" }
        }
        return Array(text.utf8)
    }
}

extension PlannedStep {
    /// What an answer means to a step.
    func judged(_ outcome: CallOutcome) -> CallOutcome {
        guard case .replied(let reply) = outcome else { return outcome }
        guard accepts(reply.status) else {
            let status: Int =
                if let mapped = statuses[reply.status] {
                    mapped
                } else if reply.status == 401 || reply.status == 403 {
                    reply.status
                } else if reply.status == 404, isFedByPath {
                    404
                } else {
                    502
                }
            return .failed(StepFailure(.status, status: status, serviceStatus: reply.status))
        }
        if reply.isMalformed { return .failed(StepFailure(.malformed)) }
        if reply.breaksContract { return .failed(StepFailure(.contract)) }
        return outcome
    }
}

/// The element at hand of a `forEach` or an `$each`.
struct ItemScope {
    /// The content that the array is in.
    let part: PartContent
    /// The element.
    let node: Int
    /// Its place.
    let index: Int
}
