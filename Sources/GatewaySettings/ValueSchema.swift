/// What a value may look like, as data: the JSON Schema of `lintel schema` is made of it.
indirect enum ValueSchema: Sendable {
    /// Text, with a pattern (ECMA-262) where there is one, and examples. References `${…}` are always allowed besides.
    case text(pattern: String?, examples: [String])
    /// Text that has to be a reference: a secret.
    case reference
    /// A whole number within bounds.
    case integer(minimum: Int, maximum: Int)
    /// One whole number.
    case constant(Int)
    /// A truth value.
    case boolean
    /// One of some words.
    case choice([String])
    /// One of several forms.
    case any([ValueSchema])
    /// A list of values.
    case list(ValueSchema, minimum: Int)
    /// A map from names to values.
    case mapping(ValueSchema, names: String)
    /// A map with known keys.
    case section(SectionDescription)
    /// Anything: read by a later part of the gateway.
    case anything
    /// A map whose keys are known and whose values are read by a later part of the gateway.
    case shallow(title: String, summary: String, keys: [String])
}

/// A map with known keys, described for the decoder and for the JSON Schema at once.
struct SectionDescription: Sendable {
    /// The name of the definition in the JSON Schema, in upper camel case.
    let title: String
    /// What the section is, one sentence.
    let summary: String
    /// The keys it may have.
    let keys: [KeyDescription]
    /// Keys of which exactly one has to stand; empty where there is no such rule.
    var exactlyOneOf: [String] = []

    /// The names of the keys.
    var names: [String] { keys.map(\.name) }
}

/// A key of a section without the type of its value.
struct KeyDescription: Sendable {
    /// The key.
    let name: String
    /// What it sets, one sentence.
    let summary: String
    /// What its value may look like.
    let schema: ValueSchema
    /// Whether the section is incomplete without it.
    let isRequired: Bool
    /// The built-in value in the words of the files, nil where there is none.
    let builtIn: String?
    /// Whether the key may stand in several files, whose contents are then merged by name.
    var isMergeable = false
}
