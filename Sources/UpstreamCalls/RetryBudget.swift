/// Limits repetitions to a share of the calls, so that a failing service is not buried under them.
///
/// A token bucket: each call adds `share` of a token, each repetition takes one. The first ten are lent, so that a
/// service that has just been met may be asked twice, and are paid back by the calls that follow: of n calls, at most
/// the greater of ten and n × `share` are repeated. The bucket never holds more than a hundred, so a burst of failures
/// after a calm hour stays bounded too.
package struct RetryBudget {
    private var tokens = Self.loan
    private var debt = Self.loan
    private let share: Double
    private static let loan = 10.0
    private static let most = 100.0

    /// A budget of `share` repetitions per call, from 0 to 1; with 0 there is none.
    package init(share: Double) {
        self.share = min(max(share, 0), 1)
        if self.share == 0 { tokens = 0 }
    }

    /// Notes a call.
    package mutating func recordRequest() {
        let repaid = min(debt, share)
        debt -= repaid
        tokens = min(tokens + share - repaid, Self.most)
    }

    /// Whether a repetition may be made; it is then paid for.
    package mutating func take() -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
