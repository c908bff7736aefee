import NIOCore
import SecureTransport
import SocketTransport
import Synchronization
import TestSupport
import Testing

@Suite("TLS over a stream")
struct SecureStreamTests {
    /// What both ends of a connection have said and heard.
    private final class Account: Sendable {
        private let state = Mutex<[String]>([])
        func note(_ text: String) { state.withLock { $0.append(text) } }
        var words: [String] { state.withLock { $0 } }
    }

    /// A handler that notes what it hears, and answers what it receives with the same.
    private final class Echo: ByteStreamHandler {
        private let stream: any ByteStream
        private let account: Account
        private let answers: Bool

        init(_ stream: any ByteStream, _ account: Account, answers: Bool) {
            self.stream = stream
            self.account = account
            self.answers = answers
        }

        func received(_ bytes: ByteBuffer) {
            account.note(String(buffer: bytes))
            if answers { stream.write(bytes) }
        }
        func socketClosed(hasFailed: Bool) { account.note(hasFailed ? "failed" : "closed") }
        func socketIsWritable() {}
    }

    private let folder: TemporaryFolder
    private let identity: ServerIdentity

    init() throws {
        folder = try TemporaryFolder(TestCertificates.files)
        identity = try ServerIdentity(
            [
                .init(chain: folder.file("tls/localhost.pem"), key: folder.file("tls/localhost.key")),
                .init(chain: folder.file("tls/stranger.pem"), key: folder.file("tls/stranger.key")),
            ], minimum: .tls12, clientAuthorities: nil, protocols: ["h2", "http/1.1"], read: FileContent.bytes)
    }

    private func trust(_ protocols: [String] = ["h2"]) throws -> ClientTrust {
        try ClientTrust(authorities: folder.file("tls/authority.pem"), protocols: protocols, read: FileContent.bytes)
    }

    /// Connects a client that expects `name`; what both sides hear. `use` gets the client's stream when it is open.
    private func converse(
        as name: String, _ trust: ClientTrust, use: @escaping @Sendable (SecureStream, StreamSocket) -> Void
    ) async throws -> (client: [String], server: [String]) {
        let group = try SocketLoopGroup(count: 1)
        let loop = group.loops[0]
        let (client, server) = (Account(), Account())
        let identity = identity
        try await loop.submit {
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
            let listening = try ListeningSocket(on: address, loop: loop) { socket in
                let stream = SecureStream(over: socket, loop: loop)
                try? stream.accept(identity) { outcome in
                    switch outcome {
                    case .established(let agreed): server.note("agreed on \(agreed ?? "nothing")")
                    case .failed: server.note("no handshake")
                    }
                    try? stream.start(Echo(stream, server, answers: true))
                }
            }
            loop.connect(to: listening.address, timeout: .seconds(5)) { result in
                listening.close()
                guard case .success(let socket) = result else { return client.note("no connection") }
                let stream = SecureStream(over: socket, loop: loop)
                do {
                    try stream.connect(trust, to: name) { outcome in
                        guard case .established(let agreed) = outcome else { return client.note("no handshake") }
                        client.note("agreed on \(agreed ?? "nothing")")
                        try? stream.start(Echo(stream, client, answers: false))
                        use(stream, socket)
                    }
                } catch {
                    client.note("refused")
                }
            }
        }.get()
        let isOver: @Sendable () -> Bool = {
            client.words.contains { $0 != "hello" && !$0.hasPrefix("agreed") }
                && server.words.contains { $0 != "hello" && !$0.hasPrefix("agreed") }
        }
        _ = try await BackgroundThread.run { Clock.poll(for: 3, until: isOver) }
        await group.shutdown()
        return (client.words, server.words)
    }

    @Test("bytes go both ways, and close_notify is an orderly end", arguments: ["localhost", "other.test"])
    func orderly(name: String) async throws {
        let words = try await converse(as: name, try trust()) { stream, _ in
            stream.write(ByteBuffer(string: "hello"))
            stream.closeOutput()
        }
        #expect(words.server == ["agreed on h2", "hello", "closed"])
        #expect(words.client == ["agreed on h2", "hello", "closed"] || words.client == ["agreed on h2", "closed"])
    }

    @Test("an end without close_notify is a failure: somebody may have cut the content off (RFC 8446 §6.1)")
    func truncation() async throws {
        let words = try await converse(as: "localhost", try trust()) { _, socket in socket.close() }
        #expect(words.server == ["agreed on h2", "failed"])
    }

    @Test("a server with another name, or of no known authority, is not talked to")
    func verification() async throws {
        let wrongName = try await converse(as: "elsewhere.test", try trust()) { _, _ in }
        #expect(wrongName.client == ["no handshake"])
        let noAuthority = try await converse(
            as: "localhost", try ClientTrust(authorities: nil, protocols: [], read: FileContent.bytes)
        ) {
            _, _ in
        }
        #expect(noAuthority.client == ["no handshake"])
        let believing = try await converse(
            as: "elsewhere.test",
            try ClientTrust(authorities: nil, verifies: false, protocols: [], read: FileContent.bytes)
        ) { stream, _ in stream.close() }
        #expect(believing.client == ["agreed on nothing", "closed"])
    }

    @Test("a chain, a key or authorities that are none are told with their file")
    func defects() throws {
        let (chain, key) = (folder.file("tls/localhost.pem"), folder.file("tls/localhost.key"))
        for files in [(key, key), (chain, chain), (chain, folder.file("tls/stranger.key")), (folder.file("none"), key)]
        {
            #expect(throws: ServerIdentity.Defect.self) {
                _ = try ServerIdentity(
                    [.init(chain: files.0, key: files.1)], minimum: .tls13, clientAuthorities: nil, protocols: [],
                    read: FileContent.bytes)
            }
        }
        #expect(throws: ServerIdentity.Defect.self) {
            _ = try ClientTrust(authorities: key, protocols: [], read: FileContent.bytes)
        }
        #expect(identity.certificates.map(\.names) == [["localhost"], ["other.test"]])
        #expect(identity.certificates.allSatisfy { !$0.hasWeakKey && $0.notAfter > 4_000_000_000 })
    }
}
