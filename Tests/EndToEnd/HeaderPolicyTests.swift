import TestSupport
import Testing

extension EndToEnd {
    @Suite("Fields that policies set and remove")
    struct HeaderPolicyTests {
        private static let document =
            #"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/x":{"get":{"operationId":"getX","parameters":[{"name":"X-Needed","in":"header","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"ok"}}}}}}"#

        /// A gateway whose operation `getX` uses these policies.
        private static func gateway(
            _ port: Int, policies: String, use: String, cache: String = ""
        ) throws -> RunningGateway {
            try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                    upstreams: { service: { targets: ["http://127.0.0.1:\(port)"] } }
                    policies:
                    \(policies.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
                    apis:
                      test:
                        spec: ../specs/x.json
                        mount: /t
                        upstream: service
                        use: [\(use)]
                        operations: { getX: { timeout: 5s\(cache) } }
                    """,
                    "specs/x.json": document,
                ]))
        }

        private static let edits = """
            first: { headers: { request: { set: { X-Hop: one, X-Tenant: acme }, remove: [x-debug, Cookie] } } }
            second: { headers: { request: { set: { x-hop: two } }, response: { set: { X-Frame-Options: DENY }, remove: [server, X-Powered-By] } } }
            """

        @Test("requests and responses are changed, whatever the case of a name, and the rest goes through")
        func changes() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send(
                    "HTTP/1.1 200 OK\r\nServer: s\r\nx-powered-by: p\r\nX-Frame-Options: ALLOW\r\nX-Kept: k\r\nContent-Length: 2\r\n\r\nok"
                )
            }
            let gateway = try Self.gateway(backend.port, policies: Self.edits, use: "first, second")
            let reply = try HTTPClient.send(
                "GET /t/x", to: gateway.port,
                fields: ["X-Needed: a", "X-DEBUG: 1", "cookie: a=b", "x-tenant: forged", "X-Other: o", "X-Hop: zero"])
            #expect(reply.status == 200 && reply.text == "ok")
            let sent = try #require(backend.requests.first).fields
            #expect(sent.all("X-Hop") == ["two"] && sent.all("X-Tenant") == ["acme"])
            #expect(sent["X-Debug"] == nil && sent["Cookie"] == nil)
            #expect(sent["X-Other"] == "o" && sent["X-Needed"] == "a")
            #expect(reply.fields.all("X-Frame-Options") == ["DENY"])
            #expect(reply.fields["Server"] == nil && reply.fields["X-Powered-By"] == nil)
            #expect(reply.fields["X-Kept"] == "k")
        }

        @Test("a reply of the gateway's own has what is set as well, and the contract is about what the client sent")
        func ownReplies() throws {
            let backend = try RecordingBackend()
            let gateway = try Self.gateway(
                backend.port,
                policies:
                    "edit: { headers: { request: { set: { X-Needed: a } }, response: { set: { X-Frame-Options: DENY } } } }",
                use: "edit")
            let reply = try HTTPClient.send("GET /t/x", to: gateway.port)
            #expect(reply.status == 400)
            #expect(reply.fields["X-Frame-Options"] == "DENY")
            #expect(backend.requests.isEmpty)
        }

        @Test("a stored reply is changed like a fresh one")
        func stored() throws {
            let backend = try RecordingBackend { _, socket in
                try socket.send("HTTP/1.1 200 OK\r\nServer: s\r\nETag: \"e\"\r\nContent-Length: 2\r\n\r\nok")
            }
            let gateway = try Self.gateway(
                backend.port, policies: Self.edits, use: "first, second", cache: ", cache: { ttl: 60s }")
            for round in 1...2 {
                let reply = try HTTPClient.send("GET /t/x", to: gateway.port, fields: ["X-Needed: a"])
                #expect(reply.fields["Server"] == nil, "round \(round)")
                #expect(reply.fields.all("X-Frame-Options") == ["DENY"])
            }
            #expect(backend.requests.count == 1)
            let unchanged = try HTTPClient.send(
                "GET /t/x", to: gateway.port, fields: ["X-Needed: a", "If-None-Match: \"e\""])
            #expect(unchanged.status == 304 && unchanged.fields["Server"] == nil)
        }

        @Test(
            "fields of the connection, of framing and of the gateway's own are refused at load",
            arguments: [
                ("request: { set: { Connection: close } }", "reserved-field"),
                ("request: { remove: [Content-Length] }", "reserved-field"),
                ("request: { set: { transfer-encoding: chunked } }", "reserved-field"),
                ("request: { set: { Host: a } }", "reserved-field"),
                ("request: { set: { X-Forwarded-For: a } }", "reserved-field"),
                ("response: { remove: [Content-Length] }", "reserved-field"),
                ("response: { set: { Content-Type: text/plain } }", "reserved-field"),
                ("response: { remove: [Upgrade] }", "reserved-field"),
                ("response: { set: { X-A: a }, remove: [x-a] }", "duplicate-field"),
            ])
        func refused(edit: String, code: String) throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": "version: 1\npolicies: { edit: { headers: { \(edit) } } }\n"
            ])
            let check = try ChildProcess([LintelExecutable.path, "check", "--routes", folder.file("routes")])
            #expect(check.wait(within: 20) == 2)
            #expect((check.output + check.error).contains("[\(code)]"), "\(check.output)\(check.error)")
        }
    }
}
