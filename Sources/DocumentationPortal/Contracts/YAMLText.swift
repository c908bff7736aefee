import JSONDocuments

/// A JSON value as YAML 1.2: blocks for containers, strings plain only where every reader takes them for strings.
struct YAMLText {
    /// What has been written.
    private var bytes: [UInt8] = []

    /// A value as text.
    static func bytes(of value: JSONValue) -> [UInt8] {
        var text = YAMLText()
        text.write(value, indent: 0, isInline: false)
        return text.bytes
    }

    /// Writes a value; containers that are not empty begin on a line of their own. The nesting is that of the document,
    /// which the loader has bounded.
    private mutating func write(_ value: JSONValue, indent: Int, isInline: Bool) {
        switch value.kind {
        case .object where value.count > 0:
            var isFirst = isInline
            for member in value.members {
                if !isFirst { spaces(indent) }
                isFirst = false
                scalar(member.name)
                bytes.append(UInt8(ascii: ":"))
                nested(member.value, indent)
            }
        case .array where value.count > 0:
            var isFirst = isInline
            for element in value.elements {
                if !isFirst { spaces(indent) }
                isFirst = false
                bytes.append(UInt8(ascii: "-"))
                if element.kind == .object || element.kind == .array, element.count > 0 {
                    bytes.append(UInt8(ascii: " "))
                    write(element, indent: indent + 2, isInline: true)
                } else {
                    nested(element, indent)
                }
            }
        default: break
        }
    }

    /// Writes the value of a member or an element behind its mark, and ends the line.
    private mutating func nested(_ value: JSONValue, _ indent: Int) {
        switch value.kind {
        case .object, .array:
            guard value.count > 0 else {
                bytes += value.kind == .object ? Array(" {}\n".utf8) : Array(" []\n".utf8)
                return
            }
            bytes.append(UInt8(ascii: "\n"))
            spaces(indent + 2)
            write(value, indent: indent + 2, isInline: true)
        case .string:
            bytes.append(UInt8(ascii: " "))
            scalar(value.string ?? "")
            bytes.append(UInt8(ascii: "\n"))
        default:
            bytes.append(UInt8(ascii: " "))
            bytes += JSONWriter.bytes(of: value)
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    /// Writes the beginning of a line.
    private mutating func spaces(_ count: Int) { bytes += [UInt8](repeating: UInt8(ascii: " "), count: count) }

    /// Writes a string: plain where nothing in it means anything in any version of YAML, else as in JSON, which is YAML too.
    private mutating func scalar(_ text: String) {
        if Self.isPlain(text) {
            bytes += Array(text.utf8)
        } else {
            var writer = JSONWriter()
            writer.string(text)
            bytes += writer.bytes
        }
    }

    /// Whether a string may stand without quotes: letters first, and no word or mark that readers take for something else.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count < 200 else { return false }
        let isLetter =
            (first | 0x20) >= UInt8(ascii: "a") && (first | 0x20) <= UInt8(ascii: "z") || first == UInt8(ascii: "/")
            || first == UInt8(ascii: "$")
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        guard isLetter, !words.contains(text.lowercased()), text.utf8.last != UInt8(ascii: " ") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "/"), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: "("),
                UInt8(ascii: ")"):
                true
            default: false
            }
        }
    }
}
