/// Which request fields select a reply (RFC 9110 §12.5.5), and their values brought to one form (RFC 9111 §4.1).
package struct VaryNames: Sendable, Equatable {
    /// Whether something outside the message took part: `*`.
    package let isAny: Bool
    /// The names in lower case, sorted, each once.
    package let names: [[UInt8]]

    /// Reads a reply's Vary lines; `extra` names of the settings are added. Coded content varies by the codings that the
    /// client takes, whether the reply says so or not.
    package init(_ fields: FieldList, extra: [[UInt8]] = []) {
        let elements = fields.elements("vary").map(\.lowercased)
        isAny = elements.contains([0x2A])
        var found = Set(elements + extra)
        if fields.elements("content-encoding").contains(where: { $0.lowercased != Array("identity".utf8) }) {
            found.insert(Array("accept-encoding".utf8))
        }
        names = found.filter { $0 != [0x2A] }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Names that are known already, in lower case.
    package init(names: [[UInt8]]) {
        isAny = false
        self.names = names
    }

    /// The normalised values of the names in a request, one after the other.
    package func values(in request: FieldList) -> [[UInt8]] { names.map { Self.value(of: $0, in: request) } }

    /// A field's value in normal form: lines joined, white space around elements removed; lists of codings and languages
    /// reduced to what is acceptable. An absent field and an empty one differ.
    static func value(of name: [UInt8], in request: FieldList) -> [UInt8] {
        let lines = request.values(named: name)
        guard !lines.isEmpty else { return [] }
        let elements = lines.flatMap { $0.split(separator: 0x2C, omittingEmptySubsequences: true) }
            .map { Array($0).trimmed }.filter { !$0.isEmpty }
        var result: [[UInt8]]
        switch String(decoding: name, as: UTF8.self) {
        case "accept-encoding":
            result = weighed(elements).filter { $0.weight > 0 }.map(\.token).sorted { $0.lexicographicallyPrecedes($1) }
        case "accept-language":
            result = weighed(elements).filter { $0.weight > 0 }.sorted { $0.weight > $1.weight }.map(\.token)
        default: result = elements
        }
        // A first octet that no value has tells a field from none.
        result.insert([0x01], at: 0)
        return Array(result.joined(separator: [0x2C]))
    }

    /// Elements with their weights in thousandths (RFC 9110 §12.4.2), in lower case. One that cannot be read weighs 1000.
    private static func weighed(_ elements: [[UInt8]]) -> [(token: [UInt8], weight: Int)] {
        elements.map { element in
            let parts = element.lowercased.split(separator: 0x3B).map { Array($0).trimmed }
            var weight = 1000
            for part in parts.dropFirst() where part.starts(with: [0x71, 0x3D]) {
                let text = String(decoding: part.dropFirst(2), as: UTF8.self)
                if let value = Double(text), value >= 0, value <= 1 { weight = Int(value * 1000) }
            }
            return (parts.first ?? [], weight)
        }
    }
}
