/// Ways to write names of several words.
package enum WordCasing: String, Sendable, CaseIterable {
    /// `flatcase`.
    case flat
    /// `camelCase`.
    case camel
    /// `PascalCase`.
    case pascal
    /// `kebab-case`.
    case kebab
    /// `COBOL-CASE`.
    case cobol
    /// `snake_case`.
    case snake
    /// `MACRO_CASE`.
    case macro
    /// `Train-Case`, as names of header fields are written.
    case train

    /// Whether a name is written this way.
    package func matches(_ name: some StringProtocol) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first else { return false }
        switch self {
        case .flat: return Self.isLower(first) && bytes.allSatisfy { Self.isLower($0) || Self.isDigit($0) }
        case .camel: return Self.isLower(first) && bytes.allSatisfy { Self.isLetterOrDigit($0) }
        case .pascal: return Self.isUpper(first) && bytes.allSatisfy { Self.isLetterOrDigit($0) }
        case .kebab: return Self.isJoined(bytes, by: 0x2D, Self.isLower)
        case .cobol: return Self.isJoined(bytes, by: 0x2D, Self.isUpper)
        case .snake: return Self.isJoined(bytes, by: 0x5F, Self.isLower)
        case .macro: return Self.isJoined(bytes, by: 0x5F, Self.isUpper)
        case .train:
            let words = bytes.split(separator: 0x2D, omittingEmptySubsequences: false)
            return words.allSatisfy { word in
                word.first.map { !Self.isLower($0) } == true && word.allSatisfy { Self.isLetterOrDigit($0) }
            }
        }
    }

    /// The words of a name in lower case, whichever way it is written.
    package static func words(in name: some StringProtocol) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var last: UInt8 = 0
        func endWord() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        for byte in name.utf8 {
            if !isLetterOrDigit(byte), byte < 0x80 {
                endWord()
            } else {
                if isUpper(byte), isLower(last) || isDigit(last) { endWord() }
                word.append(isUpper(byte) ? byte | 0x20 : byte)
            }
            last = byte
        }
        endWord()
        return words
    }

    /// Words of one case with single separators between them, the first beginning with a letter.
    private static func isJoined(_ bytes: [UInt8], by separator: UInt8, _ isLetter: (UInt8) -> Bool) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isLetter(first), last != separator else { return false }
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == separator {
                if previous == separator { return false }
            } else if !isLetter(byte), !isDigit(byte) {
                return false
            }
            previous = byte
        }
        return true
    }

    /// a to z.
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    /// A to Z.
    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    /// 0 to 9.
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    /// Any of them.
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLower(byte) || isUpper(byte) || isDigit(byte) }
}
