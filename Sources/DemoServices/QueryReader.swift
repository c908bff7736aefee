import JSONDocuments
import SourceDiagnostics

/// Reads the parameters of a query: `page=2&limit=10`.
struct QueryReader {
    /// Names and values, decoded, in order.
    private let pairs: [(name: String, value: String)]

    /// Takes a query without its `?`. Names that nobody asks for are ignored.
    init(_ query: String) {
        pairs = query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (name: Self.decoded(parts[0]), value: parts.count == 2 ? Self.decoded(parts[1]) : "")
        }
    }

    /// The first value of a parameter.
    func text(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// A whole number; nil when the parameter is not there.
    func integer(_ name: String, _ bounds: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Self.number(text)?.int, bounds.contains(number) else {
            throw .badRequest("The parameter \(name) has to be a whole number from \(bounds.lowerBound) on.")
        }
        return number
    }

    /// A number in JSON's grammar, so that `7.0` is the whole number that it is to the contract.
    private static func number(_ text: String) -> JSONValue? {
        try? JSONDocument(parsing: SourceFile(path: "query", bytes: Array(text.utf8))).root
    }

    /// One of the names of an enumeration; nil when the parameter is not there.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, as type: Choice.Type
    ) throws(Refusal) -> Choice? where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("The parameter \(name) has to be one of \(names).")
        }
        return choice
    }

    /// A day, as days since 1970; nil when the parameter is not there.
    func day(_ name: String) throws(Refusal) -> Int? {
        guard let text = text(name) else { return nil }
        guard let day = CalendarTime.day(text) else {
            throw .badRequest("The parameter \(name) has to be a day such as 2025-03-31.")
        }
        return day
    }

    /// A form-encoded piece as text: `+` is a blank, `%41` is `A`; a bad triplet stands for itself.
    private static func decoded(_ piece: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = piece[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = hexadecimal(digits) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of two hexadecimal digits. A sign is no digit, though `UInt8(_:radix:)` would take one.
    private static func hexadecimal(_ digits: Substring.UTF8View) -> UInt8? {
        guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-") else { return nil }
        return UInt8(Substring(digits), radix: 16)
    }
}
