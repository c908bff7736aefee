import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Who a client is by its certificate, over HTTP/1.1 and HTTP/2.
    @Suite(
        "Certificates of clients, over sockets",
        .enabled(
            if: access("/usr/bin/openssl", X_OK) == 0 && access("/usr/bin/curl", X_OK) == 0,
            "openssl or curl is not installed"))
    struct MutualTLSTests {
        /// Makes an authority and certificates of clients: partner (by subject), orders (by names), other.
        private static func makeCertificates(in folder: TemporaryFolder) throws {
            let script = """
                set -e; cd \(folder.file("tls"))
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=clients' \
                  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
                  -keyout clients.key -out clients.pem
                make() {
                  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout $1.key -out $1.csr
                  printf 'extendedKeyUsage=clientAuth\\n%s\\n' "$3" > $1.ext
                  openssl x509 -req -in $1.csr -CA clients.pem -CAkey clients.key -CAcreateserial -days 30 \
                    -extfile $1.ext -out $1.pem
                }
                make partner '/C=DE/O=Example, Inc./OU=shop+UID=7/CN=partner' ''
                make orders '/CN=whoever' 'subjectAltName=DNS:orders.partner.test,URI:spiffe://shop/orders,email:a@b.test'
                make other '/CN=other' 'subjectAltName=DNS:orders.other.test'
                openssl x509 -in partner.pem -noout -subject -nameopt RFC2253
                """
            let made = try ChildProcess.run(["sh", "-c", script], within: 60)
            try #require(made.code == 0, "\(made)")
            #expect(made.output.contains("CN=partner"))
        }

        private static func gateway(
            _ backend: RecordingBackend, clientCA: Bool = true, verifies: String = "required",
            protocols: String = "[h2, http1]"
        ) throws -> RunningGateway {
            let folder = try TemporaryFolder(
                TestCertificates.files.merging([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners:
                        public:
                          bind: "127.0.0.1:0"
                          protocols: \(protocols)
                          tls:
                            certificates: [{ cert: ../tls/localhost.pem, key: ../tls/localhost.key }]
                            \(clientCA ? "clientCA: ../tls/clients.pem" : "minVersion: \"1.2\"")
                            \(clientCA ? "verifyClient: \(verifies)" : "")
                      admin: { bind: "127.0.0.1:0" }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    policies:
                      partners:
                        clientCertificate:
                          subjects: ["CN=partner, OU=shop+UID=7, O=Example\\\\, Inc., C=DE"]
                          names: ["*.partner.test"]
                      anybody: { clientCertificate: {} }
                      few: { rateLimit: { key: consumer, limit: 2/1h } }
                    apis:
                      test:
                        spec: ../specs/test.yaml
                        upstream: service
                        security: { machine: partners }
                        operations:
                          getOpen: { use: [anybody, few] }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    components: { securitySchemes: { machine: { type: mutualTLS } } }
                    paths:
                      /a:
                        get: { operationId: getA, security: [{ machine: [] }], responses: { "200": { description: a } } }
                      /open:
                        get: { operationId: getOpen, security: [], responses: { "200": { description: a } } }
                    """,
                ]) { given, _ in given })
            try makeCertificates(in: folder)
            return try RunningGateway(folder)
        }

        /// Status, HTTP version, and the challenges of one request.
        private static func ask(
            _ gateway: RunningGateway, _ path: String, as name: String?, _ version: String = "--http1.1"
        ) throws -> String {
            let folder = gateway.folder
            let shown = name.map {
                ["--cert", folder.file("tls/\($0).pem"), "--key", folder.file("tls/\($0).key")]
            }
            return try ChildProcess.run(
                [
                    "curl", "-s", version, "--cacert", folder.file("tls/authority.pem"), "-o", "/dev/null", "-w",
                    "%{http_code} %{http_version} %header{www-authenticate}",
                ] + (shown ?? []) + ["https://localhost:\(gateway.port)\(path)"], within: 20
            ).output
        }

        @Test("a scheme of the kind mutualTLS lets in whom the policy lists, by subject or name; others get 401")
        func identities() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            for (version, number) in [("--http1.1", "1.1"), ("--http2", "2")] {
                #expect(try Self.ask(gateway, "/a", as: "partner", version) == "200 \(number) ")
                #expect(try Self.ask(gateway, "/a", as: "orders", version) == "200 \(number) ")
                #expect(
                    try Self.ask(gateway, "/a", as: "other", version)
                        == "401 \(number) ClientCertificate realm=\"lintel\"")
                #expect(try Self.ask(gateway, "/a", as: nil, version).hasPrefix("000"), "no certificate, no connection")
            }
            #expect(backend.requests.count == 4)
        }

        @Test("where certificates are optional, who shows none is connected and gets 401; a bad one connects nobody")
        func optional() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, verifies: "optional")
            for (version, number) in [("--http1.1", "1.1"), ("--http2", "2")] {
                #expect(try Self.ask(gateway, "/a", as: "partner", version) == "200 \(number) ")
                #expect(
                    try Self.ask(gateway, "/a", as: nil, version)
                        == "401 \(number) ClientCertificate realm=\"lintel\"")
                // A certificate of another authority's.
                #expect(try Self.ask(gateway, "/a", as: "localhost", version).hasPrefix("000"))
            }
            #expect(backend.requests.count == 2)
        }

        @Test("the name in a certificate is a consumer: limits count each by itself")
        func consumers() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend)
            let asked = try ["partner", "other", "partner", "partner", "other", "other"].map {
                try Self.ask(gateway, "/open", as: $0).prefix(3)
            }
            #expect(asked == ["200", "200", "200", "429", "200", "429"])
        }

        @Test("without clientCA no certificate is looked at: nobody passes, and loading warns of it")
        func noAuthority() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend, clientCA: false)
            #expect(
                try Self.ask(gateway, "/a", as: "partner") == "401 1.1 ClientCertificate realm=\"lintel\"")
            #expect(backend.requests.isEmpty)
            #expect(gateway.process.error.contains("no-client-ca"))
        }

        @Test("a subject that is none is an error at load")
        func mistakes() throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                policies:
                  a: { clientCertificate: { subjects: [partner] } }
                """
            ])
            let result = try ChildProcess.run(
                [LintelExecutable.path, "check", "--routes", folder.file("routes")], within: 20)
            #expect(result.code == 2)
            #expect(
                (result.output + result.error).contains("invalid-subject")
                    && (result.output + result.error).contains("gateway.yaml:3:"), "\(result)")
        }
    }
}
