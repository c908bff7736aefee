import HTTPExchanges
import TestSupport
import Testing

@Suite("Heads in pieces and heads at random")
struct HostileHeadTests {
    /// A request with one of everything that the parser looks at.
    private static let request =
        "\r\nPOST http://shop.test/a/b?c=d HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\n"
        + "Content-Length: 12\r\nConnection: keep-alive, X-One\r\nX-One:\t1 \r\nX_Real_IP: 1\r\nExpect: 100-continue\r\n"
        + "X-Request-Id: 1\r\nMax-Forwards: 3\r\nVia: 1.1 a\r\nX-Latin: \u{E9}\r\nEmpty:\r\n\r\n"
    private static let response =
        "HTTP/1.1 200 A phrase\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nTransfer-Encoding: chunked\r\n"
        + "Connection: close, Set-Cookie\r\nSet-Cookie: a=b\r\nVia: 1.1 a\r\n\r\n"
    private static let trailers = "Checksum: 1\r\nX-Two: 2\r\n\r\n"

    @Test("every beginning of a request is incomplete, never refused, never complete")
    func requestPrefixes() {
        let bytes = Self.request.octets
        for count in 0..<bytes.count {
            #expect(ParsedHead(.request, Array(bytes[..<count])).outcome == .incomplete, "\(count) bytes")
        }
        #expect(ParsedHead(.request, bytes).outcome == .complete(bytes.count))
    }

    @Test("every beginning of a response is incomplete")
    func responsePrefixes() {
        let bytes = Self.response.octets
        for count in 0..<bytes.count {
            let head = ParsedHead(.response(answersHEAD: false), Array(bytes[..<count]))
            #expect(head.outcome == .incomplete, "\(count) bytes")
        }
        #expect(ParsedHead(.response(answersHEAD: false), bytes).outcome == .complete(bytes.count))
    }

    @Test("every beginning of a trailer section is incomplete")
    func trailerPrefixes() {
        let bytes = Self.trailers.octets
        for count in 0..<bytes.count {
            #expect(ParsedHead(.trailers, Array(bytes[..<count])).outcome == .incomplete, "\(count) bytes")
        }
    }

    @Test("bytes behind a head do not change how it is read")
    func followers() {
        for follower in ["", "x", "\r\n", "\0", "GET / HTTP/1.1\r\n\r\n"] {
            let head = ParsedHead(.request, Self.request + follower)
            #expect(head.outcome == .complete(Self.request.octets.count))
            #expect(head.table.framing == .length(12))
        }
    }

    @Test("random changes never crash the parser, and its ranges always lie inside the bytes", arguments: 1...8)
    func mutations(seed: UInt64) {
        var random = RepeatableRandom(seed: seed)
        let kinds: [(ParsedHead.Kind, [UInt8])] = [
            (.request, Self.request.octets), (.response(answersHEAD: false), Self.response.octets),
            (.response(answersHEAD: true), Self.response.octets), (.trailers, Self.trailers.octets),
        ]
        let interesting: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x2C, 0x30, 0x3A, 0x5F, 0x7F, 0x80, 0xFF]
        var complete = 0
        for round in 0..<4000 {
            let (kind, original) = kinds[round % kinds.count]
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] = interesting.randomElement(using: &random) ?? 0
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: place)
                default:
                    let end = Int.random(in: place..<bytes.count, using: &random)
                    bytes.insert(contentsOf: bytes[place...end], at: place)
                }
            }
            let head = ParsedHead(kind, bytes, limits: HeadLimits(bytes: 2048, fields: 20), capacity: 20)
            if case .complete(let consumed) = head.outcome {
                complete += 1
                #expect(consumed <= bytes.count)
                // Whatever is accepted stays inside the grammar: no octet of a line end is in a name or a value.
                for index in 0..<head.table.count {
                    let line = head.table[index]
                    let octets = bytes[Int(line.name.lower)..<Int(line.value.upper)]
                    #expect(!octets.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 }, "seed \(seed), round \(round)")
                }
            }
            #expect(head.rangesLieInside, "seed \(seed), round \(round)")
        }
        #expect(complete > 0, "some changes leave a valid head")
    }

    @Test("bytes at random are refused or incomplete, and never crash")
    func noise() {
        var random = RepeatableRandom(seed: 42)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...64, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(ParsedHead(.request, bytes).rangesLieInside)
            #expect(ParsedHead(.response(answersHEAD: false), bytes).rangesLieInside)
            #expect(ParsedHead(.trailers, bytes).rangesLieInside)
        }
    }

    @Test("a control octet in a value is found wherever it stands, however long the value is", arguments: 0...40)
    func controls(place: Int) {
        for control: UInt8 in [0x00, 0x01, 0x08, 0x0B, 0x1F, 0x7F] {
            var value = [UInt8](repeating: 0x61, count: 48)
            value[place] = control
            let bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: a".octets + value + "\r\n\r\n".octets
            #expect(ParsedHead(.request, bytes).outcome == .refused(.fieldValue))
        }
        for allowed: UInt8 in [0x09, 0x20, 0x21, 0x7E, 0x80, 0xFF] {
            var value = [UInt8](repeating: 0x61, count: 48)
            value[place] = allowed
            let bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: a".octets + value + "b\r\n\r\n".octets
            #expect(ParsedHead(.request, bytes).outcome == .complete(bytes.count))
        }
    }
}
