import Glibc

/// `lintel serve` in a process of its own, on ports that the system chose.
package final class RunningGateway: Sendable {
    /// The gateway did not come up.
    package struct Failure: Error, CustomStringConvertible {
        /// What it said instead.
        package let description: String
    }

    /// The process.
    package let process: ChildProcess
    /// The port of the public listener.
    package let port: Int
    /// The port of the admin listener.
    package let adminPort: Int
    /// The files that it serves.
    package let folder: TemporaryFolder

    /// Starts a gateway over the `routes` folder of `folder`; returns when it accepts connections.
    ///
    /// - Parameter options: further arguments of `serve`.
    package init(
        _ folder: TemporaryFolder, options: [String] = [], environment: [String: String] = [:]
    ) throws {
        self.folder = folder
        let process = try ChildProcess(
            [LintelExecutable.path, "serve", "--routes", folder.file("routes")] + options, environment: environment)
        self.process = process
        var ports: (Int?, Int?) = (nil, nil)
        _ = Clock.poll(for: 30) {
            let text = process.error
            ports = (Self.port(of: "public", in: text), Self.port(of: "admin", in: text))
            return ports.0 != nil && ports.1 != nil || process.exitCode != nil
        }
        guard let port = ports.0, let adminPort = ports.1 else {
            throw Failure(description: "the gateway did not start:\n\(process.error)")
        }
        (self.port, self.adminPort) = (port, adminPort)
    }

    /// A gateway with one API at /t whose undeclared requests go unchecked to a service, path unchanged.
    ///
    /// - Parameters:
    ///   - upstream: port of the service on 127.0.0.1.
    ///   - listener: further settings of the public listener, in flow style.
    ///   - gateway: further lines of the section `gateway`, unindented.
    ///   - files: further files of its folder.
    ///   - defaults: lines of `gateway.defaults`, unindented.
    ///   - retry: the upstream's `retry`, and further settings of it, unindented.
    package convenience init(
        upstream: Int, listener: String = "", gateway: String = "", defaults: String = "",
        upstreamSettings: String = "", workers: Int = 1, files: [String: String] = [:]
    ) throws {
        try self.init(
            TemporaryFolder(
                files.merging([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0"\(listener.isEmpty ? "" : ", " + listener) } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: \(workers)
                      telemetry: { accessLog: json }
                    \(Self.indented(gateway, by: 2))
                      defaults:
                        validation: { requests: skip, responses: skip }
                    \(Self.indented(defaults, by: 4))
                    upstreams:
                      service:
                        targets: ["http://127.0.0.1:\(upstream)"]
                    \(Self.indented(upstreamSettings, by: 4))
                    apis:
                      test:
                        spec: ../specs/empty.json
                        mount: /t
                        upstreamPath: /t
                        upstream: service
                        hosts: [gw.test]
                        undeclared: pass
                    """,
                    "specs/empty.json": #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                ]) { given, _ in given }))
    }

    /// The lines of the access log so far. They are written within a fraction of a second.
    package var log: [String] { process.output.split(separator: "\n").map(String.init) }

    /// Ends the gateway by SIGTERM; its exit code, nil when it does not end within `seconds`.
    @discardableResult
    package func stop(within seconds: Double = 10) -> Int32? {
        process.send(SIGTERM)
        return process.wait(within: seconds)
    }

    private static func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n").map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }

    /// The port in `listening on 127.0.0.1:PORT (name)`.
    private static func port(of name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix("listening on ") && line.hasSuffix(" (\(name))") {
            let address = line.dropFirst("listening on ".count).dropLast(" (\(name))".count)
            return address.lastIndex(of: ":").flatMap { Int(address[address.index(after: $0)...]) }
        }
        return nil
    }
}
