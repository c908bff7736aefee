import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What the store takes of the process' memory")
    struct CacheMemoryTests {
        @Test("more keys of 1 KB than a store takes: what it counts is what the process grows by")
        func accounts() async throws {
            let content = #"{"text":""# + String(repeating: "x", count: 1013) + #""}"#
            let service = try RecordingBackend { _, socket in
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n" + content)
            }
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                      cache: { memory: 12MiB }
                      telemetry: { accessLog: none }
                    upstreams:
                      service: { targets: ["http://127.0.0.1:\(service.port)"], retry: { attempts: 0 } }
                    apis:
                      test: { spec: ../specs/test.yaml, upstream: service, operations: { getThing: { cache: { ttl: 600s } } } }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /things/{id}:
                        parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                        get: { operationId: getThing, responses: { "200": { description: d, content: { application/json: {} } } } }
                    """,
                ]))
            let port = gateway.port
            func ask(_ keys: Range<Int>) async throws {
                try await BackgroundThread.run { () throws -> Void in
                    let client = try HTTPClient(port: port)
                    for key in keys {
                        let reply = try client.exchange("GET /things/\(key) HTTP/1.1\r\nHost: a\r\n\r\n")
                        guard reply.status == 200, reply.content.count == 1024 else {
                            Issue.record("\(key): \(reply)")
                            return
                        }
                    }
                }
            }
            func counted() throws -> Int {
                let text = try HTTPClient.send("GET /cache", to: gateway.adminPort).content
                let root = try JSONDocument(parsing: SourceFile(path: "cache", bytes: text)).root
                return try #require(root["bytes"]?.int)
            }
            // What serving takes by itself is there before.
            try await ask(0..<200)
            let resident = try #require(gateway.process.residentKiB)
            let before = try counted()
            try await ask(200..<9000)
            let (bytes, after) = (try counted(), try #require(gateway.process.residentKiB))
            #expect(bytes > 11 << 20 && bytes <= 12 << 20, "the store counts \(bytes)")
            let (grown, stored) = (Double((after - resident) << 10), Double(bytes - before))
            // A debug build's share of tables and fragments in 12 MiB is above that of a release build in 64 MiB, which the
            // benchmark holds to 10 %.
            #expect(abs(grown / stored - 1) <= 0.15, "grown by \(grown), counted \(stored)")
            gateway.stop()
        }
    }
}
