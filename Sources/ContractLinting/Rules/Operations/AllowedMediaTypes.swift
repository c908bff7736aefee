/// A list of media types that messages may use: exact ones, and `application/*+json` for a family.
struct AllowedMediaTypes {
    /// Types without parameters, in small letters.
    private let patterns: [String]

    /// Takes a list.
    init(_ patterns: [String]) { self.patterns = patterns.map { $0.lowercased() } }

    /// Whether a key of `content` is in the list, whatever its parameters.
    func contains(_ key: String) -> Bool {
        let type = Self.withoutParameters(key.lowercased())
        return patterns.contains { pattern in
            guard let star = pattern.utf8.firstIndex(of: UInt8(ascii: "*")) else { return pattern == type }
            let head = pattern[..<star]
            let tail = pattern[pattern.utf8.index(after: star)...]
            return type.utf8.count > head.utf8.count + tail.utf8.count && type.hasPrefix(head) && type.hasSuffix(tail)
        }
    }

    /// The list in words.
    var description: String { patterns.map { "`\($0)`" }.joined(separator: ", ") }

    /// `text/plain` of `text/plain; charset=utf-8`.
    private static func withoutParameters(_ type: String) -> String {
        let head = type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        return String(head) ?? type
    }
}
