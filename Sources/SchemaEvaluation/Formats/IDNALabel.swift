/// U-labels and A-labels: RFC 5891 §4.2 with the code points of RFC 5892.
enum IDNALabel {
    /// The U-label of an A-label; `nil` if it is none, or is not its U-label's own encoding.
    /// - Parameter label: ASCII, at least four bytes.
    static func decodeALabel(_ label: UnsafeRawBufferPointer) -> [UInt32]? {
        guard label.count > 4, label[0] | 0x20 == UInt8(ascii: "x"), label[1] | 0x20 == UInt8(ascii: "n"),
            let decoded = Punycode.decode(label[4...]), decoded.contains(where: { $0 >= 0x80 })
        else { return nil }
        // Upper case in the basic part is folded by DNS; everything else must come out as it went in.
        let folded = decoded.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard let encoded = Punycode.encode(folded), encoded.count == label.count - 4,
            zip(encoded, label[4...]).allSatisfy({ fold($0) == fold($1) })
        else { return nil }
        return isULabel(folded) ? folded : nil
    }

    /// Lower case of an ASCII byte.
    private static func fold(_ byte: UInt8) -> UInt8 { ASCIIClass.isLetter(byte) ? byte | 0x20 : byte }

    /// Whether code points make a U-label, apart from its length and the Bidi rule.
    static func isULabel(_ label: [UInt32]) -> Bool {
        guard let first = label.first, let last = label.last, first != 0x2D, last != 0x2D else { return false }
        if label.count >= 4, label[2] == 0x2D, label[3] == 0x2D { return false }
        // RFC 5891 §4.2.3.2.
        guard let firstScalar = Unicode.Scalar(first), !isMark(firstScalar) else { return false }
        for (index, value) in label.enumerated() {
            guard let scalar = Unicode.Scalar(value) else { return false }
            switch IDNACodePoint.property(of: scalar) {
            case .valid: continue
            case .disallowed: return false
            case .contextual: guard IDNACodePoint.contextHolds(label, index) else { return false }
            }
        }
        return isComposed(label)
    }

    /// Whether a label is in normalisation form C, RFC 5891 §4.1.
    private static func isComposed(_ label: [UInt32]) -> Bool {
        // Composition is needed only where a mark follows: singletons are no valid code points (RFC 5892 §2.2).
        for (base, mark) in zip(label, label.dropFirst()) {
            guard let one = Unicode.Scalar(base), let other = Unicode.Scalar(mark), isMark(other) else { continue }
            if isPrecomposable(one, other) { return false }
            let before = one.properties.canonicalCombiningClass.rawValue
            let after = other.properties.canonicalCombiningClass.rawValue
            if after != 0, before > after { return false }
        }
        return true
    }

    /// Whether a letter and a mark have a common code point among the Latin, Greek and Cyrillic ones, where that
    /// occurs.
    private static func isPrecomposable(_ base: Unicode.Scalar, _ mark: Unicode.Scalar) -> Bool {
        composed.contains(String(String.UnicodeScalarView([base, mark])))
    }

    /// Letters that are one code point: Swift's strings are equal, and hash equally, however they are composed.
    private static let composed: Set<String> = {
        let blocks: [ClosedRange<UInt32>] = [0xC0...0x24F, 0x386...0x3CE, 0x400...0x4FF, 0x1E00...0x1FFF]
        return Set(blocks.joined().compactMap { Unicode.Scalar($0).map { String($0) } })
    }()

    /// Whether a code point is a combining mark.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
