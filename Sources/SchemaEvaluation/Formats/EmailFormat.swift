/// `email` and `idn-email`: Mailbox of RFC 5321 §4.1.2, extended by RFC 6531 §3.3.
enum EmailFormat {
    /// Whether a text is a mailbox.
    /// - Parameter international: Whether characters beyond ASCII are allowed.
    static func isEmail(_ text: UnsafeRawBufferPointer, international: Bool) -> Bool {
        guard let at = localPartEnd(text, international) else { return false }
        let domain = UnsafeRawBufferPointer(rebasing: text[(at + 1)...])
        if domain.first == UInt8(ascii: "[") { return isAddressLiteral(domain) }
        return international ? isInternationalDomain(domain) : isDomain(domain)
    }

    /// Offset of the `@` that ends the local part; `nil` if there is no such part.
    private static func localPartEnd(_ text: UnsafeRawBufferPointer, _ international: Bool) -> Int? {
        guard text.first == UInt8(ascii: "\"") else { return dotStringEnd(text, international) }
        var index = 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                return index + 1 < text.count && text[index + 1] == UInt8(ascii: "@") ? index + 1 : nil
            case UInt8(ascii: "\\"):
                guard index + 1 < text.count, (0x20...0x7E).contains(text[index + 1]) else { return nil }
                index += 2
            case 0x20...0x7E: index += 1
            case 0x80...: if international { index += 1 } else { return nil }
            default: return nil
            }
        }
        return nil
    }

    /// Dot-string: atoms with single dots between them.
    private static func dotStringEnd(_ text: UnsafeRawBufferPointer, _ international: Bool) -> Int? {
        var atomLength = 0
        for (offset, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "@"): return atomLength > 0 ? offset : nil
            case UInt8(ascii: "."):
                guard atomLength > 0 else { return nil }
                atomLength = 0
            default:
                guard isAtomByte(byte) || (international && byte >= 0x80) else { return nil }
                atomLength += 1
            }
        }
        return nil
    }

    /// atext, RFC 5322 §3.2.3.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
            true
        default: ASCIIClass.isAlphanumeric(byte)
        }
    }

    /// Domain, RFC 5321 §4.1.2: labels of letters, digits and inner hyphens.
    private static func isDomain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard !text.isEmpty, text.count <= 255 else { return false }
        var labelLength = 0
        var last: UInt8 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "."):
                guard labelLength > 0, last != UInt8(ascii: "-") else { return false }
                labelLength = 0
            case UInt8(ascii: "-"):
                guard labelLength > 0 else { return false }
                labelLength += 1
            default:
                guard ASCIIClass.isAlphanumeric(byte) else { return false }
                labelLength += 1
            }
            guard labelLength <= 63 else { return false }
            last = byte
        }
        return labelLength > 0 && last != UInt8(ascii: "-")
    }

    /// Domain of RFC 6531 §3.3: a label may be a U-label. Its composition is not looked at: mail software normalises
    /// first.
    private static func isInternationalDomain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard !text.isEmpty else { return false }
        var start = 0
        for offset in 0...text.count where offset == text.count || text[offset] == UInt8(ascii: ".") {
            let label = UnsafeRawBufferPointer(rebasing: text[start..<offset])
            start = offset + 1
            guard let first = label.first, let last = label.last, first != UInt8(ascii: "-"),
                last != UInt8(ascii: "-"), label.count <= 252
            else { return false }
            guard label.allSatisfy({ $0 >= 0x80 || ASCIIClass.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else {
                return false
            }
        }
        return true
    }

    /// address-literal, RFC 5321 §4.1.3.
    private static func isAddressLiteral(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count > 2, text[text.count - 1] == UInt8(ascii: "]") else { return false }
        let address = UnsafeRawBufferPointer(rebasing: text[1..<text.count - 1])
        let tag = "IPv6:".utf8
        if address.count > tag.count, zip(address, tag).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
            return AddressFormat.isIPv6(UnsafeRawBufferPointer(rebasing: address[tag.count...]))
        }
        return AddressFormat.isIPv4(address)
    }
}
