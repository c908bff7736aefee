import GatewaySettings
import MessageContracts

/// Which pages of other origins may call an operation (WHATWG Fetch, "CORS protocol"), with every field made when the
/// settings are loaded. The methods come from the contract: they are those that the path is declared for.
package struct CORSPlan: Sendable {
    /// Fields of the gateway's own replies that pages may always read.
    private static let ownFields = ["X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy"]
    /// Fields that pages may always send beside the declared ones.
    private static let usualFields = ["content-type", "if-none-match", "if-match"]

    /// The origins as browsers write them; nil for any.
    let origins: Set<[UInt8]>?
    /// Whether cookies and credentials may be sent.
    let allowsCredentials: Bool
    /// The value of `Access-Control-Allow-Headers`.
    let allowedFields: [UInt8]
    /// The value of `Access-Control-Expose-Headers`.
    let exposedFields: [UInt8]
    /// The value of `Access-Control-Max-Age`, in seconds.
    let maxAge: [UInt8]

    /// The plan of the policies' `cors` sections; nil where there is none. The last of several counts.
    ///
    /// - Parameters:
    ///   - names: the policies in use.
    ///   - contract: whose header parameters pages may send.
    ///   - asksForCredentials: whether the operation wants `Authorization` or a key.
    init?(_ names: [String], settings: GatewaySettings, contract: OperationContract?, asksForCredentials: Bool) {
        var found: CORSPolicySettings?
        var keyFields: [String] = []
        for name in names {
            if case .cors(let cors)? = settings.policy(name)?.value.kind { found = cors }
        }
        guard let found else { return nil }
        if asksForCredentials {
            keyFields.append("authorization")
            for policy in settings.policies {
                if case .apiKey(let key) = policy.value.kind, case .header(let name) = key.location {
                    keyFields.append(name.lowercased())
                }
            }
        }
        let declared = contract?.headerParameterNames.map { String(decoding: $0, as: UTF8.self).lowercased() } ?? []
        origins = found.origins == ["*"] ? nil : Set(found.origins.map { Array($0.utf8) })
        allowsCredentials = found.credentials
        allowedFields = Self.list(Self.usualFields + keyFields + declared + found.headers.map { $0.lowercased() })
        exposedFields = Self.list(Self.ownFields + found.exposeHeaders)
        maxAge = Array(String(found.maxAge.components.seconds).utf8)
    }

    /// Each name once, in their order.
    private static func list(_ names: [String]) -> [UInt8] {
        var seen: Set<String> = []
        return Array(names.filter { seen.insert($0.lowercased()).inserted }.joined(separator: ", ").utf8)
    }

    /// The value of `Access-Control-Allow-Origin` for a page of `origin`; nil when it may not read.
    func allowedOrigin(_ origin: [UInt8]) -> [UInt8]? {
        guard let origins else { return [UInt8(ascii: "*")] }
        return origins.contains(origin) ? origin : nil
    }

    /// Whether replies differ by origin, so that caches have to know (RFC 9110 §12.5.5).
    var variesByOrigin: Bool { origins != nil }

    /// The plan in words.
    var words: String {
        origins.map { $0.map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: ", ") }
            ?? "any origin"
    }
}
