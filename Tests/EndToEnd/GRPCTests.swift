import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    /// gRPC through the gateway: the service speaks it over HTTP/1.1 with trailers, behind a gateway that speaks HTTP/2.
    @Suite("gRPC")
    struct GRPCTests {
        /// A message with its prefix (gRPC over HTTP/2: `Length-Prefixed-Message`).
        private static func message(_ text: String) -> [UInt8] {
            [0] + FrameClient.bytes(UInt32(text.utf8.count)) + Array(text.utf8)
        }

        private static func service() throws -> (RecordingBackend, RunningGateway) {
            let backend = try RecordingBackend { request, socket in
                if request.target.hasSuffix("/Fails") {
                    return try socket.send(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nGrpc-Status: 5\r\nContent-Length: 0\r\n\r\n"
                    )
                }
                let reply = GRPCTests.message("hello")
                try socket.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTrailer: grpc-status\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n\(String(reply.count, radix: 16))\r\n")
                try socket.send(reply)
                try socket.send("\r\n0\r\nGrpc-Status: 0\r\nGrpc-Message: fine\r\n\r\n")
            }
            let inner = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0", protocols: [h2] } }
                      admin: { bind: "127.0.0.1:0" }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    apis: { all: { grpc: [shop.v1.Products/*], upstream: service } }
                    """
                ]))
            return (backend, inner)
        }

        private static func gateway(_ port: Int, _ more: String = "") throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0", protocols: [h2, http1] } }
                      admin: { bind: "127.0.0.1:0" }
                      docs: { path: /docs }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(port)"], protocols: [h2] } }
                    apis:
                      shop: { grpc: [shop.v1.Products/Get, shop.v1.Products/Fails, shop.v1.Orders/*], upstream: service\(more) }
                    """
                ]))
        }

        private static func call(
            _ client: FrameClient, _ stream: UInt32, _ path: String, type: String = "application/grpc"
        ) {
            client.send(
                FrameClient.headers(
                    stream, path, method: "POST", ends: false,
                    more: [("te", "trailers"), ("content-type", type), ("grpc-timeout", "1S")])
                    + FrameClient.frame(.data, 1, stream, message("who")))
        }

        /// The frames of a stream, to its end.
        private static func frames(_ client: FrameClient, _ stream: UInt32) -> [FrameClient.Frame] {
            var all: [FrameClient.Frame] = []
            while let frame = client.first(where: { $0.stream == stream && $0.kind != .windowUpdate }) {
                all.append(frame)
                if frame.flags & 1 == 1 || frame.kind == .reset { break }
            }
            return all
        }

        @Test("a declared method passes, messages as they are, and the trailers behind them")
        func passes() throws {
            let (backend, service) = try Self.service()
            let gateway = try Self.gateway(service.port)
            let client = try FrameClient(port: gateway.port)
            Self.call(client, 1, "/shop.v1.Products/Get")
            let frames = Self.frames(client, 1)
            #expect(frames.map(\.kind) == [.headers, .data, .headers])
            #expect(frames.first?.status == 200)
            #expect(frames.count > 1 && frames[1].payload == Self.message("hello"))
            let request = try #require(backend.requests.last)
            #expect(request.target == "/shop.v1.Products/Get" && request.content == Self.message("who"))
            #expect(request.fields["Content-Type"] == "application/grpc" && request.fields["Grpc-Timeout"] == "1S")
            // A call that fails at once is one field list that ends the stream.
            Self.call(client, 3, "/shop.v1.Products/Fails")
            let failed = Self.frames(client, 3)
            #expect(failed.map(\.kind) == [.headers] && (failed.first?.flags ?? 0) & 1 == 1)
            _ = service
        }

        @Test("what is not declared, or is no call, does not reach the service")
        func refuses() throws {
            let (backend, service) = try Self.service()
            let gateway = try Self.gateway(service.port)
            let client = try FrameClient(port: gateway.port)
            for (index, path) in ["/shop.v1.Products/Delete", "/shop.v2.Products/Get", "/shop.v1.Orders/a-b"]
                .enumerated()
            {
                let stream = UInt32(1 + 2 * index)
                Self.call(client, stream, path)
                #expect(Self.frames(client, stream).first?.status ?? 200 != 200, "\(path)")
            }
            let json = try HTTPClient.send(
                "POST /shop.v1.Products/Get", to: gateway.port, fields: ["Content-Type: application/json"],
                content: "{}")
            #expect(json.status == 415)
            #expect(try HTTPClient.send("GET /shop.v1.Products/Get", to: gateway.port).status == 405)
            #expect(backend.requests.isEmpty)
            _ = service
        }

        @Test("methods are listed, documented and limited like operations")
        func listed() throws {
            let (_, service) = try Self.service()
            let gateway = try Self.gateway(
                service.port, ", operations: { \"shop.v1.Products/Get\": { limits: { requestBody: 4B } } }")
            let routes = try HTTPClient.send("GET /routes", to: gateway.adminPort).text
            #expect(routes.contains("/shop.v1.Orders/{method}") && routes.contains("/shop.v1.Products/Get"))
            #expect(try HTTPClient.send("GET /docs/shop/", to: gateway.port).text.contains("shop.v1.Products"))
            let client = try FrameClient(port: gateway.port)
            Self.call(client, 1, "/shop.v1.Products/Get")
            #expect(Self.frames(client, 1).first?.status ?? 200 != 200)
            _ = service
        }

        @Test("names that are none are errors at load, with the place")
        func mistakes() throws {
            for (text, message) in [
                ("[/shop.v1.Products/Get]", "method of gRPC"), ("[shop.v1.Products]", "method of gRPC"),
                ("[shop..Products/Get]", "method of gRPC"), ("[]", "at least"),
                ("[a.B/*], spec: x.yaml", "only one of"),
            ] {
                let folder = try TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway: { listeners: { public: { bind: "127.0.0.1:0" } } }
                    upstreams: { service: { targets: ["http://127.0.0.1:1"] } }
                    apis: { shop: { upstream: service, grpc: \(text) } }
                    """
                ])
                let result = try ChildProcess.run(
                    [LintelExecutable.path, "check", "--routes", folder.file("routes")], within: 20)
                #expect(result.code == 2 && (result.output + result.error).contains(message), "\(text): \(result)")
                #expect((result.output + result.error).contains("gateway.yaml:4:"))
            }
        }
    }
}
