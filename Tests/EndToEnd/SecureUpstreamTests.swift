import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Services behind TLS and HTTP/2. The service is a gateway of its own in front of a recording one, so both ends are real.
    @Suite(
        "TLS and HTTP/2 to services", .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "openssl is not installed"))
    struct SecureUpstreamTests {
        /// A service that is reached by TLS, or by HTTP/2, or both.
        private static func service(
            _ backend: RecordingBackend, tls: String = TestCertificates.listener, protocols: String = "[h2, http1]",
            files: [String: String] = [:]
        ) throws -> RunningGateway {
            try RunningGateway(
                upstream: backend.port, listener: "protocols: \(protocols)" + (tls.isEmpty ? "" : ", " + tls),
                defaults: "timeout: 60s\nlimits: { requestBody: 64MiB, responseBody: 64MiB }",
                files: TestCertificates.files.merging(files) { $1 })
        }

        /// A gateway in front of it.
        private static func gateway(
            _ service: Int, scheme: String = "https", host: String = "127.0.0.1", settings: String,
            protocols: String = "[h2, http1]", files: [String: String] = [:]
        ) throws -> RunningGateway {
            let settings = settings.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
            return try RunningGateway(
                TemporaryFolder(
                    TestCertificates.files.merging(files) { $1 }.merging([
                        "routes/gateway.yaml": """
                        version: 1
                        gateway:
                          listeners: { public: { bind: "127.0.0.1:0", protocols: \(protocols) } }
                          admin: { bind: "127.0.0.1:0" }
                          workers: 1
                          defaults:
                            validation: { requests: skip, responses: skip }
                            timeout: 60s
                            limits: { requestBody: 64MiB, responseBody: 64MiB }
                        upstreams:
                          service:
                            targets: ["\(scheme)://\(host):\(service)"]
                        \(settings)
                        apis:
                          test:
                            spec: ../specs/empty.json
                            mount: /t
                            upstreamPath: /t
                            upstream: service
                            hosts: [gw.test]
                            undeclared: pass
                        """,
                        "specs/empty.json":
                            #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                    ]) { $1 }))
        }

        private static func ask(_ line: String, to port: Int, content: String? = nil) throws -> HTTPClient.Reply {
            try HTTPClient.send(line, to: port, host: "gw.test", content: content)
        }

        @Test(
            "a request arrives, whatever is spoken, and the reply comes back",
            arguments: [
                ("tls: { ca: ../tls/authority.pem }", "https", "127.0.0.1"),
                ("tls: { ca: ../tls/authority.pem }", "https", "localhost"),
                ("tls: { ca: ../tls/authority.pem }\nprotocols: [h2]", "https", "localhost"),
                ("tls: { ca: ../tls/authority.pem }\nprotocols: [h2, http1]", "https", "127.0.0.1"),
                ("protocols: [h2]", "http", "127.0.0.1"),
            ])
        func arrives(_ settings: String, _ scheme: String, _ host: String) throws {
            let backend = try RecordingBackend()
            let service = try Self.service(backend, tls: scheme == "https" ? TestCertificates.listener : "")
            let gateway = try Self.gateway(service.port, scheme: scheme, host: host, settings: settings)
            let content = String(repeating: "0123456789", count: 300_000)
            for method in ["GET", "HEAD", "DELETE"] {
                #expect(try Self.ask("\(method) /t/x?a=1", to: gateway.port).status == 200)
                #expect(backend.requests.last?.method == method && backend.requests.last?.target == "/t/x?a=1")
            }
            #expect(try Self.ask("PUT /t/x", to: gateway.port, content: content).status == 200)
            #expect(backend.requests.last?.contentLength == 3_000_000)
            #expect(backend.requests.last?.fields["X-Forwarded-Host"] == "gw.test")
            // Once for each request.
            #expect(backend.requests.count == 4)
        }

        @Test("a service that is not whom it should be is not called: 502, and the log says why, once")
        func stranger() throws {
            let backend = try RecordingBackend()
            let service = try Self.service(backend)
            for (settings, reason) in [
                ("", "CERTIFICATE_VERIFY_FAILED"),
                ("tls: { ca: ../tls/authority.pem, serverName: other.test }", "other.test"),
                ("tls: { ca: ../tls/localhost.pem, serverName: localhost }", "CERTIFICATE_VERIFY_FAILED"),
            ] {
                let gateway = try Self.gateway(
                    service.port, settings: settings.isEmpty ? "connectTimeout: 2s" : settings)
                for _ in 0..<3 {
                    let reply = try Self.ask("GET /t/x", to: gateway.port)
                    #expect(reply.status == 502 && reply.text.contains("secure connection"), "\(reply.text)")
                }
                let told = gateway.process.error.split(separator: "\n").filter { $0.contains("no secure connection") }
                #expect(told.count == 1, "\(reason): \(gateway.process.error)")
            }
            #expect(backend.requests.isEmpty)
        }

        @Test("a service without TLS, and one that says nothing, end within the time for connecting")
        func noTLS() throws {
            let plain = try RecordingBackend()
            let silent = try LoopbackSocket(listeningOn: 0)
            for (port, statuses) in [(plain.port, [502, 504]), (silent.port, [504])] {
                let gateway = try Self.gateway(
                    port, settings: "tls: { ca: ../tls/authority.pem }\nconnectTimeout: 500ms\nretry: { attempts: 0 }")
                let start = Clock.now
                let reply = try Self.ask("GET /t/x", to: gateway.port)
                #expect(statuses.contains(reply.status), "\(reply.status)")
                #expect(Clock.now - start < 2)
            }
            #expect(plain.requests.isEmpty)
        }

        @Test("the gateway shows its own certificate where one is asked for; a change of the file is taken over")
        func clientCertificate() throws {
            let folder = try TemporaryFolder([:])
            let made = try ChildProcess.run(
                [
                    "sh", "-c",
                    """
                    cd "$0" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
                      -keyout ca.key -out ca.pem -subj /CN=clients 2>/dev/null
                    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout client.key -out client.csr \
                      -subj /CN=gateway 2>/dev/null
                    printf 'extendedKeyUsage=clientAuth\\n' > ext
                    openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile ext \
                      -out client.pem 2>/dev/null
                    """, folder.path,
                ], within: 30)
            #expect(made.code == 0)
            let files = [
                "tls/clients.pem": FileContent.text(folder.file("ca.pem")),
                "tls/client.pem": FileContent.text(folder.file("client.pem")),
                "tls/client.key": FileContent.text(folder.file("client.key")),
            ]
            let backend = try RecordingBackend()
            let service = try Self.service(
                backend,
                tls: "tls: { certificates: [{ cert: ../tls/localhost.pem, key: ../tls/localhost.key }], "
                    + "clientCA: ../tls/clients.pem }", files: files)
            let without = try Self.gateway(service.port, settings: "tls: { ca: ../tls/authority.pem }")
            #expect(try Self.ask("GET /t/x", to: without.port).status == 502)
            for protocols in ["[http1]", "[h2]"] {
                let with = try Self.gateway(
                    service.port,
                    settings: "tls: { ca: ../tls/authority.pem, certificate: "
                        + "{ cert: ../tls/client.pem, key: ../tls/client.key } }\nprotocols: \(protocols)", files: files
                )
                #expect(try Self.ask("GET /t/x", to: with.port).status == 200)
            }
            #expect(backend.requests.count == 2)
        }

        @Test("settings of TLS that cannot hold are errors at load, with file and line")
        func defects() throws {
            for (settings, scheme, text) in [
                ("tls: { ca: ../tls/localhost.key }", "https", "certificate"),
                ("tls: { ca: ../tls/authority.pem }", "http", "no target has https"),
                ("protocols: [h2, http1]", "http", "nothing can be agreed on"),
                (
                    "tls: { certificate: { cert: ../tls/localhost.pem, key: ../tls/localhost.pem } }", "https",
                    "private key"
                ),
            ] {
                let failure = #expect(throws: RunningGateway.Failure.self) {
                    try Self.gateway(1, scheme: scheme, settings: settings)
                }
                let told = failure?.description ?? ""
                #expect(told.contains("gateway.yaml:") && told.contains(text), "\(settings): \(told)")
            }
        }

        @Test("64 requests at a time share few connections of HTTP/2, and large replies come whole beside small ones")
        func shared() async throws {
            let large = String(repeating: "abcdefgh", count: 500_000)
            let backend = try RecordingBackend { request, socket in
                let content = request.target.hasSuffix("large") ? large : "small"
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(content.utf8.count)\r\n\r\n" + content)
            }
            let service = try Self.service(backend, tls: "", protocols: "[h2]")
            let gateway = try Self.gateway(service.port, scheme: "http", settings: "protocols: [h2]")
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        try await BackgroundThread.run {
                            let isLarge = number % 8 == 0
                            let reply = try Self.ask("GET /t/\(isLarge ? "large" : "small")", to: gateway.port)
                            return reply.status == 200 && reply.text == (isLarge ? large : "small")
                        }
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            // Established connections to the service's port, as the system counts them (proc(5), net/tcp).
            let port = String(service.port, radix: 16, uppercase: true)
            let open = FileContent.text("/proc/net/tcp").split(separator: "\n").count { line in
                let words = line.split(separator: " ")
                return words.count > 3 && words[1].hasSuffix(":" + port) && words[3] == "01"
            }
            #expect(open == 1, "one connection for all")
        }

        @Test("trailers go through in both directions; a reply that is only a field list ends with it")
        func trailers() throws {
            let backend = try RecordingBackend { request, socket in
                if request.target.hasSuffix("none") {
                    return try socket.send("HTTP/1.1 200 OK\r\ngrpc-status: 5\r\nContent-Length: 0\r\n\r\n")
                }
                try socket.send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n"
                        + "3\r\nabc\r\n0\r\ngrpc-status: 0\r\n\r\n")
            }
            let service = try Self.service(backend, tls: "", protocols: "[h2]")
            let gateway = try Self.gateway(service.port, scheme: "http", settings: "protocols: [h2]")
            let client = try FrameClient(port: gateway.port)
            client.send(
                FrameClient.headers(1, "/t/x", method: "POST", ends: false, more: [("te", "trailers")])
                    + FrameClient.frame(.data, 0, 1, Array("content".utf8))
                    + FrameClient.frame(.headers, 0x5, 1, FrameClient.field("x-sum", "7")))
            var frames: [FrameClient.Frame] = []
            while let frame = client.next(), frame.stream == 1 || frame.kind != .headers {
                if frame.stream == 1 { frames.append(frame) }
                if frame.stream == 1, frame.flags & 1 == 1 { break }
            }
            #expect(frames.map(\.kind) == [.headers, .data, .headers])
            #expect(frames.dropFirst().first?.payload == Array("abc".utf8))
            #expect(backend.requests.last?.trailers["x-sum"] == "7")
            client.send(FrameClient.headers(3, "/t/none"))
            let only = client.first { $0.stream == 3 }
            #expect(only?.kind == .headers && (only?.flags ?? 0) & 1 == 1)
        }

        @Test("uploads and downloads wait for the slower side, in bounded memory")
        func backpressure() async throws {
            let chunk = String(repeating: "x", count: 1 << 16)
            let backend = try RecordingBackend { request, socket in
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(48 << 20)\r\n\r\n")
                for _ in 0..<(48 * 16) { try socket.send(chunk) }
            }
            let service = try Self.service(backend, tls: "", protocols: "[h2]")
            let gateway = try Self.gateway(service.port, scheme: "http", settings: "protocols: [h2]")
            let before = try #require(gateway.process.residentKiB)
            let client = try HTTPClient(port: gateway.port, receiveBuffer: 4096)
            try client.send("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            try await Task.sleep(for: .seconds(2))
            let grown = try #require(gateway.process.residentKiB) - before
            #expect(grown < 24 * 1024, "\(grown) KiB")
            let reply = try client.reply()
            #expect(reply.status == 200 && reply.content.count == 48 << 20)
        }
    }
}
