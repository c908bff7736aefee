import Glibc
import JSONDocuments
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Compositions")
    struct CompositionTests {
        @Test("the order page is the order, its customer, its products and what else there is")
        func page() async throws {
            try await RunningShop.run { shop in
                let reply = try shop.send("GET /pages/orders/2")
                #expect(reply.status == 200)
                #expect(reply.fields["Lintel-Partial"] == nil)
                let page = try reply.json()
                let order = try shop.send("GET /orders/2").json()
                #expect(page["id"]?.int == 2)
                #expect(page["customer"]?["id"]?.int == order["userId"]?.int)
                #expect(page["items"]?.count == order["items"]?.count)
                for item in page["items"]?.elements.map(\.self) ?? [] {
                    #expect(item["product"]?["id"]?.int == item["productId"]?.int)
                }
                #expect(page["suggestions"]?.count == 3)
                let unknown = try shop.send("GET /pages/orders/9999")
                #expect(unknown.status == 404)
                #expect(try unknown.json()["step"]?.string == "order")
                #expect(try shop.send("GET /pages/orders/first").status == 400)
            }
        }

        @Test("the order page's products come from the store, which the plain route fills")
        func storedProducts() async throws {
            try await RunningShop.run { shop in
                let order = try shop.send("GET /orders/2").json()
                for item in order["items"]?.elements.map(\.self) ?? [] {
                    #expect(try shop.send("GET /products/\(item["productId"]?.int ?? 0)").status == 200)
                }
                let before = shop.requestCount
                let page = try shop.send("GET /pages/orders/2")
                #expect(page.status == 200 && page.fields["Lintel-Partial"] == nil)
                // The order, the customer, the suggestions.
                #expect(shop.requestCount == before + 3)
                #expect(try shop.send("GET /pages/orders/2").content == page.content)
                #expect(shop.requestCount == before + 5, "the suggestions are stored too")
            }
        }

        @Test("an order is placed as a whole, or nothing of it is left")
        func placeOrder() async throws {
            try await RunningShop.run { shop in
                func place(_ content: String) throws -> HTTPClient.Reply {
                    try shop.send("POST /pages/orders", type: "application/json", content: content)
                }
                let stock = try shop.send("GET /products/1?fresh=1").json()["stock"]?.int ?? 0
                let placed = try place(#"{"userId":1,"items":[{"productId":1,"quantity":2}],"note":"Quickly."}"#)
                #expect(placed.status == 200, "\(placed)")
                let page = try placed.json()
                let order = try #require(page["order"]?["id"]?.int)
                #expect(page["reservation"]?["status"]?.string == "sold")
                #expect(try shop.send("GET /orders/\(order)").json()["note"]?.string == "Quickly.")
                #expect(try shop.send("GET /products/1?fresh=2").json()["stock"]?.int == stock - 2)
                // Too many pieces: the first step that changes something refuses, nothing is to be undone.
                let items = Array(repeating: #"{"productId":1,"quantity":100}"#, count: 5).joined(separator: ",")
                let refused = try place(#"{"userId":1,"items":[\#(items)]}"#)
                #expect(refused.status == 409)
                #expect(try refused.json()["step"]?.string == "reservation")
                #expect(try place(#"{"userId":999,"items":[{"productId":1,"quantity":1}]}"#).status == 422)
                #expect(try place(#"{"userId":1,"items":[]}"#).status == 400)
                #expect(try shop.send("GET /orders/\(order + 1)").status == 404)
                #expect(try shop.send("GET /products/1?fresh=3").json()["stock"]?.int == stock - 2)
            }
        }

        // MARK: Faults

        /// What a service does to a request for one of its parts.
        enum Fault: String, CaseIterable {
            case notFound, internalError, timeout, malformed, breaksContract, reset

            /// The word in `Lintel-Partial` and in the problem.
            var reason: String {
                switch self {
                case .notFound, .internalError: "status"
                case .timeout: "timeout"
                case .malformed: "malformed"
                case .breaksContract: "contract"
                case .reset: "reset"
                }
            }

            /// The status of the reply when the part is required.
            var status: Int {
                switch self {
                case .notFound: 404
                case .timeout: 504
                default: 502
                }
            }

            /// Answers a request.
            func answer(_ socket: LoopbackSocket) throws {
                switch self {
                case .notFound: try socket.send(CompositionTests.json("{}", status: "404 Not Found"))
                case .internalError: try socket.send(CompositionTests.json("{}", status: "500 Internal Server Error"))
                case .timeout:
                    _ = socket.isReadable(within: 5)
                    throw RecordingBackend.Hangup.close
                case .malformed: try socket.send(CompositionTests.json("{\"n\":"))
                case .breaksContract: try socket.send(CompositionTests.json(#"{"n":"one"}"#))
                case .reset: throw RecordingBackend.Hangup.reset
                }
            }
        }

        /// A response with JSON.
        static func json(_ text: String, status: String = "200 OK") -> String {
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
        }

        /// A gateway with one composition over a service whose parts answer `{"n": 1}` and lists of such.
        ///
        /// - Parameters:
        ///   - gateway: further lines of the section `gateway`, indented by two.
        ///   - more: further sections.
        ///   - security: what carries out the schemes of the document.
        static func gateway(
            _ composition: String, backend: RecordingBackend, gateway: String = "", more: String = "",
            security: String = "upstream"
        ) throws -> RunningGateway {
            let part = #"{ type: object, required: [n], properties: { n: { type: integer } } }"#
            return try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      defaults: { validation: { responses: enforce } }
                    \(gateway)
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"], retry: { attempts: 0 } } }
                    apis: { test: { spec: ../specs/test.yaml, upstream: service, security: \(security) } }
                    \(more)
                    compositions:
                      page:
                    \(composition.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
                    """,
                    "routes/partner": "partner-key-that-is-long acme\n", "routes/staff": "staff-key-that-is-long ada\n",
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /parts/{id}:
                        get:
                          operationId: getPart
                          parameters:
                            - { name: id, in: path, required: true, schema: { type: string } }
                            - { name: note, in: query, schema: { type: string } }
                          responses:
                            "200": { description: ok, content: { application/json: { schema: \(part) } } }
                            "404": { description: no, content: { application/json: { schema: {} } } }
                            "500": { description: no, content: { application/json: { schema: {} } } }
                        delete:
                          operationId: deletePart
                          parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                          responses: { "204": { description: gone } }
                      /parts:
                        post:
                          operationId: createPart
                          requestBody: { required: true, content: { application/json: { schema: \(part) } } }
                          responses: { "201": { description: ok, content: { application/json: { schema: \(part) } } } }
                      /private/{id}:
                        get:
                          operationId: getPrivate
                          security: [{ key: [] }]
                          parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                          responses: { "200": { description: ok, content: { application/json: { schema: \(part) } } } }
                      /many:
                        get:
                          operationId: getMany
                          parameters:
                            - { name: ids, in: query, required: true, explode: false, schema: { type: array, maxItems: 50, items: { type: integer } } }
                          responses:
                            "200":
                              description: ok
                              content: { application/json: { schema: { type: object, required: [found], properties: { found: { type: array, items: \(part) } } } } }
                      /list:
                        get:
                          operationId: getList
                          responses:
                            "200":
                              description: ok
                              content: { application/json: { schema: { type: array, maxItems: 200, items: \(part) } } }
                    components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
                    """,
                ]))
        }

        private static let pair = """
            get: /page/{id}
            steps:
              first: { call: test.getPart, with: { id: $inputs.id }, timeout: 300ms }
              second: { call: test.getPart, with: { id: other }, timeout: 300ms, optional: true }
            respond: { first: $steps.first.body#/n, second: $steps.second.body#/n }
            """

        @Test("a required part that fails is a problem that names the step", arguments: Fault.allCases)
        func required(fault: Fault) throws {
            let backend = try RecordingBackend { request, socket in
                if request.target == "/parts/bad" { return try fault.answer(socket) }
                try socket.send(Self.json(#"{"n":1}"#))
            }
            let gateway = try Self.gateway(Self.pair, backend: backend)
            let reply = try HTTPClient.send("GET /page/bad", to: gateway.port)
            #expect(reply.status == fault.status)
            #expect(reply.fields["Content-Type"] == "application/problem+json")
            #expect(try reply.json()["step"]?.string == "first")
            #expect(try reply.json()["reason"]?.string == fault.reason)
            #expect(try HTTPClient.send("GET /page/good", to: gateway.port).text == #"{"first":1,"second":1}"#)
        }

        @Test("an optional part that fails is left out, and the reply says so", arguments: Fault.allCases)
        func optional(fault: Fault) throws {
            let backend = try RecordingBackend { request, socket in
                if request.target == "/parts/other" { return try fault.answer(socket) }
                try socket.send(Self.json(#"{"n":1}"#))
            }
            let gateway = try Self.gateway(Self.pair, backend: backend)
            let reply = try HTTPClient.send("GET /page/good", to: gateway.port)
            #expect(reply.status == 200)
            #expect(reply.text == #"{"first":1}"#)
            #expect(reply.fields["Lintel-Partial"] == "second;reason=\(fault.reason)")
        }

        @Test("two identical calls are one")
        func identical() throws {
            let backend = try RecordingBackend { _, socket in try socket.send(Self.json(#"{"n":1}"#)) }
            let gateway = try Self.gateway(
                """
                get: /page/{id}
                steps:
                  first: { call: test.getPart, with: { id: $inputs.id } }
                  second: { call: test.getPart, with: { id: $inputs.id } }
                respond: { first: $steps.first.body#/n, second: $steps.second.body#/n }
                """, backend: backend)
            #expect(try HTTPClient.send("GET /page/a", to: gateway.port).text == #"{"first":1,"second":1}"#)
            #expect(backend.requests.count == 1)
        }

        @Test("of a hundred calls three may fail where three are tolerated, and not where two are", arguments: [3, 2])
        func tolerated(most: Int) throws {
            let backend = try RecordingBackend { request, socket in
                if request.target == "/list" {
                    let items = (1...100).map { #"{"n":\#($0)}"# }.joined(separator: ",")
                    return try socket.send(Self.json("[\(items)]"))
                }
                let number = request.target.dropFirst("/parts/".count)
                if ["10", "20", "30"].contains(number) { return try Fault.internalError.answer(socket) }
                try socket.send(Self.json(#"{"n":\#(number)}"#))
            }
            let gateway = try Self.gateway(
                """
                get: /page
                steps:
                  list: { call: test.getList }
                  parts:
                    forEach: $steps.list.body
                    call: test.getPart
                    with: { id: "{$item#/n}" }
                    tolerate: \(most)
                respond: { parts: { $each: $steps.list.body, $item: { n: $item#/n, part: $steps.parts.body#/n } } }
                """, backend: backend)
            let reply = try HTTPClient.send("GET /page", to: gateway.port)
            guard most == 3 else {
                #expect(reply.status == 502)
                #expect(try reply.json()["step"]?.string == "parts")
                return
            }
            #expect(reply.status == 200)
            #expect(reply.fields["Lintel-Partial"] == "parts;reason=status;failed=3")
            let parts = try #require(try reply.json()["parts"])
            #expect(parts.count == 100)
            for part in parts.elements {
                let number = part["n"]?.int ?? 0
                #expect(part["part"]?.int == ([10, 20, 30].contains(number) ? nil : number))
            }
        }

        @Test("when the client goes away, the calls in flight are cancelled")
        func clientGone() throws {
            let hangups = Counter()
            let backend = try RecordingBackend { _, socket in
                if socket.isReadable(within: 7) { hangups.increment() }
                throw RecordingBackend.Hangup.close
            }
            let gateway = try Self.gateway(
                Self.pair.replacing("300ms", with: "8s").replacing(
                    "get: /page/{id}", with: "get: /page/{id}\ntimeout: 9s"),
                backend: backend)
            do {
                let client = try HTTPClient(port: gateway.port)
                try client.send("GET /page/a HTTP/1.1\r\nHost: gw.test\r\n\r\n")
                #expect(Clock.poll(for: 5) { backend.requests.count == 2 })
                client.socket.close()
            }
            #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains("client-gone") } })
            #expect(Clock.poll(for: 5) { hangups.value == 2 }, "both services see their connection end")
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            for step in ["first", "second"] {
                let sample = #"lintel_step_failures_total{composition="page",step="\#(step)",reason="cancelled"} 1"#
                #expect(metrics.contains(sample), "\(sample)")
            }
        }

        @Test("a field renamed in a document makes check fail with both places")
        func renamed() throws {
            let folder = try TemporaryFolder([
                "routes/shop.yaml": FileContent.text(PackageFolder.path + "/routes/shop.yaml"),
                "routes/pages.yaml": FileContent.text(PackageFolder.path + "/routes/pages.yaml"),
                "specs/users.yaml": FileContent.text(PackageFolder.path + "/specs/users.yaml"),
                "specs/products.yaml": FileContent.text(PackageFolder.path + "/specs/products.yaml"),
                "specs/orders.yaml": FileContent.text(PackageFolder.path + "/specs/orders.yaml")
                    .replacing("createdAt", with: "created"),
            ])
            let result = try ChildProcess.run(
                [LintelExecutable.path, "check", "--routes", folder.path + "/routes"], within: 60)
            #expect(result.code == 2)
            #expect(result.output.contains(/routes\/pages\.yaml:\d+:\d+: error: .*createdAt.*unknown-field/))
            #expect(result.output.contains(/specs\/orders\.yaml:\d+:\d+: note/))
        }
    }
}

/// Counts over threads.
private final class Counter: Sendable {
    private let count = Mutex(0)
    /// The count.
    var value: Int { count.withLock { $0 } }
    /// One more.
    func increment() { count.withLock { $0 += 1 } }
}
