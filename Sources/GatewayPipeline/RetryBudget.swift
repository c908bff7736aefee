/// Limits retries to a share of the requests, so that a failing service is not buried under repetitions.
///
/// A token bucket: each request adds `share` of a token, each retry takes one. The bucket begins with a few tokens
/// and never holds more than a hundred, so a burst of failures after a calm hour stays bounded too.
struct RetryBudget {
    private var tokens = 10.0
    private let share: Double
    private static let most = 100.0

    /// A budget of `share` retries per request, from 0 to 1.
    init(share: Double) { self.share = min(max(share, 0), 1) }

    /// Notes a request.
    mutating func recordRequest() { tokens = min(tokens + share, Self.most) }

    /// Whether a retry may be made; it is then paid for.
    mutating func take() -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
