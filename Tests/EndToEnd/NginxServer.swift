import Glibc
import TestSupport

/// An nginx of the system as a service, in a process of its own: it answers `ok`, and 512 KiB for `/t/large`.
final class NginxServer {
    /// The server does not come up.
    struct Silent: Error {}

    static let program: String? = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].first { access($0, X_OK) == 0 }
    let port: Int
    private let process: ChildProcess
    private let folder: TemporaryFolder

    init() throws {
        port = try LoopbackSocket.freePort()
        folder = try TemporaryFolder([
            "t/large": String(repeating: "a", count: 512 << 10),
            "nginx.conf": """
            daemon off; master_process off; pid nginx.pid; error_log /dev/null;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 100000000;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              server {
                listen 127.0.0.1:\(port) backlog=4096;
                location / { return 200 "ok"; }
                location = /t/large { root .; }
              }
            }

            """,
        ])
        process = try ChildProcess([
            Self.program ?? "", "-p", folder.path, "-c", folder.file("nginx.conf"), "-e", "/dev/null",
        ])
        let number = port
        guard Clock.poll(for: 10, until: { (try? LoopbackSocket(connectingTo: number)) != nil }) else {
            throw Silent()
        }
    }
}
