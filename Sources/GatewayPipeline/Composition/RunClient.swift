import HTTPExchanges
import TrafficPolicies

/// The client of a composition as its calls need it: what services are told about it, and what selects stored parts.
///
/// Services see the same as on plain routes, the client's Host above all: they may write it into links, and what they
/// answer is stored under it, for plain routes too.
struct RunClient {
    /// The value of Host, or of the target's authority; empty where there is none.
    var host: [UInt8] = []
    /// The host that the client has asked a proxy for; nil where no proxy that is believed says so.
    var forwardedHost: [UInt8]?
    /// The address in text.
    var address: [UInt8] = []
    /// Whether the request came by TLS.
    var isSecure = false
    /// Who is calling; empty where nobody is known, or nothing is stored.
    var callers: [KnownCaller] = []
    /// Credentials that services may get, names in small letters.
    var credentials: [(name: [UInt8], value: [UInt8])] = []
    /// What the composition takes of the caller's token, in the order of the plan.
    var claims: [ClaimText?] = []
    /// What the request says to caches (RFC 9111 §5.2.1, §5.4), which holds for the parts too.
    var directives: [(name: [UInt8], value: [UInt8])] = []

    /// The names of the fields that tell caches something.
    static let directiveNames = [Array("cache-control".utf8), Array("pragma".utf8)]

    /// Who is calling, as far as an operation asks; nil for nobody.
    func principal(for row: RouteRow) -> [UInt8]? {
        guard let security = row.security else { return nil }
        let names = security.policyNames
        return KnownCaller.octets(of: callers.filter { names.contains($0.policy) })
    }
}
