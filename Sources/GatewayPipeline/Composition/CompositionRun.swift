import CompositionLanguage
import HTTPExchanges
import JSONDocuments
import NIOCore

/// One execution of a composition: starts every step whose needs are settled, gathers what comes, shapes the reply.
///
/// | a step is | event | it becomes |
/// |---|---|---|
/// | waiting | everything that it needs is settled | running, or skipped (`when` is false, nothing to ask for) |
/// | running | its answers are there | done |
/// | running | an answer does not come, more than `tolerate` | failed; a required step ends the run |
///
/// A run belongs to one exchange and one event loop. Calls that are identical are made once.
final class CompositionRun {
    /// The exchange that is answered; nil once it has ended without this run.
    weak var exchange: GatewayExchange?
    /// The id that services are told.
    let requestID: [UInt8]
    /// The worker of the exchange.
    let worker: GatewayWorker
    /// The snapshot of the exchange.
    let snapshot: Snapshot
    /// What is executed.
    let route: CompositionRoute
    /// The inputs as text, decoded; nil where none was given.
    let inputs: [[UInt8]?]
    /// Credentials and other fields of the client that services may get, names in small letters.
    let clientFields: [(name: [UInt8], value: [UInt8])]
    /// The request's content.
    var content: PartContent?
    /// By step.
    var states: [StepState]
    /// Calls by what they ask: made and being made.
    var calls: [[UInt8]: CompositionCall] = [:]
    /// Calls that change something; they are never shared.
    var writes: [CompositionCall] = []
    /// Fallbacks that were needed.
    var fallbacks: [PartContent?]
    /// Calls made.
    private(set) var callCount = 0
    /// Whether no further step is begun.
    var isOver = false
    /// Steps that ended well, in that order.
    var completed: [Int] = []
    /// What is being undone; nil while everything goes well.
    var unwinding: Unwinding?
    private var isAdvancing = false
    private var hasNews = false

    /// A run that has not begun.
    init(
        _ route: CompositionRoute, exchange: GatewayExchange, inputs: [[UInt8]?],
        clientFields: [(name: [UInt8], value: [UInt8])]
    ) {
        self.route = route
        self.exchange = exchange
        requestID = exchange.requestID
        worker = exchange.worker
        snapshot = exchange.snapshot
        self.inputs = inputs
        self.clientFields = clientFields
        states = Array(repeating: StepState(), count: route.plan.steps.count)
        fallbacks = Array(repeating: nil, count: route.plan.steps.count)
    }

    /// Begins: the request's content is complete.
    func start(content: ByteBuffer?) {
        if let content {
            self.content = content.withUnsafeReadableBytes { PartContent($0, limits: JSONLimits(depth: 64)) }
        }
        advance()
    }

    /// Gives everything up; calls in flight are cancelled.
    ///
    /// A saga that has changed something goes on without its exchange: what was done is undone.
    func cancel() {
        exchange = nil
        if unwinding != nil { return }
        if route.isSaga, !isOver, !writes.isEmpty { return unwind(nil) }
        isOver = true
        cancelCalls()
    }

    /// Cancels the calls in flight.
    private func cancelCalls() {
        for call in calls.values { call.cancel() }
        for call in writes { call.cancel() }
    }

    // MARK: Steps

    /// Starts what can be started, and ends the run when nothing is left.
    func advance() {
        hasNews = true
        // A call may fail while it is being started: the loop below sees it, the stack does not grow.
        guard !isAdvancing else { return }
        isAdvancing = true
        while hasNews, !isOver {
            hasNews = false
            for index in states.indices where states[index].phase == .waiting && !isOver {
                if route.plan.steps[index].dependencies.allSatisfy({ states[$0].isSettled }) { start(step: index) }
            }
        }
        isAdvancing = false
        if !isOver, states.allSatisfy(\.isSettled) { finish() }
    }

    /// Starts a step.
    private func start(step index: Int) {
        let step = route.plan.steps[index]
        states[index].startedAt = worker.loop.now
        if let condition = step.condition, !holds(condition, scope: nil) { return settle(index, .skipped) }
        states[index].phase = .running
        guard let fanOut = step.fanOut else {
            states[index].replies = [nil]
            states[index].nextSlot = 1
            states[index].running = 1
            return ask(index, slot: 0, scope: nil)
        }
        guard let (part, row) = array(fanOut.source, scope: nil) else { return settle(index, .skipped) }
        let elements = part.elements(of: row)
        states[index].source = part
        states[index].elements = elements
        var slots: [[UInt8]: Int] = [:]
        for (element, node) in elements.enumerated() {
            var slot = states[index].elementOfSlot.count
            if let distinct = fanOut.distinct {
                let scope = ItemScope(part: part, node: node, index: element)
                let key = text(locate(distinct, scope: scope)) ?? []
                slot = slots[key] ?? slot
                slots[key] = slot
            }
            if slot == states[index].elementOfSlot.count { states[index].elementOfSlot.append(element) }
            states[index].slotOfElement.append(slot)
        }
        let count = states[index].elementOfSlot.count
        guard count <= fanOut.limit else { return fail(index, StepFailure("limit")) }
        guard count > 0 else { return settle(index, .done) }
        states[index].replies = Array(repeating: nil, count: count)
        fill(index, fanOut)
    }

    /// Asks for further answers of a `forEach`, as many at a time as it may; settles the step when all are there.
    private func fill(_ index: Int, _ fanOut: PlannedStep.FanOut) {
        // An answer may come while it is asked for: the loop sees it, the stack does not grow.
        guard !states[index].isFilling else { return }
        states[index].isFilling = true
        defer { states[index].isFilling = false }
        while !isOver, states[index].phase == .running, states[index].running < fanOut.concurrency,
            states[index].nextSlot < states[index].replies.count
        {
            let slot = states[index].nextSlot
            states[index].nextSlot += 1
            states[index].running += 1
            ask(index, slot: slot, scope: scope(index, slot: slot))
        }
        guard !isOver, states[index].phase == .running, states[index].running == 0 else { return }
        settle(index, .done)
    }

    /// The element that an answer is asked for.
    private func scope(_ index: Int, slot: Int) -> ItemScope? {
        guard let part = states[index].source, states[index].elementOfSlot.indices.contains(slot) else { return nil }
        let element = states[index].elementOfSlot[slot]
        guard states[index].elements.indices.contains(element) else { return nil }
        return ItemScope(part: part, node: states[index].elements[element], index: element)
    }

    /// Makes a call, or waits for an identical one.
    private func ask(_ index: Int, slot: Int, scope: ItemScope?) {
        let step = route.plan.steps[index]
        let row = route.callees[index]
        guard
            let request = CompositionRequest(
                step, row, route.templates[index], route.forwardedFields[index], self, scope: scope)
        else {
            return answered(index, slot: slot, .failed(StepFailure("missing-value")))
        }
        let isShared = row.method == "GET"
        if isShared, let call = calls[request.key] {
            if let outcome = call.outcome { return answered(index, slot: slot, outcome) }
            call.waiters.append((index, slot))
            return
        }
        // An optional part gives up before the whole reply does.
        let endsBy = min(
            (exchange?.endsBy ?? worker.loop.now) - .nanoseconds(2 * DeadlineTable.tick.nanoseconds),
            worker.loop.now + (step.timeout.map { .nanoseconds($0) } ?? row.timeout))
        let call = CompositionCall(
            row, run: self, waiter: (index, slot), head: request.head, content: request.content,
            retries: step.retries ?? row.retry.attempts, endsBy: endsBy)
        if isShared { calls[request.key] = call } else { writes.append(call) }
        callCount += 1
        call.start()
    }

    /// A call is over.
    func finished(_ call: CompositionCall, _ outcome: CallOutcome) {
        let waiters = call.waiters
        call.waiters = []
        if unwinding != nil { return unwound(waiters.first?.step, outcome) }
        for waiter in waiters where !isOver { answered(waiter.step, slot: waiter.slot, outcome) }
    }

    /// An answer of a step is there, or will not come.
    private func answered(_ index: Int, slot: Int, _ outcome: CallOutcome) {
        guard !isOver, states[index].phase == .running else { return }
        let step = route.plan.steps[index]
        states[index].running -= 1
        switch judged(outcome, step, row: route.callees[index]) {
        case .replied(let reply): states[index].replies[slot] = reply
        case .failed(let failure):
            states[index].failures += 1
            states[index].failure = failure
            guard let fanOut = step.fanOut else { return fail(index, failure) }
            // Failures count by element: an answer that three elements wait for is three failures.
            let failed = states[index].slotOfElement.count { $0 == slot }
            states[index].failures += failed - 1
            guard fanOut.tolerance.admits(states[index].failures, of: states[index].slotOfElement.count) else {
                return fail(index, failure)
            }
        }
        if let fanOut = step.fanOut { return fill(index, fanOut) }
        states[index].reply = states[index].replies.first ?? nil
        settle(index, .done)
    }

    /// What an answer means to a step.
    func judged(_ outcome: CallOutcome, _ step: PlannedStep, row: RouteRow) -> CallOutcome {
        guard case .replied(let reply) = outcome else { return outcome }
        guard step.accepts(reply.status) else {
            let status: Int =
                if let mapped = step.statuses[reply.status] {
                    mapped
                } else if reply.status == 401 || reply.status == 403 {
                    reply.status
                } else if reply.status == 404, step.isFedByPath {
                    404
                } else {
                    502
                }
            return .failed(StepFailure("status", status: status, serviceStatus: reply.status))
        }
        if reply.isMalformed { return .failed(StepFailure("malformed")) }
        if reply.breaksContract { return .failed(StepFailure("contract")) }
        return outcome
    }

    /// A step has failed: the run with it, unless the step is optional.
    private func fail(_ index: Int, _ failure: StepFailure) {
        states[index].failure = failure
        guard route.plan.steps[index].isOptional else {
            states[index].phase = .failed
            if route.isSaga { return unwind(index) }
            isOver = true
            cancelCalls()
            exchange?.compositionFailed(route.plan.steps[index].name, failure)
            return
        }
        settle(index, .failed)
    }

    /// A step is over.
    private func settle(_ index: Int, _ phase: StepState.Phase) {
        states[index].phase = phase
        if phase == .done { completed.append(index) }
        states[index].endedAt = worker.loop.now
        advance()
    }

    // MARK: The reply

    /// Everything is settled: shapes the reply.
    private func finish() {
        isOver = true
        cancelCalls()
        var buffer = ByteBufferAllocator().buffer(capacity: 4096)
        if !write(route.plan.reply, scope: nil, to: &buffer) { buffer.writeStaticString("{}") }
        exchange?.compositionFinished(buffer, partial: partial)
    }

    /// The value of `Lintel-Partial`: `shipping;reason=timeout, products;reason=status;failed=3` (RFC 9651 §3.1).
    private var partial: [UInt8] {
        var text = ""
        for (step, state) in zip(route.plan.steps, states) where state.failures > 0 || state.phase == .failed {
            if !text.isEmpty { text += ", " }
            text += "\(step.name);reason=\(state.failure?.reason ?? "none")"
            if step.fanOut != nil, state.failures > 0 { text += ";failed=\(state.failures)" }
        }
        return Array(text.utf8)
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
