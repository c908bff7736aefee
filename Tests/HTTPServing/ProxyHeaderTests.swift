import HTTPExchanges
import HTTPServing
import Testing

@Suite("Headers of the PROXY protocol")
struct ProxyHeaderTests {
    /// What becomes of bytes: `peer 42`, the address and the bytes consumed, `malformed`, `incomplete`.
    private static func verdict(_ bytes: [UInt8]) -> String {
        switch bytes.withUnsafeBytes(ProxyHeader.parse) {
        case .incomplete: "incomplete"
        case .malformed: "malformed"
        case .complete(let consumed, .peer): "peer \(consumed)"
        case .complete(let consumed, .client(let address)):
            "\(String(decoding: address.text, as: UTF8.self)) \(consumed)"
        }
    }

    /// A header of version 2.
    private static func binary(
        _ command: UInt8, _ family: UInt8, _ rest: [UInt8], length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? rest.count
        return [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, command, family]
            + [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)] + rest
    }

    private static let four: [UInt8] = [203, 0, 113, 9, 192, 0, 2, 1, 0xDC, 0x04, 0x01, 0xBB]
    private static let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [9]

    @Test(
        "version 1, whole",
        arguments: [
            ("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n", "203.0.113.9 44"),
            ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 56"),
            ("PROXY TCP6 2001:DB8::9 ::1 0 65535\r\n", "2001:db8::9 36"),
            ("PROXY TCP6 ::ffff:203.0.113.9 ::1 1 2\r\n", "203.0.113.9 39"),
            ("PROXY UNKNOWN\r\n", "peer 15"),
            ("PROXY UNKNOWN ffff:f 0 0 what ever\r\n", "peer 36"),
        ])
    func text(header: String, verdict: String) {
        let bytes = Array(header.utf8)
        #expect(Self.verdict(bytes) == verdict)
        // What follows is not looked at, and nothing is decided before the end.
        #expect(Self.verdict(bytes + Array("GET / HTTP/1.1\r\n".utf8)) == verdict)
        for cut in 0..<bytes.count { #expect(Self.verdict(Array(bytes[..<cut])) == "incomplete", "cut at \(cut)") }
    }

    @Test(
        "version 1, broken",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "PROXY \r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
            "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n",
            "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP6 g::1 ::1 1 2\r\n",
            "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rX",
            "PROXY TCP4 1.2.3.4\u{0} 1.2.3.4 1 2\r\n", "PROXY UNKNOWN " + String(repeating: "x", count: 100) + "\r\n",
        ])
    func broken(header: String) {
        #expect(Self.verdict(Array(header.utf8)) == "malformed")
    }

    @Test("version 2, whole: TCP over IPv4 and IPv6, Unix sockets, LOCAL, further values skipped")
    func whole() {
        let cases: [([UInt8], String)] = [
            (Self.binary(0x21, 0x11, Self.four), "203.0.113.9 28"),
            (Self.binary(0x21, 0x11, Self.four + [0x04, 0x00, 0x01, 0x00]), "203.0.113.9 32"),
            (Self.binary(0x21, 0x21, Self.six + Self.six + [1, 2, 3, 4]), "2001:db8::9 52"),
            (Self.binary(0x21, 0x31, [UInt8](repeating: 0x2F, count: 216)), "unknown 232"),
            (Self.binary(0x21, 0x00, []), "peer 16"), (Self.binary(0x21, 0x00, [1, 2, 3]), "peer 19"),
            (Self.binary(0x20, 0x00, []), "peer 16"), (Self.binary(0x20, 0x11, Self.four), "peer 28"),
            (Self.binary(0x20, 0xFF, [7]), "peer 17"),
        ]
        for (bytes, verdict) in cases {
            #expect(Self.verdict(bytes) == verdict)
            #expect(Self.verdict(bytes + [0x47]) == verdict)
            for cut in 0..<bytes.count { #expect(Self.verdict(Array(bytes[..<cut])) == "incomplete", "cut at \(cut)") }
        }
    }

    @Test("version 2, broken: other versions and commands, datagrams, addresses that are too short, too much of it")
    func brokenBinary() {
        for bytes in [
            Self.binary(0x11, 0x11, Self.four), Self.binary(0x22, 0x11, Self.four), Self.binary(0x21, 0x12, Self.four),
            Self.binary(0x21, 0x41, Self.four), Self.binary(0x21, 0x11, Array(Self.four.dropLast())),
            Self.binary(0x21, 0x21, Self.six), Self.binary(0x21, 0x31, [UInt8](repeating: 0, count: 215)),
            Self.binary(0x21, 0x11, Self.four, length: 65_535), Self.binary(0x20, 0x00, [], length: 8_177),
            [0x0D, 0x0A, 0x0D, 0x0A, 0x01],
        ] {
            #expect(Self.verdict(bytes) == "malformed")
        }
    }

    @Test("no bytes trap, and none that are decided become undecided again")
    func noise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes =
                Bool.random()
                ? Self.binary(0x21, 0x21, Self.six + Self.six + [1, 2, 3, 4])
                : Array("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n".utf8)
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = .random(in: 0...255, using: &generator)
            }
            let whole = Self.verdict(bytes)
            for cut in [bytes.count / 2, bytes.count - 1] {
                let part = Self.verdict(Array(bytes[..<cut]))
                if part != "incomplete" { #expect(whole == part) }
            }
        }
    }
}
