import JSONDocuments

/// Values in messages: short, on one line.
enum PrintedValue {
    /// The longest text that is shown whole, in characters.
    private static let longest = 120

    /// What a function looked at.
    static func text(of target: RuleTarget) -> String {
        switch target.content {
        case .absent: "undefined"
        case .name(let name): quoted(name)
        case .value(let value): text(of: value)
        }
    }

    /// A value.
    static func text(of value: JSONValue) -> String {
        switch value.kind {
        case .string: quoted(value.string ?? "")
        case .number: value.numberLiteral ?? ""
        case .true: "true"
        case .false: "false"
        case .null: "null"
        case .array: "Array[]"
        case .object: "Object{}"
        }
    }

    /// A text in quotation marks, cut where it is long.
    static func quoted(_ text: String) -> String {
        text.count <= longest ? "\"\(text)\"" : "\"\(text.prefix(longest))…\""
    }
}
