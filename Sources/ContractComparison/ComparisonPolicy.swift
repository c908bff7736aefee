import SourceDiagnostics

/// What a comparison is told beside the two documents.
package struct ComparisonPolicy: Sendable {
    /// The day on which clients are asked to have moved, and after which something deprecated may go: compared with this.
    package var today: CalendarDate

    /// How many days there must be between a deprecation and its `x-sunset`, where the stability is `stable` or not said.
    package var stableDays = 180

    /// The same where the stability is `beta`.
    package var betaDays = 31

    /// Whether something deprecated must have an `x-sunset`; alpha and drafts never need one.
    package var requiresSunset = false

    /// Severities by check that replace the usual ones; nil silences the check.
    package var severities: [String: Severity?] = [:]

    /// The usual policy on a day.
    package init(today: CalendarDate) { self.today = today }
}
