import JSONDocuments
import PatternMatching

/// A value of a filter expression, with the conversions of ECMA-262 as far as filters need them.
enum FilterValue: Sendable {
    /// Nothing.
    case undefined
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(Double)
    /// A text.
    case text(String)
    /// An object or array of the document.
    case node(JSONValue)
    /// A list made by the expression.
    case list([FilterValue])
    /// A regular expression.
    case pattern(Pattern)

    /// The value of a place of the document.
    init(_ value: JSONValue?) {
        guard let value else {
            self = .undefined
            return
        }
        switch value.kind {
        case .null: self = .null
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .number: self = .number(value.double ?? .nan)
        case .string: self = .text(value.string ?? "")
        case .array, .object: self = .node(value)
        }
    }

    /// Whether the value counts as true (ECMA-262 §7.1.2).
    var isTrue: Bool {
        switch self {
        case .undefined, .null: false
        case .bool(let flag): flag
        case .number(let number): number != 0 && !number.isNaN
        case .text(let text): !text.isEmpty
        case .node, .list, .pattern: true
        }
    }

    /// The value as a number (§7.1.4).
    var number: Double {
        switch self {
        case .undefined, .node, .list, .pattern: .nan
        case .null: 0
        case .bool(let flag): flag ? 1 : 0
        case .number(let number): number
        case .text(let text): Self.number(of: text)
        }
    }

    /// The value as text (§7.1.17).
    var text: String {
        switch self {
        case .undefined: "undefined"
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): Self.text(of: number)
        case .text(let text): text
        case .node(let value):
            value.kind == .array
                ? value.elements.map { FilterValue($0).text }.joined(separator: ",") : "[object Object]"
        case .list(let values): values.map(\.text).joined(separator: ",")
        case .pattern(let pattern): "/\(pattern.source)/"
        }
    }

    /// What `typeof` says (§13.5.3).
    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .null, .node, .list, .pattern: "object"
        case .bool: "boolean"
        case .number: "number"
        case .text: "string"
        }
    }

    /// The name of the function that made the value: `.constructor.name`.
    var constructorName: String? {
        switch self {
        case .undefined, .null: nil
        case .bool: "Boolean"
        case .number: "Number"
        case .text: "String"
        case .node(let value): value.kind == .array ? "Array" : "Object"
        case .list: "Array"
        case .pattern: "RegExp"
        }
    }

    /// Whether two values are the same, without conversion (§7.2.16).
    func isIdentical(to other: FilterValue) -> Bool {
        switch (self, other) {
        case (.undefined, .undefined), (.null, .null): true
        case (.bool(let one), .bool(let two)): one == two
        case (.number(let one), .number(let two)): one == two
        // JavaScript compares code units, not what looks alike.
        case (.text(let one), .text(let two)): one.utf8.elementsEqual(two.utf8)
        case (.node(let one), .node(let two)): one == two
        default: false
        }
    }

    /// Whether two values are equal after conversion (§7.2.15).
    func isEqual(to other: FilterValue) -> Bool {
        switch (self, other) {
        case (.undefined, .null), (.null, .undefined): true
        case (.undefined, _), (.null, _), (_, .undefined), (_, .null): isIdentical(to: other)
        case (.node, .node), (.list, .list), (.text, .text), (.bool, .bool): isIdentical(to: other)
        case (.node, _), (.list, _), (_, .node), (_, .list):
            text.utf8.elementsEqual(other.text.utf8)
        default: number == other.number
        }
    }

    /// Whether a value comes before another; nil where they cannot be compared (§7.2.13).
    func isLess(than other: FilterValue) -> Bool? {
        if case .text(let one) = self, case .text(let two) = other {
            return one.utf16.lexicographicallyPrecedes(two.utf16)
        }
        let (one, two) = (number, other.number)
        return one.isNaN || two.isNaN ? nil : one < two
    }

    /// The number that a text is.
    private static func number(of text: String) -> Double {
        let content = text.split(whereSeparator: \.isWhitespace)
        guard let only = content.first else { return 0 }
        return content.count == 1 ? Double(only) ?? .nan : .nan
    }

    /// A number without a fraction that says nothing.
    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if let whole = Int(exactly: number) { return String(whole) }
        return number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : String(number)
    }
}
