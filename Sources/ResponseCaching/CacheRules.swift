/// What the settings say about storing an operation's replies. Times in milliseconds, sizes in bytes.
package struct CacheRules: Sendable {
    /// Who may share a reply of an operation with credentials.
    package enum Scope: Sendable { case automatic, shared, principal }

    /// Freshness lifetime where the reply states none, or always under `override`.
    package var lifetime: Int64?
    /// How long a stale reply is served while it is revalidated.
    package var staleWhileRevalidate: Int64?
    /// How long a stale reply stands in for a failing service.
    package var staleIfError: Int64?
    /// Lifetimes of replies with other statuses than 200.
    package var negative: [Int: Int64] = [:]
    /// Who may share a reply of an operation with credentials.
    package var scope = Scope.automatic
    /// Request fields, in lower case, that select a reply besides those of Vary.
    package var vary: [[UInt8]] = []
    /// Requests for a key before its reply is stored.
    package var minUses = 1
    /// Largest content that is stored.
    package var maxObject = 1 << 20
    /// Whether the settings win over `no-store`, `private` and stated lifetimes.
    package var overrides = false
    /// Share of the time since Last-Modified that counts as lifetime where nothing else is known (RFC 9111 §4.2.2); 0: none.
    package var heuristic = 0.0
    /// Whether a reply that sets a cookie is stored: then all who share it get the same cookie.
    package var storesCookies = false
    /// Longest heuristic lifetime.
    package static let longestHeuristic: Int64 = 86_400_000
    /// Groups that every reply of the operation belongs to.
    package var groups: [[UInt8]] = []

    /// Nothing set: only what replies say themselves.
    package init() {}
}
