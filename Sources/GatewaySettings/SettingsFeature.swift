import SourceDiagnostics

/// A part of the configuration that needs a part of the gateway.
///
/// What and why: every key of the configuration is read and checked, also where nothing carries it out yet. A setting
/// that would be ignored is worse than an error (a limit that does not limit, a login that lets everybody in), so the
/// gateway refuses to start with one. `notRunning` is the one list of them: whoever builds a feature deletes its entry.
package enum SettingsFeature: String, Sendable, CaseIterable {
    /// `listeners.NAME.tls`
    case tls
    /// `h2` among `listeners.NAME.protocols`
    case http2
    /// `docs`
    case documentation
    /// `reload`
    case reload
    /// `gateway.cache.redis`
    case sharedCache
    /// `compositions`
    case compositions
    /// `weight` and `zone` of a target
    case weightedTargets
    /// `balance` other than round-robin
    case balancing
    /// `health.active`
    case activeHealth
    /// `health.passive`
    case passiveHealth
    /// `retry`
    case retry
    /// `circuit`
    case circuit
    /// A `jwt` policy
    case jwtPolicy
    /// An `apiKey` policy
    case apiKeyPolicy
    /// A `basic` policy
    case basicPolicy
    /// A `rateLimit` policy
    case rateLimitPolicy
    /// A `cors` policy
    case corsPolicy
    /// An `ip` policy
    case ipPolicy
    /// A `headers` policy
    case headersPolicy
    /// `validation.responses: enforce`
    case responseEnforcement
    /// `validation.undeclaredQuery: strip`
    case queryStripping
    /// `validation.undeclaredFields` other than `pass`
    case undeclaredFields

    /// The features that nothing carries out yet.
    package static let notRunning: Set<SettingsFeature> = []

    /// What the feature is, as the subject of a sentence.
    package var title: String {
        switch self {
        case .tls: "TLS on a listener"
        case .http2: "HTTP/2"
        case .documentation: "the documentation"
        case .reload: "reloading"
        case .sharedCache: "the second level of the cache"
        case .compositions: "composition"
        case .weightedTargets: "weights and zones of targets"
        case .balancing: "balancing other than round-robin"
        case .activeHealth: "active health checking"
        case .passiveHealth: "passive health checking"
        case .retry: "retrying by settings"
        case .circuit: "circuit breaking"
        case .jwtPolicy: "the policy jwt"
        case .apiKeyPolicy: "the policy apiKey"
        case .basicPolicy: "the policy basic"
        case .rateLimitPolicy: "the policy rateLimit"
        case .corsPolicy: "the policy cors"
        case .ipPolicy: "the policy ip"
        case .headersPolicy: "the policy headers"
        case .responseEnforcement: "enforcing the contract of responses"
        case .queryStripping: "stripping undeclared query parameters"
        case .undeclaredFields: "reporting or stripping undeclared fields of responses"
        }
    }
}

/// A setting that asks for a feature which does not run yet.
package struct UnsupportedFeature: Sendable {
    /// The feature.
    package let feature: SettingsFeature
    /// The setting.
    package let range: SourceRange

    /// The error with which the gateway refuses to start.
    package var diagnostic: Diagnostic {
        Diagnostic(
            .error, "unsupported-feature",
            "\(feature.title) is not available in this version, and a setting is never ignored", at: range,
            suggestion: "remove the setting")
    }
}
