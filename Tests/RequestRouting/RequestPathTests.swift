import RequestRouting
import Testing

@Suite("Canonical request paths")
struct RequestPathTests {
    @Test(
        "a canonical path is recognised without copying",
        arguments: [
            "/", "/t", "/items", "/items/", "/v1/tenants/acme-corp/projects/8241/environments", "//", "//t/x", "/a//b",
            "/files/...", "/files/.hidden", "/a.b/c..d", "/...", "/a/..b", "/a/b..", "/.a/", "/report.json",
            "/files/a%2Fb", "/caf%C3%A9", "/t/%252F", "/t/%20", "/x/%E2%82%AC/%F0%9F%98%80", "/a%3Fb", "/a%7Cb",
            "/!$&'()*+,;=:@-._~", "/users(5)", "/items/5;v=1", "/at/48.1,11.5", "/%0A", "/t/;v=1", "/t/.1,2",
            "/0123456", "/01234567", "/012345678", "/.well-known/x", "/a%2F...", "/%7F",
        ])
    func canonical(path: String) {
        let canonical = Canonical(path)
        #expect(canonical.outcome == .canonical)
        #expect(canonical.text == path)
    }

    @Test(
        "equivalent spellings become one (RFC 3986 section 6.2.2)",
        arguments: [
            ("/%69tems", "/items"), ("/%61dmin", "/admin"), ("/t/%78", "/t/x"), ("/%7Euser", "/~user"),
            ("/caf%c3%a9", "/caf%C3%A9"), ("/files/a%2fb", "/files/a%2Fb"), ("/a%2Db%2Ec%5Fd", "/a-b.c_d"),
            ("/t/<x>|{y}", "/t/%3Cx%3E%7C%7By%7D"), ("/t/[a]^`\"", "/t/%5Ba%5D%5E%60%22"), ("/t/1|2", "/t/1%7C2"),
            ("/files/%41%42", "/files/AB"), ("/x/%e2%82%ac", "/x/%E2%82%AC"), ("/%30/%39", "/0/9"),
            ("/%2ehidden", "/.hidden"), ("/a/%2e%2e%2e", "/a/..."), ("/a/%2e%2eb", "/a/..b"), ("/%25%61", "/%25a"),
        ])
    func rewritten(path: String, expected: String) {
        let canonical = Canonical(path)
        #expect(canonical.outcome == .rewritten)
        #expect(canonical.text == expected)
    }

    @Test(
        "what servers disagree about is refused with its name",
        arguments: [
            ("", .notAbsolute), ("items", .notAbsolute), ("*", .notAbsolute), ("%2Fitems", .notAbsolute),
            ("/a b", .controlCharacter), ("/t/x\u{1}", .controlCharacter), ("/a\u{0}", .controlCharacter),
            ("/a\tb", .controlCharacter), ("/a\u{7F}", .controlCharacter), ("/a\r\nb", .controlCharacter),
            ("/café", .rawNonASCII), ("/items#frag", .queryOrFragment), ("/items?x", .queryOrFragment),
            ("/files/%zz", .malformedTriplet), ("/files/abc%4", .malformedTriplet), ("/t/x%", .malformedTriplet),
            ("/%", .malformedTriplet), ("/%4g", .malformedTriplet), ("/%-1", .malformedTriplet),
            ("/%00", .encodedNUL), ("/a%00.json", .encodedNUL),
            ("/a\\b", .backslash), ("/t/..\\internal/x", .backslash), ("/t/..%5cinternal", .backslash),
            ("/t/%5C", .backslash),
            ("/.", .dotSegment), ("/..", .dotSegment), ("/./", .dotSegment), ("/../", .dotSegment),
            ("/a/./b", .dotSegment), ("/a/../b", .dotSegment), ("/a/..", .dotSegment), ("/a/.", .dotSegment),
            ("/../../internal/x", .dotSegment), ("/files/%2E%2E", .dotSegment), ("/t/.%2E/internal/x", .dotSegment),
            ("/t/%2e/x", .dotSegment), ("/t/%2e%2e%2finternal/x", .dotSegment), ("/t/..%2Finternal", .dotSegment),
            ("/t/a%2F..", .dotSegment), ("/t/a%2f%2e%2e/x", .dotSegment), ("/t/..;/internal", .dotSegment),
            ("/t/..;x=1/y", .dotSegment), ("/t/.;/y", .dotSegment), ("/t/..%3B/y", .dotSegment),
            ("/t/%c0%ae%c0%ae/internal/x", .malformedUTF8), ("/%80", .malformedUTF8), ("/%C3", .malformedUTF8),
            ("/%C3/a", .malformedUTF8), ("/%C3a", .malformedUTF8), ("/%E0%80%80", .malformedUTF8),
            ("/%ED%A0%80", .malformedUTF8), ("/%F4%90%80%80", .malformedUTF8), ("/%F0%82%82%AC", .malformedUTF8),
            ("/%FF", .malformedUTF8), ("/%E2%82", .malformedUTF8), ("/%F5%80%80%80", .malformedUTF8),
        ] as [(String, RequestPathRefusal)])
    func refused(path: String, refusal: RequestPathRefusal) {
        #expect(Canonical(path).outcome == .refused(refusal))
    }

    @Test("a raw byte above 127 is refused at every place of a word", arguments: 1..<24)
    func rawByte(place: Int) {
        var path = Array("/aaaaaaaaaaaaaaaaaaaaaaa".utf8)
        path[place] = 0xE9
        #expect(Canonical(path).outcome == .refused(.rawNonASCII))
    }

    @Test("every single byte is taken, encoded or refused by its class, wherever it stands", arguments: [1, 7, 8, 15])
    func everyByte(place: Int) {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        let plain = Set((unreserved + "!$&'()*+,;=:@/").utf8)
        let encoded = Set("\"<>[]^`{|}".utf8)
        for byte in UInt8.min...UInt8.max {
            var path = Array("/aaaaaaaaaaaaaaaaaaaaaaa".utf8)
            path[place] = byte
            let outcome = Canonical(path).outcome
            if plain.contains(byte) {
                #expect(outcome == .canonical, "byte \(byte)")
            } else if encoded.contains(byte) {
                #expect(outcome == .rewritten, "byte \(byte)")
            } else if byte == 0x25 {
                #expect(outcome == .refused(.malformedUTF8), "%aa is a triplet, but no character")
            } else {
                guard case .refused = outcome else {
                    Issue.record("byte \(byte) is not refused")
                    continue
                }
            }
        }
    }

    @Test("a canonical path stays as it is, and the buffer can be used again")
    func idempotent() {
        var random = SmallRandom(state: 7)
        let pieces = ["/", "a", "%", "%2", "%2F", "%2f", "%61", ".", "..", ";", "%C3%A9", "%c3", "|", "x-", "%2e", "~"]
        var buffer = PathBuffer()
        var rewritten = 0
        for _ in 0..<20_000 {
            var path = "/"
            for _ in 0..<random.next(below: 12) { path += pieces[random.next(below: pieces.count)] }
            let outcome = Array(path.utf8).withUnsafeBytes { RequestPath.canonicalise($0, into: &buffer) }
            guard outcome == .rewritten else { continue }
            rewritten += 1
            let text = String(decoding: buffer.bytes, as: UTF8.self)
            #expect(Canonical(text).outcome == .canonical, "\(path) became \(text)")
        }
        #expect(rewritten > 1000)
    }

    @Test("a refusal has a sentence", arguments: RequestPathRefusal.allCases)
    func details(refusal: RequestPathRefusal) {
        #expect(refusal.detail.contains("the path"))
    }
}

/// A small generator of numbers that are the same in every run (SplitMix64).
struct SmallRandom {
    /// The state.
    var state: UInt64

    /// A number from 0 up to a bound.
    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
