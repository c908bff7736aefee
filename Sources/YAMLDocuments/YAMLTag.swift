/// The tags of the core schema (YAML 1.2 sections 10.1 to 10.3).
enum YAMLTag: String {
    /// `!`: the kind of the node decides, and a scalar is a string (section 6.9.1).
    case unspecific = "!"

    /// Text.
    case str = "tag:yaml.org,2002:str"

    /// No value.
    case null = "tag:yaml.org,2002:null"

    /// A boolean.
    case bool = "tag:yaml.org,2002:bool"

    /// An integer.
    case int = "tag:yaml.org,2002:int"

    /// A number.
    case float = "tag:yaml.org,2002:float"

    /// A mapping.
    case map = "tag:yaml.org,2002:map"

    /// A sequence.
    case seq = "tag:yaml.org,2002:seq"

    /// Finds a tag by its full name; nil when it is unknown or belongs to the other kind of node.
    init?(_ name: String, isScalar: Bool) {
        guard let tag = YAMLTag(rawValue: name) else { return nil }
        let fits = tag == .unspecific || (tag == .map || tag == .seq) != isScalar
        guard fits else { return nil }
        self = tag
    }

    /// The form with two exclamation marks.
    var shorthand: String {
        self == .unspecific ? "!" : "!!" + rawValue.dropFirst("tag:yaml.org,2002:".count)
    }

    /// The value of a scalar with this tag; nil when the text is none.
    func resolve(_ text: UnsafeRawBufferPointer) -> YAMLScalar? {
        switch self {
        case .unspecific, .str:
            return .string
        case .null:
            return YAMLScalar.isNull(text) ? .null : nil
        case .bool:
            return YAMLScalar.bool(text).map(YAMLScalar.bool)
        case .int:
            let isHexadecimal = text.count > 1 && text[1] == UInt8(ascii: "x")
            let isFloat = text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
            return isHexadecimal || !isFloat ? YAMLScalar.number(text) : nil
        case .float:
            return YAMLScalar.isNotFinite(text) ? .notFinite : YAMLScalar.number(text)
        case .map, .seq:
            return nil
        }
    }
}
