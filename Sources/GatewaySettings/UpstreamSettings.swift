import JSONDocuments
import SourceDiagnostics

/// An upstream: a backend service with its endpoints, and how the gateway calls it.
package struct UpstreamSettings: SettingsSection {
    /// How an endpoint is chosen.
    package enum Balance: String, Sendable, CaseIterable {
        /// One after the other.
        case roundRobin = "round-robin"
        /// The less busy of two.
        case leastRequest = "least-request"
        /// The one with the least expected waiting time.
        case peakEWMA = "peak-ewma"
        /// By a hash of the request.
        case hash
    }

    /// What the hash of a request goes by.
    package enum HashSource: Sendable, Hashable {
        /// The client's address.
        case address
        /// The request's path and query.
        case path
        /// A field of the request; where it is missing, the client's address.
        case header(String)
    }

    /// Its endpoints, at least one.
    package let targets: [TargetSettings]
    /// How an endpoint is chosen.
    package let balance: Balance
    /// What the hash of a request goes by, where `balance` is `hash`.
    package let hashBy: HashSource
    /// How long an endpoint that is new or has recovered takes less than its share; zero for not at all.
    package let slowStart: Duration
    /// How often names of targets are looked up again.
    package let resolveEvery: Duration
    /// Whom TLS believes, for targets that are reached by https; nil for the system's authorities and each target's name.
    package let tls: UpstreamTLSSettings?
    /// What its connections speak, the preferred one first.
    package let protocols: [ListenerSettings.ListenerProtocol]
    /// Its connections.
    package let pool: PoolSettings
    /// How long a connection may take to come about.
    package let connectTimeout: Duration
    /// Asking endpoints for their health, nil for not.
    package let activeHealth: ActiveHealthSettings?
    /// Judging endpoints by their replies.
    package let passiveHealth: PassiveHealthSettings
    /// The share of endpoints in good health below which health is not looked at.
    package let panicBelow: Share
    /// When an attempt is repeated.
    package let retry: RetrySettings
    /// When a second attempt is made beside the first, nil for never.
    package let hedge: HedgeSettings?
    /// When no attempt is made, nil for never.
    package let circuit: CircuitSettings?

    /// The keys of an upstream.
    private enum Key {
        /// The key `targets`.
        static let targets = SettingKey(
            "targets", ValueForm<[TargetSettings]>.list(.target(), minimum: 1), "The addresses of the service.",
            isRequired: true)
        /// The key `balance`.
        static let balance = DefaultedKey(
            "balance", ValueForm<Balance>.choice(), "How an endpoint is chosen.", builtIn: .leastRequest)
        /// The key `hashBy`.
        static let hashBy = DefaultedKey(
            "hashBy", .hashSource(), "What the hash of a request goes by, where balance is hash.", builtIn: .address)
        /// The key `slowStart`.
        static let slowStart = DefaultedKey(
            "slowStart", .duration(minimum: .zero),
            "How long an endpoint that is new or has recovered takes less than its share.", builtIn: .zero)
        /// The key `resolveEvery`.
        static let resolveEvery = DefaultedKey(
            "resolveEvery", .duration(minimum: .milliseconds(100)), "How often names of targets are looked up again.",
            builtIn: .seconds(30))
        /// The key `tls`.
        static let tls = SettingKey(
            "tls", ValueForm<UpstreamTLSSettings>.section(),
            "Whom TLS believes, for targets with https; without it the system's authorities and the target's name.")
        /// The key `protocols`.
        static let protocols = DefaultedKey(
            "protocols", ValueForm<[ListenerSettings.ListenerProtocol]>.list(.choice(), minimum: 1),
            "What connections speak, the preferred one first; with both, TLS decides.", builtIn: [.http1])
        /// The key `pool`.
        static let pool = SettingKey("pool", ValueForm<PoolSettings>.section(), "The connections to the service.")
        /// The key `connectTimeout`.
        static let connectTimeout = DefaultedKey(
            "connectTimeout", .duration(), "How long a connection may take to come about.", builtIn: .seconds(1))
        /// The key `health`.
        static let health = SettingKey("health", ValueForm<HealthSettings>.section(), "How sick endpoints are found.")
        /// The key `retry`.
        static let retry = SettingKey(
            "retry", ValueForm<RetrySettings>.section(), "When an attempt is repeated.")
        /// The key `hedge`.
        static let hedge = SettingKey(
            "hedge", ValueForm<HedgeSettings>.section(), "When a second attempt is made beside the first.")
        /// The key `circuit`.
        static let circuit = SettingKey(
            "circuit", ValueForm<CircuitSettings>.section(), "When the gateway stops calling for a while.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Upstream", summary: "A backend service with its endpoints, and how the gateway calls it.",
        keys: [
            Key.targets.description, Key.balance.description, Key.hashBy.description, Key.slowStart.description,
            Key.resolveEvery.description, Key.tls.description, Key.protocols.description, Key.pool.description,
            Key.connectTimeout.description,
            Key.health.description, Key.retry.description, Key.hedge.description, Key.circuit.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let targets = reader.given(Key.targets)?.value
        balance = reader.value(Key.balance)
        hashBy = reader.value(Key.hashBy)
        slowStart = reader.value(Key.slowStart)
        resolveEvery = reader.value(Key.resolveEvery)
        tls = reader.given(Key.tls)?.value
        protocols = reader.value(Key.protocols)
        let pool = reader.section(Key.pool)
        connectTimeout = reader.value(Key.connectTimeout)
        let health = reader.section(Key.health)
        let retry = reader.section(Key.retry)
        hedge = reader.given(Key.hedge)?.value
        circuit = reader.given(Key.circuit)?.value
        guard let targets, let pool, let health, let retry, !reader.has("tls") || tls != nil else { return nil }
        activeHealth = health.active
        passiveHealth = health.passive
        panicBelow = health.panicBelow
        self.targets = targets
        self.pool = pool
        self.retry = retry
    }
}

extension ValueForm where Value == UpstreamSettings.HashSource {
    /// `address`, `path`, or `header:NAME`.
    static func hashSource() -> ValueForm {
        .scalar(
            .text(pattern: "^(address|path|header:[!#$%&'*+.^_`|~0-9A-Za-z-]+)$", examples: ["header:X-Tenant"]),
            expected: "address, path or header:NAME", code: "bad-choice",
            show: { source in
                switch source {
                case .address: "address"
                case .path: "path"
                case .header(let name): "header:\(name)"
                }
            }
        ) { text throws(ScalarObjection) in
            switch text {
            case "address": return .address
            case "path": return .path
            default: break
            }
            let name = text.dropFirst("header:".count)
            guard text.hasPrefix("header:"), !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter) else {
                throw ScalarObjection(suggestion: NearestName.suggestion(among: ["address", "path"], to: text))
            }
            return .header(String(name))
        }
    }
}

/// One endpoint of an upstream.
package struct TargetSettings: SettingsSection {
    /// Its address.
    package let url: EndpointURL
    /// Its share of the requests in relation to the others'; 0 takes none.
    package let weight: Int
    /// Where it runs, nil where zones play no part.
    package let zone: String?

    /// The keys of a target.
    private enum Key {
        /// The key `url`.
        static let url = SettingKey(
            "url", .endpoint(), "The address of the service: scheme, host and port.", isRequired: true)
        /// The key `weight`.
        static let weight = DefaultedKey(
            "weight", .integer(0...10_000), "Its share of the requests in relation to the other targets'.", builtIn: 1)
        /// The key `zone`.
        static let zone = SettingKey(
            "zone", .text(), "Where it runs: targets of the gateway's own zone are preferred (gateway.zone).")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Target", summary: "One endpoint of an upstream.",
        keys: [Key.url.description, Key.weight.description, Key.zone.description])

    /// A target that is written as its address alone.
    init(url: EndpointURL) {
        self.url = url
        weight = 1
        zone = nil
    }

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let url = reader.given(Key.url)?.value
        weight = reader.value(Key.weight)
        zone = reader.given(Key.zone)?.value
        guard let url else { return nil }
        self.url = url
    }
}

extension ValueForm where Value == TargetSettings {
    /// A target: its address alone, or a map with address, weight and zone.
    static func target() -> ValueForm {
        let short = ValueForm<EndpointURL>.endpoint()
        let long = ValueForm.section()
        return .single(.any([short.schema, long.schema]), show: { $0.url.description }) { value, context in
            if value.kind == .object { return long.read([value], context) }
            guard value.kind == .string else {
                context.wrongType(value, expected: "a URL such as http://127.0.0.1:9102, or a map with the key url")
                return nil
            }
            return short.read([value], context).map { TargetSettings(url: $0) }
        }
    }
}

/// Whom the gateway believes when it calls a service by TLS, and who it is itself.
package struct UpstreamTLSSettings: SettingsSection {
    /// The name that the service's certificate must have and that is asked for (SNI); nil for each target's own.
    package let serverName: String?
    /// Path of the authorities (PEM) that the certificate must come from; nil for the system's.
    package let authorities: String?
    /// The gateway's own certificate, for services that ask for one.
    package let certificate: CertificateSettings?

    /// The keys of an upstream's TLS.
    private enum Key {
        /// The key `serverName`.
        static let serverName = SettingKey(
            "serverName", .token(expected: "a host name"),
            "The name that the service's certificate must have; without it, the target's.")
        /// The key `ca`.
        static let authorities = SettingKey(
            "ca", .filePath(), "The authorities (PEM) that the certificate must come from, instead of the system's.")
        /// The key `certificate`.
        static let certificate = SettingKey(
            "certificate", ValueForm<CertificateSettings>.section(),
            "The gateway's own certificate, for services that ask for one.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "UpstreamTLS", summary: "Whom the gateway believes when it calls a service by TLS.",
        keys: [Key.serverName.description, Key.authorities.description, Key.certificate.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        serverName = reader.given(Key.serverName)?.value
        authorities = reader.given(Key.authorities)?.value
        certificate = reader.given(Key.certificate)?.value
        // What is wanted and cannot be read must not end in trusting more than was meant.
        guard !reader.has("serverName") || serverName != nil, !reader.has("ca") || authorities != nil,
            !reader.has("certificate") || certificate != nil
        else { return nil }
    }
}

/// The connections to an upstream.
package struct PoolSettings: SettingsSection {
    /// Connections at most, over all workers.
    package let maxConnections: Int
    /// Exchanges that may wait for a connection, over all workers.
    package let maxPending: Int
    /// How long an idle connection is kept.
    package let idle: Duration

    /// The keys of a pool.
    private enum Key {
        /// The key `maxConnections`.
        static let maxConnections = DefaultedKey(
            "maxConnections", .integer(1...1_000_000), "Connections at most, over all workers.", builtIn: 256)
        /// The key `maxPending`.
        static let maxPending = DefaultedKey(
            "maxPending", .integer(0...1_000_000), "Exchanges that may wait for a connection, over all workers.",
            builtIn: 1024)
        /// The key `idle`.
        static let idle = DefaultedKey(
            "idle", .duration(), "How long an idle connection is kept.", builtIn: .seconds(60))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Pool", summary: "The connections to an upstream.",
        keys: [Key.maxConnections.description, Key.maxPending.description, Key.idle.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        maxConnections = reader.value(Key.maxConnections)
        maxPending = reader.value(Key.maxPending)
        idle = reader.value(Key.idle)
    }
}
