import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Sagas")
    struct SagaTests {
        /// Three steps one after the other, each making a part; the first two can be undone.
        private static let saga = """
            post: /page
            timeout: 5s
            steps:
              one:
                call: test.createPart
                body: { n: 1 }
                timeout: 400ms
                compensate: { call: test.deletePart, with: { id: "{$steps.one.body#/n}" }, retry: { attempts: 1 } }
              two:
                call: test.createPart
                body: { n: 2 }
                dependsOn: [one]
                timeout: 400ms
                compensate: { call: test.deletePart, with: { id: "{$steps.two.body#/n}" } }
              three: { call: test.createPart, body: { n: 3 }, dependsOn: [two], timeout: 400ms }
            respond: { done: $steps.three.body#/n }
            """

        /// A service that makes parts as it is told, but for the number and the paths that it refuses.
        private static func service(
            failing: String, _ fault: CompositionTests.Fault, kept: [String] = []
        ) throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                if request.method == "DELETE" {
                    guard kept.contains(request.target) else {
                        return try socket.send("HTTP/1.1 204 No Content\r\n\r\n")
                    }
                    return try socket.send(CompositionTests.json("{}", status: "409 Conflict"))
                }
                let content = String(decoding: request.content, as: UTF8.self)
                if content.contains(failing) { return try fault.answer(socket) }
                try socket.send(CompositionTests.json(content, status: "201 Created"))
            }
        }

        /// The requests that undo something, in order.
        private static func undoing(_ backend: RecordingBackend) -> [String] {
            backend.requests.filter { $0.method == "DELETE" }.map(\.target)
        }

        @Test("when all goes well, nothing is undone")
        func good() throws {
            let backend = try Self.service(failing: "none", .notFound)
            let gateway = try CompositionTests.gateway(Self.saga, backend: backend)
            #expect(try HTTPClient.send("POST /page", to: gateway.port).text == #"{"done":3}"#)
            #expect(Self.undoing(backend) == [])
        }

        @Test("a saga that fails at a step undoes those before it, the last one first", arguments: [1, 2, 3])
        func failing(step: Int) throws {
            let backend = try Self.service(failing: "\(step)", .notFound)
            let gateway = try CompositionTests.gateway(Self.saga, backend: backend)
            let reply = try HTTPClient.send("POST /page", to: gateway.port)
            #expect(reply.status == 502)
            let problem = try reply.json()
            #expect(problem["step"]?.string == ["one", "two", "three"][step - 1])
            let undone = ["/parts/2", "/parts/1"].suffix(step - 1)
            #expect(Self.undoing(backend) == Array(undone))
            #expect(
                problem["compensation"]?.elements.map { $0["result"]?.string } ?? [] == undone.map { _ in "undone" })
        }

        @Test("what could not be undone is told, and the rest is undone all the same")
        func uncompensated() throws {
            let backend = try Self.service(failing: "3", .notFound, kept: ["/parts/2"])
            let gateway = try CompositionTests.gateway(Self.saga, backend: backend)
            let problem = try HTTPClient.send("POST /page", to: gateway.port).json()
            #expect(
                problem["compensation"].map { JSONWriter.text(of: $0) }
                    == #"[{"step":"two","result":"failed","reason":"status"},{"step":"one","result":"undone"}]"#)
            #expect(Self.undoing(backend) == ["/parts/2", "/parts/1"])
        }

        @Test("a step whose answer does not come may have been done, and the reply says so")
        func unknown() throws {
            let backend = try Self.service(failing: "2", .timeout)
            let gateway = try CompositionTests.gateway(Self.saga, backend: backend)
            let reply = try HTTPClient.send("POST /page", to: gateway.port)
            #expect(reply.status == 504)
            #expect(
                try reply.json()["compensation"].map { JSONWriter.text(of: $0) }
                    == #"[{"step":"two","result":"unknown","reason":"timeout"},{"step":"one","result":"undone"}]"#)
        }

        @Test("a client that goes away in the middle leaves nothing half done")
        func clientGone() throws {
            let backend = try Self.service(failing: "2", .timeout)
            let gateway = try CompositionTests.gateway(Self.saga, backend: backend)
            do {
                let client = try HTTPClient(port: gateway.port)
                try client.send("POST /page HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n")
                #expect(Clock.poll(for: 5) { backend.requests.count == 2 })
                client.socket.close()
            }
            #expect(Clock.poll(for: 5) { Self.undoing(backend) == ["/parts/1"] })
        }
    }
}
