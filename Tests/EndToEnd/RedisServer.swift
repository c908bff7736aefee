import Glibc
import TestSupport

/// A Redis server of the system, in a process of its own.
final class RedisServer {
    /// The server does not come up.
    struct Silent: Error {}

    static let program: String? = {
        let places: [String] = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"]
        return places.first { access($0, X_OK) == 0 }
    }()
    /// All that a gateway needs of a user of an access list.
    static let rights =
        "~lintel:1:* &lintel:1:events +hello +select +subscribe +ping +get +set +mget +eval +incr +publish"
    let port: Int
    private var process: ChildProcess
    private let folder: TemporaryFolder

    /// Starts a server with the password `se:cret`, or one that speaks TLS and knows the users `lintel`, who may do what a
    /// gateway does in database 0, and `deaf`, who may not listen; both with the password `p@ss`.
    init(port: Int? = nil, isSecure: Bool = false) throws {
        self.port = try port ?? LoopbackSocket.freePort()
        var words = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        folder = try TemporaryFolder([
            "cert.pem": TestCertificates.localhost, "key.pem": TestCertificates.localhostKey,
            "users.acl": """
            user default off
            user lintel on >p@ss \(Self.rights)
            user deaf on >p@ss \(Self.rights.replacing(" &lintel:1:events", with: " resetchannels"))

            """,
        ])
        if isSecure {
            words += ["--port", "0", "--tls-port", "\(self.port)", "--tls-auth-clients", "no"]
            words += ["--tls-cert-file", folder.file("cert.pem"), "--tls-key-file", folder.file("key.pem")]
            words += ["--tls-ca-cert-file", folder.file("cert.pem"), "--aclfile", folder.file("users.acl")]
            words += ["--databases", "1"]
        } else {
            words += ["--port", "\(self.port)", "--requirepass", "se:cret"]
        }
        process = try ChildProcess([Self.program ?? ""] + words)
        let number = self.port
        guard Clock.poll(for: 10, until: { (try? LoopbackSocket(connectingTo: number)) != nil }) else {
            throw Silent()
        }
    }

    /// Number of keys that it holds; nil when it does not answer.
    var keyCount: Int? {
        guard let socket = try? LoopbackSocket(connectingTo: port) else { return nil }
        guard (try? socket.send("AUTH se:cret\r\nDBSIZE\r\nQUIT\r\n")) != nil else { return nil }
        var text = ""
        while let bytes = try? socket.receive(within: 2), !bytes.isEmpty {
            text += String(decoding: bytes, as: UTF8.self)
        }
        return text.split(separator: "\r\n").first { $0.hasPrefix(":") }.flatMap { Int($0.dropFirst()) }
    }

    /// Whether it gets more keys than `count`; nodes write behind their replies.
    func grows(beyond count: Int?) -> Bool {
        Clock.poll(for: 5) { keyCount.map { $0 > count ?? .max } ?? false }
    }

    func kill() {
        process.send(SIGKILL)
        _ = process.wait(within: 5)
    }

    deinit { process.send(SIGKILL) }
}
