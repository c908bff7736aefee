/// Sentences for violations.
enum Wording {
    /// What a schema says about a value, with the value's name in front: the member's if the pointer leads to one.
    static func finding(_ subject: String, _ pointer: String, _ message: String) -> String {
        sentence(subject, pointer, message, separator: ": ")
    }

    /// What is wrong with a value, with the value's name in front: the member's if the pointer leads to one.
    static func sentence(_ subject: String, _ pointer: String, _ clause: String, separator: String = " ") -> String {
        guard !pointer.isEmpty, let slash = pointer.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return name(subject) + separator + clause
        }
        let token = pointer[pointer.utf8.index(after: slash)...]
        if !token.isEmpty, token.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return "item \(token) of \(parent(subject, pointer[..<slash]))\(separator)\(clause)"
        }
        return "`\(unescaped(token))`\(separator)\(clause)"
    }

    /// The nearest named container of an item.
    private static func parent(_ subject: String, _ pointer: Substring) -> String {
        guard let slash = pointer.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name(subject) }
        return "`\(unescaped(pointer[pointer.utf8.index(after: slash)...]))`"
    }

    /// A name in code marks; "the body" stays as it is.
    private static func name(_ subject: String) -> String { subject == "the body" ? subject : "`\(subject)`" }

    /// A token of a JSON Pointer as the name it stands for (RFC 6901 §4).
    private static func unescaped(_ token: Substring) -> String {
        guard token.utf8.contains(0x7E) else { return String(token) }
        var out: [UInt8] = []
        var isEscape = false
        for byte in token.utf8 {
            if isEscape {
                out.append(byte == 0x31 ? 0x2F : 0x7E)
                isEscape = false
            } else if byte == 0x7E {
                isEscape = true
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
