import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Values of compositions")
    struct CompositionValueTests {
        /// Answers `{"n": …}` with the number in the target, a list of three, and what is sent as it came.
        private static func echo() throws -> RecordingBackend {
            try RecordingBackend { request, socket in
                if request.target == "/list" {
                    return try socket.send(CompositionTests.json(#"[{"n":1},{"n":2},{"n":3}]"#))
                }
                if request.method == "POST" {
                    let content = String(decoding: request.content, as: UTF8.self)
                    return try socket.send(CompositionTests.json(content, status: "201 Created"))
                }
                let number = request.target.split(separator: "/").last?.prefix { $0.isNumber } ?? ""
                if number == "2" {
                    return try socket.send(CompositionTests.json("{}", status: "500 Internal Server Error"))
                }
                try socket.send(CompositionTests.json(#"{"n":\#(number),"more":true}"#))
            }
        }

        /// A reply template over two parts, 1 and 3, and what it makes.
        static let made: [(template: String, reply: String)] = [
            ("{ $from: $steps.one.body, $rename: { n: number } }", #"{"number":1}"#),
            ("{ $from: $steps.one.body, $omit: [n] }", "{}"),
            (
                "{ $merge: [{ $from: $steps.one.body, $rename: { n: first } }, $steps.two.body, { c: 1 }] }",
                #"{"first":1,"n":3,"c":1}"#
            ),
            ("{ $merge: [$steps.one.body, $steps.two.body], $onConflict: left }", #"{"n":1}"#),
            ("{ $merge: [$steps.one.body, $steps.two.body], $onConflict: right }", #"{"n":3}"#),
            (
                "{ $merge: [$steps.one.body, { $merge: [$steps.two.body, { c: 1 }] }], $onConflict: left }",
                #"{"n":1,"c":1}"#
            ),
            (
                "{ $merge: [{ $merge: [$steps.two.body, { c: 1 }] }, $steps.one.body], $onConflict: right }",
                #"{"c":1,"n":1}"#
            ),
            (
                #"{ a: { $literal: "$5" }, b: "{$steps.one.body#/n} of {$steps.two.body#/n}" }"#,
                #"{"a":"$5","b":"1 of 3"}"#
            ),
            ("{ a: [$steps.one.body#/n, $steps.one.status] }", #"{"a":[1,200]}"#),
        ]

        @Test("a template makes what it says", arguments: made)
        func templates(template: String, reply: String) throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps:
                  one: { call: test.getPart, with: { id: "1" } }
                  two: { call: test.getPart, with: { id: "3" }, dependsOn: [one] }
                respond: \(template)
                """, backend: backend)
            #expect(try HTTPClient.send("GET /page", to: gateway.port).text == reply)
        }

        @Test(
            "a step whose condition is false is skipped, and asks for nothing",
            arguments: [
                ("$inputs.kind == 'long'", true), ("$inputs.kind != 'long'", false), ("exists($inputs.other)", false),
                ("!exists($inputs.other) && $steps.one.body#/n >= 1", true), ("$steps.one.status == 404", false),
                ("($steps.one.body#/n > 1 || $inputs.kind == 'long') && true == true", true),
            ])
        func conditions(condition: String, holds: Bool) throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                inputs:
                  kind: { in: query, schema: { type: string } }
                  other: { in: query, schema: { type: string } }
                steps:
                  one: { call: test.getPart, with: { id: "1" } }
                  two: { call: test.getPart, with: { id: "3" }, when: "\(condition)" }
                respond: { one: $steps.one.body#/n, two: $steps.two.body#/n }
                """, backend: backend)
            let reply = try HTTPClient.send("GET /page?kind=long", to: gateway.port)
            #expect(reply.text == (holds ? #"{"one":1,"two":3}"# : #"{"one":1}"#))
            #expect(reply.fields["Lintel-Partial"] == nil)
            #expect(backend.requests.count == (holds ? 2 : 1))
        }

        @Test("inputs come from the query, header fields and cookies, and are checked")
        func inputs() throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                inputs:
                  size: { in: query, schema: { type: integer } }
                  language: { in: header, name: Accept-Language, schema: { type: string, enum: [en, de], default: en } }
                  place: { in: cookie, name: place, schema: { type: string } }
                steps:
                  one: { call: test.getPart, with: { id: "1", note: "{$inputs.language}" } }
                respond: { n: $steps.one.body#/n, size: $inputs.size?, language: $inputs.language, place: $inputs.place? }
                """, backend: backend)
            let full = try HTTPClient.send(
                "GET /page?size=7", to: gateway.port,
                fields: ["accept-language: de", "Cookie: a=b; place=K%C3%B6ln%22"])
            #expect(full.text == #"{"n":1,"size":7,"language":"de","place":"Köln\""}"#)
            #expect(backend.requests.last?.target == "/parts/1?note=de")
            #expect(try HTTPClient.send("GET /page", to: gateway.port).text == #"{"n":1,"language":"en"}"#)
            #expect(
                try HTTPClient.send("GET /page", to: gateway.port, fields: ["Accept-Language: fr"]).status == 400)
            for number in ["007", "+7", "seven", "7.5"] {
                #expect(try HTTPClient.send("GET /page?size=\(number)", to: gateway.port).status == 400, "\(number)")
            }
        }

        @Test("the content of a request is an input, checked by what it feeds")
        func content() throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                post: /page
                inputs: { part: { in: body } }
                steps: { made: { call: test.createPart, body: $inputs.part } }
                respond: { made: $steps.made.body#/n }
                """, backend: backend)
            let json = ["Content-Type: application/json"]
            let reply = try HTTPClient.send("POST /page", to: gateway.port, fields: json, content: #"{"n":5}"#)
            #expect(reply.text == #"{"made":5}"#)
            #expect(backend.requests.last?.fields["Content-Type"] == "application/json")
            for content in [#"{"n":"5"}"#, "{}", "{", ""] {
                let refused = try HTTPClient.send("POST /page", to: gateway.port, fields: json, content: content)
                #expect(refused.status == 400, "\(content)")
            }
            #expect(backend.requests.count == 1)
        }

        @Test("all results of a forEach are an array that can be walked, with a fallback for each that failed")
        func results() throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps:
                  list: { call: test.getList }
                  parts:
                    forEach: $steps.list.body
                    call: test.getPart
                    with: { id: "{$item#/n}" }
                    optional: true
                    onFailure: { value: { n: 0 } }
                respond: { all: { $each: $steps.parts.body, $item: $item#/n } }
                """, backend: backend)
            let reply = try HTTPClient.send("GET /page", to: gateway.port)
            #expect(reply.text == #"{"all":[1,0,3]}"#)
            #expect(reply.fields["Lintel-Partial"] == "parts;reason=status;failed=1")
        }

        @Test("results that may be null are declared so: the reply holds its own contract")
        func nullResults() throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps:
                  list: { call: test.getList }
                  parts:
                    forEach: $steps.list.body
                    call: test.getPart
                    with: { id: "{$item#/n}" }
                    tolerate: 1
                    onFailure: null
                respond: { all: $steps.parts.body }
                """, backend: backend)
            let reply = try HTTPClient.send("GET /page", to: gateway.port)
            #expect(reply.status == 200)
            #expect(reply.text == #"{"all":[{"n":1,"more":true},null,{"n":3,"more":true}]}"#)
        }

        @Test("HEAD is answered as GET is, without content (RFC 9110 §9.3.2)")
        func head() throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps: { one: { call: test.getPart, with: { id: "1" } } }
                respond: { n: $steps.one.body#/n }
                """, backend: backend)
            let client = try HTTPClient(port: gateway.port)
            try client.send("HEAD /page HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            let reply = try client.reply(toHEAD: true)
            #expect(reply.status == 200)
            #expect(reply.fields["Content-Length"] == "7")
            #expect(reply.text == "")
            #expect(try client.exchange("GET /page HTTP/1.1\r\nHost: gw.test\r\n\r\n").text == #"{"n":1}"#)
            #expect(backend.requests.map(\.method) == ["GET", "GET"])
            let refused = try client.exchange("POST /page HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            #expect(refused.status == 405)
            #expect(refused.fields["Allow"] == "GET, HEAD")
        }

        @Test("credentials go to the service whose operation asks for them, and to no other")
        func credentials() throws {
            let backend = try Self.echo()
            defer { backend.stop() }
            let gateway = try CompositionTests.gateway(
                """
                get: /page
                steps:
                  one: { call: test.getPart, with: { id: "1" } }
                  two: { call: test.getPrivate, with: { id: "3" } }
                respond: { one: $steps.one.body#/n, two: $steps.two.body#/n }
                """, backend: backend)
            let reply = try HTTPClient.send(
                "GET /page", to: gateway.port, fields: ["X-Key: secret", "Authorization: Basic eDp5"])
            #expect(reply.text == #"{"one":1,"two":3}"#)
            for request in backend.requests {
                #expect(request.fields["X-Key"] == (request.target == "/private/3" ? "secret" : nil))
                #expect(request.fields["Authorization"] == nil)
            }
        }

        @Test("credentials that cannot be passed on are a mistake in the settings, told with both places")
        func unmetSecurity() throws {
            let folder = try TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                upstreams: { service: { targets: ["http://127.0.0.1:1"] } }
                apis: { test: { spec: ../specs/test.yaml, upstream: service, security: upstream } }
                compositions:
                  page:
                    get: /page
                    steps: { one: { call: test.getOne } }
                    respond: { status: $steps.one.status }
                """,
                "specs/test.yaml": """
                openapi: 3.1.0
                info: { title: test, version: "1" }
                paths:
                  /one:
                    get: { operationId: getOne, security: [{ key: [] }], responses: { "200": { description: ok } } }
                components: { securitySchemes: { key: { type: apiKey, in: query, name: key } } }
                """,
            ])
            let result = try ChildProcess.run(
                [LintelExecutable.path, "check", "--routes", folder.path + "/routes"], within: 60)
            #expect(result.code == 2)
            #expect(result.output.contains(/routes\/gateway\.yaml:7:\d+: error: .*unmet-security/))
            #expect(result.output.contains(/specs\/test\.yaml:5:\d+: note/))
        }
    }
}
