/// A distinguished name (X.501) and its text (RFC 4514), in one form for each name, so that texts can be compared.
///
/// ```
///   CN=partner,OU=shop+UID=7,O=Example\, Inc.,C=DE         the last of the certificate's parts first (§2.1)
/// ```
/// Types have the names of §3, `serialNumber` and `emailAddress` beside them; of others the number stands, and the value
/// as `#` and its bytes (§2.4). The pairs of one part are sorted. Values are compared exactly.
package struct DistinguishedName: Sendable, Equatable {
    /// A type with its value, as text.
    fileprivate struct Pair: Sendable, Equatable {
        var type: String
        var value: [UInt8]

        var text: [UInt8] { Array(type.utf8) + [UInt8(ascii: "=")] + value }
    }

    /// Most pairs of a name.
    private static let mostPairs = 64
    /// The parts, in the order of the text.
    private let parts: [[Pair]]

    private init(_ parts: [[Pair]]) {
        self.parts = parts.map { $0.sorted { $0.text.lexicographicallyPrecedes($1.text) } }
    }

    /// The text.
    package var text: [UInt8] {
        Array(
            parts.map { Array($0.map(\.text).joined(separator: [UInt8(ascii: "+")])) }
                .joined(separator: [UInt8(ascii: ",")]))
    }

    // MARK: From a certificate

    /// Reads the content of a Name (RFC 5280 §4.1.2.4); nil where it cannot be read.
    init?(der: [UInt8], _ range: Range<Int>) {
        var parts: [[Pair]] = []
        var count = 0
        var sequence = DERReader(der, range)
        while !sequence.isAtEnd {
            guard let set = sequence.read(0x31) else { return nil }
            var pairs: [Pair] = []
            var members = DERReader(der, set)
            while !members.isAtEnd {
                guard let member = members.read(0x30), count < Self.mostPairs else { return nil }
                var fields = DERReader(der, member)
                guard let type = fields.read(0x06), let value = fields.next() else { return nil }
                count += 1
                pairs.append(Self.pair(der, type, value.tag, element: value.element, content: value.content))
            }
            guard !pairs.isEmpty else { return nil }
            parts.insert(pairs, at: 0)
        }
        self.init(parts)
    }

    private static func pair(
        _ der: [UInt8], _ type: Range<Int>, _ tag: UInt8, element: Range<Int>, content: Range<Int>
    ) -> Pair {
        let identifier = Array(der[type])
        if let known = known.first(where: { $0.identifier == identifier }), let text = string(tag, der[content]) {
            return Pair(type: known.name, value: escaped(text))
        }
        let name = known.first { $0.identifier == identifier }?.name ?? dotted(identifier)
        return Pair(type: name, value: [UInt8(ascii: "#")] + der[element].flatMap(hexadecimal))
    }

    /// The types with a name: their numbers as DER has them.
    fileprivate static let known: [(name: String, identifier: [UInt8])] = [
        ("CN", [0x55, 0x04, 0x03]), ("L", [0x55, 0x04, 0x07]), ("ST", [0x55, 0x04, 0x08]), ("O", [0x55, 0x04, 0x0A]),
        ("OU", [0x55, 0x04, 0x0B]), ("C", [0x55, 0x04, 0x06]), ("STREET", [0x55, 0x04, 0x09]),
        ("DC", [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19]),
        ("UID", [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x01]),
        ("serialNumber", [0x55, 0x04, 0x05]),
        ("emailAddress", [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01]),
    ]

    /// A string as UTF-8; nil where the type is none, or the bytes are not of it.
    private static func string(_ tag: UInt8, _ content: ArraySlice<UInt8>) -> [UInt8]? {
        switch tag {
        case 0x0C: return String(validating: content, as: UTF8.self).map { Array($0.utf8) }
        case 0x12, 0x13, 0x16, 0x1A: return content.allSatisfy { $0 < 0x80 } ? Array(content) : nil
        // What is called T.61 is ISO 8859-1 in practice.
        case 0x14: return content.flatMap { Array(String(UnicodeScalar($0)).utf8) }
        case 0x1E:
            guard content.count % 2 == 0 else { return nil }
            let units = stride(from: content.startIndex, to: content.endIndex, by: 2)
                .map { UInt16(content[$0]) << 8 | UInt16(content[$0 + 1]) }
            return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
        default: return nil
        }
    }

    /// The numbers of an object identifier (X.690 §8.19).
    fileprivate static func dotted(_ identifier: [UInt8]) -> String {
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        for octet in identifier {
            // What does not fit is no type that anybody could write down.
            guard number < 1 << 56 else { return "0.0" }
            number = number << 7 | UInt64(octet & 0x7F)
            guard octet < 0x80 else { continue }
            if numbers.isEmpty {
                let first = min(number / 40, 2)
                numbers = [first, number - first * 40]
            } else {
                numbers.append(number)
            }
            number = 0
        }
        return numbers.isEmpty ? "0.0" : numbers.map(String.init).joined(separator: ".")
    }

    private static func hexadecimal(_ octet: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(octet >> 4)], digits[Int(octet & 15)]]
    }

    /// A value with its escapes (§2.4): what separates, what stands at an edge, and controls.
    fileprivate static func escaped(_ value: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for (index, octet) in value.enumerated() {
            let isEdge = octet == 0x20 && (index == 0 || index == value.count - 1)
            if octet < 0x20 || octet == 0x7F {
                text += [UInt8(ascii: "\\")] + hexadecimal(octet)
            } else if isEdge || index == 0 && octet == UInt8(ascii: "#") || special.contains(octet) {
                text += [UInt8(ascii: "\\"), octet]
            } else {
                text.append(octet)
            }
        }
        return text
    }

    fileprivate static let special = Array("\"+,;<>\\".utf8)

    // MARK: From text

    /// Reads a name as a person or a tool has written it (RFC 4514 §3; `openssl x509 -noout -subject -nameopt RFC2253`).
    /// Blanks around commas and case of the types do not count. Nil where it is none.
    package init?(_ text: String) {
        var reader = TextReader(Array(text.utf8))
        var parts: [[Pair]] = []
        var pairs: [Pair] = []
        repeat {
            guard let pair = reader.pair(), parts.count + pairs.count < Self.mostPairs else { return nil }
            pairs.append(pair)
            if reader.take(UInt8(ascii: "+")) { continue }
            parts.append(pairs)
            pairs = []
            if reader.isAtEnd { break }
            guard reader.take(UInt8(ascii: ",")) else { return nil }
        } while true
        self.init(parts)
    }

    /// Reads `type=value`, one after the other.
    fileprivate struct TextReader {
        private let text: [UInt8]
        private var index = 0

        init(_ text: [UInt8]) { self.text = text }

        var isAtEnd: Bool { index == text.count }

        mutating func take(_ octet: UInt8) -> Bool {
            guard index < text.count, text[index] == octet else { return false }
            index += 1
            return true
        }

        mutating func pair() -> Pair? {
            guard let end = text[index...].firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = String(decoding: text[index..<end], as: UTF8.self).filter { $0 != " " }
            let number = Array(name.utf8)
            let isNumber = number.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
            let known = DistinguishedName.known.first {
                $0.name.lowercased() == name.lowercased() || DistinguishedName.dotted($0.identifier) == name
            }
            guard !number.isEmpty, isNumber || known != nil else { return nil }
            index = end + 1
            while index < text.count, text[index] == 0x20 { index += 1 }
            guard index < text.count, text[index] == UInt8(ascii: "#") else {
                // A number says how a value is read only for types that are known here.
                guard known != nil, let value = value() else { return nil }
                return known.map { Pair(type: $0.name, value: DistinguishedName.escaped(value)) }
            }
            let start = index
            index += 1
            while index < text.count, isHexDigit(text[index]) { index += 1 }
            guard index - start > 2, (index - start) % 2 == 1 else { return nil }
            let value = text[start..<index].map { $0 | 0x20 }
            while index < text.count, text[index] == 0x20 { index += 1 }
            return Pair(type: known?.name ?? name, value: [UInt8(ascii: "#")] + value.dropFirst())
        }

        /// A value without its escapes, up to what ends it; blanks at its end do not count unless escaped.
        private mutating func value() -> [UInt8]? {
            var value: [UInt8] = []
            var kept = 0
            while index < text.count {
                let octet = text[index]
                if octet == UInt8(ascii: ",") || octet == UInt8(ascii: "+") { break }
                index += 1
                guard octet == UInt8(ascii: "\\") else {
                    if DistinguishedName.special.contains(octet) { return nil }
                    value.append(octet)
                    if octet != 0x20 { kept = value.count }
                    continue
                }
                guard index < text.count else { return nil }
                if index + 1 < text.count,
                    let byte = UInt8(String(decoding: text[index...index + 1], as: UTF8.self), radix: 16),
                    isHexDigit(text[index])
                {
                    value.append(byte)
                    index += 2
                } else {
                    guard DistinguishedName.special.contains(text[index]) || " #=".utf8.contains(text[index]) else {
                        return nil
                    }
                    value.append(text[index])
                    index += 1
                }
                kept = value.count
            }
            return Array(value[..<kept])
        }

        private func isHexDigit(_ octet: UInt8) -> Bool {
            (0x30...0x39).contains(octet) || (0x61...0x66).contains(octet | 0x20)
        }
    }
}
