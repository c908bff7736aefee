import TestSupport
import Testing

@testable import GatewayPipeline

@Suite("Keys that are fetched, over real sockets", .serialized, .timeLimit(.minutes(2)))
struct FetchedKeysTests {
    private static let old = IssuerKey("old")
    private static let new = IssuerKey("new")

    /// Runs a scene over an issuer that serves the old key.
    private static func scene(
        more: String = "", timeout: String = "30s", _ body: (IssuerServer, FetchedKeysScene) async throws -> Void
    ) async throws {
        let issuer = try await IssuerServer(reply: IssuerServer.keys([old.jwk]))
        let scene = try await FetchedKeysScene(
            jwks: "http://127.0.0.1:\(issuer.port)/keys", more: more, timeout: timeout)
        #expect(scene.settle())
        do { try await body(issuer, scene) } catch {
            await scene.stop()
            throw error
        }
        await scene.stop()
    }

    @Test("a rotation: the new key's first token passes, the old key's token does not")
    func rotation() async throws {
        try await Self.scene { issuer, scene in
            let (old, new) = (try Self.old.token(), try Self.new.token())
            #expect(try scene.verdict(token: old) == "200")
            issuer.answer(with: IssuerServer.keys([Self.old.jwk, Self.new.jwk]))
            #expect(try scene.verdict(token: new) == "200", "the first use waits for a fetch")
            #expect(try scene.verdict(token: old) == "200")
            #expect(issuer.requests.count == 2)
            // Further unknown keys within ten seconds cost no fetch.
            for number in 0..<20 {
                #expect(try scene.verdict(token: Self.old.token(naming: "x\(number)")) == "401 invalid_token")
            }
            #expect(issuer.requests.count == 2)
        }
    }

    @Test("a key that has left the set is refused")
    func retirement() async throws {
        try await Self.scene { issuer, scene in
            issuer.answer(with: IssuerServer.keys([Self.new.jwk]))
            let (old, new) = (try Self.old.token(), try Self.new.token())
            #expect(try scene.verdict(token: new) == "200")
            #expect(try scene.verdict(token: old) == "401 invalid_token")
        }
    }

    @Test(
        "whatever goes wrong, the last good keys serve, and what they do not know is 503",
        arguments: [
            ("garbage", "content", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{"),
            ("an empty set", "content", IssuerServer.keys([])),
            ("only what cannot be used", "content", IssuerServer.keys([#"{"kty":"oct","alg":"HS256","k":"AAAA"}"#])),
            ("a page", "media_type", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"),
            ("an error", "status", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"),
            ("a redirect", "status", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
            ("no HTTP", "malformed", "hello"), ("nobody", "connect", ""),
        ])
    func failures(name: String, outcome: String, reply: String) async throws {
        try await Self.scene { issuer, scene in
            if reply.isEmpty { await issuer.stop() } else { issuer.answer(with: reply) }
            let (old, new) = (try Self.old.token(), try Self.new.token())
            #expect(try scene.verdict(token: new) == "503 with Retry-After")
            #expect(try scene.verdict(token: old) == "200")
            #expect(scene.keySet?.fetches[outcome] == 1)
            #expect(scene.keySet?.failure != nil && scene.keySet?.keys == 1)
            #expect(try scene.admin("/metrics").contains("outcome=\"\(outcome)\"} 1\n"))
            #expect(try scene.admin("/keys").contains("\"failure\":"))
        }
    }

    @Test("the gateway starts without the issuer, answers 503, and recovers by itself")
    func lateIssuer() async throws {
        let probe = try await IssuerServer(reply: "")
        let port = probe.port
        await probe.stop()
        let scene = try await FetchedKeysScene(jwks: "http://127.0.0.1:\(port)/keys")
        #expect(scene.settle())
        let token = try Self.old.token()
        #expect(try scene.verdict(token: token) == "503 with Retry-After")
        #expect(try scene.verdict(token: nil) == "401", "who shows nothing has to, whatever the keys are")
        #expect(try scene.verdict("/free", token: token) == "200")
        #expect(try scene.verdict("/open", token: nil) == "200")
        #expect(try scene.verdict("/open", token: token) == "503 with Retry-After", "an open door for none")
        let issuer = try await IssuerServer(port: port, reply: IssuerServer.keys([Self.old.jwk]))
        #expect(Clock.poll(for: 20) { (try? scene.verdict(token: token)) == "200" })
        #expect(issuer.requests.count == 1)
        #expect(scene.keySet?.failure == nil)
        #expect(
            try scene.admin("/metrics").contains(
                "lintel_jwks_fetch_total{url=\"http://127.0.0.1:\(port)/keys\",outcome=\"success\"} 1\n"))
        await scene.stop()
    }

    @Test("requests that come while keys are fetched wait, share the fetch, and lose nothing")
    func waiting() async throws {
        try await Self.scene { issuer, scene in
            issuer.answer(with: IssuerServer.keys([Self.new.jwk]))
            issuer.hold()
            let field = "Host: a\r\nAuthorization: Bearer \(try Self.new.token())\r\n"
            let content = String(repeating: "x", count: 200_000)
            let requests = [
                "GET /a HTTP/1.1\r\n\(field)\r\n",
                "GET /a HTTP/1.1\r\n\(field)\r\nGET /free HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /json HTTP/1.1\r\n\(field)Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"n\":1}",
                "POST /json HTTP/1.1\r\n\(field)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"n\":2}\r\n0\r\n\r\n",
                "POST /raw HTTP/1.1\r\n\(field)Content-Type: application/octet-stream\r\nContent-Length: 200000\r\n\r\n\(content)",
                "POST /json HTTP/1.1\r\n\(field)Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"n\":\"\"",
                "POST /json HTTP/1.1\r\n\(field)Content-Type: application/json\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n",
            ]
            let clients = try requests.map { try scene.send($0) }
            #expect(scene.waits(UInt64(requests.count)))
            #expect(!clients.contains { $0.socket.isReadable(within: 0) }, "nobody has been answered")
            #expect(scene.backend.requests.isEmpty, "nothing has been forwarded")
            #expect(issuer.requests.count == 2)
            issuer.release()
            let statuses = [200, 200, 200, 200, 200, 400]
            for (client, status) in zip(clients, statuses) { #expect(try client.reply().status == status) }
            #expect(try clients[1].reply().status == 200, "the request behind it")
            try clients[6].send("{\"n\":3}")
            let last = try clients[6].reply()
            #expect(last.status == 200 && last.interim.map(\.status) == [100])
            let received = scene.backend.requests
            #expect(received.filter { $0.target == "/raw" }.map(\.contentLength) == [200_000])
            let texts = received.filter { $0.target == "/json" }.map { String(decoding: $0.content, as: UTF8.self) }
            #expect(texts.sorted() == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"])
            #expect(issuer.requests.count == 2)
        }
    }

    @Test("who goes away while waiting is forgotten, and its time is an exchange's time")
    func impatience() async throws {
        try await Self.scene(timeout: "300ms") { issuer, scene in
            issuer.answer(with: IssuerServer.keys([Self.new.jwk]))
            issuer.hold()
            let field = "Host: a\r\nAuthorization: Bearer \(try Self.new.token())\r\n"
            let gone = try scene.send("GET /a HTTP/1.1\r\n\(field)\r\n")
            #expect(scene.waits(1))
            gone.socket.reset()
            let late = try scene.send(
                "POST /json HTTP/1.1\r\n\(field)Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"n\":1}")
            let reply = try late.reply()
            #expect(reply.status == 503 && reply.fields["Retry-After"] == "1")
            issuer.release()
            #expect(Clock.poll(for: 20) { scene.keySet?.fetches["success"] == 2 })
            #expect(try scene.verdict(token: Self.new.token()) == "200")
            #expect(try late.exchange("GET /free HTTP/1.1\r\nHost: a\r\n\r\n").status == 200, "the connection lives on")
            #expect(scene.backend.requests.allSatisfy { $0.method == "GET" })
        }
    }

    @Test("no more than 256 wait; the next one is told to come again")
    func crowd() async throws {
        try await Self.scene { issuer, scene in
            issuer.answer(with: IssuerServer.keys([Self.new.jwk]))
            issuer.hold()
            let request = "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(try Self.new.token())\r\n\r\n"
            let clients = try (0..<GatewayWorker.waitingLimit).map { _ in try scene.send(request) }
            #expect(scene.waits(UInt64(GatewayWorker.waitingLimit)))
            #expect(try scene.verdict(token: Self.new.token()) == "503 with Retry-After")
            #expect(try scene.verdict(token: Self.old.token()) == "200", "a known key does not wait")
            issuer.release()
            var good = 0
            for client in clients where try client.reply().status == 200 { good += 1 }
            #expect(good == GatewayWorker.waitingLimit)
        }
    }

    @Test("a gateway that ends while requests wait ends")
    func ending() async throws {
        try await Self.scene { issuer, scene in
            issuer.hold()
            let client = try scene.send(
                "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(try Self.new.token())\r\n\r\n")
            #expect(scene.waits(1))
            await scene.stop()
            #expect((try? client.reply().status) != 200)
        }
    }

    @Test("keys by https: with the authority they come, without it tokens are answered 503")
    func secured() async throws {
        let issuer = try await IssuerServer(identity: .localhost, reply: IssuerServer.keys([Self.old.jwk]))
        let url = "https://localhost:\(issuer.port)/keys"
        let trusting = try await FetchedKeysScene(jwks: url, more: ", ca: ../ca.pem")
        #expect(trusting.settle())
        #expect(try trusting.verdict(token: Self.old.token()) == "200")
        await trusting.stop()
        let wary = try await FetchedKeysScene(jwks: url)
        #expect(wary.settle())
        #expect(try wary.verdict(token: Self.old.token()) == "503 with Retry-After")
        #expect(wary.keySet?.fetches["tls"] != nil)
        #expect(issuer.requests.count == 1)
        await wary.stop()
    }
}
