import JSONDocuments
import Synchronization
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
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            for (step, result) in [("one", "undone"), ("two", "failed")] {
                let sample = #"lintel_step_undone_total{composition="page",step="\#(step)",result="\#(result)"} 1"#
                #expect(metrics.contains(sample), "\(sample)")
            }
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

        // MARK: The way back

        @Test("a step is undone with the attempts that its way back has", arguments: [1, 2])
        func repeated(failures: Int) throws {
            let count = Mutex(0)
            let backend = try RecordingBackend { request, socket in
                let content = String(decoding: request.content, as: UTF8.self)
                if request.target == "/parts/1" {
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    guard number > failures else {
                        return try socket.send(CompositionTests.json("{}", status: "503 Service Unavailable"))
                    }
                }
                if request.method == "DELETE" { return try socket.send("HTTP/1.1 204 No Content\r\n\r\n") }
                if content.contains("3") { return try CompositionTests.Fault.notFound.answer(socket) }
                try socket.send(CompositionTests.json(content, status: "201 Created"))
            }
            let gateway = try CompositionTests.gateway(Self.saga, backend: backend)
            let problem = try HTTPClient.send("POST /page", to: gateway.port).json()
            let last = try #require(problem["compensation"]?[1])
            #expect(last["step"]?.string == "one")
            #expect(last["result"]?.string == (failures == 1 ? "undone" : "failed"))
            #expect(Self.undoing(backend) == ["/parts/2", "/parts/1", "/parts/1"])
        }

        @Test("a way back that takes too long has failed, and the rest is undone all the same")
        func slow() throws {
            let backend = try RecordingBackend { request, socket in
                let content = String(decoding: request.content, as: UTF8.self)
                if request.target == "/parts/2" { return try CompositionTests.Fault.timeout.answer(socket) }
                if request.method == "DELETE" { return try socket.send("HTTP/1.1 204 No Content\r\n\r\n") }
                if content.contains("3") { return try CompositionTests.Fault.notFound.answer(socket) }
                try socket.send(CompositionTests.json(content, status: "201 Created"))
            }
            let saga = Self.saga.replacing(
                #"{ id: "{$steps.two.body#/n}" } }"#, with: #"{ id: "{$steps.two.body#/n}" }, timeout: 200ms }"#)
            let gateway = try CompositionTests.gateway(saga, backend: backend)
            let problem = try HTTPClient.send("POST /page", to: gateway.port).json()
            #expect(
                problem["compensation"].map { JSONWriter.text(of: $0) }
                    == #"[{"step":"two","result":"failed","reason":"timeout"},{"step":"one","result":"undone"}]"#)
        }

        @Test("of steps that run beside one another, one that is still on its way is waited for and undone too")
        func parallel() throws {
            let backend = try RecordingBackend { request, socket in
                let content = String(decoding: request.content, as: UTF8.self)
                if request.method == "DELETE" { return try socket.send("HTTP/1.1 204 No Content\r\n\r\n") }
                if content.contains("2") { return try CompositionTests.Fault.notFound.answer(socket) }
                // The answer of the good step comes when the other has failed.
                _ = socket.isReadable(within: 0.3)
                try socket.send(CompositionTests.json(content, status: "201 Created"))
            }
            let gateway = try CompositionTests.gateway(
                Self.saga.replacing("    dependsOn: [one]\n", with: "").replacing("  dependsOn: [one]\n", with: ""),
                backend: backend)
            let problem = try HTTPClient.send("POST /page", to: gateway.port).json()
            #expect(problem["step"]?.string == "two")
            #expect(
                problem["compensation"].map { JSONWriter.text(of: $0) } == #"[{"step":"one","result":"undone"}]"#)
            #expect(Self.undoing(backend) == ["/parts/1"])
            #expect(!backend.requests.contains { String(decoding: $0.content, as: UTF8.self).contains("3") })
        }

        @Test("a composed reply that breaks its contract is not sent, and what was done for it is undone")
        func brokenReply() throws {
            let backend = try RecordingBackend { request, socket in
                if request.method == "DELETE" { return try socket.send("HTTP/1.1 204 No Content\r\n\r\n") }
                let content = String(decoding: request.content, as: UTF8.self)
                let answer = content.contains("3") ? #"{"n":"three"}"# : content
                try socket.send(CompositionTests.json(answer, status: "201 Created"))
            }
            let gateway = try CompositionTests.gateway(
                Self.saga.replacing("body: { n: 3 }", with: "validate: skip, body: { n: 3 }"), backend: backend)
            let reply = try HTTPClient.send("POST /page", to: gateway.port)
            #expect(reply.status == 502)
            let problem = try reply.json()
            #expect(problem["errors"]?[0]?["pointer"]?.string == "/done")
            #expect(
                problem["compensation"].map { JSONWriter.text(of: $0) }
                    == #"[{"step":"three","result":"kept"},{"step":"two","result":"undone"},{"step":"one","result":"undone"}]"#
            )
        }

        @Test("what is undone for a client that left is logged and counted, and the process ends after it")
        func undoneAlone() throws {
            let backend = try RecordingBackend { request, socket in
                if request.method == "DELETE" {
                    _ = socket.isReadable(within: 0.7)
                    return try socket.send("HTTP/1.1 204 No Content\r\n\r\n")
                }
                let content = String(decoding: request.content, as: UTF8.self)
                if content.contains("2") { return try CompositionTests.Fault.timeout.answer(socket) }
                try socket.send(CompositionTests.json(content, status: "201 Created"))
            }
            let gateway = try CompositionTests.gateway(
                Self.saga, backend: backend, gateway: "  drain: { readinessDelay: 0s, grace: 10s }")
            do {
                let client = try HTTPClient(port: gateway.port)
                try client.send("POST /page HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 0\r\n\r\n")
                #expect(Clock.poll(for: 5) { backend.requests.count == 2 })
                client.socket.close()
            }
            #expect(Clock.poll(for: 5) { Self.undoing(backend) == ["/parts/1"] })
            // The way back has begun and needs its time: nobody is connected, and yet the process has something to do.
            let start = Clock.now
            #expect(gateway.stop() == 0)
            #expect(Clock.now - start > 0.4)
            #expect(gateway.process.error.contains("drained"))
            let line = try #require(
                gateway.log.first { $0.contains(#""outcome":"saga-not-undone""#) }, "\(gateway.log)")
            let steps = try JSONText.parse(Array(line.utf8))["steps"]
            #expect(steps?["one"]?["outcome"]?.string == "undone")
            #expect(steps?["two"]?["outcome"]?.string == "unknown")
        }
    }
}
