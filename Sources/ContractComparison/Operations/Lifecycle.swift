import JSONDocuments

/// How far a contract has come, and when it ends: `deprecated`, `x-sunset`, `x-stability-level`.
///
/// `deprecated` is OpenAPI's (3.2 §4.10.1); the other two are extensions that gates agreed upon. RFC 8594 calls the day on
/// which something goes its sunset.
struct Lifecycle {
    /// The level of `x-stability-level`, in rising order.
    enum Stability: Int, Comparable {
        case draft, alpha, beta, stable

        /// Reads a level.
        init?(_ text: String) {
            switch text {
            case "draft": self = .draft
            case "alpha": self = .alpha
            case "beta": self = .beta
            case "stable": self = .stable
            default: return nil
            }
        }

        /// Lower levels come first.
        static func < (left: Stability, right: Stability) -> Bool { left.rawValue < right.rawValue }
    }

    /// What an extension says.
    enum Reading<Value> {
        /// It is not there.
        case absent
        /// It is there and means nothing.
        case invalid(JSONValue)
        /// It says something.
        case value(Value, JSONValue)
    }

    /// Whether it is deprecated.
    let isDeprecated: Bool
    /// The day on which it goes.
    let sunset: Reading<CalendarDate>
    /// How stable it is.
    let stability: Reading<Stability>

    /// Reads an Operation, Parameter or Schema Object.
    init(_ value: JSONValue) {
        isDeprecated = value["deprecated"]?.bool == true
        if let text = value["x-sunset"] {
            sunset = text.string.flatMap { CalendarDate($0) }.map { .value($0, text) } ?? .invalid(text)
        } else {
            sunset = .absent
        }
        if let text = value["x-stability-level"] {
            stability = text.string.flatMap { Stability($0) }.map { .value($0, text) } ?? .invalid(text)
        } else {
            stability = .absent
        }
    }

    /// The level, where one is said.
    var level: Stability? { if case .value(let level, _) = stability { level } else { nil } }

    /// Whether it may go at any time: drafts and alphas.
    var isUnstable: Bool { level.map { $0 < .beta } ?? false }

    /// How many days there must be between a deprecation and the sunset.
    func notice(_ policy: ComparisonPolicy) -> Int {
        switch level {
        case .draft, .alpha: 0
        case .beta: policy.betaDays
        case .stable, nil: policy.stableDays
        }
    }
}
