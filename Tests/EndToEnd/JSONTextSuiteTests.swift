import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    /// The JSON parsing suite as contents of requests: what a peer behind the gateway can rely on.
    @Suite(
        "The JSON parsing suite through the gateway",
        .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
    struct JSONTextSuiteTests {
        /// Sends every text of a kind; returns the names of those that did not get a status.
        private static func misjudged(_ prefix: String, expected status: Int) throws -> (count: Int, names: [String]) {
            let backend = try RecordingBackend(
                answer: RecordingBackend.always("HTTP/1.1 204 No Content\r\n\r\n"))
            let gateway = try RunningGateway(
                paths: """
                      /json:
                        post:
                          requestBody: { required: true, content: { application/json: { schema: {} } } }
                          responses: { "204": { description: d } }
                    """, backend: backend)
            let folder = "jsontestsuite/test_parsing/"
            let names = Corpora.files(in: folder).filter { $0.hasPrefix(prefix) }
            var misjudged: [String] = []
            for name in names {
                let text = try Corpora.bytes(folder + name)
                let reply = try HTTPClient.send(
                    "POST /json", to: gateway.port, fields: ["Content-Type: application/json"],
                    content: String(octets: text))
                if reply.status != status { misjudged.append("\(name): \(reply.status)") }
            }
            return (names.count, misjudged)
        }

        @Test("every valid text goes on")
        func valid() throws {
            // Two members of the same name are valid JSON and refused all the same: which one counts is anybody's guess.
            let (count, misjudged) = try Self.misjudged("y_", expected: 204)
            let refused = ["y_object_duplicated_key.json: 400", "y_object_duplicated_key_and_value.json: 400"]
            print("JSON parsing suite through the gateway, valid: \(count - misjudged.count)/\(count)")
            #expect(misjudged == refused)
            #expect(count == 95)
        }

        @Test("no invalid text goes on")
        func invalid() throws {
            let (count, misjudged) = try Self.misjudged("n_", expected: 400)
            print("JSON parsing suite through the gateway, invalid: \(count - misjudged.count)/\(count)")
            #expect(misjudged == [])
            #expect(count == 188)
        }
    }
}
