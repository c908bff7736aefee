import CompositionLanguage
import HTTPExchanges
import NIOCore

/// What is undone after a step has failed, and how far that is.
struct Unwinding {
    /// What became of a step that changes something.
    struct Result {
        /// What there is to say.
        enum Word: String { case undone, kept, unknown, failed }

        /// The step.
        let step: String
        /// `undone`; `kept`: it has no way back; `failed`: its way back failed; `unknown`: nobody knows whether it was
        /// done, because its answer did not come.
        let word: Word
        /// Why, where it is not undone.
        var reason: String?
    }

    /// The step that failed; nil when the client went away or the time was over.
    let cause: Int?
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
    /// Begins to undo what was done, because a step failed or, without one, the client is gone.
    func unwind(_ cause: Int?) {
        isOver = true
        unwinding = Unwinding(cause: cause)
        worker.sagas[ObjectIdentifier(self)] = self
        for call in calls.values { call.cancel() }
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
            switch judged(outcome, compensation.step, row: compensation.row) {
            case .replied: note(index, .undone)
            case .failed(let failure): note(index, .failed, failure.reason)
            }
            unwinding?.left = undoing
        } else {
            switch judged(outcome, route.plan.steps[index], row: route.callees[index]) {
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
    private func note(_ index: Int, _ word: Unwinding.Result.Word, _ reason: String? = nil) {
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
                    compensation.step, compensation.row, compensation.template, compensation.forwardedFields, self,
                    scope: nil)
            else {
                note(index, .failed, "missing-value")
                continue
            }
            let call = CompositionCall(
                compensation.row, run: self, waiter: (index, 0), head: request.head, content: request.content,
                retries: compensation.step.retries ?? compensation.row.retry.attempts,
                endsBy: worker.loop.now + time(for: compensation))
            unwinding?.current = call
            return call.start()
        }
        guard let ended = unwinding else { return }
        worker.sagas[ObjectIdentifier(self)] = nil
        // The exchange may have ended in the meantime and serve another request.
        guard let cause = ended.cause, let failure = states[cause].failure, let exchange,
            exchange.composition === self
        else { return }
        exchange.compositionFailed(route.plan.steps[cause].name, failure, undone: ended.results)
    }

    /// Whether a step changes something (RFC 9110 §9.2.1).
    private func changes(_ index: Int) -> Bool {
        !["GET", "HEAD", "OPTIONS"].contains(route.callees[index].method)
    }

    /// Whether a call that failed may have done what it was asked for.
    private static func isUncertain(_ failure: StepFailure) -> Bool {
        switch failure.reason {
        case "connect", "unavailable", "overloaded", "missing-value": false
        case "status": (failure.serviceStatus ?? 500) >= 500
        default: true
        }
    }
}
