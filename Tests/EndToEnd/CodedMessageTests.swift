import TestSupport
import Testing

extension EndToEnd {
    /// Content codings on the way in and out (RFC 9110 §8.4): what they hide is checked, and passes as it came.
    @Suite("Coded messages through the gateway")
    struct CodedMessageTests {
        /// An operation whose content and reply have an integer `a`.
        private static let paths = """
              /things:
                post:
                  requestBody: { required: true, content: { application/json: { schema: &thing
                    { type: object, required: [a], properties: { a: { type: integer } } } } } }
                  responses:
                    "200": { description: d, content: { application/json: { schema: *thing } } }
            """
        /// The fields of gzip content.
        private static let fields = ["Content-Type: application/json", "Content-Encoding: gzip"]

        /// A service that replies with these octets in this coding.
        private static func backend(_ octets: String, _ coding: String = "gzip") throws -> RecordingBackend {
            try RecordingBackend(
                answer: RecordingBackend.always(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: \(coding)\r\n"
                        + "Content-Length: \(octets.octets.count)\r\n\r\n\(octets)"))
        }

        @Test("coded content that holds goes on octet for octet; what breaks the contract never does")
        func requests() throws {
            let backend = try Self.backend(CodedContent.gzipped(#"{"a":1}"#))
            let gateway = try RunningGateway(paths: Self.paths, limits: "requestBody: 2KiB", backend: backend)
            func send(_ octets: String, _ fields: [String] = Self.fields) throws -> HTTPClient.Reply {
                try HTTPClient.send("POST /things", to: gateway.port, fields: fields, content: octets)
            }
            let good = CodedContent.gzipped(#"{"a":1}"#)
            #expect(try send(good).status == 200)
            #expect(backend.requests.map(\.content) == [good.octets])
            #expect(backend.requests[0].fields["Content-Encoding"] == "gzip")

            let broken = try send(CodedContent.gzipped(#"{"a":"x"}"#))
            #expect(broken.status == 400)
            #expect(try broken.violationPointers == ["/a"])
            #expect(try send(String(good.dropLast())).status == 400, "cut off")
            #expect(try send("{}").status == 400, "not what its field says")

            let large = "{\"a\":1}" + String(repeating: " ", count: 2048)
            #expect(try send(CodedContent.gzipped(large)).status == 413, "the limit holds for what was decoded")

            let unknown = try send(good, ["Content-Type: application/json", "Content-Encoding: br"])
            #expect(unknown.status == 415)
            #expect(unknown.fields["Accept-Encoding"] == "gzip, deflate", "RFC 9110 §15.5.16")
            let type = try send(good, ["Content-Type: text/csv"])
            #expect(type.status == 415)
            #expect(type.fields["Accept-Encoding"] == nil)
            #expect(backend.requests.count == 1)
        }

        @Test(
            "a coded reply is checked and passes octet for octet; one that breaks its contract, or cannot be read, is 502",
            arguments: [
                (CodedContent.gzipped(#"{"a":1}"#), "gzip", 200), (CodedContent.gzipped(#"{"a":"x"}"#), "gzip", 502),
                (String(CodedContent.gzipped(#"{"a":1}"#).dropLast()), "gzip", 502), (#"{"a":1}"#, "br", 502),
            ])
        func responses(octets: String, coding: String, status: Int) throws {
            let backend = try Self.backend(octets, coding)
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            let reply = try HTTPClient.send(
                "POST /things", to: gateway.port, fields: ["Content-Type: application/json"], content: #"{"a":1}"#)
            #expect(reply.status == status)
            guard status == 200 else { return }
            #expect(reply.content == octets.octets)
            #expect(reply.fields["Content-Encoding"] == coding)
        }

        @Test(
            "a coded reply is reported when it breaks its contract", arguments: [(#"{"a":1}"#, 0), (#"{"a":"x"}"#, 1)])
        func reported(text: String, violations: Int) throws {
            let octets = CodedContent.gzipped(text)
            let backend = try Self.backend(octets)
            let gateway = try RunningGateway(
                paths: Self.paths, validation: "responses: report", backend: backend)
            let reply = try HTTPClient.send(
                "POST /things", to: gateway.port, fields: ["Content-Type: application/json"], content: #"{"a":1}"#)
            #expect(reply.status == 200)
            #expect(reply.content == octets.octets)
            #expect(try gateway.loggedViolations(exchanges: 1) == [violations])
        }

        @Test(
            "a service whose replies have to hold is asked for codings that can be undone, with the client's weights",
            arguments: [
                (["gzip, deflate, br, zstd"], "gzip,deflate"),
                (["br;q=1.0, X-GZIP;q=0.8", "identity;q=0, *"], "X-GZIP;q=0.8,identity;q=0"),
                (["br"], nil), ([], nil),
            ] as [([String], String?)])
        func acceptedCodings(lists: [String], forwarded: String?) throws {
            for (mode, expected) in [("enforce", forwarded), ("report", lists.isEmpty ? nil : lists[0])] {
                let backend = try Self.backend(CodedContent.gzipped(#"{"a":1}"#))
                let gateway = try RunningGateway(
                    paths: Self.paths, validation: "responses: \(mode)", backend: backend)
                _ = try HTTPClient.send(
                    "POST /things", to: gateway.port,
                    fields: ["Content-Type: application/json"] + lists.map { "Accept-Encoding: \($0)" },
                    content: #"{"a":1}"#)
                #expect(backend.requests.first?.fields["Accept-Encoding"] == expected, "\(mode)")
            }
        }
    }
}
