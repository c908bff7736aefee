import JSONDocuments
import SchemaEvaluation

/// Violations in the words that users of rulesets know: the property first, then what it must be.
package enum ExampleWording {
    /// The sentence about a violation.
    ///
    /// - Parameters:
    ///   - violation: The violation.
    ///   - keyword: The value of the keyword.
    ///   - place: The value that breaks it.
    package static func message(_ violation: SchemaViolation, _ keyword: JSONValue?, _ place: JSONValue) -> String {
        let subject = "\"\(name(of: place))\" property"
        switch violation.keyword {
        case "type":
            guard let keyword else { break }
            return "\(subject) type must be \(types(keyword))"
        case "enum":
            guard let keyword else { break }
            let values = keyword.elements.map(TypedEnumeration.text).joined(separator: ", ")
            return "\(subject) must be equal to one of the allowed values: \(values)"
        case "required":
            guard let missing = missingName(violation) else { break }
            return "\(subject) must have required property \"\(missing)\""
        case "additionalProperties", "unevaluatedProperties":
            return "Property \"\(name(of: place))\" is not expected to be here"
        default: break
        }
        return "\(subject) does not fit: \(violation.message)"
    }

    /// The name that a violation of `required` is about.
    static func missingName(_ violation: SchemaViolation) -> String? {
        let parts = violation.message.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        // The name itself may hold quotation marks.
        return parts[1..<(parts.count - 1)].joined(separator: "\"")
    }

    /// The last name or index on the way to a value.
    private static func name(of value: JSONValue) -> String {
        value.key?.string ?? value.pointer.tokens.last ?? ""
    }

    /// The types that `type` admits, with what `nullable` beside it adds.
    private static func types(_ keyword: JSONValue) -> String {
        guard keyword.kind == .array else { return keyword.string ?? "" }
        return keyword.elements.compactMap(\.string).joined(separator: ",")
    }
}
