import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import TestSupport
import Testing
import TrafficPolicies

@testable import KeySetFetching

@Suite("Fetching key sets over real sockets")
struct KeySetFetcherTests {
    private static let good = IssuerServer.json("{}", fields: "Cache-Control: max-age=60\r\n")

    /// What comes of a fetch. The timeout is beyond what any machine needs.
    private static func outcome(
        _ scheme: String, _ host: String = "127.0.0.1", port: Int, ca: String? = nil, target: String = "/keys?a=b",
        timeout: Duration = .seconds(300)
    ) async -> String {
        let origin = KeySetOrigin(
            url: "\(scheme)://\(host):\(port)\(target)", isSecure: scheme == "https", host: host, port: port,
            target: target, authorities: ca.map { Array($0.utf8) }, algorithms: [.es256],
            rules: KeyRotation.Rules(refresh: .seconds(300), staleFor: .zero), timeout: timeout)
        do {
            let fetcher = try KeySetFetcher(origin)
            let reply = try await fetcher.fetch(for: MultiThreadedEventLoopGroup.singleton.next()).get()
            return String(decoding: reply.content, as: UTF8.self)
        } catch {
            return (error as? KeySetFetchFailure)?.kind.rawValue ?? "\(error)"
        }
    }

    @Test("by http, with a name or an address, and the request says what is wanted")
    func plain() async throws {
        let server = try await IssuerServer(reply: Self.good)
        #expect(await Self.outcome("http", port: server.port) == "{}")
        #expect(await Self.outcome("http", "localhost", port: server.port, target: "") == "{}")
        #expect(
            server.requests.first == """
                GET /keys?a=b HTTP/1.1\r
                Host: 127.0.0.1:\(server.port)\r
                Accept: application/jwk-set+json, application/json\r
                Accept-Encoding: identity\r
                User-Agent: lintel\r
                Connection: close\r
                \r

                """)
        #expect(server.requests.last?.hasPrefix("GET / HTTP/1.1\r\nHost: localhost:\(server.port)\r\n") == true)
    }

    @Test(
        "by https only where the certificate is trusted and for that name",
        arguments: [
            ("localhost", true, true, "{}"), ("127.0.0.1", true, true, "{}"), ("localhost", false, true, "tls"),
            ("127.0.0.1", false, true, "tls"), ("localhost", true, false, "tls"), ("127.0.0.1", true, false, "tls"),
        ])
    func secured(host: String, trustsAuthority: Bool, isOwnName: Bool, expected: String) async throws {
        let server = try await IssuerServer(identity: isOwnName ? .localhost : .stranger, reply: Self.good)
        let ca = trustsAuthority ? TestCertificates.authority : nil
        #expect(await Self.outcome("https", host, port: server.port, ca: ca) == expected)
        #expect(server.requests.count == (expected == "{}" ? 1 : 0), "nothing is asked before the other end is known")
    }

    @Test("a cut within TLS is no end of content (RFC 8446 §6.1)", arguments: [(true, "tls"), (false, "{}")])
    func truncated(isCut: Bool, expected: String) throws {
        let channel = EmbeddedChannel()
        let promise = channel.eventLoop.makePromise(of: KeySetReply.self)
        try channel.pipeline.syncOperations.addHandler(
            KeySetConnection(request: ByteBuffer(string: "GET"), promise: promise))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let message = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}")
        try channel.writeInbound(message)
        if isCut { channel.pipeline.fireErrorCaught(NIOSSLError.uncleanShutdown) } else { channel.close(promise: nil) }
        channel.embeddedEventLoop.run()
        let outcome: String
        do {
            outcome = String(decoding: try promise.futureResult.wait().content, as: UTF8.self)
        } catch {
            outcome = (error as? KeySetFetchFailure)?.kind.rawValue ?? "\(error)"
        }
        #expect(outcome == expected)
    }

    @Test("a server that speaks TLS where http is expected has sent no HTTP")
    func mixed() async throws {
        let secured = try await IssuerServer(identity: .localhost, reply: Self.good)
        #expect(await Self.outcome("http", port: secured.port) == "malformed")
    }

    @Test("nobody there, a name that does not exist, a server that says nothing")
    func failures() async throws {
        let server = try await IssuerServer(reply: Self.good)
        server.hold()
        #expect(await Self.outcome("http", port: server.port, timeout: .milliseconds(200)) == "timeout")
        // A port that was just given back may belong to another test by now; nobody listens on port 1.
        #expect(await Self.outcome("http", port: 1) == "connect")
        #expect(await Self.outcome("http", "no-such-host.invalid", port: 80) == "connect")
    }

    @Test("certificates to trust have to be certificates")
    func authorities() async {
        #expect(await Self.outcome("https", port: 1, ca: "nonsense") == "tls")
        #expect(KeySetFetcher.certificateCount(inPEM: Array(TestCertificates.authority.utf8)) == 1)
        #expect(KeySetFetcher.certificateCount(inPEM: Array(TestCertificates.localhostKey.utf8)) == nil)
        #expect(KeySetFetcher.certificateCount(inPEM: []) == nil)
    }
}
