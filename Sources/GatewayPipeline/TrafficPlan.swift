import GatewaySettings
import HTTPExchanges
import TrafficPolicies

/// What an operation asks of clients beside credentials and contract: where they are, and how often they come.
package struct TrafficPlan: Sendable {
    /// A rate limit.
    package struct Limit: Sendable {
        /// The policy's name.
        let name: String
        /// Tells the limits of the process apart; the same for the same policy, also after a reload. A policy that has
        /// changed counts anew: what was owed under the old one may be no measure for the new.
        let number: Int
        /// What is counted by itself.
        let subject: RateLimitPolicySettings.Subject
        /// How many in which time.
        let limit: RateLimit
        /// The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 §3).
        let policyField: [UInt8]
    }

    /// A limit of requests at the same time.
    package struct ConcurrencyLimit: Sendable {
        /// The policy's name.
        let name: String
        /// Tells the limits of the process apart; the same for the same policy, also when its number has changed.
        let number: Int
        /// What is counted by itself.
        let subject: RateLimitPolicySettings.Subject
        /// How many requests.
        let limit: Int
    }

    /// Rules that must all admit the address.
    let addresses: [AddressRules]
    /// Limits by address: they hold before credentials are looked at, so that guessing those is limited too.
    let byAddress: [Limit]
    /// Limits by consumer and operation.
    let byCaller: [Limit]
    /// Limits of requests at the same time.
    let concurrency: [ConcurrencyLimit]

    /// The plan of policies by name; nil where they say nothing about it.
    init?(_ names: [String], settings: GatewaySettings) {
        var addresses: [AddressRules] = []
        var limits: [Limit] = []
        var concurrency: [ConcurrencyLimit] = []
        for name in names {
            switch settings.policy(name)?.value.kind {
            case .ip(let rules):
                addresses.append(
                    AddressRules(
                        allowed: rules.allow.map(AddressNetwork.init), refused: rules.deny.map(AddressNetwork.init)))
            case .concurrency(let rules):
                concurrency.append(
                    ConcurrencyLimit(
                        name: name, number: Self.number(of: name, rules.key), subject: rules.key, limit: rules.limit))
            case .rateLimit(let rate):
                let (seconds, attoseconds) = rate.limit.period.components
                let limit = RateLimit(
                    requests: Int64(rate.limit.count),
                    nanoseconds: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000,
                    burst: rate.burst.map(Int64.init))
                let field = "\"\(name)\";q=\(limit.quota.requests);w=\(limit.quota.seconds)"
                limits.append(
                    Limit(
                        name: name, number: Self.number(of: name, rate.key, limit), subject: rate.key, limit: limit,
                        policyField: Array(field.utf8)))
            case .jwt, .apiKey, .basic, .clientCertificate, .cors, .headers, nil: break
            }
        }
        guard !addresses.isEmpty || !limits.isEmpty || !concurrency.isEmpty else { return nil }
        self.concurrency = concurrency
        self.addresses = addresses
        byAddress = limits.filter { $0.subject == .address }
        byCaller = limits.filter { $0.subject != .address }
    }

    /// What tells a limit from all others, and from itself before it was changed.
    private static func number(of name: String, _ subject: RateLimitPolicySettings.Subject, _ limit: RateLimit) -> Int {
        var hasher = Hasher()
        hasher.combine(name)
        hasher.combine(subject)
        hasher.combine(limit.interval)
        hasher.combine(limit.burst)
        return hasher.finalize()
    }

    /// What tells a limit of requests at the same time from all others. It is no measure of the past, so a changed one goes
    /// on with what is under way.
    private static func number(of name: String, _ subject: RateLimitPolicySettings.Subject) -> Int {
        var hasher = Hasher()
        hasher.combine(name)
        hasher.combine(subject)
        return hasher.finalize()
    }

    /// Whether requests are counted.
    var limitsRate: Bool { !byAddress.isEmpty || !byCaller.isEmpty }

    /// The plan in words, a line each.
    var words: [(label: String, text: String)] {
        addresses.map { _ in ("address", "has to be one that the policies allow") }
            + (byAddress + byCaller).map { limit in
                (
                    "limit",
                    "\(limit.name): \(limit.limit.quota.requests) in \(limit.limit.quota.seconds) s, "
                        + "\(limit.limit.burst) at once, for each \(limit.subject.rawValue)"
                )
            }
            + concurrency.map {
                ("limit", "\($0.name): \($0.limit) at the same time, for each \($0.subject.rawValue)")
            }
    }
}
