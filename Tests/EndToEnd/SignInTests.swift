import JSONDocuments
import SourceDiagnostics
import TestSupport
import Testing

extension EndToEnd {
    /// Getting a token for "try it" from an authorization server, in a real browser.
    @Suite("Signing in for a trial")
    struct SignInTests {
        /// An authorization server: agrees to everything, and gives tokens to those who can show why (RFC 7636 §4.6).
        private static func authorizationServer() throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                let shared = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: authorization\r\n"
                func answer(_ status: String, _ fields: String, _ content: String = "") throws {
                    try socket.send(
                        "HTTP/1.1 \(status)\r\n\(shared)\(fields)Content-Length: \(content.utf8.count)\r\n\r\n\(content)"
                    )
                }
                let query = FormText(request.target.split(separator: "?").dropFirst().first.map(String.init) ?? "")
                if request.method == "OPTIONS" { return try answer("204 No Content", "") }
                if request.target.hasPrefix("/authorize?") {
                    guard query["response_type"] == "code", query["client_id"] == "reader", query["scope"] == "read",
                        query["code_challenge_method"] == "S256", let challenge = query["code_challenge"],
                        let back = query["redirect_uri"], let state = query["state"]
                    else { return try answer("400 Bad Request", "") }
                    return try answer("302 Found", "Location: \(back)?code=for.\(challenge)&state=\(state)\r\n")
                }
                let form = FormText(String(decoding: request.content, as: UTF8.self))
                var token: String?
                switch form["grant_type"] {
                case "authorization_code":
                    if form["code"] == "for." + CodeChallenge.s256(of: form["code_verifier"] ?? "") {
                        token = "by-code"
                    }
                case "client_credentials":
                    // reader:s3cret
                    if request.fields["Authorization"] == "Basic cmVhZGVyOnMzY3JldA==", form["scope"] == "read" {
                        token = "by-secret"
                    }
                default: break
                }
                let content =
                    token.map { #"{"access_token":"\#($0)","token_type":"Bearer"}"# } ?? #"{"error":"invalid_grant"}"#
                try answer(token == nil ? "400 Bad Request" : "200 OK", "Content-Type: application/json\r\n", content)
            }
        }

        @Test(
            "the authorization code with PKCE and client credentials both end with a token that the service sees",
            .enabled(if: BrowserTests.isPresent, "Debian's chromium, chromium-driver and python3 are not installed"))
        func flows() async throws {
            let issuer = try Self.authorizationServer()
            let service = try RecordingBackend()
            let base = "http://127.0.0.1:\(issuer.port)"
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                    upstreams: { service: { targets: ["http://127.0.0.1:\(service.port)"] } }
                    apis: { test: { spec: ../specs/test.yaml, upstream: service, security: upstream } }
                    """,
                    "specs/test.yaml": """
                    openapi: 3.1.0
                    info: { title: test, version: "1" }
                    paths:
                      /a:
                        get: { operationId: getA, security: [{ id: [read] }], responses: { "200": { description: fine } } }
                    components:
                      securitySchemes:
                        id:
                          type: oauth2
                          flows:
                            authorizationCode: { authorizationUrl: "\(base)/authorize", tokenUrl: "\(base)/token", scopes: { read: Reading } }
                            clientCredentials: { tokenUrl: "\(base)/token", scopes: { read: Reading } }
                            implicit: { authorizationUrl: "javascript:alert(1)", scopes: {} }
                    """,
                ]))
            let page = "http://127.0.0.1:\(gateway.port)/docs/test/operations/getA"
            let script = PackageFolder.path + "/Tests/EndToEnd/sign_in.py"
            let result = try ChildProcess.run(["/usr/bin/python3", script, page], within: 180)
            #expect(result.code == 0, "\(result.error)")
            let seen = try JSONDocument(
                parsing: SourceFile(path: "seen.json", bytes: Array(result.output.utf8))
            ).root
            for (flow, token) in [("authorizationCode", "by-code"), ("clientCredentials", "by-secret")] {
                #expect(seen[flow]?["token"]?.string == token)
                #expect(seen[flow]?["address"]?.string == page)
                #expect(seen[flow]?["reply"]?.string?.hasPrefix("200") == true, "\(result.output)")
            }
            #expect(service.requests.map { $0.fields["Authorization"] } == ["Bearer by-code", "Bearer by-secret"])
            #expect(seen["unasked"]?.string?.contains("nothing to sign in for") == true)
            #expect(seen["left"]?.string == "")
            #expect(seen["complaints"]?.count == 0, "\(result.output)")
            gateway.stop()
        }
    }
}
