import TestSupport
import Testing

extension EndToEnd {
    /// `validation.undeclaredFields`: what a service tells beyond its description.
    @Suite("Undeclared fields of responses through the gateway")
    struct UndeclaredFieldTests {
        /// An operation whose reply has an integer `a`.
        private static let paths = """
              /things:
                get: &get
                  responses:
                    "200":
                      description: d
                      content: { application/json: { schema: { type: object, properties: { a: { type: integer } } } } }
                head: *get
            """

        /// A service that says more than it should, whole or in pieces.
        private static func backend(
            _ content: String, fields: String = "", isChunked: Bool = false
        ) throws
            -> RecordingBackend
        {
            let half = content.octets.count / 2
            let pieces = [content.prefix(half), content.dropFirst(half)]
            let framed =
                isChunked
                ? "Transfer-Encoding: chunked\r\n\r\n"
                    + pieces.map { String($0.utf8.count, radix: 16) + "\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
                : "Content-Length: \(content.octets.count)\r\n\r\n\(content)"
            return try RecordingBackend(
                answer: RecordingBackend.always(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)\(framed)"))
        }

        @Test(
            "strip takes them out, whether the reply comes whole or in pieces", arguments: [false, true],
            ["enforce", "skip"])
        func strip(isChunked: Bool, responses: String) throws {
            let backend = try Self.backend(#"{"a": 1, "secret": "x", "b": [2]}"#, isChunked: isChunked)
            let gateway = try RunningGateway(
                paths: Self.paths, validation: "responses: \(responses), undeclaredFields: strip", backend: backend)
            let reply = try HTTPClient.send("GET /things", to: gateway.port, fields: ["Accept-Encoding: gzip"])
            #expect(reply.status == 200)
            #expect(reply.text == #"{"a": 1}"#)
            #expect(reply.fields["Content-Length"] == "8")
            #expect(
                backend.requests[0].fields["Accept-Encoding"] == "identity", "out of coded content nothing is taken")
            #expect(try gateway.loggedViolations(exchanges: 1) == [2])
        }

        @Test("report lets them pass and counts them")
        func report() throws {
            let content = #"{"a": 1, "secret": "x"}"#
            let backend = try Self.backend(content)
            let gateway = try RunningGateway(
                paths: Self.paths, validation: "undeclaredFields: report", backend: backend)
            let reply = try HTTPClient.send("GET /things", to: gateway.port)
            #expect(reply.text == content, "\(reply)")
            #expect(try gateway.loggedViolations(exchanges: 1) == [1])
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            #expect(metrics.contains(#"in="undeclared-field""#))
            #expect(backend.requests.count == 1)
        }

        @Test("a reply that was coded although nobody asked for it is not passed on")
        func coded() throws {
            let backend = try Self.backend(CodedContent.gzipped(#"{"a":1}"#), fields: "Content-Encoding: gzip\r\n")
            let gateway = try RunningGateway(
                paths: Self.paths, validation: "responses: skip, undeclaredFields: strip", backend: backend)
            #expect(try HTTPClient.send("GET /things", to: gateway.port).status == 502)
        }

        @Test("a reply to HEAD does not tell the length of what GET would not send")
        func head() throws {
            let backend = try RecordingBackend(
                answer: RecordingBackend.always(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"))
            let gateway = try RunningGateway(
                paths: Self.paths, validation: "undeclaredFields: strip", backend: backend)
            let reply = try HTTPClient.send("HEAD /things", to: gateway.port)
            #expect(reply.status == 200 && reply.fields["Content-Length"] == nil)
        }
    }
}
