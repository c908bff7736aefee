import ArgumentParser
import Glibc

/// `lintel health`: asks a running gateway's admin listener, for container health checks that have no shell and no curl.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask a running gateway whether it is well.",
        discussion: """
            Exit code 0: the endpoint answered 200; 1: it did not.

            EXAMPLE
              lintel health --port 9090 --path /readyz
            """)

    @Option(help: "Port of the admin listener on this machine.")
    var port: UInt16 = 9090

    @Option(help: "/healthz (the process lives) or /readyz (it serves).")
    var path = "/healthz"

    func run() throws {
        guard let status = Self.status(port: port, path: path), status == 200 else { throw ExitCode(1) }
    }

    /// The status code that the loopback address answers with; nil when there is no answer within two seconds.
    private static func status(port: UInt16, path: String) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var wait = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return nil }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return nil }
        var head = [UInt8](repeating: 0, count: 12)
        guard recv(descriptor, &head, head.count, Int32(MSG_WAITALL)) == head.count else { return nil }
        return Int(String(decoding: head[9...], as: UTF8.self))
    }
}
