import NIOCore
import RedisConnections
import Testing

@Suite("RESP3 as a server sends it, and as none would")
struct RESPParserTests {
    private static func bulk(_ text: String) -> RESPValue { .bulk(ByteBuffer(string: text)) }

    private static let values: [(String, RESPValue)] = [
        ("+OK\r\n", .simple(Array("OK".utf8))), ("-ERR no\r\n", .error(Array("ERR no".utf8))),
        (":-42\r\n", .integer(-42)),
        ("$3\r\na\r\n\r\n", bulk("a\r\n")), ("$0\r\n\r\n", bulk("")), ("$-1\r\n", .null), ("_\r\n", .null),
        ("*-1\r\n", .null),
        ("#t\r\n", .simple([0x74])), (",1.5\r\n", .simple(Array("1.5".utf8))), ("*0\r\n", .array([])),
        ("*2\r\n:1\r\n*1\r\n_\r\n", .array([.integer(1), .array([.null])])),
        ("%1\r\n+a\r\n:1\r\n", .array([.simple([0x61]), .integer(1)])),
        (">1\r\n$1\r\na\r\n", .push([bulk("a")])), ("=5\r\ntxt:a\r\n", bulk("txt:a")),
        ("!3\r\nERR\r\n", .error(Array("ERR".utf8))),
    ]

    @Test("a value is read whole, whatever pieces it comes in", arguments: values)
    func value(text: String, expected: RESPValue) throws {
        let bytes = Array((text + "+next\r\n").utf8)
        for cut in 0...bytes.count {
            var buffer = ByteBuffer(bytes: bytes[..<cut])
            var found: [RESPValue] = []
            while let value = try RESPParser.next(&buffer) { found.append(value) }
            buffer.writeBytes(bytes[cut...])
            while let value = try RESPParser.next(&buffer) { found.append(value) }
            #expect(found == [expected, .simple(Array("next".utf8))])
        }
    }

    @Test(
        "what no server sends is a failure",
        arguments: [
            "HTTP/1.1 400\r\n", "$a\r\n", "$-2\r\n", "$99999999999999999999\r\n", "$33554433\r\n", "*99999\r\n",
            "*-2\r\n", ":\r\n",
            "$1\r\nabc", "+a\rb", "$?\r\n", String(repeating: "*1\r\n", count: 9), "%2000\r\n",
            "+" + String(repeating: "a", count: 70_000),
        ])
    func garbage(text: String) {
        var buffer = ByteBuffer(string: text)
        #expect(throws: RESPFailure.self) { while try RESPParser.next(&buffer) != nil {} }
    }

    @Test("random and damaged octets neither crash nor hang")
    func noise() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("+-:$*%>~_#,(!=\r\n0123456789a".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...60, using: &random)
            var bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            if Bool.random(using: &random) {
                bytes = Array((Self.values.randomElement(using: &random)?.0 ?? "").utf8)
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var buffer = ByteBuffer(bytes: bytes)
            do { while try RESPParser.next(&buffer) != nil {} } catch {}
        }
    }

    @Test(
        "a URL names host, port and TLS, or is none",
        arguments: [
            ("redis://h", "h", 6379, false), ("rediss://h:1", "h", 1, true),
            ("redis://:p%40ss@h/3\n", "h", 6379, false),
            ("redis://u:p@[::1]:7/0", "::1", 7, false), ("redis://a:b:c@h", "h", 6379, false),
            ("http://h", "", 0, false),
            ("redis://", "", 0, false), ("redis://h:0", "", 0, false), ("redis://h:99999", "", 0, false),
            ("redis://h/x", "", 0, false), ("redis://u:%zz@h", "", 0, false), ("redis://[::1", "", 0, false),
            ("", "", 0, false),
        ])
    func address(url: String, host: String, port: Int, isSecure: Bool) {
        let found = RedisAddress(Array(url.utf8))
        guard !host.isEmpty else {
            #expect(found == nil)
            return
        }
        #expect(found?.host == host && found?.port == port && found?.isSecure == isSecure)
    }
}
