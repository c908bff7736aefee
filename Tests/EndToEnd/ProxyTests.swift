import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The gateway behind proxies: whom it believes, and what everybody else sees then.
    @Suite("Behind proxies")
    struct ProxyTests {
        private static let signature: [UInt8] = [
            0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
        ]
        private static let request = "GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n"

        /// A header of version 2 for a client at 203.0.113.9, with a further value behind the addresses.
        private static let binary: [UInt8] =
            signature + [0x21, 0x11, 0, 16, 203, 0, 113, 9, 192, 0, 2, 1, 0xDC, 0x04, 0x01, 0xBB, 0x04, 0, 1, 0]

        private static func gateway(
            _ backend: RecordingBackend, trusted: String = "127.0.0.0/8", listener: String = "proxyProtocol: required",
            defaults: String = "", files: [String: String] = [:]
        ) throws -> RunningGateway {
            try RunningGateway(
                upstream: backend.port, listener: listener, gateway: "trustedProxies: [\(trusted)]",
                defaults: defaults, files: files)
        }

        /// Whether the gateway ends the connection without a byte, by a reset too.
        private static func isEnded(_ client: HTTPClient) -> Bool {
            do {
                return try client.socket.receive(within: 3).isEmpty
            } catch {
                return (error as? LoopbackSocket.Failure)?.code != ETIMEDOUT
            }
        }

        @Test("a PROXY header names the client, in both versions, however it is cut; its connection goes on")
        func clients() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            let six =
                Self.signature + [0x21, 0x21, 0, 36] + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11)
                + [9] + [UInt8](repeating: 0, count: 20)
            for (header, address) in [
                ("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n".octets, "203.0.113.9"),
                ("PROXY TCP6 2001:DB8::9 ::1 56324 443\r\n".octets, "2001:db8::9"), (Self.binary, "203.0.113.9"),
                (six, "2001:db8::9"), ("PROXY UNKNOWN\r\n".octets, "127.0.0.1"),
                (Self.signature + [0x20, 0, 0, 0], "127.0.0.1"),
            ] {
                for cut in [0, 1, 5, 12, 15, header.count - 1, header.count] {
                    let client = try HTTPClient(port: gateway.port)
                    try client.socket.send(Array(header[..<cut]))
                    if cut > 0 { usleep(2_000) }
                    try client.socket.send(Array(header[cut...]) + Self.request.octets)
                    #expect(try client.reply().status == 200)
                    #expect(try client.exchange(Self.request).status == 200)
                    #expect(backend.requests.suffix(2).map { $0.fields["X-Forwarded-For"] } == [address, address])
                    client.socket.close()
                }
            }
            _ = Clock.poll(for: 5) { gateway.log.contains { $0.contains("2001:db8::9") } }
            #expect(gateway.log.contains { $0.contains("\"203.0.113.9\"") })
        }

        @Test("what is no header closes the connection at once, half of one when the time is over; others go on")
        func broken() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            for bytes in [
                Self.request.octets, "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n".octets,
                "PROXY TCP4 999.2.3.4 5.6.7.8 1 2\r\n".octets, [UInt8](repeating: 0x50, count: 200),
                Self.signature + [0x31, 0x11, 0, 12], Self.signature + [0x21, 0x11, 0, 4, 1, 2, 3, 4],
                Self.signature + [0x21, 0x11, 0xFF, 0xFF], [0], [UInt8](repeating: 0xFF, count: 4_000),
            ] {
                let client = try HTTPClient(port: gateway.port, patience: 3)
                try? client.socket.send(bytes)
                #expect(Self.isEnded(client), "\(bytes.prefix(30))")
                client.socket.close()
            }
            let start = Clock.now
            let halves = try [[], "PROXY TCP4 ".octets, Self.signature, Array(Self.binary.dropLast())].map { bytes in
                let client = try HTTPClient(port: gateway.port, patience: 10)
                try client.socket.send(bytes)
                return client
            }
            for client in halves { #expect(client.isClosed()) }
            #expect(Clock.now - start < 8)
            #expect(backend.requests.isEmpty)
            let good = try HTTPClient(port: gateway.port)
            try good.socket.send(Self.binary)
            #expect(try good.exchange(Self.request).status == 200)
        }

        @Test("a PROXY header of a stranger is not listened to, and one where none is expected is no request")
        func strangers() throws {
            let backend = try RecordingBackend()
            let closed = try Self.gateway(backend, trusted: "10.0.0.0/8")
            let client = try HTTPClient(port: closed.port, patience: 3)
            try? client.socket.send(Self.binary + Self.request.octets)
            #expect((try? client.reply()) == nil)
            let open = try Self.gateway(backend, listener: "")
            let other = try HTTPClient(port: open.port, patience: 3)
            #expect(try other.exchange("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n\r\n").status == 400)
            #expect(backend.requests.isEmpty)
            let check = try ChildProcess.run(
                [LintelExecutable.path, "check", "--routes", open.folder.file("routes")], within: 20)
            #expect(check.code == 0)
        }

        @Test("an HTTP/2 client behind the header is one, by preface")
        func preface() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, listener: "proxyProtocol: required, protocols: [h2, http1]")
            let client = try FrameClient(port: gateway.port, sendsPreface: false)
            client.send(
                Self.binary + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".octets + FrameClient.frame(.settings, 0, 0, [])
                    + FrameClient.headers(1, "/t/x"))
            #expect(client.first { $0.kind == .headers }?.status == 200)
            #expect(backend.requests.last?.fields["X-Forwarded-For"] == "203.0.113.9")
        }

        @Test("TLS begins behind the header", .enabled(if: access("/usr/bin/curl", X_OK) == 0, "curl is not installed"))
        func encrypted() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                backend, listener: "proxyProtocol: required, protocols: [h2, http1], " + TestCertificates.listener,
                files: TestCertificates.files)
            for version in ["--http1.1", "--http2"] {
                let result = try ChildProcess.run(
                    [
                        "curl", "-sS", version, "--haproxy-protocol", "--cacert",
                        gateway.folder.file("tls/authority.pem"),
                        "-o", "/dev/null", "-w", "%{http_code} %{http_version}", "-H", "Host: gw.test",
                        "https://localhost:\(gateway.port)/t/x",
                    ], within: 20)
                #expect(result.output == (version == "--http2" ? "200 2" : "200 1.1"), "\(result)")
                #expect(backend.requests.last?.fields["X-Forwarded-For"] == "127.0.0.1")
                #expect(backend.requests.last?.fields["X-Forwarded-Proto"] == "https")
            }
        }

        @Test("what a trusted proxy says is believed and passed on; what a stranger says is replaced")
        func claims() throws {
            let backend = try RecordingBackend()
            let trusting = try Self.gateway(backend, trusted: "127.0.0.1, 10.0.0.0/8", listener: "")
            let wary = try Self.gateway(backend, trusted: "10.0.0.0/8", listener: "")
            func seen(_ gateway: RunningGateway, _ fields: [String]) throws -> [String?] {
                #expect(
                    try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test", fields: fields).status == 200)
                let request = try #require(backend.requests.last)
                #expect(request.fields.all("X-Forwarded-For").count == 1 && request.fields["Forwarded"] == nil)
                #expect(request.fields["X-Real-IP"] == nil)
                return ["For", "Proto", "Host"].map { request.fields["X-Forwarded-" + $0] }
            }
            let claims = [
                "X-Forwarded-For: 1.2.3.4, 203.0.113.9, 10.0.0.3", "X-Forwarded-Proto: https",
                "X-Forwarded-Host: shop.test", "X-Real-IP: 6.6.6.6",
            ]
            #expect(try seen(trusting, claims) == ["203.0.113.9", "https", "shop.test"])
            #expect(
                try seen(trusting, ["Forwarded: for=\"[2001:db8::9]\";proto=https"]) == [
                    "2001:db8::9", "https", "gw.test",
                ])
            #expect(try seen(trusting, []) == ["127.0.0.1", "http", "gw.test"])
            #expect(try seen(trusting, ["X-Forwarded-For: unknown"]) == ["unknown", "http", "gw.test"])
            #expect(try seen(wary, claims) == ["127.0.0.1", "http", "gw.test"])
            // https in the target is good where a trusted proxy has ended TLS (RFC 9110 §7.4).
            let absolute = "GET https://gw.test/t/x"
            #expect(try HTTPClient.send(absolute, to: trusting.port, fields: claims).status == 200)
            #expect(try HTTPClient.send(absolute, to: trusting.port).status == 400)
            let count = backend.requests.count
            let two = ["Forwarded: for=203.0.113.9", "X-Forwarded-For: 203.0.113.8"]
            #expect(try HTTPClient.send("GET /t/x", to: trusting.port, host: "gw.test", fields: two).status == 400)
            #expect(backend.requests.count == count)
            #expect(try HTTPClient.send("GET /t/x", to: wary.port, host: "gw.test", fields: two).status == 200)
        }

        @Test("rules for addresses and rate limits see the client, by PROXY header and by field")
        func policies() throws {
            let backend = try RecordingBackend()
            let files = [
                "routes/policies.yaml": """
                version: 1
                policies:
                  office: { ip: { allow: [203.0.113.0/24] } }
                  fair: { rateLimit: { key: address, limit: 2/1h } }
                """
            ]
            let named = try Self.gateway(backend, defaults: "use: [office, fair]", files: files)
            func ask(_ address: String) throws -> Int {
                let client = try HTTPClient(port: named.port)
                defer { client.socket.close() }
                return try client.exchange("PROXY TCP4 \(address) 192.0.2.1 1 2\r\n" + Self.request).status
            }
            #expect(try ["203.0.113.9", "203.0.113.9", "203.0.113.9", "203.0.113.8"].map(ask) == [200, 200, 429, 200])
            #expect(try ask("198.51.100.1") == 403)
            let told = try Self.gateway(backend, listener: "", defaults: "use: [office, fair]", files: files)
            func tell(_ claim: String) throws -> Int {
                try HTTPClient.send(
                    "GET /t/x", to: told.port, host: "gw.test", fields: ["X-Forwarded-For: " + claim]
                ).status
            }
            #expect(
                try ["203.0.113.9", "1.1.1.1, 203.0.113.9", "203.0.113.9", "203.0.113.8"].map(tell) == [
                    200, 200, 429, 200,
                ])
            #expect(
                try ["198.51.100.1", "203.0.113.9, 198.51.100.1", "unknown", "127.0.0.1"].map(tell) == [
                    403, 403, 403, 403,
                ])
        }

        @Test("a client has no more connections than it may, however it comes; a trusted proxy is not counted")
        func connections() throws {
            let backend = try RecordingBackend()
            let few = try RunningGateway(
                upstream: backend.port, listener: "maxConnectionsPerAddress: 3", workers: 2)
            func connect(
                _ gateway: RunningGateway, _ header: String = ""
            ) throws -> (client: HTTPClient, isServed: Bool) {
                let client = try HTTPClient(port: gateway.port, patience: 3)
                return (client, (try? client.exchange(header + Self.request).status) == 200)
            }
            var open = try (0..<3).map { _ in try connect(few) }
            #expect(open.map(\.isServed) == [true, true, true])
            #expect(try !connect(few).isServed)
            open[0].client.socket.close()
            #expect(Clock.poll(for: 5) { (try? connect(few).isServed) == true })
            // The connections that were refused, and the one that was not, have left no trace.
            open = []
            #expect(Clock.poll(for: 5) { (try? (0..<3).map { _ in try connect(few) }.allSatisfy(\.isServed)) == true })

            let behind = try Self.gateway(
                backend, listener: "proxyProtocol: required, maxConnectionsPerAddress: 1, maxConnections: 4")
            let held = try [9, 8, 7].map { try connect(behind, "PROXY TCP4 203.0.113.\($0) 192.0.2.1 1 2\r\n") }
            #expect(held.map(\.isServed) == [true, true, true])
            #expect(try !connect(behind, "PROXY TCP4 203.0.113.9 192.0.2.1 1 2\r\n").isServed)
            let last = try connect(behind, "PROXY UNKNOWN\r\n")
            #expect(last.isServed)
            #expect(try !connect(behind, "PROXY UNKNOWN\r\n").isServed, "four in all")
            #expect(
                Clock.poll(for: 3) {
                    (try? HTTPClient.send("GET /metrics", to: behind.adminPort).text
                        .contains("lintel_connections_refused_total 2")) == true
                })
        }
    }
}
