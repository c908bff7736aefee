import CompositionLanguage
import GatewayTelemetry
import HTTPExchanges
import MessageContracts
import NIOCore

/// What is undone after a step has failed, and how far that is.
struct Unwinding {
    /// Why something is undone.
    enum Cause {
        /// A required step has failed.
        case step(Int)
        /// The client went away, or the time was over.
        case clientGone
        /// Every step ended well, and the reply breaks its own contract.
        case brokenReply([ContractViolation])
    }

    /// What became of a step that changes something.
    struct Result {
        /// The step.
        let step: String
        /// `undone`; `kept`: it has no way back; `failed`: its way back failed; `unknown`: nobody knows whether it was
        /// done, because its answer did not come.
        let word: StepUndoing
        /// Why, where it is not undone.
        var reason: String?
    }

    /// Why.
    let cause: Cause
    /// Steps that are still to be undone; the last one is next. Nil until no call in flight changes anything.
    var left: [Int]?
    /// The call at hand.
    var current: CompositionCall?
    /// What became of the steps so far.
    var results: [Result] = []
}

/// Sagas: when a required step fails, the steps before it are undone in the reverse order of their ends.
///
/// | while | event | then |
/// |---|---|---|
/// | calls in flight change something | the last one ends | undo the step that ended last |
/// | a step is being undone | it is, or cannot be | undo the one before |
/// | nothing is left | | reply with what was undone and what was not |
///
/// The worker holds the run until then: neither a client that goes away nor the end of the time stops it.
extension CompositionRun {
    /// Begins to undo what was done.
    func unwind(_ cause: Unwinding.Cause) {
        isOver = true
        unwinding = Unwinding(cause: cause)
        worker.sagas[ObjectIdentifier(self)] = self
        for call in calls.values { cancel(call) }
        let times = route.compensations.compactMap { $0.map { time(for: $0) } } + route.callees.map(\.timeout)
        exchange?.extend(by: times.reduce(.seconds(1)) { $0 + $1 })
        proceed()
    }

    /// The time for undoing a step.
    private func time(for compensation: CompositionRoute.Compensation) -> TimeAmount {
        compensation.step.timeout.map { .nanoseconds($0) } ?? compensation.row.timeout
    }

    /// A call has ended: one that changed something, or one that undoes.
    func unwound(_ index: Int?, _ outcome: CallOutcome) {
        guard let index else { return }
        if let undoing = unwinding?.left {
            guard let compensation = route.compensations[index] else { return }
            unwinding?.current = nil
            switch compensation.step.judged(outcome) {
            case .replied: note(index, .undone)
            case .failed(let failure): note(index, .failed, failure.reason)
            }
            unwinding?.left = undoing
        } else {
            switch route.plan.steps[index].judged(outcome) {
            case .replied(let reply):
                states[index].reply = reply
                states[index].phase = .done
                completed.append(index)
            case .failed(let failure):
                states[index].failure = failure
                states[index].phase = .failed
            }
        }
        proceed()
    }

    /// Notes what became of a step.
    private func note(_ index: Int, _ word: StepUndoing, _ reason: String? = nil) {
        worker.metrics.recordStepUndoing(route.metrics[index], word)
        unwinding?.results.append(.init(step: route.plan.steps[index].name, word: word, reason: reason))
    }

    /// Does what comes next.
    private func proceed() {
        guard unwinding != nil, unwinding?.current == nil else { return }
        if unwinding?.left == nil {
            guard writes.allSatisfy({ $0.outcome != nil }) else { return }
            for index in states.indices where changes(index) && states[index].phase == .failed {
                if let failure = states[index].failure, Self.isUncertain(failure) {
                    note(index, .unknown, failure.reason)
                }
            }
            unwinding?.left = completed.filter { changes($0) }
        }
        while let index = unwinding?.left?.popLast() {
            guard let compensation = route.compensations[index] else {
                note(index, .kept)
                continue
            }
            guard
                let request = CompositionRequest(
                    compensation.step, compensation.row, compensation.template, compensation.forwardedFields, self)
            else {
                note(index, .failed, "missing-value")
                continue
            }
            let call = CompositionCall(
                compensation.row, run: self, waiter: (index, 0), request: request,
                retry: compensation.retry, enforcement: compensation.row.responses,
                endsBy: worker.loop.now + time(for: compensation))
            unwinding?.current = call
            return call.start()
        }
        guard let ended = unwinding else { return }
        worker.sagas[ObjectIdentifier(self)] = nil
        // The exchange may have ended in the meantime and serve another request.
        guard let exchange, exchange.composition === self else { return logUnwound(ended) }
        switch ended.cause {
        case .step(let index):
            guard let failure = states[index].failure else { return }
            exchange.compositionFailed(route.plan.steps[index].name, failure, undone: ended.results)
        case .brokenReply(let violations): exchange.composedReplyBroken(violations, undone: ended.results)
        case .clientGone: logUnwound(ended)
        }
    }

    /// Writes a line of its own about what was undone when nobody waits for the reply any more.
    private func logUnwound(_ ended: Unwinding) {
        guard worker.isLogging else { return }
        let isWhole = ended.results.allSatisfy { $0.word == .undone }
        let words = ended.results.map { result in
            AccessLogStep(name: result.step, outcome: result.word.rawValue, nanoseconds: nil)
        }
        requestID.withUnsafeBytes { id in
            worker.record(
                AccessLogEntry(
                    time: GatewayWorker.wallClock(), requestID: id, operation: log,
                    nanoseconds: UInt64(max(0, (worker.loop.now - startedAt).nanoseconds)),
                    outcome: isWhole ? "saga-undone" : "saga-not-undone", steps: words))
        }
    }

    /// Whether a step changes something (RFC 9110 §9.2.1).
    private func changes(_ index: Int) -> Bool {
        !["GET", "HEAD", "OPTIONS"].contains(route.callees[index].method)
    }

    /// Whether a call that failed may have done what it was asked for.
    private static func isUncertain(_ failure: StepFailure) -> Bool {
        switch failure.kind {
        case .connect, .unavailable, .overloaded, .missingValue: false
        case .status: (failure.serviceStatus ?? 500) >= 500
        default: true
        }
    }
}
