import ContentDecoding
import TestSupport
import Testing

@Suite("Content decoder")
struct ContentDecoderTests {
    /// Text that compresses about as well as JSON does.
    private static let text = Array(
        (0..<2_000).map { "{\"id\": \($0), \"name\": \"thing \($0 * 7919 % 1000)\"}\n" }.joined().utf8)
    /// All ways to code content.
    private static let ways: [[ContentCoding]] = [
        [], [.gzip], [.deflate], [.gzip, .deflate], [.deflate, .gzip], [.gzip, .gzip], [.deflate, .deflate],
    ]

    @Test("content comes back as it was", arguments: ways)
    func roundTrip(codings: [ContentCoding]) {
        for content in [[], [0x7B, 0x7D], Self.text, (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }] {
            let coded = CodedContent.encoded(content, layers: codings)
            #expect(Decoding.run(coded, codings) == .success(content))
        }
    }

    @Test("content that was cut off anywhere is refused, never taken in part", arguments: ways.dropFirst())
    func truncation(codings: [ContentCoding]) {
        let coded = CodedContent.encoded(Array(Self.text.prefix(3_000)), layers: codings)
        var decoder = ContentDecoder()
        for length in 0..<coded.count {
            let result = Decoding.run(Array(coded[..<length]), codings, with: &decoder)
            #expect(result == .failure(.truncated), "\(length) of \(coded.count)")
        }
        #expect(Decoding.run(coded, codings, with: &decoder) == .success(Array(Self.text.prefix(3_000))))
    }

    @Test("bytes behind the end are refused", arguments: [ContentCoding.gzip, .deflate])
    func trailing(coding: ContentCoding) {
        let coded = CodedContent.encoded(Self.text, coding)
        for tail in [[0], [0x0A], Array("garbage".utf8), CodedContent.encoded([1], ContentCoding.deflate)] {
            #expect(Decoding.run(coded + tail, [coding]) == .failure(.trailingBytes))
        }
        // The first byte of another member, and then something else.
        let result = Decoding.run(coded + [0x1F, 0x00, 0x00, 0x00], [coding])
        #expect(result == .failure(coding == .gzip ? .corrupt : .trailingBytes))
        #expect(
            Decoding.run(coded + coded.prefix(9), [coding]) == .failure(coding == .gzip ? .truncated : .trailingBytes))
    }

    @Test("members of a gzip file follow one another (RFC 1952 §2.2); zlib data stands alone")
    func members() {
        let parts = [Array("one ".utf8), [], Array("two".utf8)]
        let coded = parts.flatMap { CodedContent.encoded($0, ContentCoding.gzip) }
        #expect(Decoding.run(coded, [.gzip]) == .success(Array("one two".utf8)))
        #expect(Decoding.run(coded.dropLast(), [.gzip]) == .failure(.truncated))
        let zlib = CodedContent.encoded([1], ContentCoding.deflate)
        #expect(Decoding.run(zlib + zlib, [.deflate]) == .failure(.trailingBytes))
        // Fifty thousand empty members are one megabyte, and nothing.
        let empty = CodedContent.encoded([], ContentCoding.gzip)
        let many = Array(repeatElement(empty, count: 50_000).joined())
        #expect(Decoding.run(many, [.gzip]) == .success([]))
    }

    @Test("each changed byte is noticed or changes nothing", arguments: [ContentCoding.gzip, .deflate])
    func corruption(coding: ContentCoding) {
        let content = Array(Self.text.prefix(700))
        let coded = CodedContent.encoded(content, coding)
        var decoder = ContentDecoder()
        for index in coded.indices {
            for bit in 0..<8 {
                var broken = coded
                broken[index] ^= 1 << UInt8(bit)
                if case .success(let result) = Decoding.run(broken, [coding], with: &decoder) {
                    // The time in the head of a gzip member and the bits that fill the last byte of data mean nothing.
                    #expect(result == content, "byte \(index)")
                }
            }
        }
    }

    @Test("other formats under these names are refused")
    func otherFormats() {
        #expect(Decoding.run(CodedContent.encoded(Self.text, .bare), [.deflate]) == .failure(.corrupt))
        #expect(Decoding.run(CodedContent.encoded(Self.text, ContentCoding.gzip), [.deflate]) == .failure(.corrupt))
        #expect(Decoding.run(CodedContent.encoded(Self.text, ContentCoding.deflate), [.gzip]) == .failure(.corrupt))
        #expect(Decoding.run(Array("{\"a\": 1}".utf8), [.gzip]) == .failure(.corrupt))
        // RFC 1950 §2.2: FDICT asks for a dictionary that nobody has.
        #expect(Decoding.run([0x78, 0xBB, 1, 2, 3, 4, 3, 0, 0, 0, 0, 1], [.deflate]) == .failure(.corrupt))
    }

    @Test(
        "beyond 1 MiB the ratio holds for every beginning: what follows a bomb does not pay for it",
        arguments: [ContentCoding.gzip, .deflate])
    func beginnings(coding: ContentCoding) {
        // Xorshift: nothing that deflate could shorten.
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        let noise = (0..<1 << 18).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
        let zeros = { (count: Int) in [UInt8](repeating: 0, count: count) }
        let late = CodedContent.encoded(zeros(4 << 20) + noise, coding)
        #expect(late.count * ContentDecoder.ratio > 8 << 20, "the whole keeps the ratio")
        #expect(Decoding.run(late, [coding], limit: 1 << 30) == .failure(.ratio))
        for good in [zeros(1 << 19) + noise, noise + zeros(4 << 20)] {
            #expect(Decoding.run(CodedContent.encoded(good, coding), [coding], limit: 1 << 30) == .success(good))
        }
    }

    @Test("a bomb is refused before it is large", arguments: [ContentCoding.gzip, .deflate])
    func bombs(coding: ContentCoding) {
        let bomb = CodedContent.encoded([UInt8](repeating: 0, count: 10 << 20), coding)
        #expect(Decoding.run(bomb, [coding], limit: 1 << 30) == .failure(.ratio))
        #expect(Decoding.run(bomb, [coding], limit: 1 << 16) == .failure(.tooLarge))
        // Two layers together multiply by no more than one may.
        let twice = CodedContent.encoded(bomb, coding)
        #expect(Decoding.run(twice, [coding, coding], limit: 1 << 30) == .failure(.ratio))
    }

    @Test("ten megabytes of zeros in ten layers: the field is refused, and so are its two outermost layers")
    func layers() {
        let zeros = [UInt8](repeating: 0, count: 10 << 20)
        let codings = [ContentCoding](repeating: .gzip, count: 10)
        let bomb = CodedContent.encoded(zeros, layers: codings)
        #expect(bomb.count < 1_024)
        #expect(throws: ContentCodings.Fault.tooMany) { try ContentCodings(codings) }
        // Two layers of it are some more layers, which is fine content for a contract to refuse.
        let inner = CodedContent.encoded(zeros, layers: Array(codings.dropLast(2)))
        #expect(Decoding.run(bomb, [.gzip, .gzip]) == .success(inner))
        // A file that decodes to itself, or to more of its kind, ends after two layers as well.
        let three = CodedContent.encoded(zeros, layers: [.gzip, .gzip])
        #expect(Decoding.run(three, [.gzip, .gzip], limit: 1 << 30) == .failure(.ratio))
    }

    @Test(
        "up to 64 KiB any ratio is fine, beyond it 1:200, and the caller's limit holds to the byte",
        arguments: [ContentCoding.gzip, .deflate])
    func bounds(coding: ContentCoding) {
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        #expect(Decoding.run(CodedContent.encoded(zeros(65_536), coding), [coding]) == .success(zeros(65_536)))
        #expect(Decoding.run(CodedContent.encoded(zeros(65_537), coding), [coding]) == .failure(.ratio))
        let coded = CodedContent.encoded(Self.text, coding)
        #expect(Decoding.run(coded, [coding], limit: Self.text.count) == .success(Self.text))
        #expect(Decoding.run(coded, [coding], limit: Self.text.count - 1) == .failure(.tooLarge))
        #expect(Decoding.run(coded, [coding], limit: 0) == .failure(.tooLarge))
        #expect(Decoding.run(Self.text, [], limit: Self.text.count - 1) == .failure(.tooLarge))
        #expect(Decoding.run(CodedContent.encoded([], coding), [coding], limit: 0) == .success([]))
    }

    @Test("random bytes do no harm")
    func noise() {
        var random = SystemRandomNumberGenerator()
        var decoder = ContentDecoder()
        let heads: [[UInt8]] = [[], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], [0x78, 0x9C], [0x1F, 0x8B, 8, 0x1F]]
        for round in 0..<20_000 {
            let bytes =
                heads[round % heads.count]
                + (0..<Int.random(in: 0..<64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            for codings in Self.ways.dropFirst() {
                if case .success(let output) = Decoding.run(bytes, codings, limit: 100_000, with: &decoder) {
                    #expect(output.count <= 100_000)
                }
            }
        }
        // It still works.
        #expect(
            Decoding.run(CodedContent.encoded(Self.text, ContentCoding.gzip), [.gzip], with: &decoder)
                == .success(Self.text))
    }
}
