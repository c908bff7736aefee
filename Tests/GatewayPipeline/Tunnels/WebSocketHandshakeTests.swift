import GatewayPipeline
import HTTPExchanges
import NIOCore
import TestSupport
import Testing

@Suite("Opening handshakes of WebSockets")
struct WebSocketHandshakeTests {
    /// What becomes of a request head.
    private static func outcome(_ text: String, opensTunnel: Bool = false) throws -> String {
        try withHead(text, opensTunnel: opensTunnel) { head in
            guard WebSocketHandshake.isAskedFor(by: head) else { return "ordinary" }
            do throws(WebSocketHandshake.Defect) {
                let handshake = try WebSocketHandshake(head)
                return String(decoding: handshake.accept, as: UTF8.self)
            } catch {
                return "\(error)"
            }
        }
    }

    private static func withHead<Result>(
        _ text: String, opensTunnel: Bool = false, _ body: (RequestHead) throws -> Result
    ) throws -> Result {
        let octets = text.octets
        let table = HeadTable(capacity: 100)
        return try octets.withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: HeadLimits()) else {
                throw WebSocketPeer.Broken(description: "no request: \(text)")
            }
            return try body(
                RequestHead(
                    bytes: bytes, table: table, buffer: ByteBuffer(), clientAddress: [], isSecure: false,
                    opensTunnel: opensTunnel))
        }
    }

    private static let version = "Sec-WebSocket-Version: 13"
    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    private static let asking = ["Connection: keep-alive, Upgrade", "Upgrade: foo, WebSocket"]

    @Test("the example of RFC 6455 §1.3")
    func example() throws {
        let text = WebSocketPeer.handshake("/", fields: Self.asking + [Self.version, Self.key])
        #expect(try Self.outcome(text) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ([version], "key"), ([version, key, key], "key"), ([version, "Sec-WebSocket-Key: AAAA"], "key"),
            // 24 characters, but not of 16 octets.
            ([version, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA"], "key"),
            ([version, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR=="], "key"),
            ([version, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j-Q=="], "key"),
            // For this hop only: the service would not see it.
            ([version, key, "Connection: Sec-WebSocket-Key"], "key"),
            ([key], "version"), (["Sec-WebSocket-Version: 8", key], "version"),
            ([version, version, key], "version"), (["Sec-WebSocket-Version: 13, 8", key], "version"),
            ([version, key, "Content-Length: 1"], "content"),
            ([version, key, "Transfer-Encoding: chunked"], "content"),
        ])
    func defects(fields: [String], outcome: String) throws {
        #expect(try Self.outcome(WebSocketPeer.handshake("/", fields: Self.asking + fields)) == outcome)
    }

    @Test("requests that ask for no WebSocket are ordinary")
    func ordinary() throws {
        let fields = [Self.version, Self.key]
        for asking in [[], ["Upgrade: websocket"], ["Connection: Upgrade"], ["Connection: Upgrade", "Upgrade: h2c"]] {
            #expect(try Self.outcome(WebSocketPeer.handshake("/", fields: asking + fields)) == "ordinary")
        }
        let text = WebSocketPeer.handshake("/", fields: Self.asking + fields)
        #expect(try Self.outcome(text.replacing("HTTP/1.1", with: "HTTP/1.0")) == "ordinary")
        #expect(try Self.outcome(text.replacing("GET /", with: "POST /")) == "ordinary")
    }

    @Test("a client of HTTP/2 gets a key of its own, another one each time")
    func made() throws {
        let text = WebSocketPeer.handshake("/", fields: Self.asking + [Self.version])
        let keys = try (0..<20).map { _ in
            try Self.withHead(text, opensTunnel: true) { head in
                let handshake = try WebSocketHandshake(head)
                #expect(WebSocketHandshake.accept(for: handshake.madeKey) == handshake.accept)
                return String(decoding: handshake.madeKey, as: UTF8.self)
            }
        }
        #expect(Set(keys).count == 20)
        for key in keys {
            // A key that another gateway would take.
            let text = WebSocketPeer.handshake(
                "/", fields: Self.asking + [Self.version, "Sec-WebSocket-Key: \(key)"])
            #expect(try Self.outcome(text) == WebSocketPeer.accept(key))
        }
    }

    @Test(
        "a reply of 101 has to answer the key, and to name the protocol",
        arguments: [
            ("Connection: upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true),
            ("Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false),
            ("Connection: upgrade\r\nUpgrade: websocket", false),
            ("Connection: upgrade\r\nUpgrade: foo\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false),
            ("Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false),
            (
                "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false
            ),
        ])
    func answers(fields: String, isAnswer: Bool) throws {
        let handshake = try Self.withHead(
            WebSocketPeer.handshake("/", fields: Self.asking + [Self.version, Self.key])
        ) { try WebSocketHandshake($0) }
        let octets = "HTTP/1.1 101 Switching Protocols\r\n\(fields)\r\n\r\n".octets
        let table = HeadTable(capacity: 100)
        octets.withUnsafeBytes { bytes in
            _ = HeadParser.parseResponse(bytes, into: table, limits: HeadLimits(), answersHEAD: false)
            #expect(handshake.isAnswered(by: table, bytes: bytes) == isAnswer)
        }
    }
}
