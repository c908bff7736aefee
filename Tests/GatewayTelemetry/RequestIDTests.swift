import GatewayTelemetry
import Testing

/// A generator with a fixed start, for repeatable ids.
private struct CountingGenerator: RandomNumberGenerator {
    /// The last word given.
    var state: UInt64 = 0

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return state
    }
}

@Suite("Request ids")
struct RequestIDTests {
    @Test(
        "a client's id is taken when it is 1 to 128 of [A-Za-z0-9._-]",
        arguments: [
            ("a", true), ("A.z_0-9", true), (String(repeating: "x", count: 128), true),
            (String(repeating: "x", count: 129), false), ("", false), ("a b", false), ("a\n", false),
            ("a\r\nX: y", false),
            ("é", false), ("a/b", false), ("a:b", false), ("\u{0}", false), ("\"", false), ("{", false), ("@", false),
            ("[", false), ("`", false),
        ])
    func validity(text: String, expected: Bool) {
        #expect(Array(text.utf8).withUnsafeBytes { RequestID.isValid($0) } == expected)
    }

    @Test("exactly 65 of the 256 bytes are allowed")
    func alphabet() {
        let allowed = (UInt8.min...UInt8.max).filter { byte in [byte].withUnsafeBytes { RequestID.isValid($0) } }
        #expect(allowed.count == 65)
    }

    @Test("made ids are valid, 26 characters long and distinct, also between workers")
    func making() {
        var workers = (0..<4).map { _ in RequestIDGenerator() }
        var seen = Set<String>()
        for _ in 0..<2500 {
            for worker in workers.indices {
                let text = workers[worker].next().text
                #expect(text.utf8.count == RequestID.length)
                #expect(Array(text.utf8).withUnsafeBytes { RequestID.isValid($0) })
                seen.insert(text)
            }
        }
        #expect(seen.count == 10_000)
    }

    @Test("one seed gives one series, another seed another")
    func seeds() {
        var first = CountingGenerator()
        var same = CountingGenerator()
        var other = CountingGenerator(state: 1)
        var generators = [
            RequestIDGenerator(seededBy: &first), RequestIDGenerator(seededBy: &same),
            RequestIDGenerator(seededBy: &other),
        ]
        let ids = generators.indices.map { index in (0..<10).map { _ in generators[index].next().text } }
        #expect(ids[0] == ids[1])
        #expect(ids[0] != ids[2])
    }

    @Test("the words follow the published sequence of xoshiro256**")
    func reference() {
        struct Small: RandomNumberGenerator {
            var words: [UInt64] = [4, 3, 2, 1]
            mutating func next() -> UInt64 { words.popLast() ?? 0 }
        }
        var small = Small()
        var generator = RequestIDGenerator(seededBy: &small)
        #expect((0..<4).map { _ in generator.word() } == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
    }

    @Test("a buffer that is too short stays as it is")
    func shortBuffer() {
        var generator = RequestIDGenerator()
        let id = generator.next()
        var bytes = [UInt8](repeating: 7, count: 25)
        #expect(bytes.withUnsafeMutableBytes { id.write(to: $0) } == 0)
        #expect(bytes == [UInt8](repeating: 7, count: 25))
    }
}

@Suite("W3C trace context")
struct TraceContextTests {
    /// Parses text.
    private func parse(_ text: String) -> TraceContext? {
        Array(text.utf8).withUnsafeBytes { TraceContext($0) }
    }

    /// The Recommendation's example.
    private let example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("the Recommendation's example is read and written back")
    func roundTrip() throws {
        let context = try #require(parse(example))
        #expect(context.traceHigh == 0x0af7_6519_16cd_43dd)
        #expect(context.traceLow == 0x8448_eb21_1c80_319c)
        #expect(context.span == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(context.text == example)
        let child = context.child(span: 0x0102, sampled: false)
        #expect(child.text == "00-0af7651916cd43dd8448eb211c80319c-0000000000000102-00")
        #expect(context.child(span: 0, sampled: true).span == 1)
    }

    @Test(
        "what breaks the grammar is none",
        arguments: [
            "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
            "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        ])
    func refused(text: String) {
        #expect(parse(text) == nil)
    }

    @Test(
        "a higher version is read by the rules of version 00, and unknown flags are dropped",
        arguments: [
            ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "01"),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-what-the-future-brings", "00"),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff", "01"),
        ])
    func versions(text: String, flags: String) throws {
        let context = try #require(parse(text))
        #expect(context.text == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-" + flags)
    }
}
