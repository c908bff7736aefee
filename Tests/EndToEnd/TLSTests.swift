import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("TLS", .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "openssl is not installed"))
    struct TLSTests {
        private static let two = """
            tls: { certificates: [{ cert: ../tls/localhost.pem, key: ../tls/localhost.key }, \
            { cert: ../tls/stranger.pem, key: ../tls/stranger.key }] }
            """

        /// What `openssl s_client` says of a connection, and the reply to one request.
        private static func connect(
            _ gateway: RunningGateway, _ options: [String], to folder: TemporaryFolder
        ) throws -> String {
            let script = folder.file("request")
            let result = try ChildProcess.run(
                [
                    "sh", "-c",
                    "(printf 'GET /t/x HTTP/1.1\\r\\nHost: gw.test\\r\\nConnection: close\\r\\n\\r\\n'; sleep 1) | "
                        + "openssl s_client -connect 127.0.0.1:\(gateway.port) -CAfile \(folder.file("tls/authority.pem")) "
                        + options.joined(separator: " ") + " 2>&1", script,
                ], within: 20)
            return result.output
        }

        private static func folder() throws -> TemporaryFolder { try TemporaryFolder(TestCertificates.files) }

        private static func gateway(
            _ backend: RecordingBackend, _ tls: String = TestCertificates.listener, protocols: String = "[h2, http1]"
        ) throws -> RunningGateway {
            try RunningGateway(
                upstream: backend.port, listener: "protocols: \(protocols), " + tls, files: TestCertificates.files)
        }

        @Test("versions 1.2 and 1.3 are spoken, older ones are not; the service hears that the client came by https")
        func versions() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            let folder = try Self.folder()
            for version in ["-tls1_2", "-tls1_3"] {
                let text = try Self.connect(gateway, [version, "-servername localhost"], to: folder)
                #expect(text.contains("Verification: OK"), "\(text)")
                #expect(text.contains("HTTP/1.1 200"), "\(text)")
                #expect(backend.requests.last?.fields["X-Forwarded-Proto"] == "https")
            }
            let old = try Self.connect(gateway, ["-tls1_1", "-cipher ALL:@SECLEVEL=0"], to: folder)
            #expect(!old.contains("HTTP/1.1 200"))
            #expect(backend.requests.count == 2)
        }

        @Test("only ciphers with forward secrecy and authenticated encryption are agreed on")
        func ciphers() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            let folder = try Self.folder()
            for cipher in ["AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"] {
                let text = try Self.connect(gateway, ["-tls1_2", "-cipher \(cipher):@SECLEVEL=0"], to: folder)
                #expect(!text.contains("HTTP/1.1 200"), "\(cipher)")
            }
            let good = try Self.connect(gateway, ["-tls1_2", "-cipher ECDHE-ECDSA-AES128-GCM-SHA256"], to: folder)
            #expect(good.contains("HTTP/1.1 200"))
        }

        @Test(
            "a scanner finds no old version, no weak cipher, no compression, no known hole",
            .enabled(if: access("/usr/bin/sslscan", X_OK) == 0, "sslscan is not installed"))
        func scanner() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            let scan = try ChildProcess.run(
                ["sslscan", "--no-colour", "--show-certificate", "127.0.0.1:\(gateway.port)"], within: 60
            ).output
            for version in ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"] {
                #expect(
                    scan.contains("\(version)\(version.hasPrefix("SSL") ? "     " : "   ")disabled"),
                    "\(version): \(scan)")
            }
            for version in ["TLSv1.2", "TLSv1.3"] { #expect(scan.contains("\(version)   enabled"), "\(scan)") }
            #expect(!scan.contains("Compression enabled"))
            #expect(!scan.contains("vulnerable to heartbleed") || scan.contains("not vulnerable to heartbleed"))
            let accepted = scan.split(separator: "\n").filter { $0.hasPrefix("Accepted") || $0.hasPrefix("Preferred") }
            #expect(!accepted.isEmpty, "\(scan)")
            for line in accepted where line.contains("TLSv1.2") {
                #expect(line.contains("ECDHE-") && (line.contains("GCM") || line.contains("CHACHA20")), "\(line)")
            }
        }

        @Test("the name that the client asks for chooses the certificate; the first one is for everybody else")
        func serverNames() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, Self.two)
            let folder = try Self.folder()
            for (name, subject) in [("localhost", "localhost"), ("other.test", "other"), ("nobody.test", "localhost")] {
                let text = try Self.connect(gateway, ["-servername \(name)"], to: folder)
                #expect(text.contains("CN = \(subject)\n"), "\(name): \(text)")
                #expect(text.contains("HTTP/1.1 200"))
            }
            let none = try Self.connect(gateway, ["-noservername"], to: folder)
            #expect(none.contains("CN = localhost\n"))
        }

        @Test("ALPN decides: h2 where both speak it, HTTP/1.1 else")
        func negotiation() throws {
            let backend = try RecordingBackend()
            let folder = try Self.folder()
            let both = try Self.gateway(backend)
            #expect(try Self.connect(both, ["-alpn h2,http/1.1"], to: folder).contains("ALPN protocol: h2"))
            #expect(try Self.connect(both, ["-alpn http/1.1"], to: folder).contains("ALPN protocol: http/1.1"))
            let old = try Self.gateway(backend, protocols: "[http1]")
            #expect(try Self.connect(old, ["-alpn h2,http/1.1"], to: folder).contains("ALPN protocol: http/1.1"))
        }

        @Test("a client without a certificate of the right authority is refused where one is asked for")
        func clientCertificates() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                backend,
                "tls: { certificates: [{ cert: ../tls/localhost.pem, key: ../tls/localhost.key }], "
                    + "clientCA: ../tls/authority.pem }")
            let folder = try Self.folder()
            let none = try Self.connect(gateway, [], to: folder)
            #expect(!none.contains("HTTP/1.1 200") && backend.requests.isEmpty)
            let good = try Self.connect(
                gateway, ["-cert \(folder.file("tls/stranger.pem"))", "-key \(folder.file("tls/stranger.key"))"],
                to: folder)
            // The stranger's certificate is for servers only, and no authority that a client may come from.
            #expect(!good.contains("HTTP/1.1 200"))
        }

        @Test("bytes that are no TLS, and a handshake that never comes, end; nobody else minds")
        func strangers() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            let plain = try HTTPClient(port: gateway.port)
            try plain.send("GET /t/x HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(plain.isClosed())
            let silent = try LoopbackSocket(connectingTo: gateway.port)
            let start = Clock.now
            #expect(try silent.receive(within: 10).isEmpty)
            #expect(Clock.now - start > 4 && Clock.now - start < 7)
            #expect(try Self.connect(gateway, [], to: Self.folder()).contains("HTTP/1.1 200"))
        }

        @Test("a key that does not fit, and a file that is no certificate, are errors at load, with file and line")
        func defects() throws {
            for (pair, text) in [
                ("cert: ../tls/localhost.pem, key: ../tls/stranger.key", "do not fit"),
                ("cert: ../tls/localhost.key, key: ../tls/localhost.key", "certificate"),
                ("cert: ../tls/localhost.pem, key: ../tls/localhost.pem", "no private key"),
            ] {
                let folder = try TemporaryFolder(
                    TestCertificates.files.merging([
                        "routes/gateway.yaml": """
                        version: 1
                        gateway:
                          listeners:
                            public: { bind: "127.0.0.1:0", tls: { certificates: [{ \(pair) }] } }
                          admin: { bind: "127.0.0.1:0" }
                        """
                    ]) { given, _ in given })
                let result = try ChildProcess.run(
                    [LintelExecutable.path, "check", "--routes", folder.file("routes")], within: 20)
                #expect(result.code == 2)
                #expect(
                    (result.output + result.error).contains("gateway.yaml:4:")
                        && (result.output + result.error).contains(text), "\(result)")
            }
        }

        @Test("check warns of certificates that have expired, expire soon, have a weak key, or name nobody")
        func warnings() throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway:
                  listeners:
                    public: { bind: "127.0.0.1:0", tls: { certificates: [{ cert: ../c.pem, key: ../k.pem }] } }
                  admin: { bind: "127.0.0.1:0" }
                """
            ])
            for (options, text) in [
                ("-newkey rsa:1024 -days 365 -addext subjectAltName=DNS:a.test", "fewer than 2048 bits"),
                ("-newkey rsa:2048 -days 10 -addext subjectAltName=DNS:a.test", "expires in"),
                ("-newkey rsa:2048 -days 365", "names no server"),
            ] {
                let made = try ChildProcess.run(
                    [
                        "sh", "-c",
                        "openssl req -x509 -nodes -subj /CN=a \(options) -keyout \(folder.file("k.pem")) "
                            + "-out \(folder.file("c.pem"))",
                    ], within: 20)
                try #require(made.code == 0, "\(made)")
                let result = try ChildProcess.run(
                    [LintelExecutable.path, "check", "--routes", folder.file("routes")], within: 20)
                #expect(result.code == 0, "\(result)")
                #expect((result.output + result.error).contains(text), "\(result)")
            }
        }
    }
}
