/// The vocabularies whose keywords count in a resource (2020-12 core §8.1). Drafts before 2019-09 have all of them.
struct Vocabulary: OptionSet, Sendable, Hashable {
    /// The bits.
    let rawValue: Int

    /// `properties`, `allOf`, `if` and their kind.
    static let applicator = Vocabulary(rawValue: 1)
    /// `unevaluatedItems`, `unevaluatedProperties`.
    static let unevaluated = Vocabulary(rawValue: 2)
    /// `type`, `minimum`, `required` and their kind.
    static let validation = Vocabulary(rawValue: 4)
    /// `format` as an assertion, whatever the options say.
    static let formatAssertion = Vocabulary(rawValue: 8)
    /// What a dialect has without a metaschema of its own.
    static let standard: Vocabulary = [.applicator, .unevaluated, .validation]

    /// A set from its bits.
    init(rawValue: Int) { self.rawValue = rawValue }

    /// The vocabulary of an identifier, empty for those without assertions.
    init(identifier: String) {
        switch identifier {
        case "https://json-schema.org/draft/2020-12/vocab/applicator": self = .applicator
        case "https://json-schema.org/draft/2020-12/vocab/unevaluated": self = .unevaluated
        case "https://json-schema.org/draft/2020-12/vocab/validation": self = .validation
        case "https://json-schema.org/draft/2020-12/vocab/format-assertion": self = .formatAssertion
        // Before 2020-12, the unevaluated keywords belonged to the applicators.
        case "https://json-schema.org/draft/2019-09/vocab/applicator": self = [.applicator, .unevaluated]
        case "https://json-schema.org/draft/2019-09/vocab/validation": self = .validation
        default: self = []
        }
    }
}
