import HTTPExchanges

/// Field lines of a head, copied: what a decision looks at, and what tests write down.
///
/// Names are in lower case; values are octets, because an entity tag may hold any (RFC 9110 §8.8.3).
package struct FieldList: Sendable, Equatable {
    /// One line.
    package struct Line: Sendable, Equatable {
        /// The name in lower case.
        package let name: [UInt8]
        /// The value without white space around it.
        package let value: [UInt8]
    }

    /// The lines in the order of the head.
    package private(set) var lines: [Line] = []

    /// No lines.
    package init() {}

    /// The lines of a table over `bytes` that `isWanted` lets through.
    package init(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, where isWanted: (FieldLine) -> Bool = { _ in true }
    ) {
        for index in 0..<table.count {
            let line = table[index]
            guard isWanted(line) else { continue }
            append(name: line.name.slice(of: bytes), value: line.value.slice(of: bytes))
        }
    }

    /// Lines as text.
    package init(_ pairs: [(String, String)]) {
        for (name, value) in pairs {
            lines.append(Line(name: Array(name.lowercased().utf8), value: Array(value.utf8)))
        }
    }

    /// Adds a line.
    package mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        lines.append(Line(name: name.map(\.asciiLowercased), value: Array(value)))
    }

    /// Adds a line that is one already.
    package mutating func append(_ line: Line) { lines.append(line) }

    /// Adds a line given as text; the name is in lower case.
    package mutating func append(_ name: String, _ value: [UInt8]) {
        lines.append(Line(name: Array(name.utf8), value: value))
    }

    /// Whether a field stands in the head.
    package func has(_ name: StaticString) -> Bool { lines.contains { $0.isNamed(name) } }

    /// The values of every line of a field.
    package func values(_ name: StaticString) -> [[UInt8]] { lines.filter { $0.isNamed(name) }.map(\.value) }

    /// The value of a field's first line.
    package func first(_ name: StaticString) -> [UInt8]? { lines.first { $0.isNamed(name) }?.value }

    /// The values of every line of a field named at run time, in lower case.
    package func values(named name: [UInt8]) -> [[UInt8]] { lines.filter { $0.name == name }.map(\.value) }

    /// The elements of a comma-separated field over all its lines, without white space, empty ones left out
    /// (RFC 9110 §5.6.1). For fields whose elements hold no quoted comma.
    package func elements(_ name: StaticString) -> [[UInt8]] {
        values(name).flatMap { $0.split(separator: 0x2C).map { Array($0).trimmed } }.filter { !$0.isEmpty }
    }
}

extension FieldList.Line {
    /// Whether the line has a name, which is given in lower case.
    func isNamed(_ token: StaticString) -> Bool {
        guard name.count == token.utf8CodeUnitCount else { return false }
        return name.withUnsafeBytes { $0.isToken(token) }
    }
}

extension UInt8 {
    /// The octet, an ASCII letter in lower case.
    var asciiLowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
    /// SP or HTAB.
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// An ASCII digit.
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}

extension [UInt8] {
    /// Without white space around it.
    var trimmed: [UInt8] {
        guard let start = firstIndex(where: { !$0.isBlank }), let end = lastIndex(where: { !$0.isBlank }) else {
            return []
        }
        return Array(self[start...end])
    }

    /// In lower case.
    var lowercased: [UInt8] { map(\.asciiLowercased) }

    /// Delta-seconds (RFC 9111 §1.2.2): digits only; what is larger than 2^31 counts as 2^31. Nil for anything else.
    var deltaSeconds: Int64? {
        guard !isEmpty, allSatisfy(\.isDigit) else { return nil }
        var number: Int64 = 0
        for digit in self {
            number = number * 10 + Int64(digit - 0x30)
            if number >= 2_147_483_648 { return 2_147_483_648 }
        }
        return number
    }
}
