/// A query brought to one form, so that requests for the same thing share a key: what the service sees is this form too.
///
/// Pairs are sorted by name (those of one name keep their order, which an array gives a meaning to), empty pairs and what
/// the contract's defaults say anyway are left out, octets that need no encoding are decoded, and the digits of the others are capital (RFC 3986 §6.2.2).
package enum CanonicalQuery {
    /// The canonical form; empty for a query without pairs.
    ///
    /// - Parameters:
    ///   - keepsOrder: whether the order of names counts.
    ///   - defaults: parameters by name, and the pairs that say what is meant without them too: those are left out.
    package static func bytes(
        of query: UnsafeRawBufferPointer, keepsOrder: Bool = false, defaults: [[UInt8]: [[UInt8]]] = [:]
    ) -> [UInt8] {
        var pairs: [(name: [UInt8], text: [UInt8])] = []
        for piece in query.split(separator: 0x26) {
            let text = normalised(piece)
            pairs.append((Array(text.prefix { $0 != 0x3D }), text))
        }
        if !defaults.isEmpty {
            let said = Set(pairs.map(\.name))
            for name in said {
                guard let texts = defaults[name],
                    pairs.lazy.filter({ $0.name == name }).map(\.text).elementsEqual(texts)
                else { continue }
                pairs.removeAll { $0.name == name }
            }
        }
        if !keepsOrder, pairs.count > 1 {
            let order = pairs.indices.sorted { left, right in
                let (first, second) = (pairs[left].name, pairs[right].name)
                return first == second ? left < right : first.lexicographicallyPrecedes(second)
            }
            return Array(order.map { pairs[$0].text }.joined(separator: [0x26]))
        }
        return Array(pairs.map(\.text).joined(separator: [0x26]))
    }

    /// Percent-encoding in its shortest form.
    private static func normalised(_ piece: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(piece.count)
        var rest = Array(piece)[...]
        while let octet = rest.popFirst() {
            guard octet == 0x25, let high = rest.first?.hexDigit, let low = rest.dropFirst().first?.hexDigit else {
                result.append(octet)
                continue
            }
            rest = rest.dropFirst(2)
            let decoded = high << 4 | low
            if decoded.isUnreserved {
                result.append(decoded)
            } else {
                result += [0x25, Self.digits[Int(high)], Self.digits[Int(low)]]
            }
        }
        return result
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }

    /// RFC 3986 §2.3.
    fileprivate var isUnreserved: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
