/// Reads of a certificate what a gateway wants to know (RFC 5280 §4.1): the subject and the names beside it.
///
/// Whether it is genuine has been found out before, by TLS. So little is asked of it here: what cannot be read is left out,
/// and a certificate without a readable frame is none.
extension ClientCertificate {
    /// Most names that are kept.
    private static let mostNames = 128
    /// subjectAltName: 2.5.29.17.
    private static let alternativeNames: [UInt8] = [0x55, 0x1D, 0x11]

    /// Reads a certificate; nil where it cannot be read.
    ///
    /// - Parameters:
    ///   - der: the certificate.
    ///   - notAfter: seconds since 1970 until which it is valid.
    package init?(der: [UInt8], notAfter: Int64) {
        var top = DERReader(der, 0..<der.count)
        guard let certificate = top.read(0x30) else { return nil }
        var parts = DERReader(der, certificate)
        guard let signed = parts.read(0x30) else { return nil }
        var fields = DERReader(der, signed)
        // Version; number, algorithm, issuer, validity; the subject; its key.
        _ = fields.read(0xA0)
        guard fields.read(0x02) != nil, fields.read(0x30) != nil, fields.read(0x30) != nil, fields.read(0x30) != nil,
            let subject = fields.read(0x30), fields.read(0x30) != nil,
            let name = DistinguishedName(der: der, subject)
        else { return nil }
        // The unique identifiers of version 2, which nobody uses.
        for tag: UInt8 in [0x81, 0xA1, 0x82, 0xA2] { _ = fields.read(tag) }
        var names: [Name] = []
        if let wrapped = fields.read(0xA3) {
            var wrapper = DERReader(der, wrapped)
            guard let extensions = wrapper.read(0x30) else { return nil }
            guard let found = Self.names(der, extensions) else { return nil }
            names = found
        }
        self.init(subject: name.text, names: names, notAfter: notAfter)
    }

    /// The alternative names among extensions (RFC 5280 §4.1.2.9); nil where those cannot be read.
    private static func names(_ der: [UInt8], _ extensions: Range<Int>) -> [Name]? {
        var list = DERReader(der, extensions)
        while !list.isAtEnd {
            guard let one = list.read(0x30) else { return nil }
            var parts = DERReader(der, one)
            guard let identifier = parts.read(0x06) else { return nil }
            _ = parts.read(0x01)
            guard let value = parts.read(0x04) else { return nil }
            guard der[identifier].elementsEqual(alternativeNames) else { continue }
            var wrapper = DERReader(der, value)
            guard let names = wrapper.read(0x30) else { return nil }
            return generalNames(der, names)
        }
        return []
    }

    private static func generalNames(_ der: [UInt8], _ range: Range<Int>) -> [Name] {
        var names: [Name] = []
        var list = DERReader(der, range)
        while names.count < mostNames, let next = list.next() {
            // IA5String; a zero in the middle has fooled many (CVE-2009-2408).
            guard der[next.content].allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !next.content.isEmpty else { continue }
            let text = Array(der[next.content])
            switch next.tag {
            case 0x81: names.append(.email(text))
            case 0x82: names.append(.dns(text.map(lower)))
            case 0x86: names.append(.uri(text))
            default: break
            }
        }
        return names
    }

    private static func lower(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }
}
