import SchemaEvaluation
import Testing

/// Formats beyond what the public suite asks.
struct FormatTests {
    /// A text and whether it has a format.
    struct Case: Sendable, CustomTestStringConvertible {
        /// Name of the format.
        let format: String
        /// The text.
        let text: String
        /// Whether it has the format.
        let holds: Bool

        /// The name of the case in a report.
        var testDescription: String { "\(format): \(text.debugDescription)" }

        /// Writes a case in one line.
        init(_ format: String, _ text: String, _ holds: Bool) {
            self.format = format
            self.text = text
            self.holds = holds
        }
    }

    /// All cases.
    static let cases: [Case] = [
        Case("date", "2000-02-29", true), Case("date", "1900-02-29", false), Case("date", "2024-04-31", false),
        Case("date", "0000-01-01", true), Case("date", "2024-1-01", false), Case("date", "2024-01-01 ", false),
        Case("date-time", "2024-01-01T00:00:00.Z", false), Case("date-time", "2024-01-01 00:00:00Z", false),
        Case("date-time", "2016-12-31T23:59:60Z", true), Case("date-time", "2017-01-01T00:59:60+01:00", true),
        Case("time", "23:59:60.999z", true), Case("time", "00:00:60Z", false), Case("time", "12:00:00+24:00", false),
        Case("duration", "P1Y2M", true), Case("duration", "P1Y1D", false), Case("duration", "P1WT1H", false),
        Case("duration", "PT1H1S", false), Case("duration", "P", false),
        Case("ipv4", "255.255.255.255", true), Case("ipv4", "256.0.0.1", false), Case("ipv4", "01.0.0.1", false),
        Case("ipv4", "1.2.3", false), Case("ipv4", "1.2.3.4.", false), Case("ipv4", "", false),
        Case("ipv6", "::", true), Case("ipv6", "1::2::3", false), Case("ipv6", "fe80::1%eth0", false),
        Case("ipv6", "1:2:3:4:5:6:7::", true), Case("ipv6", "1:2:3:4:5:6:7:8::", false),
        Case("ipv6", "::1.2.3.4", true),
        Case("ipv6", "1:2:3:4:5:6:1.2.3.4", true), Case("ipv6", "1:2:3:4:5:6:7:1.2.3.4", false),
        Case("ipv6", "1:", false),
        Case("ipv6", ":", false), Case("ipv6", "::1:", false), Case("ipv6", "::00001", false),
        Case("uuid", "00000000-0000-0000-0000-00000000000g", false), Case("uuid", "", false),
        Case("email", "a@b", true), Case("email", "a@b.", false), Case("email", "a@-b", false),
        Case("email", "a@b-", false),
        Case("email", "\"\"@b", true), Case("email", "\"a@b", false), Case("email", "é@b", false),
        Case("email", "a@[IPv6:::1]", true), Case("email", "a@[1.2.3]", false), Case("email", "a@b@c", false),
        Case("idn-email", "é@ü.example", true), Case("idn-email", "é@", false),
        Case("hostname", "a", true), Case("hostname", "a..b", false), Case("hostname", "a_b", false),
        Case("hostname", "", false),
        Case("hostname", "xn--", false), Case("idn-hostname", "bücher.example", true),
        Case("idn-hostname", "a\u{200D}b", false),
        Case("uri", "https://a.test/%zz", false), Case("uri", "https://[::1]:8080/x", true),
        Case("uri", "https://[::1", false),
        Case("uri", "a:", true), Case("uri", "", false), Case("uri", "https://a.test:80x", false),
        Case("uri", "http://é", false),
        Case("uri-reference", "", true), Case("uri-reference", "?a=b", true), Case("uri-reference", "a b", false),
        Case("iri", "https://é.test/ü?ß", true), Case("iri", "https://a.test/\u{FFFE}", false),
        Case("uri-template", "/a/{b*}{?c,d:3}", true), Case("uri-template", "/a/{b", false),
        Case("uri-template", "/a/}", false),
        Case("json-pointer", "/a~0b~1c/", true), Case("json-pointer", "/a~2", false), Case("json-pointer", "a", false),
        Case("relative-json-pointer", "1+2/a", true), Case("relative-json-pointer", "1-0#", false),
        Case("relative-json-pointer", "01", false), Case("relative-json-pointer", "0#", true),
        Case("regex", "^a(?=b)[^c]$", true), Case("regex", "a++", false), Case("regex", "\\Z", false),
        Case("byte", "", true), Case("byte", "YQ==", true), Case("byte", "YQ=", false), Case("byte", "YQ", false),
        Case("byte", "Y Q=", false), Case("byte", "_-8=", false), Case("byte", "====", false),
        Case("base64url", "_-8", true), Case("base64url", "_-8=", true), Case("base64url", "+/8", false),
        Case("base64url", "A", false),
    ]

    @Test("a format holds for what its standard allows", arguments: cases)
    func meaning(_ example: Case) throws {
        let format = try #require(FormatCode(name: example.format))
        var text = example.text
        let holds = text.withUTF8 { format.holds(UnsafeRawBufferPointer($0)) }
        #expect(holds == example.holds)
    }

    @Test("no format reads past the end of a text or stops at broken UTF-8", arguments: FormatCode.allCases)
    func truncated(_ format: FormatCode) {
        let texts = [
            "2024-01-01T00:00:00+01:00", "P1Y2M3DT4H5M6S", "a@[IPv6:::1]", "xn--bcher-kva.example", "bücher.example",
            "1:2:3:4:5:6:1.2.3.4", "https://u:p@[::1]:80/%41?q#f", "/a/{b*}{?c,d:3}", "1+2/a~0", "YWJj",
            "^a(?=b)[^c]{1,2}$",
            "12345678-1234-1234-1234-123456789012", "[1,{\"a\":null}]",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            for length in 0...bytes.count {
                // A copy of exactly this length: a sanitiser or the heap would notice a read past it.
                let exact = Array(bytes[..<length])
                _ = exact.withUnsafeBytes { format.holds($0) }
                _ = (exact + [0xE2]).withUnsafeBytes { format.holds($0) }
                _ = (exact + [0xF4, 0x80]).withUnsafeBytes { format.holds($0) }
            }
        }
    }
}
