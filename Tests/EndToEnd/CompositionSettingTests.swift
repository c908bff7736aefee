import JSONDocuments
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What a composition and its steps can say")
    struct CompositionSettingTests {
        /// Answers parts, lists and batches of them.
        private static func service() throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                if request.target == "/list" {
                    return try socket.send(CompositionTests.json(#"[{"n":1},{"n":2},{"n":3},{"n":2},{"n":4}]"#))
                }
                if request.target.hasPrefix("/many?ids=") {
                    let ids = request.target.dropFirst("/many?ids=".count).split(separator: ",")
                    // In another order than asked for, and without one of them.
                    let found = ids.reversed().filter { $0 != "3" }.map { #"{"n":\#($0),"of":"many"}"# }
                    return try socket.send(CompositionTests.json(#"{"found":[\#(found.joined(separator: ","))]}"#))
                }
                if request.target == "/parts/text" {
                    return try socket.send(CompositionTests.json(#"{"n":"one"}"#))
                }
                try socket.send(CompositionTests.json(#"{"n":1}"#))
            }
        }

        @Test("a batch asks for each key once, a few at a time, and every element gets its own result")
        func batch() throws {
            let backend = try Self.service()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps:
                  list: { call: test.getList }
                  parts:
                    forEach: $steps.list.body
                    call: test.getMany
                    batch: { into: ids, key: $item#/n, size: 2, match: { in: /found, by: /n } }
                    concurrency: 1
                    tolerate: 1
                    onFailure: null
                respond: { $each: $steps.list.body, $item: { n: $item#/n, part: $steps.parts.body } }
                """, backend: backend)
            let reply = try HTTPClient.send("GET /page", to: gateway.port)
            #expect(
                reply.text
                    == #"[{"n":1,"part":{"n":1,"of":"many"}},{"n":2,"part":{"n":2,"of":"many"}},{"n":3,"part":null},{"n":2,"part":{"n":2,"of":"many"}},{"n":4,"part":{"n":4,"of":"many"}}]"#
            )
            #expect(reply.fields["Lintel-Partial"] == "parts;reason=no-match;failed=1")
            #expect(backend.requests.map(\.target) == ["/list", "/many?ids=1,2", "/many?ids=3,4"])
        }

        @Test(
            "a step says what is done about an answer that breaks its contract",
            arguments: ["skip", "report", "enforce"])
        func validation(word: String) throws {
            let backend = try Self.service()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps:
                  one: { call: test.getPart, with: { id: text }, validate: \(word) }
                respond: { status: $steps.one.status }
                """, backend: backend)
            let reply = try HTTPClient.send("GET /page", to: gateway.port)
            #expect(reply.status == (word == "enforce" ? 502 : 200))
            if word == "enforce" { #expect(try reply.json()["reason"]?.string == "contract") }
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            #expect(metrics.contains(#"operation="getPart",message="response",in="body""#) == (word != "skip"))
        }

        @Test(
            "a call is repeated after the failures that the step names, and after no other",
            arguments: [("[503]", 200, 2), ("[connect, 502]", 502, 1), ("[]", 502, 1)])
        func repeated(reasons: String, status: Int, calls: Int) throws {
            let isFirst = Mutex(true)
            let backend = try RecordingBackend { _, socket in
                let fails = isFirst.withLock { first in
                    defer { first = false }
                    return first
                }
                try socket.send(
                    CompositionTests.json(#"{"n":1}"#, status: fails ? "503 Service Unavailable" : "200 OK"))
            }
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps: { one: { call: test.getPart, with: { id: a }, retry: { attempts: 1, when: \(reasons) } } }
                respond: { n: $steps.one.body#/n }
                """, backend: backend)
            #expect(try HTTPClient.send("GET /page", to: gateway.port).status == status)
            #expect(backend.requests.count == calls)
        }

        // MARK: What is told

        private static let pair = """
            get: /page/{id}
            steps:
              first: { call: test.getPart, with: { id: $inputs.id } }
              second: { call: test.getPart, with: { id: text }, optional: true }
              third: { call: test.getPart, with: { id: c }, when: exists($steps.second.body#/n) }
            respond: { first: $steps.first.body#/n, second: $steps.second.body#/n, third: $steps.third.body#/n }
            """

        @Test("how long each step took is told to clients where the settings allow it", arguments: [true, false])
        func serverTiming(isAllowed: Bool) throws {
            let backend = try Self.service()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                Self.pair, backend: backend, gateway: isAllowed ? "  telemetry: { serverTiming: true }" : "")
            let told = try HTTPClient.send("GET /page/a", to: gateway.port).fields["Server-Timing"]
            guard isAllowed else {
                #expect(told == nil)
                return
            }
            #expect(
                told?.wholeMatch(of: /first;dur=\d+\.\d, second;dur=\d+\.\d;desc="contract"/) != nil, "\(told ?? "")")
            let failed = try HTTPClient.send("GET /page/text", to: gateway.port)
            #expect(failed.status == 502)
            #expect(failed.fields["Server-Timing"]?.hasPrefix("first;dur=") == true)
        }

        @Test("log and metrics tell of each step")
        func records() throws {
            let backend = try Self.service()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(Self.pair, backend: backend)
            #expect(try HTTPClient.send("GET /page/a", to: gateway.port).text == #"{"first":1}"#)
            #expect(Clock.poll(for: 5) { gateway.log.contains { $0.contains("composed-partial") } })
            let line = try #require(gateway.log.first { $0.contains("composed-partial") })
            let steps = try #require(try JSONText.parse(Array(line.utf8))["steps"])
            #expect(steps["first"]?["outcome"]?.string == "done")
            #expect(steps["first"]?["ms"]?.double ?? -1 >= 0)
            #expect(steps["second"]?["outcome"]?.string == "contract")
            #expect(steps["third"]?["outcome"]?.string == "skipped")
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort).text
            for sample in [
                #"lintel_step_calls_total{composition="page",step="first"} 1"#,
                #"lintel_step_calls_total{composition="page",step="third"} 0"#,
                #"lintel_step_failures_total{composition="page",step="second",reason="contract"} 1"#,
                #"lintel_step_duration_seconds_count{composition="page",step="second"} 1"#,
            ] { #expect(metrics.contains(sample), "\(sample)") }
        }

        // MARK: Who may call

        private static let policies = """
            policies:
              partner: { apiKey: { header: X-Key, keys: "${env:PARTNER_KEYS}" } }
              staff: { apiKey: { header: X-Staff, keys: "${env:STAFF_KEYS}" } }
              slow: { rateLimit: { key: address, limit: 2/1m, burst: 2 } }
            """

        /// A gateway over the service with keys.
        private static func gateway(
            _ lines: String, _ step: String, backend: RecordingBackend, security: String = "{ key: partner }"
        ) throws -> RunningGateway {
            try CompositionTests.gateway(
                """
                get: /page
                \(lines)
                steps: { one: { call: test.\(step), with: { id: a } } }
                respond: { n: $steps.one.body#/n }
                """, backend: backend,
                more: policies.replacing("${env:PARTNER_KEYS}", with: "${file:partner}").replacing(
                    "${env:STAFF_KEYS}", with: "${file:staff}"), security: security)
        }

        @Test("callers show what the called operations ask for, and what the composition asks for itself")
        func credentials() throws {
            let backend = try Self.service()
            defer { backend.stop() }
            func status(_ gateway: RunningGateway, _ fields: String...) throws -> Int {
                try HTTPClient.send("GET /page", to: gateway.port, fields: fields).status
            }
            let (partner, staff) = ("X-Key: partner-key-that-is-long", "X-Staff: staff-key-that-is-long")
            let parts = try Self.gateway("tags: []", "getPrivate", backend: backend)
            #expect(try status(parts) == 401)
            #expect(try status(parts, partner) == 200)
            let both = try Self.gateway("use: [staff]", "getPrivate", backend: backend)
            #expect(try status(both, partner) == 401)
            #expect(try status(both, staff) == 401)
            #expect(try status(both, partner, staff) == 200)
            let either = try Self.gateway("security: [partner, staff]", "getPart", backend: backend)
            #expect(try status(either) == 401)
            #expect(try status(either, staff) == 200)
            #expect(try status(either, partner) == 200)
        }

        @Test("a composition has its own rate")
        func rate() throws {
            let backend = try Self.service()
            defer { backend.stop() }
            let gateway = try Self.gateway("use: [slow]", "getPart", backend: backend)
            let statuses = try (0..<3).map { _ in try HTTPClient.send("GET /page", to: gateway.port).status }
            #expect(statuses == [200, 200, 429])
        }

        @Test("asking nobody for anything is a mistake where a called operation asks for credentials")
        func unmet() throws {
            let backend = try Self.service()
            defer { backend.stop() }
            #expect(throws: RunningGateway.Failure.self) {
                try Self.gateway("security: []", "getPrivate", backend: backend)
            }
            _ = try Self.gateway("security: []", "getPart", backend: backend)
        }
    }
}

extension EndToEnd.CompositionSettingTests {
    /// `lintel check` of a composition that has to keep a contract; the contract's own reply schema is given.
    private static func check(contract schema: String, name: String = "getPage") throws -> (code: Int32, output: String)
    {
        let folder = try TemporaryFolder([
            "routes/gateway.yaml": """
            version: 1
            upstreams: { service: { targets: ["http://127.0.0.1:1"] } }
            apis: { test: { spec: ../specs/test.yaml, upstream: service } }
            compositions:
              page:
                get: /page/{id}
                contract: ../specs/edge.yaml#\(name)
                steps: { one: { call: test.getOne, with: { id: $inputs.id } } }
                respond: { id: $steps.one.body#/id, note: $steps.one.body#/note? }
            """,
            "specs/test.yaml": """
            openapi: 3.1.0
            info: { title: test, version: "1" }
            paths:
              /one/{id}:
                get:
                  operationId: getOne
                  parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
                  responses:
                    "200": { description: ok, content: { application/json: { schema: { type: object, required: [id], properties: { id: { type: integer }, note: { type: string } } } } } }
            """,
            "specs/edge.yaml": """
            openapi: 3.1.0
            info: { title: edge, version: "1" }
            paths:
              /page/{id}:
                get:
                  operationId: getPage
                  parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }]
                  responses:
                    "200": { description: ok, content: { application/json: { schema: \(schema) } } }
            """,
        ])
        let result = try ChildProcess.run(
            [LintelExecutable.path, "check", "--routes", folder.path + "/routes"], within: 60)
        return (result.code, result.output)
    }

    @Test("a composition keeps the contract that was there first, or check names what cannot be proven")
    func contract() throws {
        let kept = try Self.check(contract: "{ type: object, required: [id], properties: { id: { type: integer } } }")
        #expect(kept.code == 0, "\(kept.output)")
        let broken = try Self.check(
            contract: "{ type: object, required: [id, note], properties: { id: { type: integer } } }")
        #expect(broken.code == 2)
        #expect(
            broken.output.contains(
                /routes\/gateway\.yaml:7:15: error: the reply 200 at `\/note` cannot be proven: it may be absent, and is required \[unproven-contract\]/
            ))
        #expect(broken.output.contains(/specs\/edge\.yaml:9:\d+: note/))
        let misspelt = try Self.check(contract: "{}", name: "getPages")
        #expect(misspelt.code == 2)
        #expect(misspelt.output.contains("getPage"))
    }
}
