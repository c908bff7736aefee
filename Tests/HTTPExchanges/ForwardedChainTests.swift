import HTTPExchanges
import Testing

@Suite("What trusted proxies say of a request's way")
struct ForwardedChainTests {
    /// Proxies at 10.0.0.0/8 and ::1; the request comes from 10.0.0.1.
    private static let peer = ConnectionPeer(
        address: ClientAddress(Array("10.0.0.1".utf8)),
        proxies: TrustedProxies([
            AddressNetwork(address: [10, 0, 0, 0], prefixLength: 8),
            AddressNetwork(address: ClientAddress(Array("::1".utf8)).bytes, prefixLength: 128),
        ]))

    /// `client`, then `https` or `http` and the host where they are known; `-` where the proxies contradict each other.
    private static func verdict(_ lines: [String]) -> String {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n".utf8)
        let table = HeadTable(capacity: 100)
        return bytes.withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: HeadLimits()) else { return "?" }
            guard let chain = ForwardedChain(table, bytes: bytes, from: Self.peer) else { return "-" }
            var words = [String(decoding: chain.client.text, as: UTF8.self)]
            if let isSecure = chain.isSecure { words.append(isSecure ? "https" : "http") }
            if let host = chain.host { words.append(String(decoding: host, as: UTF8.self)) }
            return words.joined(separator: " ")
        }
    }

    @Test(
        "the right-most address that is no trusted proxy's is the client",
        arguments: [
            ([], "10.0.0.1"),
            (["X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: 1.2.3.4, 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: 1.2.3.4 , 203.0.113.9\t,10.0.0.7,::1"], "203.0.113.9"),
            (["X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 203.0.113.9, 10.9.9.9"], "203.0.113.9"),
            (["X-Forwarded-For: 10.0.0.9, 10.0.0.8"], "10.0.0.9"),
            (["X-Forwarded-For: , ,203.0.113.9,,"], "203.0.113.9"),
            (["X-Forwarded-For: 203.0.113.9:4711"], "203.0.113.9"),
            (["X-Forwarded-For: [2001:DB8::9]:4711, 10.0.0.8"], "2001:db8::9"),
            (["X-Forwarded-For: 2001:db8:0:0::9"], "2001:db8::9"),
            (["X-Forwarded-For: ::ffff:203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: ::ffff:10.0.0.8, ::ffff:10.0.0.9"], "10.0.0.8"),
            // What nobody knows is not guessed, and what stands before it is not believed.
            (["X-Forwarded-For: 1.2.3.4, unknown"], "unknown"),
            (["X-Forwarded-For: 1.2.3.4, _gazonk, 10.0.0.8"], "unknown"),
            (["X-Forwarded-For: 1.2.3.4, 203.0.113.9x"], "unknown"),
            (["X-Forwarded-For: 203.0.113.9:"], "unknown"), (["X-Forwarded-For: [203.0.113.9]"], "unknown"),
            (["X-Forwarded-For: [::9"], "unknown"), (["X-Forwarded-For: 010.0.0.1"], "unknown"),
            // Garbage of the client's own does not matter.
            (["X-Forwarded-For: garbage, \"\", 203.0.113.9"], "203.0.113.9"),
            (["X-Forwarded-For: " + String(repeating: "10.0.0.8, ", count: 64) + "10.0.0.8"], "-"),
        ])
    func addresses(lines: [String], verdict: String) {
        #expect(Self.verdict(lines) == verdict)
    }

    @Test(
        "Forwarded (RFC 7239): parameters in any order and case, quoted or not",
        arguments: [
            (["Forwarded: for=203.0.113.9"], "203.0.113.9"),
            (["Forwarded: FOR=203.0.113.9;Proto=HTTPS;host=shop.test;by=10.0.0.1"], "203.0.113.9 https shop.test"),
            (["Forwarded: for=\"[2001:db8::9]:4711\" ; proto=http"], "2001:db8::9 http"),
            (
                [
                    "Forwarded: for=1.2.3.4, for=203.0.113.9;host=\"shop.test:8443\";proto=https, for=10.0.0.8;proto=http"
                ],
                "203.0.113.9 https shop.test:8443"
            ),
            (["Forwarded: for=1.2.3.4;secret=\"a,b;c\"", "Forwarded: for=203.0.113.9"], "203.0.113.9"),
            (["Forwarded: for=[2001:db8::9]"], "2001:db8::9"),
            (["Forwarded: for=unknown"], "unknown"), (["Forwarded: for=_hidden, for=10.0.0.8"], "unknown"),
            (["Forwarded: proto=https"], "10.0.0.1 https"),
            // A proxy that knows only one of the two passes on what a client says in the other.
            (["Forwarded: proto=https;host=evil.test", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
            (["Forwarded: for=203.0.113.9;proto=https", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
            (
                ["Forwarded: for=203.0.113.9", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"],
                "203.0.113.9"
            ),
            (["Forwarded: for=203.0.113.9", "X-Forwarded-Host: evil.test"], "203.0.113.9"),
            (["Forwarded: proto=https", "X-Forwarded-Proto: http"], "-"),
            (
                [
                    "Forwarded: for=203.0.113.9;proto=https;host=a.test", "X-Forwarded-Proto: HTTPS",
                    "X-Forwarded-Host: A.test",
                ],
                "203.0.113.9 https a.test"
            ),
            (["Forwarded: for=203.0.113.9;host=a.test", "X-Forwarded-Host: b.test"], "-"),
            (["Forwarded: for=203.0.113.9;host=\"a b\""], "203.0.113.9"), (["Forwarded: "], "10.0.0.1"),
            // A quotation mark that the client left open would swallow what the proxy has added.
            (["Forwarded: for=\"1.2.3.4, for=203.0.113.9"], "-"),
            (["Forwarded: for=\"a, for=\"[2001:db8::9]\""], "-"),
            (["Forwarded: for=1.2.3.4;for=203.0.113.9"], "-"), (["Forwarded: for"], "-"), (["Forwarded: =a"], "-"),
            (["Forwarded: for=\"\\1.2.3.4\""], "-"), (["Forwarded: for=1.2.3.4 proto=http"], "-"),
            // Two stories.
            (["Forwarded: for=203.0.113.9", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
            (["Forwarded: for=203.0.113.9", "X-Forwarded-For: 203.0.113.8"], "-"),
        ])
    func standard(lines: [String], verdict: String) {
        #expect(Self.verdict(lines) == verdict)
    }

    @Test("no line traps, and none of a client's makes him somebody whom the proxy has not seen")
    func noise() {
        let alphabet = Array("for=proto=host=\",;[]:.\\ \t012359abf_-%@".utf8)
        for _ in 0..<20_000 {
            let text = String(
                decoding: (0..<Int.random(in: 0...40)).map { _ in alphabet.randomElement() ?? 0x20 }, as: UTF8.self)
            #expect(Self.verdict(["X-Forwarded-For: \(text), 203.0.113.9"]).hasPrefix("203.0.113.9"))
            let told = Self.verdict(["Forwarded: \(text), for=203.0.113.9"])
            #expect(told == "-" || told.hasPrefix("203.0.113.9"), "\(text)")
        }
    }

    @Test(
        "the client's protocol and host: those of its hop, or what the last proxy says",
        arguments: [
            (
                ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test"],
                "203.0.113.9 https shop.test"
            ),
            (["X-Forwarded-For: 203.0.113.9, 10.0.0.8", "X-Forwarded-Proto: https, http"], "203.0.113.9 https"),
            (
                ["X-Forwarded-For: 1.2.3.4, 203.0.113.9, 10.0.0.8", "X-Forwarded-Proto: https, http"],
                "203.0.113.9 http"
            ),
            (["X-Forwarded-Proto: HTTPS"], "10.0.0.1 https"), (["X-Forwarded-Proto: gopher"], "10.0.0.1"),
            (["X-Forwarded-Host: a@b"], "10.0.0.1"), (["X-Forwarded-Host: [::1]:80"], "10.0.0.1 [::1]:80"),
        ])
    func words(lines: [String], verdict: String) {
        #expect(Self.verdict(lines) == verdict)
    }
}
