import CompositionLanguage
import GatewayTelemetry
import HTTPExchanges
import JSONDocuments
import NIOCore

/// One execution of a composition: starts every step whose needs are settled, gathers what comes, shapes the reply.
///
/// ``CompositionValues`` says what a step asks and what its answers mean; a run makes the calls, and ends when every step
/// is settled or a required one has failed.
///
/// A run belongs to one exchange and one event loop. Calls that are identical are made once.
final class CompositionRun {
    /// The exchange that is answered; nil once it has ended without this run.
    weak var exchange: GatewayExchange?
    /// The id that services are told.
    let requestID: [UInt8]
    /// The worker of the exchange.
    let worker: GatewayWorker
    /// What the exchange began with.
    let serving: ServingState
    /// What is executed.
    let route: CompositionRoute
    /// The composition's names in the log.
    let log: AccessLogOperation?
    /// When the run was made.
    let startedAt: NIODeadline
    /// What is known so far.
    let values: CompositionValues
    /// What services and keys of stored parts hold of the client.
    let client: RunClient
    /// What the parts allow as to storing the whole reply.
    var standing: WholeStanding?
    /// By step: how far it is.
    var states: [StepState] {
        _read { yield values.states }
        _modify { yield &values.states }
    }
    /// Calls by what they ask: made and being made.
    var calls: [[UInt8]: CompositionCall] = [:]
    /// Calls that change something; they are never shared.
    var writes: [CompositionCall] = []
    /// Whether no further step is begun.
    var isOver = false
    /// Steps that ended well, in that order.
    var completed: [Int] = []
    /// What is being undone; nil while everything goes well.
    var unwinding: Unwinding?
    /// By step, its span's id; empty where the exchange is not traced.
    let stepSpans: [UInt64]
    private var isAdvancing = false
    private var hasNews = false

    /// A run that has not begun.
    init(
        _ route: CompositionRoute, exchange: GatewayExchange, inputs: [[UInt8]?], client: RunClient
    ) {
        self.route = route
        log = exchange.row?.log
        startedAt = exchange.startedAt
        self.exchange = exchange
        requestID = exchange.requestID
        worker = exchange.worker
        serving = exchange.serving
        self.client = client
        let tracer = exchange.trace == nil ? nil : exchange.worker.tracer
        stepSpans = tracer.map { tracer in route.plan.steps.map { _ in tracer.makeID() } } ?? []
        standing = route.storesWhole ? WholeStanding() : nil
        values = CompositionValues(route.plan, fallbackTexts: route.fallbacks, inputs: inputs, claims: client.claims)
    }

    /// Begins: the request's content is complete.
    func start(content: ByteBuffer?) {
        if let content {
            values.content = content.withUnsafeReadableBytes { PartContent($0, limits: JSONLimits(depth: 64)) }
        }
        advance()
    }

    /// Gives everything up; calls in flight are cancelled.
    ///
    /// A saga that has changed something goes on without its exchange: what was done is undone.
    func cancel() {
        exchange = nil
        if unwinding != nil { return }
        if route.isSaga, !isOver, !writes.isEmpty { return unwind(.clientGone) }
        isOver = true
        cancelCalls()
    }

    /// Cancels the calls in flight.
    private func cancelCalls() {
        for call in calls.values { cancel(call) }
        for call in writes { cancel(call) }
    }

    /// Cancels a call, and counts it for the steps that wait for it.
    func cancel(_ call: CompositionCall) {
        guard call.outcome == nil else { return }
        for waiter in call.waiters { worker.metrics.recordStepFailure(route.metrics[waiter.step], .cancelled) }
        call.waiters = []
        call.cancel()
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
            for index in states.indices where !isOver && values.isReady(index) { start(step: index) }
        }
        isAdvancing = false
        if !isOver, values.isSettled { finish() }
    }

    /// Starts a step.
    private func start(step index: Int) {
        states[index].startedAt = worker.loop.now
        switch values.begin(index) {
        case .skipped: settle(index, .skipped)
        case .done: settle(index, .done)
        case .failed(let failure): fail(index, failure)
        case .calls(let count):
            states[index].calls = count
            fill(index, concurrency: route.plan.steps[index].fanOut?.concurrency ?? 1)
        }
    }

    /// Makes further calls of a step, as many at a time as it may; settles the step when all answers are there.
    private func fill(_ index: Int, concurrency: Int) {
        // An answer may come while it is asked for: the loop sees it, the stack does not grow.
        guard !states[index].isFilling else { return }
        states[index].isFilling = true
        while !isOver, states[index].phase == .running, states[index].running < concurrency,
            states[index].nextCall < states[index].calls
        {
            let call = states[index].nextCall
            states[index].nextCall += 1
            states[index].running += 1
            ask(index, call: call)
        }
        states[index].isFilling = false
        guard !isOver, states[index].phase == .running, states[index].running == 0 else { return }
        settle(index, .done)
    }

    /// Makes a call, or waits for an identical one.
    private func ask(_ index: Int, call number: Int) {
        let step = route.plan.steps[index]
        let row = route.callees[index]
        let plan = route.partPlans[index]
        guard
            let request = CompositionRequest(
                step, row, route.templates[index], route.forwardedFields[index], self,
                scope: values.scope(index, call: number), keys: values.keys(of: index, call: number), plan: plan)
        else {
            return answered(index, call: number, .failed(StepFailure(.missingValue)))
        }
        let isShared = row.method == "GET"
        if isShared, let call = calls[request.key] {
            if let outcome = call.outcome { return answered(index, call: number, outcome) }
            call.waiters.append((index, number))
            return
        }
        // An optional part gives up before the whole reply does.
        let endsBy = min(
            (exchange?.endsBy ?? worker.loop.now) - .nanoseconds(2 * DeadlineTable.tick.nanoseconds),
            worker.loop.now + (step.timeout.map { .nanoseconds($0) } ?? row.timeout))
        let call = CompositionCall(
            row, run: self, waiter: (index, number), request: request,
            retry: route.retries[index], enforcement: route.enforcements[index], endsBy: endsBy,
            forwardsCredentials: !route.forwardedFields[index].isEmpty)
        if isShared { calls[request.key] = call } else { writes.append(call) }
        if let plan { call.turn = PartStore.turn(plan, request, row: row, client: client, at: cacheTime) }
        call.start()
    }

    /// Milliseconds since 1970.
    private var cacheTime: Int64 { GatewayWorker.wallClock() / 1_000_000 }

    /// A service is asked.
    func asks(_ call: CompositionCall) {
        guard unwinding == nil else { return }
        for waiter in call.waiters.prefix(1) { worker.metrics.recordStepCall(route.metrics[waiter.step]) }
    }

    /// A call is over.
    func finished(_ call: CompositionCall, _ outcome: CallOutcome) {
        let waiters = call.waiters
        call.waiters = []
        if unwinding != nil { return unwound(waiters.first?.step, outcome) }
        for waiter in waiters where !isOver { answered(waiter.step, call: waiter.call, outcome) }
    }

    /// An answer of a step is there, or will not come.
    private func answered(_ index: Int, call: Int, _ outcome: CallOutcome) {
        guard !isOver, states[index].phase == .running else { return }
        states[index].running -= 1
        let failures = states[index].failures
        if case .replied(let reply) = outcome {
            if reply.isStored { states[index].stored += 1 }
            if let part = reply.standing { standing?.take(part) }
        }
        let failure = values.take(outcome, of: index, call: call)
        if let kind = states[index].failure?.kind {
            worker.metrics.recordStepFailure(
                route.metrics[index], kind, count: states[index].failures - failures)
        }
        if let failure { return fail(index, failure) }
        fill(index, concurrency: route.plan.steps[index].fanOut?.concurrency ?? 1)
    }

    /// A step has failed: the run with it, unless the step is optional.
    private func fail(_ index: Int, _ failure: StepFailure) {
        if states[index].failures == 0 { worker.metrics.recordStepFailure(route.metrics[index], failure.kind) }
        states[index].failure = failure
        guard route.plan.steps[index].isOptional else {
            states[index].phase = .failed
            noteEnd(index)
            if route.isSaga { return unwind(.step(index)) }
            isOver = true
            cancelCalls()
            exchange?.compositionFailed(route.plan.steps[index].name, failure)
            return
        }
        settle(index, .failed)
    }

    /// A step is over.
    private func settle(_ index: Int, _ phase: StepState.Phase) {
        values.settle(index, phase)
        if phase == .done { completed.append(index) }
        noteEnd(index)
        advance()
    }

    /// Notes when a step ended.
    private func noteEnd(_ index: Int) {
        states[index].endedAt = worker.loop.now
        guard states[index].phase != .skipped, let time = states[index].nanoseconds else { return }
        worker.metrics.recordStepDuration(route.metrics[index], nanoseconds: time)
        guard stepSpans.indices.contains(index), let trace = exchange?.trace, let start = states[index].startedAt else {
            return
        }
        let failure = states[index].failure?.kind.rawValue
        worker.tracer?.add(
            trace.span(
                stepSpans[index], parent: trace.context.span, kind: .internal,
                name: "step \(route.plan.steps[index].name)", from: start, to: worker.loop.now,
                attributes: failure.map { [("error.type", .text($0))] } ?? [], isError: failure != nil))
    }

    // MARK: The reply

    /// Everything is settled: shapes the reply. One that breaks its own contract is not sent, and what was done for it is
    /// undone.
    private func finish() {
        isOver = true
        cancelCalls()
        guard let exchange else { return }
        let content = values.reply()
        let violations = exchange.violations(ofComposed: content)
        guard violations.isEmpty else {
            if route.isSaga, !writes.isEmpty { return unwind(.brokenReply(violations)) }
            return exchange.composedReplyBroken(violations)
        }
        exchange.compositionFinished(content, partial: values.partial)
    }
}
