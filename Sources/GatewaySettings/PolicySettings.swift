/// A policy: something that an exchange has to pass, defined once and used by name.
package struct PolicySettings: SettingsSection {
    /// What kind of policy, with its settings.
    package enum Kind: Sendable {
        /// A signed token.
        case jwt(JWTPolicySettings)
        /// A key from a list.
        case apiKey(APIKeyPolicySettings)
        /// A name and a password.
        case basic(BasicPolicySettings)
        /// A certificate of the connection.
        case clientCertificate(ClientCertificatePolicySettings)
        /// A number of requests in a span of time.
        case rateLimit(RateLimitPolicySettings)
        /// A number of requests at the same time.
        case concurrency(ConcurrencyPolicySettings)
        /// Pages of other origins.
        case cors(CORSPolicySettings)
        /// Addresses of clients.
        case ip(AddressPolicySettings)
        /// Fields set and removed.
        case headers(HeaderPolicySettings)
    }

    /// What kind of policy.
    package let kind: Kind

    /// Whether the policy finds out who is calling, so that a security scheme can be bound to it.
    package var authenticates: Bool {
        switch kind {
        case .jwt, .apiKey, .basic, .clientCertificate: true
        case .rateLimit, .concurrency, .cors, .ip, .headers: false
        }
    }

    /// The keys of a policy: its kinds.
    private enum Key {
        /// The key `jwt`.
        static let jwt = SettingKey(
            "jwt", ValueForm<JWTPolicySettings>.section(), "Asks for a signed token.", feature: { _ in .jwtPolicy })
        /// The key `apiKey`.
        static let apiKey = SettingKey(
            "apiKey", ValueForm<APIKeyPolicySettings>.section(), "Asks for a key from a list.",
            feature: { _ in .apiKeyPolicy })
        /// The key `basic`.
        static let basic = SettingKey(
            "basic", ValueForm<BasicPolicySettings>.section(), "Asks for a name and a password.",
            feature: { _ in .basicPolicy })
        /// The key `clientCertificate`.
        static let clientCertificate = SettingKey(
            "clientCertificate", ValueForm<ClientCertificatePolicySettings>.section(),
            "Asks for a certificate by which the client has connected; the listener needs clientCA.")
        /// The key `concurrency`.
        static let concurrency = SettingKey(
            "concurrency", ValueForm<ConcurrencyPolicySettings>.section(),
            "Allows a number of requests at the same time.")
        /// The key `rateLimit`.
        static let rateLimit = SettingKey(
            "rateLimit", ValueForm<RateLimitPolicySettings>.section(), "Allows a number of requests in a span of time.",
            feature: { _ in .rateLimitPolicy })
        /// The key `cors`.
        static let cors = SettingKey(
            "cors", ValueForm<CORSPolicySettings>.section(), "Allows pages of other origins.",
            feature: { _ in .corsPolicy })
        /// The key `ip`.
        static let ip = SettingKey(
            "ip", ValueForm<AddressPolicySettings>.section(), "Allows or refuses addresses of clients.",
            feature: { _ in .ipPolicy })
        /// The key `headers`.
        static let headers = SettingKey(
            "headers", ValueForm<HeaderPolicySettings>.section(), "Sets and removes fields.")
        /// All kinds.
        static let all = [
            jwt.description, apiKey.description, basic.description, clientCertificate.description,
            rateLimit.description, concurrency.description, cors.description, ip.description, headers.description,
        ]
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Policy", summary: "Something that an exchange has to pass, used by name; exactly one kind.",
        keys: Key.all,
        exactlyOneOf: Key.all.map(\.name))

    /// Reads the section.
    init?(reading reader: SectionReader) {
        // All are asked for, so that mistakes in each are reported even where too many stand.
        let kinds: [Kind?] = [
            reader.given(Key.jwt).map { .jwt($0.value) }, reader.given(Key.apiKey).map { .apiKey($0.value) },
            reader.given(Key.basic).map { .basic($0.value) },
            reader.given(Key.clientCertificate).map { .clientCertificate($0.value) },
            reader.given(Key.rateLimit).map { .rateLimit($0.value) },
            reader.given(Key.concurrency).map { .concurrency($0.value) },
            reader.given(Key.cors).map { .cors($0.value) }, reader.given(Key.ip).map { .ip($0.value) },
            reader.given(Key.headers).map { .headers($0.value) },
        ]
        guard let kind = kinds.compactMap(\.self).first else { return nil }
        self.kind = kind
    }
}
