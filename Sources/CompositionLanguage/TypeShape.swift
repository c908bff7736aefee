import JSONDocuments
import OpenAPIDocuments

/// A schema with the API whose document it stands in.
package struct SchemaPlace: Sendable, Hashable {
    /// Index of the API; −1 for a schema that stands in the settings.
    package let api: Int
    /// The Schema Object, or a boolean.
    package let node: JSONValue
}

/// What is known of a value before any exchange: built from the schemas of the documents, never from samples.
package indirect enum TypeShape: Sendable {
    /// Nothing is known.
    case unknown
    /// What a schema says.
    case schema(SchemaPlace)
    /// All of them hold.
    case all([TypeShape])
    /// One of them holds.
    case any([TypeShape])
    /// An array of such values.
    case array(TypeShape)
    /// An object with these members and no others.
    case object([ShapeMember])
    /// Any string.
    case text
    /// Any integer.
    case integer
    /// `null`.
    case null
    /// Exactly this value.
    case constant(JSONValue)

    /// Several alternatives as one shape.
    static func either(_ shapes: [TypeShape]) -> TypeShape {
        if shapes.contains(where: { if case .unknown = $0 { true } else { false } }) { return .unknown }
        return shapes.count == 1 ? shapes[0] : shapes.isEmpty ? .unknown : .any(shapes)
    }

    /// Several demands as one shape.
    static func every(_ shapes: [TypeShape]) -> TypeShape {
        let known = shapes.filter { if case .unknown = $0 { false } else { true } }
        return known.count == 1 ? known[0] : known.isEmpty ? .unknown : .all(known)
    }
}

/// A member of an object whose members are all known.
package struct ShapeMember: Sendable {
    /// The name.
    package let name: String
    /// Its value.
    package let shape: TypeShape
    /// Whether it is there in every reply.
    package let isCertain: Bool
}

/// A shape, and whether there is a value at all.
struct ValueType {
    /// What the value is.
    var shape: TypeShape
    /// Whether there always is one, as far as the schemas go.
    var isCertain: Bool
    /// Whether there always is one when every optional step succeeds.
    var isDeclared: Bool

    /// A value.
    init(_ shape: TypeShape, isCertain: Bool = true, isDeclared: Bool? = nil) {
        self.shape = shape
        self.isCertain = isCertain
        self.isDeclared = isDeclared ?? isCertain
    }
}

/// The types of JSON, as a set.
struct JSONTypes: OptionSet {
    /// The bits.
    let rawValue: UInt8
    static let null = JSONTypes(rawValue: 1)
    static let boolean = JSONTypes(rawValue: 2)
    static let integer = JSONTypes(rawValue: 4)
    /// Numbers that are no integers.
    static let fraction = JSONTypes(rawValue: 8)
    static let string = JSONTypes(rawValue: 16)
    static let array = JSONTypes(rawValue: 32)
    static let object = JSONTypes(rawValue: 64)
    static let number: JSONTypes = [.integer, .fraction]
    static let all = JSONTypes(rawValue: 127)

    /// The word of a schema.
    init?(word: String) {
        switch word {
        case "null": self = .null
        case "boolean": self = .boolean
        case "integer": self = .integer
        case "number": self = .number
        case "string": self = .string
        case "array": self = .array
        case "object": self = .object
        default: return nil
        }
    }

    /// A set of its bits.
    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The type of a value.
    init(of value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .false, .true: self = .boolean
        case .number: self = value.number?.isMathematicalInteger == true ? .integer : .fraction
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }

    /// For people.
    var words: String {
        if self == .all { return "anything" }
        var names: [String] = []
        if contains(.number) { names.append("number") } else if contains(.integer) { names.append("integer") }
        for (type, name): (JSONTypes, String) in [
            (.string, "string"), (.boolean, "boolean"), (.array, "array"), (.object, "object"), (.null, "null"),
        ] where contains(type) { names.append(name) }
        return names.isEmpty ? "nothing" : names.joined(separator: " or ")
    }
}
