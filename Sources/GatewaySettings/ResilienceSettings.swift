import JSONDocuments
import SourceDiagnostics

/// How sick endpoints are found.
struct HealthSettings: SettingsSection {
    /// Asking them.
    let active: ActiveHealthSettings?
    /// Judging them by their replies.
    let passive: PassiveHealthSettings
    /// The share of endpoints in good health below which health is not looked at.
    let panicBelow: Share

    /// The keys of health.
    private enum Key {
        /// The key `active`.
        static let active = SettingKey(
            "active", ValueForm<ActiveHealthSettings>.section(), "Asking endpoints for their health.")
        /// The key `passive`.
        static let passive = SettingKey(
            "passive", ValueForm<PassiveHealthSettings>.section(), "Judging endpoints by their replies.")
        /// The key `panicBelow`.
        static let panicBelow = DefaultedKey(
            "panicBelow", .share(),
            "The share of endpoints in good health below which health is not looked at; 0% for never.",
            builtIn: .percent(30))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Health", summary: "How sick endpoints are found.",
        keys: [Key.active.description, Key.passive.description, Key.panicBelow.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        active = reader.given(Key.active)?.value
        let passive = reader.section(Key.passive)
        panicBelow = reader.value(Key.panicBelow)
        guard let passive else { return nil }
        self.passive = passive
    }
}

/// Asking endpoints for their health.
package struct ActiveHealthSettings: SettingsSection {
    /// What to ask for.
    package let path: String
    /// How often.
    package let interval: Duration
    /// How long the reply may take.
    package let timeout: Duration
    /// Failures in a row until an endpoint is down.
    package let downAfter: Int
    /// Successes in a row until it is up.
    package let upAfter: Int

    /// The keys of active health.
    private enum Key {
        /// The key `path`.
        static let path = DefaultedKey("path", .requestPath(), "The path to ask for.", builtIn: "/healthz")
        /// The key `interval`.
        static let interval = DefaultedKey("interval", .duration(), "How often to ask.", builtIn: .seconds(5))
        /// The key `timeout`.
        static let timeout = DefaultedKey("timeout", .duration(), "How long the reply may take.", builtIn: .seconds(1))
        /// The key `downAfter`.
        static let downAfter = DefaultedKey(
            "downAfter", .integer(1...1000), "Failures in a row until an endpoint is down.", builtIn: 3)
        /// The key `upAfter`.
        static let upAfter = DefaultedKey(
            "upAfter", .integer(1...1000), "Successes in a row until it is up.", builtIn: 2)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "ActiveHealth", summary: "Asking endpoints for their health.",
        keys: [
            Key.path.description, Key.interval.description, Key.timeout.description, Key.downAfter.description,
            Key.upAfter.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        path = reader.value(Key.path)
        interval = reader.value(Key.interval)
        timeout = reader.value(Key.timeout)
        downAfter = reader.value(Key.downAfter)
        upAfter = reader.value(Key.upAfter)
    }
}

/// Judging endpoints by their replies.
package struct PassiveHealthSettings: SettingsSection {
    /// Errors in a row until an endpoint is ejected.
    package let consecutiveErrors: Int
    /// For how long.
    package let ejectFor: Duration
    /// The share of endpoints that may be ejected at once.
    package let maxEjected: Share

    /// The keys of passive health.
    private enum Key {
        /// The key `consecutiveErrors`.
        static let consecutiveErrors = DefaultedKey(
            "consecutiveErrors", .integer(1...1000), "Errors in a row until an endpoint is ejected.", builtIn: 5)
        /// The key `ejectFor`.
        static let ejectFor = DefaultedKey(
            "ejectFor", .duration(), "For how long it is ejected.", builtIn: .seconds(30))
        /// The key `maxEjected`.
        static let maxEjected = DefaultedKey(
            "maxEjected", .share(), "The share of endpoints that may be ejected at once.", builtIn: .percent(50))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "PassiveHealth", summary: "Judging endpoints by their replies.",
        keys: [Key.consecutiveErrors.description, Key.ejectFor.description, Key.maxEjected.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        consecutiveErrors = reader.value(Key.consecutiveErrors)
        ejectFor = reader.value(Key.ejectFor)
        maxEjected = reader.value(Key.maxEjected)
    }
}

/// When an attempt at an upstream is repeated.
package struct RetrySettings: SettingsSection {
    /// Which requests may be repeated.
    package enum Methods: String, Sendable, CaseIterable {
        /// Those whose method is idempotent (RFC 9110 §9.2.2).
        case idempotent
        /// Those whose method is safe (RFC 9110 §9.2.1).
        case safe
    }

    /// What makes an attempt worth repeating.
    package enum Condition: Sendable, Hashable {
        /// No connection came about.
        case connect
        /// The connection broke before a response began.
        case reset
        /// The response did not begin in time.
        case timeout
        /// The response has this status.
        case status(Int)
    }

    /// Further attempts after the first.
    package let attempts: Int
    /// Repeated attempts in relation to all, at most.
    package let budget: Share
    /// Which requests may be repeated.
    package let methods: Methods
    /// What makes an attempt worth repeating.
    package let conditions: [Condition]
    /// How long the reply to one attempt may take to begin, nil for as long as the operation's settings allow.
    package let attemptTimeout: Duration?

    /// The keys of retrying.
    private enum Key {
        /// The key `attempts`.
        static let attempts = DefaultedKey(
            "attempts", .integer(0...10), "Further attempts after the first.", builtIn: 1)
        /// The key `budget`.
        static let budget = DefaultedKey(
            "budget", .share(), "Repeated attempts in relation to all, at most.", builtIn: .percent(20))
        /// The key `methods`.
        static let methods = DefaultedKey(
            "methods", ValueForm<Methods>.choice(), "Which requests may be repeated.", builtIn: .idempotent)
        /// The key `when`.
        static let conditions = DefaultedKey(
            "when", ValueForm<[Condition]>.list(.retryCondition()), "What makes an attempt worth repeating.",
            builtIn: [.connect, .reset, .status(502), .status(503), .status(504)])
        /// The key `attemptTimeout`.
        static let attemptTimeout = SettingKey(
            "attemptTimeout", .duration(), "How long the reply to one attempt may take to begin.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Retry", summary: "When an attempt at an upstream is repeated.",
        keys: [
            Key.attempts.description, Key.budget.description, Key.methods.description, Key.conditions.description,
            Key.attemptTimeout.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        attempts = reader.value(Key.attempts)
        budget = reader.value(Key.budget)
        methods = reader.value(Key.methods)
        conditions = reader.value(Key.conditions)
        attemptTimeout = reader.given(Key.attemptTimeout)?.value
    }
}

extension ValueForm where Value == RetrySettings.Condition {
    /// `connect`, `reset`, `timeout` or a status code from 400 to 599.
    static func retryCondition() -> ValueForm {
        let words: [(String, RetrySettings.Condition)] = [
            ("connect", .connect), ("reset", .reset), ("timeout", .timeout),
        ]
        return .scalar(
            .any([.choice(words.map(\.0)), .integer(minimum: 400, maximum: 599)]),
            expected: "connect, reset, timeout or a status from 400 to 599", code: "bad-choice", takesNumbers: true,
            show: { condition in
                switch condition {
                case .connect: "connect"
                case .reset: "reset"
                case .timeout: "timeout"
                case .status(let status): String(status)
                }
            }
        ) { text throws(ScalarObjection) in
            if let known = words.first(where: { $0.0 == text }) { return known.1 }
            guard let status = Int(text), (400...599).contains(status) else {
                throw ScalarObjection(suggestion: NearestName.suggestion(among: words.map(\.0), to: text))
            }
            return .status(status)
        }
    }
}

/// When a second attempt is made beside one that takes its time. Only requests whose method is safe (RFC 9110 §9.2.1) and
/// that have no content are asked twice, and each second attempt is paid for by the budget of `retry`.
package struct HedgeSettings: SettingsSection {
    /// How long the first attempt may take before the second begins.
    package let after: Duration

    /// The keys of hedging.
    private enum Key {
        /// The key `after`.
        static let after = SettingKey(
            "after", .duration(), "How long the first attempt may take before the second begins.", isRequired: true)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Hedge", summary: "When a second attempt is made beside one that takes its time.",
        keys: [Key.after.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        guard let after = reader.given(Key.after)?.value else { return nil }
        self.after = after
    }
}

/// When the gateway stops calling an upstream for a while.
package struct CircuitSettings: SettingsSection {
    /// The share of failures that opens the circuit.
    package let errorRate: Share
    /// The time over which failures are counted.
    package let window: Duration
    /// Requests in that time below which it never opens.
    package let minRequests: Int
    /// How long it stays open.
    package let openFor: Duration

    /// The keys of a circuit.
    private enum Key {
        /// The key `errorRate`.
        static let errorRate = DefaultedKey(
            "errorRate", .share(), "The share of failures that opens the circuit.", builtIn: .percent(50))
        /// The key `window`.
        static let window = DefaultedKey(
            "window", .duration(), "The time over which failures are counted.", builtIn: .seconds(10))
        /// The key `minRequests`.
        static let minRequests = DefaultedKey(
            "minRequests", .integer(1...1_000_000), "Requests in that time below which it never opens.", builtIn: 20)
        /// The key `openFor`.
        static let openFor = DefaultedKey("openFor", .duration(), "How long it stays open.", builtIn: .seconds(5))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Circuit", summary: "When the gateway stops calling an upstream for a while.",
        keys: [Key.errorRate.description, Key.window.description, Key.minRequests.description, Key.openFor.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        errorRate = reader.value(Key.errorRate)
        window = reader.value(Key.window)
        minRequests = reader.value(Key.minRequests)
        openFor = reader.value(Key.openFor)
    }
}
