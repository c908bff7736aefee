import TestSupport
import Testing

extension EndToEnd {
    /// Input made to cost more than it should: each is answered or refused for at most 100 ms of processor time (not of
    /// the clock, which on a shared machine says little) and little memory, and the gateway goes on.
    @Suite("Hostile input is cheap to answer")
    struct HostileInputTests {
        /// What a message may cost, in seconds of processor time; a build without optimisation takes what it takes.
        private static let budget = LintelExecutable.isOptimised ? 0.1 : 8
        /// What a message may leave in memory beside itself, in KiB.
        private static let memory = 48 * 1024

        /// A gateway that checks the bodies of POST /check, up to 16 MiB.
        private static func gateway(backend: RecordingBackend) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      defaults: { limits: { requestBody: 16MiB } }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    apis: { test: { spec: ../specs/check.yaml, upstream: service } }
                    """,
                    "specs/check.yaml": """
                    openapi: 3.1.0
                    info: { title: check, version: "1" }
                    paths:
                      /check:
                        post:
                          parameters:
                            - { name: q, in: query, schema: { type: array, items: { type: string } } }
                            - { name: deep, in: query, style: deepObject, schema: { type: object } }
                          requestBody:
                            required: true
                            content:
                              application/json:
                                schema:
                                  type: object
                                  properties:
                                    pattern: { type: string, pattern: '^(a+)+$' }
                                    notPattern: { not: { type: string, pattern: '^(a|aa)+$' } }
                                    unique: { uniqueItems: true }
                                    number: { multipleOf: 0.01, maximum: 1.0e+300 }
                                    tree: { $ref: '#/components/schemas/Tree' }
                              application/x-www-form-urlencoded: { schema: { type: object } }
                              multipart/form-data: { schema: { type: object } }
                              application/xml: { schema: { type: object } }
                          responses: { '200': { description: fine } }
                    components:
                      schemas:
                        Tree:
                          anyOf:
                            - { type: object, properties: { a: { $ref: '#/components/schemas/Tree' } }, required: [x] }
                            - { type: object, properties: { a: { $ref: '#/components/schemas/Tree' } }, required: [y] }
                            - { type: 'null' }
                    """,
                ]))
        }

        /// A message with what may answer it.
        struct Attack: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let target: String
            let type: String
            let encoding: String
            let content: @Sendable () -> String
            let statuses: Set<Int>

            init(
                _ name: String, target: String = "/check", type: String = "application/json",
                encoding: String = "identity", _ statuses: Set<Int>, _ content: @escaping @Sendable () -> String
            ) {
                (testDescription, self.target, self.type, self.encoding) = (name, target, type, encoding)
                (self.content, self.statuses) = (content, statuses)
            }

            /// White space in gzip, which becomes a thousand times as much.
            static func bomb(bytes: Int) -> String {
                CodedContent.gzipped("{" + String(repeating: " ", count: bytes) + "}")
            }
        }

        private static let attacks = [
            Attack("a megabyte of [", [400]) { String(repeating: "[", count: 1 << 20) },
            Attack("a megabyte of {\"a\":", [400]) { String(repeating: "{\"a\":", count: 1 << 18) },
            Attack("a number of ten megabytes", [200, 400]) {
                "{\"number\":" + String(repeating: "7", count: 10_000_000) + "}"
            },
            Attack("a fraction of ten megabytes", [200, 400]) {
                "{\"number\":0." + String(repeating: "7", count: 10_000_000) + "}"
            },
            Attack("an exponent beyond every type", [400]) { #"{"number":1e999999999999999999999}"# },
            Attack("100,000 equal keys", [400]) {
                "{" + (0..<100_000).map { _ in "\"a\":1" }.joined(separator: ",") + "}"
            },
            Attack("100,000 different keys", [200]) {
                "{" + (0..<100_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
            },
            Attack("^(a+)+$ against 30 a's and something else", [400]) {
                "{\"pattern\":\"" + String(repeating: "a", count: 30) + "!\"}"
            },
            Attack("^(a+)+$ against half a megabyte of a's", [200, 400]) {
                "{\"pattern\":\"" + String(repeating: "a", count: 1 << 19) + "!\"}"
            },
            Attack("not ^(a|aa)+$ against 60 a's and something else: fails closed or is decided", [200, 400]) {
                "{\"notPattern\":\"" + String(repeating: "a", count: 60) + "!\"}"
            },
            Attack("uniqueItems over 100,000 numbers", [200]) {
                "{\"unique\":[" + (0..<100_000).map { "\($0)" }.joined(separator: ",") + "]}"
            },
            Attack("uniqueItems over 50,000 objects", [200]) {
                "{\"unique\":[" + (0..<50_000).map { "{\"i\":\($0)}" }.joined(separator: ",") + "]}"
            },
            Attack("a schema that doubles its work at every level, 60 levels", [400]) {
                "{\"tree\":" + String(repeating: "{\"a\":", count: 60) + "1" + String(repeating: "}", count: 61)
            },
            Attack("100,000 pairs of a form", type: "application/x-www-form-urlencoded", [200, 400, 413]) {
                (0..<100_000).map { "k\($0)=v" }.joined(separator: "&")
            },
            Attack("half a megabyte of delimiters", type: "multipart/form-data; boundary=B", [400]) {
                String(repeating: "--B\r\n", count: 100_000)
            },
            Attack("an entity that multiplies", type: "application/xml", [400]) {
                "<!DOCTYPE a [<!ENTITY b \"\(String(repeating: "x", count: 1000))\">]><a>"
                    + String(repeating: "&b;", count: 10_000) + "</a>"
            },
            Attack("half a megabyte of open elements", type: "application/xml", [400]) {
                String(repeating: "<a>", count: 1 << 17)
            },
            Attack("a gzip bomb of 10 MB", encoding: "gzip", [413]) { Attack.bomb(bytes: 10_000_000) },
            Attack("a gzip bomb of 200 MB", encoding: "gzip", [413]) { Attack.bomb(bytes: 200_000_000) },
            Attack("a gzip bomb in a gzip bomb", encoding: "gzip, gzip", [413]) {
                CodedContent.gzipped(octets: Attack.bomb(bytes: 50_000_000).octets)
            },
            Attack("30,000 empty members of a gzip file", encoding: "gzip", [400]) {
                String(repeating: CodedContent.gzipped(""), count: 30_000)
            },
            Attack(
                "a query of 7,000 values", target: "/check?q=" + String(repeating: "1&q=", count: 7000) + "1",
                [200, 400, 414]
            ) { "{}" },
            Attack("an index in brackets", target: "/check?deep%5B999999999%5D=1&deep%5Ba%5D%5B%5D=2", [200, 400]) {
                "{}"
            },
        ]

        @Test("each costs at most 100 ms, and little memory", arguments: attacks)
        func attack(_ attack: Attack) throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(backend: backend)
            let content = attack.content()
            let before = gateway.process.processorSeconds
            let memory = try #require(gateway.process.residentKiB)
            let reply = try HTTPClient.send(
                "POST \(attack.target)", to: gateway.port,
                fields: ["Content-Type: \(attack.type)", "Content-Encoding: \(attack.encoding)"], content: content)
            let cost = gateway.process.processorSeconds - before
            #expect(attack.statuses.contains(reply.status), "\(reply.status): \(reply.text.prefix(300))")
            #expect(cost <= Self.budget, "\(cost) s")
            let grown = try #require(gateway.process.residentKiB) - memory
            // The message itself, and the tape that it is parsed to, at most some thirteen times as long.
            let allowed = Self.memory + content.utf8.count / 1024 * 14
            #expect(grown <= allowed, "\(grown) KiB for \(content.utf8.count) bytes")
            let next = try HTTPClient.send("POST /check", to: gateway.port, fields: Self.json, content: "{}")
            #expect(next.status == 200, "the gateway goes on")
        }

        private static let json = ["Content-Type: application/json"]

        /// Documents made to cost more than they should, with what `check` must name.
        struct HostileDocument: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let text: @Sendable () -> String
            let code: String

            init(_ name: String, _ code: String, _ text: @escaping @Sendable () -> String) {
                (testDescription, self.code, self.text) = (name, code, text)
            }
        }

        private static let head = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: {}\n"

        private static let documents = [
            HostileDocument("nine levels of aliases of aliases", "alias") {
                head + "x-a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
                    + (1...9).map { level in
                        let previous = "*a\(level - 1)"
                        return "x-a\(level): &a\(level) ["
                            + Array(repeating: previous, count: 9).joined(separator: ",") + "]\n"
                    }.joined()
            },
            HostileDocument("a $ref to a file outside the roots", "outside") {
                head + "components: { schemas: { A: { $ref: '../../../../../../etc/passwd' } } }\n"
            },
            HostileDocument("a $ref to an absolute path", "outside") {
                head + "components: { schemas: { A: { $ref: 'file:///etc/passwd' } } }\n"
            },
            HostileDocument("a $ref to a server", "http") {
                head + "components: { schemas: { A: { $ref: 'http://127.0.0.1:1/a.yaml' } } }\n"
            },
            HostileDocument("references in a circle", "circular") {
                head
                    + "components: { schemas: { A: { $ref: '#/components/schemas/B' }, "
                    + "B: { $ref: '#/components/schemas/A' } } }\n"
            },
            HostileDocument("10,000 levels of nesting", "nest") {
                head + "x-deep: " + String(repeating: "[", count: 10_000) + "\n"
            },
        ]

        @Test("a hostile document is refused for at most 100 ms and 64 MiB", arguments: documents)
        func document(_ document: HostileDocument) throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway: { listeners: { public: { bind: "127.0.0.1:0" } } }
                upstreams: { service: { targets: ["http://127.0.0.1:1"] } }
                apis: { test: { spec: ../specs/hostile.yaml, upstream: service } }
                """,
                "specs/hostile.yaml": document.text(),
            ])
            // 64 MiB for data (getrlimit(2)): who wants more is refused it, and ends otherwise than with 2.
            let check = try ChildProcess([
                "sh", "-c", "ulimit -d 65536 && exec \"$0\" check --routes \"$1\"", LintelExecutable.path,
                folder.file("routes"),
            ])
            #expect(check.wait(within: 30) == 2, "\(check.output)")
            #expect(check.output.contains(document.code), "\(check.output.prefix(500))")
            #expect(!check.output.contains("root:"), "what lies outside is not shown")
            #expect(check.processorSeconds <= Self.budget, "\(check.processorSeconds) s")
        }
    }
}
