/// The form of a targeted cache control field: a Dictionary Structured Field (RFC 9213 §2.1, RFC 9651 §3.2).
///
/// Only whether it is one, and whether its numbers are numbers: what it says is read by ``CacheDirectives``.
enum TargetedField {
    /// Whether the lines together are a dictionary, and every number of seconds in it is a non-negative integer.
    static func isValid(_ lines: [[UInt8]]) -> Bool {
        // RFC 9651 §4.2: all lines are one, joined by commas.
        var rest = Array(lines.joined(separator: [0x2C]))[...]
        skipBlanks(&rest)
        while !rest.isEmpty {
            guard let key = key(&rest) else { return false }
            if rest.first == 0x3D {
                rest.removeFirst()
                guard value(&rest, of: key) else { return false }
            } else if numbers.contains(key) {
                return false
            }
            while rest.first == 0x3B {
                rest.removeFirst()
                skipBlanks(&rest)
                guard self.key(&rest) != nil else { return false }
                if rest.first == 0x3D {
                    rest.removeFirst()
                    guard value(&rest, of: nil) else { return false }
                }
            }
            skipBlanks(&rest)
            guard let comma = rest.popFirst() else { return true }
            guard comma == 0x2C else { return false }
            skipBlanks(&rest)
            // RFC 9651 §4.2.2: nothing may follow the last comma.
            guard !rest.isEmpty else { return false }
        }
        return true
    }

    /// A line without the parameters of its members.
    static func withoutParameters(_ line: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var (isQuoted, isParameter) = (false, false)
        for octet in line {
            if octet == 0x22 { isQuoted.toggle() }
            if !isQuoted, octet == 0x3B { isParameter = true }
            if !isQuoted, octet == 0x2C { isParameter = false }
            if !isParameter { result.append(octet) }
        }
        return result
    }

    /// Directives whose argument is a number of seconds.
    private static let numbers: Set<String> = ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"]

    private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        while rest.first?.isBlank == true { rest.removeFirst() }
    }

    /// `( lcalpha / "*" ) *( lcalpha / DIGIT / "_" / "-" / "." / "*" )`
    private static func key(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let first = rest.first, first == 0x2A || (0x61...0x7A).contains(first) else { return nil }
        let text = rest.prefix {
            (0x61...0x7A).contains($0) || $0.isDigit || [0x5F, 0x2D, 0x2E, 0x2A].contains($0)
        }
        rest = rest.dropFirst(text.count)
        return String(decoding: text, as: UTF8.self)
    }

    /// A bare item: a number, a string, a token, a byte sequence or a boolean. Inner lists have no use in these fields.
    private static func value(_ rest: inout ArraySlice<UInt8>, of key: String?) -> Bool {
        guard let first = rest.first else { return false }
        if let key, numbers.contains(key) {
            // RFC 9651 §3.3.1: at most 15 digits.
            let digits = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(digits.count)
            return (1...15).contains(digits.count) && rest.first != 0x2E
        }
        switch first {
        case 0x22:
            rest.removeFirst()
            while let octet = rest.popFirst() {
                if octet == 0x22 { return true }
                if octet == 0x5C, rest.popFirst().map({ $0 == 0x22 || $0 == 0x5C }) != true { return false }
                guard (0x20...0x7E).contains(octet) else { return false }
            }
            return false
        case 0x3F:
            rest.removeFirst()
            let flag = rest.popFirst()
            return flag == 0x30 || flag == 0x31
        default:
            let text = rest.prefix { octet in
                octet != 0x2C && octet != 0x3B && !octet.isBlank && octet != 0x22 && (0x21...0x7E).contains(octet)
            }
            rest = rest.dropFirst(text.count)
            return !text.isEmpty
        }
    }
}
