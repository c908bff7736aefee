/// A domain name (RFC 1035 §3.1): labels of 1 to 63 octets, 255 octets at most. Compared without regard to the case of letters.
package struct DNSName: Sendable, Hashable, CustomStringConvertible {
    /// The labels in lower case, the most specific one first.
    let labels: [[UInt8]]

    /// A name as people write it; nil when it is none. A point at its end means nothing.
    package init?(_ text: String) {
        var parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        self.init(labels: parts.map { Array($0) })
    }

    /// A name of these labels; nil when a label, or all of them, are too long or empty.
    init?(labels: [[UInt8]]) {
        guard !labels.isEmpty, labels.allSatisfy({ (1...63).contains($0.count) }),
            labels.reduce(1, { $0 + $1.count + 1 }) <= 255
        else { return nil }
        self.labels = labels.map { $0.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 } }
    }

    /// The labels with points between them.
    package var description: String { labels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".") }

    /// Whether the name is one of a service (RFC 2782): `_products._tcp.internal`.
    package var isService: Bool {
        labels.count > 2 && labels[0].first == UInt8(ascii: "_") && labels[1].first == UInt8(ascii: "_")
    }
}
