/// A message with places for what is known about a finding: `{{error}}`, `{{description}}`, `{{path}}`, `{{property}}`
/// and `{{value}}`.
struct MessageTemplate: Sendable {
    /// What is known about a finding.
    struct Facts {
        /// What the function says.
        let error: String
        /// What the rule says about itself.
        let description: String?
        /// The place as a JSON Pointer in a fragment.
        let path: String
        /// The last name on the way.
        let property: String
        /// The value, short.
        let value: String
    }

    /// The text.
    let text: String

    /// The message for a finding. Placeholders without a meaning become nothing, as they always did.
    func text(with facts: Facts) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "{{") {
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else { break }
            result += rest[..<start.lowerBound]
            let name = rest[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
            switch name {
            case "error": result += facts.error
            case "description": result += facts.description ?? ""
            case "path": result += facts.path
            case "property": result += facts.property
            case "value": result += facts.value
            default: break
            }
            rest = rest[end.upperBound...]
        }
        return (result + rest).trimmed
    }
}

extension String {
    /// The text without white space around it.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension Substring {
    /// Where a text stands for the first time.
    fileprivate func firstRange(of part: String) -> Range<Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(part) { return place..<index(place, offsetBy: part.count) }
            place = index(after: place)
        }
        return nil
    }
}
