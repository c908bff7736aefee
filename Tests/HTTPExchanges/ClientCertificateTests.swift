import HTTPExchanges
import TestSupport
import Testing

@Suite("Certificates of clients")
struct ClientCertificateTests {
    /// The bytes between the lines of a PEM text.
    private static func bytes(_ pem: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        for line in pem.split(separator: "\n") where !line.hasPrefix("-") {
            for octet in line.utf8 {
                guard let value = alphabet.firstIndex(of: octet) else { continue }
                bits = bits << 6 | value
                count += 6
                guard count >= 8 else { continue }
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= 1 << count - 1
            }
        }
        return bytes
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("the subject and the names are read; addresses among them are none")
    func reading() throws {
        let certificate = try #require(ClientCertificate(der: Self.bytes(TestCertificates.localhost), notAfter: 7))
        #expect(Self.text(certificate.subject) == "CN=localhost")
        #expect(certificate.names == [.dns(Array("localhost".utf8))])
        #expect(certificate.notAfter == 7)
        let authority = try #require(ClientCertificate(der: Self.bytes(TestCertificates.authority), notAfter: 0))
        #expect(Self.text(authority.subject) == "CN=Lintel tests" && authority.names.isEmpty)
    }

    @Test("no bytes trap: every cut, and every byte changed")
    func noise() {
        let whole = Self.bytes(TestCertificates.stranger)
        #expect(ClientCertificate(der: whole, notAfter: 0) != nil)
        for cut in 0..<whole.count { #expect(ClientCertificate(der: Array(whole[..<cut]), notAfter: 0) == nil) }
        for place in whole.indices {
            for change in [UInt8(0x01), 0x80, 0xFF, 0x7F] {
                var bytes = whole
                bytes[place] ^= change
                _ = ClientCertificate(der: bytes, notAfter: 0)
            }
        }
    }

    @Test(
        "a name has one text, however it is written (RFC 4514)",
        arguments: [
            ("CN=a", "CN=a"), ("cn = a , o = b c ", "CN=a,O=b c"), ("2.5.4.3=a", "CN=a"),
            ("CN=a\\, b\\+c\\;d\\\"e\\<f\\>g\\\\h", "CN=a\\, b\\+c\\;d\\\"e\\<f\\>g\\\\h"), ("CN=a\\2c b", "CN=a\\, b"),
            ("CN=\\ a\\ ", "CN=\\ a\\ "), ("CN=\\#a#b", "CN=\\#a#b"), ("CN=Lu\\C4\\8Di\\C4\\87", "CN=Lučić"),
            ("UID=7+OU=shop,DC=example,DC=net", "OU=shop+UID=7,DC=example,DC=net"),
            ("emailAddress=a@b.test,serialNumber=7", "emailAddress=a@b.test,serialNumber=7"),
            ("1.2.3.4=#04024869", "1.2.3.4=#04024869"), ("CN=#0C0141", "CN=#0c0141"), ("CN=", "CN="),
            ("CN=a\\0A", "CN=a\\0a"),
        ])
    func texts(written: String, text: String) {
        #expect(DistinguishedName(written).map { Self.text($0.text) } == text)
        #expect(DistinguishedName(text).map { Self.text($0.text) } == text)
    }

    @Test(
        "what is no name",
        arguments: [
            "", "a", "=a", "CN=a,", "CN=a+", ",CN=a", "X=a", "1.2.3.4=a", "CN=\"a\"", "CN=a;O=b", "CN=a<b", "CN=a\\",
            "CN=a\\x", "CN=#", "CN=#0", "CN=#0g", "CN=#04024869x",
            String(repeating: "CN=a,", count: 64) + "CN=a",
        ])
    func nonsense(text: String) {
        #expect(DistinguishedName(text) == nil)
    }
}
