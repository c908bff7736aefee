/// Where the counters of one step of a composition lie in a row of a metrics chunk.
enum StepRow {
    /// Calls made, each with all of its attempts.
    static let calls = 0
    /// First counter of the failures by kind.
    static let failures = 1
    /// First counter of what became of the step when it was undone.
    static let undone = failures + StepFailureKind.allCases.count
    /// First bucket of the times from a step's turn to its end, not cumulative.
    static let buckets = undone + StepUndoing.allCases.count
    /// The sum of those times, in nanoseconds.
    static let durations = buckets + LatencyBuckets.count
    /// Counters per step.
    static let width = durations + 1
}

/// Why a step has failed, or one of its elements: the label `reason`, and the word in `Lintel-Partial`.
package enum StepFailureKind: String, Sendable, CaseIterable {
    /// No connection came about.
    case connect
    /// A deadline passed.
    case timeout
    /// The connection broke before the answer was complete.
    case reset
    /// The answer is not HTTP, or its content no JSON.
    case malformed
    /// The answer breaks its contract, under `enforce`.
    case contract
    /// The service answered with a status that the step does not accept.
    case status
    /// No endpoint of the service is well.
    case unavailable
    /// The pool was full.
    case overloaded
    /// A value that the call needs is absent.
    case missingValue = "missing-value"
    /// The answer of a batch lacks an element.
    case noMatch = "no-match"
    /// There are more elements than `limit` admits.
    case limit
    /// The answer is larger than `limits.responseBody`.
    case tooLarge = "too-large"
    /// The call was given up: the client went away, or another step has failed.
    case cancelled

    /// The place of the kind among the counters.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What became of a step that changed something when the composition failed: the label `result`.
package enum StepUndoing: String, Sendable, CaseIterable {
    /// The call that undoes it succeeded.
    case undone
    /// It has no way back.
    case kept
    /// Nobody knows whether it was done: its answer did not come.
    case unknown
    /// The call that undoes it failed.
    case failed

    /// The place of the word among the counters.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The labels of a step's series.
package struct StepLabels: Sendable, Hashable {
    /// The composition's name.
    package let composition: String
    /// The step's name.
    package let step: String

    /// Names a step for the metrics.
    package init(composition: String, step: String) {
        self.composition = composition
        self.step = step
    }

    /// The labels as name and value.
    var pairs: [PrometheusText.Label] { [("composition", composition), ("step", step)] }
}

extension MetricsShard {
    /// Counts a call of a step.
    package func recordStepCall(_ step: Int) { steps.row(step)?.add(1, at: StepRow.calls) }

    /// Counts failures of a step's elements, or of the step.
    package func recordStepFailure(_ step: Int, _ kind: StepFailureKind, count: Int = 1) {
        guard count > 0 else { return }
        steps.row(step)?.add(UInt64(count), at: StepRow.failures &+ kind.index)
    }

    /// Counts what became of a step that was to be undone.
    package func recordStepUndoing(_ step: Int, _ result: StepUndoing) {
        steps.row(step)?.add(1, at: StepRow.undone &+ result.index)
    }

    /// Counts a step that is over.
    ///
    /// - Parameter nanoseconds: from its turn to its end.
    package func recordStepDuration(_ step: Int, nanoseconds: UInt64) {
        guard let row = steps.row(step) else { return }
        row.add(1, at: StepRow.buckets &+ LatencyBuckets.index(ofNanoseconds: nanoseconds))
        row.add(nanoseconds, at: StepRow.durations)
    }
}

extension MetricsRegistry {
    /// Writes the series of steps; none where there are no compositions.
    func renderSteps(_ labels: [StepLabels], into text: inout PrometheusText) {
        guard !labels.isEmpty else { return }
        text.family("lintel_step_calls_total", .counter, "Calls of the steps of compositions.")
        for (index, step) in labels.enumerated() {
            text.sample("lintel_step_calls_total", step.pairs, sum(step: index, counter: StepRow.calls))
        }
        text.family("lintel_step_failures_total", .counter, "Failures of steps, of a forEach by element, by reason.")
        for (index, step) in labels.enumerated() {
            for kind in StepFailureKind.allCases {
                let count = sum(step: index, counter: StepRow.failures + kind.index)
                guard count > 0 else { continue }
                text.sample("lintel_step_failures_total", step.pairs + [("reason", kind.rawValue)], count)
            }
        }
        text.family("lintel_step_undone_total", .counter, "Steps that were to be undone, by what became of that.")
        for (index, step) in labels.enumerated() {
            for result in StepUndoing.allCases {
                let count = sum(step: index, counter: StepRow.undone + result.index)
                guard count > 0 else { continue }
                text.sample("lintel_step_undone_total", step.pairs + [("result", result.rawValue)], count)
            }
        }
        text.family("lintel_step_duration_seconds", .histogram, "Time from a step's turn to its end.")
        for (index, step) in labels.enumerated() {
            let buckets = (0..<LatencyBuckets.count).map { sum(step: index, counter: StepRow.buckets + $0) }
            guard buckets.contains(where: { $0 > 0 }) else { continue }
            text.histogram(
                "lintel_step_duration_seconds", step.pairs, buckets: buckets,
                nanoseconds: sum(step: index, counter: StepRow.durations))
        }
    }
}
