import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    /// `/samples` of the admin listener.
    @Suite("Samples of exchanges")
    struct SampleTests {
        @Test(
            "the slowest first, and the last that broke their contract; nothing that a client sent but its request id")
        func samples() throws {
            let backend = try RecordingBackend { request, socket in
                if request.target.contains("slow") { _ = socket.isReadable(within: 0.15) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            }
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 2
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    apis: { test: { spec: ../specs/test.yaml, upstream: service } }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /things/{id}:
                        parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                        get:
                          operationId: getThing
                          parameters: [{ name: limit, in: query, schema: { type: integer } }]
                          responses:
                            "200":
                              description: fine
                              content: { application/json: { schema: { type: object, required: [id] } } }
                    """,
                ]))
            func get(_ target: String, id: String) throws -> Int {
                try HTTPClient.send(
                    "GET \(target)", to: gateway.port, fields: ["X-Request-Id: \(id)", "Authorization: Bearer s3cr3t"]
                ).status
            }
            for number in 0..<40 { #expect(try get("/things/s3cr3t?limit=\(number)", id: "fast-\(number)") == 200) }
            #expect(try get("/things/slow?key=s3cr3t", id: "slow-1") == 200)
            #expect(try get("/things/1?limit=s3cr3t", id: "broken-1") == 400)
            // An exchange is kept behind the last byte of its reply, and perhaps on the other loop.
            var reply = try HTTPClient.send("GET /samples", to: gateway.adminPort)
            _ = Clock.poll(for: 5) {
                reply = (try? HTTPClient.send("GET /samples", to: gateway.adminPort)) ?? reply
                return reply.text.contains("broken-1")
            }
            #expect(reply.status == 200 && reply.fields["Content-Type"] == "application/json")
            #expect(!reply.text.contains("s3cr3t"))
            let root = try JSONDocument(parsing: reply.text).root
            let slowest = try #require(root["slowest"]), violating = try #require(root["violating"])
            #expect(slowest.count == 20 && violating.count == 20)
            #expect(slowest[0]?["requestId"]?.string == "slow-1")
            #expect(slowest[0]?["line"]?.string == "GET /things/{id}")
            #expect(slowest[0]?["api"]?.string == "test" && slowest[0]?["operation"]?.string == "getThing")
            #expect(slowest[0]?["status"]?.int == 200 && slowest[0]?["attempts"]?.int == 1)
            #expect(slowest[0]?["endpoint"]?.string == "127.0.0.1:\(backend.port)")
            #expect(violating[0]?["requestId"]?.string == "broken-1" && violating[0]?["violations"]?.int == 1)
        }
    }
}
