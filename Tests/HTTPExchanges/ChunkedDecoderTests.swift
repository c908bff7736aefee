import HTTPExchanges
import NIOCore
import TestSupport
import Testing

@Suite("The chunked coding")
struct ChunkedDecoderTests {
    /// What came of decoding.
    struct Decoded: Equatable {
        var content: [UInt8] = []
        var trailers: [UInt8] = []
        var isEnded = false
        var isInvalid = false
        var unused = 0
    }

    /// Decodes pieces one after the other.
    private static func decode(_ pieces: [[UInt8]]) -> Decoded {
        var decoder = ChunkedDecoder()
        var decoded = Decoded()
        for piece in pieces {
            var offset = 0
            feeding: while !decoded.isInvalid {
                if decoded.isEnded {
                    decoded.unused += piece.count - offset
                    break
                }
                let event = piece.withUnsafeBytes { decoder.next($0, offset: &offset) }
                switch event {
                case .data(let range): decoded.content += piece[range]
                case .needsMore: break feeding
                case .end:
                    decoded.isEnded = true
                    decoded.trailers = decoder.trailers
                case .invalid: decoded.isInvalid = true
                }
            }
        }
        return decoded
    }

    @Test(
        "well-formed content",
        arguments: [
            ("0\r\n\r\n", "", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello", ""),
            ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", ""),
            ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789", ""),
            ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789", ""), ("0000005\r\nhello\r\n000\r\n\r\n", "hello", ""),
            ("5;a=b\r\nhello\r\n0;c\r\n\r\n", "hello", ""),
            ("5 ; a = \"b;\\\"c\" ;d\r\nhello\r\n0\r\n\r\n", "hello", ""),
            ("5\r\n\r\n0\r\n\r\n0\r\n\r\n", "\r\n0\r\n", ""), ("0\r\nA: b\r\nC: d\r\n\r\n", "", "A: b\r\nC: d\r\n"),
        ])
    func wellFormed(text: String, content: String, trailers: String) {
        let decoded = Self.decode([text.octets + "next".octets])
        #expect(decoded == Decoded(content: content.octets, trailers: trailers.octets, isEnded: true, unused: 4))
    }

    @Test(
        "what RFC 9112 §7.1 does not allow is invalid",
        arguments: [
            "\r\n", "G\r\n", "0x5\r\nhello", "-5\r\nhello", "+5\r\nhello", " 5\r\nhello", "5_\r\nhello", "5\nhello",
            "5\r\r\n",
            "5\rhello", "5\r\nhelloX", "5\r\nhello\n", "5\r\nhello\rX", "5;\r\nhello", "5;a=\r\nhello", "5;\0\r\n",
            "5;a b\r\n",
            "5;a=\"\u{1}\"\r\n", "5 5\r\n", "5,5\r\n", "10000000000000000\r\n", "FFFFFFFFFFFFFFFF\r\n",
            "0\r\nA: b\n\r\n",
            "0\r\nA: b\rC\r\n\r\n",
        ])
    func invalid(text: String) {
        let decoded = Self.decode([text.octets])
        #expect(decoded.isInvalid)
        #expect(!decoded.isEnded)
    }

    @Test("the same content comes out wherever the bytes are cut in two, and cut into single octets")
    func splits() {
        let bytes = "5;x=\"y\"\r\nhello\r\n00c \r\n, wide world\r\n0\r\nChecksum: 1\r\nX: 2\r\n\r\n".octets
        // `00c ` ends in white space, which only an extension may follow.
        #expect(Self.decode([bytes]).isInvalid)
        let valid = "5;x=\"y\"\r\nhello\r\n00c\r\n, wide world\r\n0\r\nChecksum: 1\r\nX: 2\r\n\r\n".octets
        let whole = Self.decode([valid])
        #expect(whole.content == "hello, wide world".octets)
        #expect(whole.trailers == "Checksum: 1\r\nX: 2\r\n".octets)
        for cut in 0...valid.count {
            #expect(Self.decode([Array(valid[..<cut]), Array(valid[cut...])]) == whole, "cut at \(cut)")
            #expect(!Self.decode([Array(valid[..<cut])]).isInvalid, "beginning of \(cut)")
            #expect(Self.decode([Array(valid[..<cut])]).isEnded == (cut == valid.count))
        }
        #expect(Self.decode(valid.map { [$0] }) == whole)
    }

    @Test("invalid content is invalid wherever it is cut")
    func invalidSplits() {
        for text in ["5\r\nhello0\r\n\r\n", "5\r\r\nhello", "5;a=b c\r\nhello", "0\r\nA\n\r\n"] {
            let bytes = text.octets
            for cut in 0...bytes.count {
                #expect(Self.decode([Array(bytes[..<cut]), Array(bytes[cut...])]).isInvalid, "\(text) at \(cut)")
            }
        }
    }

    @Test("a line of extensions has a limit, and so have all of them together beside little data (RFC 9112 §7.1.1)")
    func extensionLimits() {
        let line = "1;" + String(repeating: "a", count: 300) + "\r\n"
        #expect(Self.decode([line.octets]).isInvalid)
        let small = "1;" + String(repeating: "a", count: 200) + "\r\nx\r\n"
        #expect(!Self.decode([String(repeating: small, count: 10).octets]).isInvalid)
        #expect(Self.decode([String(repeating: small, count: 100).octets]).isInvalid)
        let weighty =
            "400;" + String(repeating: "a", count: 200) + "\r\n" + String(repeating: "x", count: 1024) + "\r\n"
        #expect(!Self.decode([String(repeating: weighty, count: 100).octets]).isInvalid)
    }

    @Test("zeros before a size are limited by the line's length")
    func leadingZeros() {
        #expect(Self.decode([(String(repeating: "0", count: 200) + "1\r\nx\r\n").octets]).content == "x".octets)
        #expect(Self.decode([(String(repeating: "0", count: 300) + "1\r\nx\r\n").octets]).isInvalid)
    }

    @Test("a trailer section has a limit")
    func trailerLimit() {
        let lines = String(repeating: "X-Filler: " + String(repeating: "a", count: 100) + "\r\n", count: 100)
        #expect(Self.decode([("0\r\n" + lines).octets]).isInvalid)
    }

    @Test("random changes never crash the decoder, and its ranges lie inside the bytes", arguments: 1...4)
    func mutations(seed: UInt64) {
        var random = RepeatableRandom(seed: seed)
        let original = "5;x=\"y\"\r\nhello\r\nc\r\n, wide world\r\n0\r\nChecksum: 1\r\n\r\n".octets
        for _ in 0..<4000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...127, using: &random)
            }
            var decoder = ChunkedDecoder()
            var offset = 0
            var events = 0
            reading: while events < 200 {
                events += 1
                switch bytes.withUnsafeBytes({ decoder.next($0, offset: &offset) }) {
                case .data(let range): #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count)
                case .needsMore, .end, .invalid: break reading
                }
            }
            #expect(events < 200)
            #expect(offset <= bytes.count)
        }
    }
}

@Suite("Content, whatever its framing")
struct ContentReaderTests {
    /// Reads pieces and returns the content, the trailers at the end (nil without an end), and what is left.
    private static func read(
        _ framing: BodyFraming, _ pieces: [String]
    ) -> (content: String, trailers: [UInt8]?, left: Int, isInvalid: Bool) {
        var reader = ContentReader(framing)
        var content: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            var buffer = ByteBuffer(bytes: piece.octets)
            feeding: while true {
                switch reader.next(&buffer) {
                case .content(let bytes): content += Array(bytes.readableBytesView)
                case .needsMore: break feeding
                case .end(let trailers):
                    let left = buffer.readableBytes + pieces[(index + 1)...].reduce(0) { $0 + $1.octets.count }
                    return (String(decoding: content, as: UTF8.self), trailers, left, false)
                case .invalid: return (String(decoding: content, as: UTF8.self), nil, 0, true)
                }
            }
        }
        return (String(decoding: content, as: UTF8.self), nil, 0, false)
    }

    @Test("no content ends at once")
    func none() {
        let read = Self.read(.none, ["abc"])
        #expect(read.trailers == [])
        #expect(read.left == 3)
        #expect(ContentReader(.none).isAtEnd)
    }

    @Test("a length takes exactly as many bytes, in however many pieces")
    func length() {
        let read = Self.read(.length(5), ["he", "", "l", "lonext"])
        #expect(read.content == "hello")
        #expect(read.trailers == [])
        #expect(read.left == 4)
        #expect(Self.read(.length(5), ["hell"]).trailers == nil)
    }

    @Test("an enormous length neither overflows nor ends early")
    func enormousLength() {
        var reader = ContentReader(.length(.max))
        var buffer = ByteBuffer(string: "abc")
        guard case .content(let bytes) = reader.next(&buffer) else {
            Issue.record("no content")
            return
        }
        #expect(bytes.readableBytes == 3)
        #expect(!reader.isAtEnd)
        #expect(!reader.endsWithin(1 << 40))
    }

    @Test("content until the connection closes never ends by itself")
    func untilClose() {
        let read = Self.read(.untilClose, ["abc", "def"])
        #expect(read.content == "abcdef")
        #expect(read.trailers == nil)
        #expect(ContentReader(.untilClose).endsWithConnection)
        #expect(!ContentReader(.length(3)).endsWithConnection)
    }

    @Test("chunked content comes out of a buffer that begins anywhere")
    func chunked() {
        var reader = ContentReader(.chunked)
        var buffer = ByteBuffer(string: "GET / head 5\r\nhello\r\n0\r\nA: b\r\n\r\nrest")
        buffer.moveReaderIndex(forwardBy: "GET / head ".utf8.count)
        guard case .content(let bytes) = reader.next(&buffer), case .end(let trailers) = reader.next(&buffer) else {
            Issue.record("no content, or no end")
            return
        }
        #expect(String(buffer: bytes) == "hello")
        #expect(trailers == "A: b\r\n".octets)
        #expect(String(buffer: buffer) == "rest")
        #expect(reader.isAtEnd)
    }

    @Test(
        "a trailer section that is no field section is refused",
        arguments: ["no colon\r\n", "A : b\r\n", "A: \0\r\n", " A: b\r\n"])
    func brokenTrailers(lines: String) {
        #expect(Self.read(.chunked, ["0\r\n" + lines + "\r\n"]).isInvalid)
    }

    @Test("what is known to end soon is told")
    func endsWithin() {
        #expect(ContentReader(.length(100)).endsWithin(100))
        #expect(!ContentReader(.length(101)).endsWithin(100))
        #expect(ContentReader(.none).endsWithin(0))
        #expect(!ContentReader(.chunked).endsWithin(.max))
    }
}
