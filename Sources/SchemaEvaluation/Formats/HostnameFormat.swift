/// `hostname` and `idn-hostname`: RFC 1123 §2.1 labels, A-labels and U-labels of RFC 5890 §2.3.
enum HostnameFormat {
    /// Whether a text is a host name.
    /// - Parameter international: Whether labels may be U-labels, and the full stops of other scripts may part them.
    static func isHostname(_ text: UnsafeRawBufferPointer, international: Bool) -> Bool {
        // RFC 1035 §2.3.4: 255 octets on the wire leave 253 characters.
        guard !text.isEmpty else { return false }
        if text.contains(where: { $0 >= 0x80 }) {
            return international && isInternational(text)
        }
        guard text.count <= 253 else { return false }
        var isBidirectional = false
        var labels: [[UInt32]] = []
        var start = 0
        for offset in 0...text.count where offset == text.count || text[offset] == UInt8(ascii: ".") {
            let label = UnsafeRawBufferPointer(rebasing: text[start..<offset])
            start = offset + 1
            guard isLabel(label) else { return false }
            if isReserved(label) {
                guard let decoded = IDNALabel.decodeALabel(label) else { return false }
                isBidirectional = isBidirectional || BidirectionalRule.isRightToLeft(decoded)
                labels.append(decoded)
            }
        }
        return !isBidirectional || labels.allSatisfy(BidirectionalRule.holds)
    }

    /// Whether a text is a host name of RFC 1123 §2.1, whatever its labels may stand for.
    static func isPlainHostname(_ text: UnsafeRawBufferPointer) -> Bool {
        guard !text.isEmpty, text.count <= 253 else { return false }
        var start = 0
        for offset in 0...text.count where offset == text.count || text[offset] == UInt8(ascii: ".") {
            guard isLabel(UnsafeRawBufferPointer(rebasing: text[start..<offset])) else { return false }
            start = offset + 1
        }
        return true
    }

    /// Letters, digits and inner hyphens, one to 63.
    private static func isLabel(_ label: UnsafeRawBufferPointer) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= 63, first != UInt8(ascii: "-"),
            last != UInt8(ascii: "-")
        else { return false }
        return label.allSatisfy { ASCIIClass.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether a label has hyphens in its third and fourth place: A-labels are the only ones that may (RFC 5891
    /// §4.2.3.1).
    private static func isReserved(_ label: UnsafeRawBufferPointer) -> Bool {
        label.count >= 4 && label[2] == UInt8(ascii: "-") && label[3] == UInt8(ascii: "-")
    }

    /// A name with at least one character beyond ASCII.
    private static func isInternational(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let scalars = UTF8Reader.scalars(text) else { return false }
        var labels: [[UInt32]] = []
        var length = -1
        for label in scalars.split(omittingEmptySubsequences: false, whereSeparator: isFullStop) {
            let label = Array(label)
            guard !label.isEmpty else { return false }
            if label.allSatisfy({ $0 < 0x80 }) {
                let bytes = label.map { UInt8(truncatingIfNeeded: $0) }
                let decoded: [UInt32]? = bytes.withUnsafeBytes { bytes in
                    guard isLabel(bytes) else { return nil }
                    return isReserved(bytes) ? IDNALabel.decodeALabel(bytes) : label
                }
                guard let decoded else { return false }
                labels.append(decoded)
                length += bytes.count + 1
            } else {
                guard IDNALabel.isULabel(label), let encoded = Punycode.encode(label) else { return false }
                guard encoded.count + 4 <= 63 else { return false }
                labels.append(label)
                length += encoded.count + 5
            }
        }
        guard length <= 253 else { return false }
        return !labels.contains(where: BidirectionalRule.isRightToLeft) || labels.allSatisfy(BidirectionalRule.holds)
    }

    /// The full stops of RFC 3490 §3.1.
    private static func isFullStop(_ scalar: UInt32) -> Bool {
        scalar == 0x2E || scalar == 0x3002 || scalar == 0xFF0E || scalar == 0xFF61
    }
}
