import NIOCore
import Testing

@testable import KeySetFetching

@Suite("Key sets out of HTTP responses")
struct KeySetResponseTests {
    /// What a reader makes of pieces and, where it still waits, of the end of the connection.
    private static func outcome(_ pieces: [ByteBuffer]) -> String {
        var response = KeySetResponse()
        var progress = KeySetResponse.Progress.incomplete
        for piece in pieces where progress == .incomplete { progress = response.take(piece) }
        if progress == .incomplete { progress = response.inputEnded() }
        switch progress {
        case .incomplete: return "incomplete"
        case .complete(let reply):
            let lifetime = reply.lifetime.map { " for \($0.components.seconds) s" } ?? ""
            return String(decoding: reply.content, as: UTF8.self) + lifetime
        case .failed(let failure): return failure.kind.rawValue
        }
    }

    private static let json = "Content-Type: application/json\r\n"

    @Test(
        "only 200 with JSON, complete, is a key set; however the bytes are cut",
        arguments: [
            ("HTTP/1.1 200 OK\r\n\(json)Content-Length: 2\r\n\r\n{}", "{}"),
            ("HTTP/1.1 200 OK\r\n\(json)Content-Length: 2\r\n\r\n{}HTTP/1.1", "{}"),
            ("HTTP/1.1 200 OK\r\n\(json)\r\n{}", "{}"), ("HTTP/1.0 200 OK\r\n\(json)\r\n{}", "{}"),
            ("HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n", "{}"),
            ("HTTP/1.1 200 OK\r\n\(json)Content-Length: 0\r\n\r\n", ""),
            ("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\(json)Content-Length: 2\r\n\r\n{}", "{}"),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: application/jwk-set+json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
                "{}"
            ),
            ("HTTP/1.1 200 OK\r\nContent-Type: Application/JSON;x\r\nContent-Length: 2\r\n\r\n{}", "{}"),
            (
                "HTTP/1.1 200 OK\r\n\(json)Cache-Control: public, max-age=60\r\nAge: 20\r\nContent-Length: 2\r\n\r\n{}",
                "{} for 40 s"
            ),
            ("HTTP/1.1 200 OK\r\n\(json)Content-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}", "{}"),
            // Cut off.
            ("", "malformed"), ("HTTP/1.1 200 OK\r\n", "malformed"),
            ("HTTP/1.1 200 OK\r\n\(json)Content-Length: 3\r\n\r\n{}", "malformed"),
            ("HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "malformed"),
            // No HTTP.
            ("SSH-2.0-x\r\n", "malformed"), ("HTTP/2 200\r\n\r\n", "malformed"),
            ("HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed"),
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "malformed"),
            (String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 9), "malformed"),
            // Other answers.
            ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\(json)Content-Length: 2\r\n\r\n{}", "status"),
            ("HTTP/1.1 404 Not Found\r\n\(json)Content-Length: 2\r\n\r\n{}", "status"),
            ("HTTP/1.1 206 Partial Content\r\n\(json)Content-Length: 2\r\n\r\n{}", "status"),
            ("HTTP/1.1 304 Not Modified\r\n\r\n", "status"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "media_type"),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}", "media_type"),
            ("HTTP/1.1 200 OK\r\n\(json)\(json)Content-Length: 2\r\n\r\n{}", "media_type"),
            ("HTTP/1.1 200 OK\r\n\(json)Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", "media_type"),
            // Too much.
            ("HTTP/1.1 200 OK\r\n\(json)Content-Length: 1048577\r\n\r\n", "too_large"),
            ("HTTP/1.1 200 OK\r\n\(json)Content-Length: 99999999999999999999\r\n\r\n", "malformed"),
        ])
    func table(message: String, expected: String) {
        #expect(Self.outcome([ByteBuffer(string: message)]) == expected)
        #expect(Self.outcome(message.utf8.map { ByteBuffer(bytes: [$0]) }) == expected)
    }

    @Test("content is taken up to 1 MiB and not a byte further", arguments: [(0, "complete"), (1, "too_large")])
    func limit(excess: Int, expected: String) {
        let content = ByteBuffer(repeating: 0x20, count: KeySetReply.sizeLimit + excess)
        var response = KeySetResponse()
        var progress = response.take(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\(Self.json)\r\n"))
        #expect(progress == .incomplete)
        progress = response.take(content)
        if progress == .incomplete { progress = response.inputEnded() }
        switch progress {
        case .complete(let reply): #expect(expected == "complete" && reply.content.count == KeySetReply.sizeLimit)
        case .failed(let failure): #expect(failure.kind.rawValue == expected)
        case .incomplete: Issue.record("no end")
        }
    }

    @Test("chunks of one byte with long extensions end somewhere")
    func overhead() {
        var response = KeySetResponse()
        _ = response.take(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\(Self.json)Transfer-Encoding: chunked\r\n\r\n"))
        let chunk = ByteBuffer(string: "1;\(String(repeating: "x", count: 100))\r\n \r\n")
        var count = 0
        while case .incomplete = response.take(chunk), count < 100_000 { count += 1 }
        #expect(count < 2 * KeySetReply.sizeLimit / 100)
    }

    @Test(
        "a lifetime is max-age less Age",
        arguments: [
            ("Cache-Control: max-age=60", 60), ("Cache-Control: MAX-AGE=60", 60), ("Cache-Control: max-age=\"60\"", 60),
            ("Cache-Control: private,max-age=60 , must-revalidate", 60), ("Cache-Control: max-age=60, max-age=5", 60),
            ("Cache-Control: max-age=60\r\nAge: 59", 1), ("Age: 61\r\nCache-Control: max-age=60", 0),
            ("Cache-Control: max-age=60\r\nAge: x", 60), ("Cache-Control: max-age=99999999999999999999999", 1 << 31),
            ("Cache-Control: max-age=-1", nil), ("Cache-Control: max-age=", nil), ("Cache-Control: max-age", nil),
            ("Cache-Control: max-age=\"", nil), ("Cache-Control: s-maxage=60", nil), ("Cache-Control: no-store", nil),
            ("Expires: 0", nil), ("Age: 5", nil), ("Cache-Control:", nil),
        ] as [(String, Int?)])
    func lifetimes(fields: String, seconds: Int?) {
        var response = KeySetResponse()
        let message = "HTTP/1.1 200 OK\r\n\(Self.json)\(fields)\r\nContent-Length: 2\r\n\r\n{}"
        guard case .complete(let reply) = response.take(ByteBuffer(string: message)) else {
            Issue.record("no reply")
            return
        }
        #expect(reply.lifetime == seconds.map { .seconds($0) })
    }
}
