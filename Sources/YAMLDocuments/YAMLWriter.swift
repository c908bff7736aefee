import JSONDocuments

/// Writes values as YAML 1.2 in block style, so that this module's parser, and any other, reads the same values back.
///
/// | value | form |
/// |---|---|
/// | object, array | one member or element a line, two spaces a level; `{}` and `[]` when empty |
/// | text of several lines | a literal block where its lines can stand as they are |
/// | text that starts with a letter, `_` or `/` and means text in YAML 1.1 and 1.2 alike | as it is |
/// | other text | in double quotes, with the escapes of JSON (YAML 1.2 §5.7 has all of them) |
/// | number, boolean, null | as in JSON |
///
/// Numbers keep their digits: every number of JSON is one of the core schema (YAML 1.2 §10.3.2).
package struct YAMLWriter: Sendable {
    /// What has been written so far.
    private var bytes: [UInt8] = []

    /// Starts empty.
    private init() {}

    /// Longest name that libyaml reads without a question mark before it, less a margin (§7.4.2 limits them to 1024).
    private static let longestSimpleKey = 1_000

    /// The YAML text of a value, ended by a line break.
    package static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = YAMLWriter()
        value.document.withView { view in writer.write(view, value.index, level: 0, isInline: true) }
        return writer.bytes
    }

    /// Writes a node and the line break after it.
    ///
    /// - Parameters:
    ///   - level: How deep the node's children stand, in steps of two spaces.
    ///   - isInline: Whether children of a container begin on the line where the writer is: after `- `, and at the
    ///     beginning of the text.
    private mutating func write(_ view: JSONView, _ index: Int, level: Int, isInline: Bool) {
        let node = view[index]
        switch node.kind {
        case .null: line("null")
        case .true: line("true")
        case .false: line("false")
        case .number:
            bytes += view.text(of: index)
            bytes.append(0x0A)
        case .string: writeText(view.text(of: index), level: level)
        case .array:
            guard node.childCount > 0 else { return line("[]") }
            var isFirst = isInline
            if !isInline { endLine() }
            var element = index + 1
            while element < Int(node.next) {
                if !isFirst { indent(level) }
                isFirst = false
                bytes += "- ".utf8
                write(view, element, level: level + 1, isInline: true)
                element = Int(view[element].next)
            }
        case .object:
            guard node.childCount > 0 else { return line("{}") }
            var isFirst = isInline
            if !isInline { endLine() }
            var key = index + 1
            while key < Int(node.next) {
                if !isFirst { indent(level) }
                isFirst = false
                writeKey(view.text(of: key), level: level)
                write(view, key + 1, level: level + 1, isInline: false)
                key = Int(view[key + 1].next)
            }
        }
    }

    /// Ends the line of a key whose value stands on the lines below.
    private mutating func endLine() {
        if bytes.last == 0x20 { bytes.removeLast() }
        bytes.append(0x0A)
    }

    /// Writes a name, its colon and a space.
    private mutating func writeKey(_ text: UnsafeRawBufferPointer, level: Int) {
        let start = bytes.count
        if Self.isPlain(text) { bytes += text } else { quote(text) }
        // The limit is one of what is written: escapes make a name longer than it is.
        if bytes.count - start > Self.longestSimpleKey {
            bytes.insert(contentsOf: "? ".utf8, at: start)
            bytes.append(0x0A)
            indent(level)
        }
        bytes += ": ".utf8
    }

    /// Writes text and a line break.
    private mutating func writeText(_ text: UnsafeRawBufferPointer, level: Int) {
        if Self.isPlain(text) {
            bytes += text
            bytes.append(0x0A)
        } else if Self.isLiteral(text) {
            writeLiteral(text, level: max(level, 1))
        } else {
            quote(text)
            bytes.append(0x0A)
        }
    }

    /// Writes a literal block (§8.1.2).
    private mutating func writeLiteral(_ text: UnsafeRawBufferPointer, level: Int) {
        var end = text.count
        while end > 0, text[end - 1] == 0x0A { end -= 1 }
        let breaks = text.count - end
        // §8.1.1.2: strip no line break at the end, clip to one, keep all.
        bytes += (breaks == 0 ? "|-\n" : breaks == 1 ? "|\n" : "|+\n").utf8
        for line in text[..<end].split(separator: 0x0A, omittingEmptySubsequences: false) {
            if !line.isEmpty { indent(level) }
            bytes += line
            bytes.append(0x0A)
        }
        bytes.append(contentsOf: repeatElement(0x0A, count: max(0, breaks - 1)))
    }

    /// Whether text can be a literal block: several lines of printable characters, of which the first begins with
    /// neither space nor line break and none consists of white space.
    private static func isLiteral(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, first != 0x20, first != 0x0A, first != 0x09, text.contains(0x0A) else {
            return false
        }
        for line in text.split(separator: 0x0A) where line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return false }
        return text.allSatisfy { $0 == 0x0A || $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) } && !hasUnusual(text)
    }

    /// Whether text means itself without quotes, in any version of YAML and wherever block style has it.
    private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, let last = text.last, text.count < 4_096 else { return false }
        guard isLetter(first) || first == UInt8(ascii: "_") || first == UInt8(ascii: "/") else { return false }
        guard last != 0x20, last != UInt8(ascii: ":") else { return false }
        for index in text.indices {
            let byte = text[index]
            guard byte >= 0x20, byte < 0x7F else { return false }
            // §7.3.3: `: ` ends a name and ` #` begins a comment.
            if byte == UInt8(ascii: ":"), text[index + 1] == 0x20 { return false }
            if byte == UInt8(ascii: "#"), text[index - 1] == 0x20 { return false }
        }
        return text.count > 5 || !words.contains(String(decoding: text, as: UTF8.self).lowercased())
    }

    /// Words that mean something else than themselves in YAML 1.1 (yaml.org/type) or 1.2 (§10.3.2).
    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    /// ASCII letters.
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// Whether text holds a character that is not printable in YAML (§5.1) or a line break to YAML 1.1: C1 controls,
    /// U+2028, U+2029, the byte order mark, U+FFFE, U+FFFF.
    private static func hasUnusual(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.contains(where: { $0 >= 0x80 }) else { return false }
        return String(decoding: text, as: UTF8.self).unicodeScalars.contains { isUnusual($0) }
    }

    /// Whether a scalar is one of them.
    private static func isUnusual(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    /// Writes text in double quotes (§7.3.1).
    private mutating func quote(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case "\n": bytes += "\\n".utf8
            case "\t": bytes += "\\t".utf8
            case "\r": bytes += "\\r".utf8
            case _ where scalar.value < 0x20 || Self.isUnusual(scalar):
                let digits = String(scalar.value, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits).utf8
            default: bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a word and a line break.
    private mutating func line(_ word: StaticString) {
        bytes += UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        bytes.append(0x0A)
    }

    /// Writes the indentation of a level.
    private mutating func indent(_ level: Int) {
        bytes.append(contentsOf: repeatElement(0x20, count: level * 2))
    }
}
