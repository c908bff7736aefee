import TestSupport
import Testing

extension EndToEnd {
    /// Faults that other gateways and validators had, each by what a client would see of it here.
    ///
    /// The numbers are those of our list of such faults; each case below says what its fault is.
    ///
    /// | numbers | held by |
    /// |---|---|
    /// | 1–20, 23–28, 30–36, 38–41 | `faults()` |
    /// | 21, 22, 31 (siblings in 3.0) | `version30()` |
    /// | 37 | `version20()` |
    /// | 10–14, 33–35 on the engine itself | PeerFaultTests, PeerSchemaFaultTests (MessageContracts) |
    /// | 17–20 in the route table | PeerFaultTests (RequestRouting) |
    /// | 29, security requirements as logic | SecurityRequirementPlanTests, DocumentModelTests |
    /// | 36, `uniqueItems` in bounded time; 40, limits of patterns | HostileInputTests |
    /// | 42, nothing is fetched that a document refers to | DocumentStructureTests |
    @Suite("Faults of comparable systems")
    struct ComparableFaultTests {
        /// A request, and what becomes of it.
        struct Case: Sendable, CustomTestStringConvertible {
            let number: Int
            let fault: String
            /// The request without `Host`.
            let request: String
            /// The status of the reply.
            let status: Int
            /// What the service was asked for; nil where that does not matter.
            var forwarded: String?

            var testDescription: String { "\(number): \(fault): \(request.prefix { $0 != "\r" }) is \(status)" }

            /// A request with content.
            static func post(
                _ number: Int, _ fault: String, _ target: String, _ type: String?, _ content: String, _ status: Int
            ) -> Case {
                let field = type.map { "Content-Type: \($0)\r\n" } ?? ""
                return Case(
                    number: number, fault: fault,
                    request:
                        "POST \(target) HTTP/1.1\r\n\(field)Content-Length: \(content.utf8.count)\r\n\r\n\(content)",
                    status: status)
            }

            /// A request without content.
            static func get(
                _ number: Int, _ fault: String, _ target: String, _ status: Int, forwarded: String? = nil
            ) -> Case {
                Case(
                    number: number, fault: fault, request: "GET \(target) HTTP/1.1\r\n\r\n", status: status,
                    forwarded: forwarded)
            }
        }

        /// What the cases are about, in OpenAPI 3.2.
        private static let paths = #"""
              /json: { post: { requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Named' } } } }, responses: { '200': { description: ok } } } }
              /scalar: { get: { parameters: [ { name: n, in: query, schema: { type: integer } }, { name: b, in: query, schema: { type: boolean } } ], responses: { '200': { description: ok } } } }
              /list: { get: { parameters: [ { name: c, in: query, explode: false, schema: { type: array, maxItems: 1 } } ], responses: { '200': { description: ok } } } }
              /reserved: { get: { parameters: [ { name: q, in: query, schema: { type: string, const: 'a/b' } } ], responses: { '200': { description: ok } } } }
              /spaces: { get: { parameters: [ { name: c, in: query, style: spaceDelimited, explode: false, schema: { type: array, minItems: 3 } } ], responses: { '200': { description: ok } } } }
              /exploded: { get: { parameters: [ { name: color, in: query, schema: { type: object, properties: { R: { type: integer }, G: { type: integer } } } } ], responses: { '200': { description: ok } } } }
              '/matrix/{x}': { get: { parameters: [ { name: x, in: path, required: true, style: matrix, schema: { type: integer } } ], responses: { '200': { description: ok } } } }
              '/label/{x}': { get: { parameters: [ { name: x, in: path, required: true, style: label, schema: { type: integer } } ], responses: { '200': { description: ok } } } }
              /deep: { get: { parameters: [ { name: f, in: query, style: deepObject, schema: { type: object, additionalProperties: false, properties: { a: { type: integer } } } }, { name: g, in: query, style: deepObject, schema: { type: object, properties: { a: { type: integer, maximum: 1 } } } } ], responses: { '200': { description: ok } } } }
              /open: { get: { parameters: [ { name: list, in: query, schema: { type: array } }, { name: free, in: query, content: { application/json: {} } } ], responses: { '200': { description: ok } } } }
              /pipes: { get: { parameters: [ { name: p, in: query, style: pipeDelimited, explode: false, schema: { type: object, properties: { R: { type: integer } } } } ], responses: { '200': { description: ok } } } }
              /brackets: { get: { parameters: [ { name: 'match[]', in: query, schema: { type: array, items: { type: string, pattern: '^a' } } } ], responses: { '200': { description: ok } } } }
              '/name/{n}': { get: { parameters: [ { name: n, in: path, required: true, schema: { type: string, maxLength: 3 } } ], responses: { '200': { description: ok } } } }
              '/files/{id}': { get: { parameters: [ { name: id, in: path, required: true, schema: { type: string } } ], responses: { '200': { description: ok } } } }
              '/users/{id}': { get: { parameters: [ { name: id, in: path, required: true, schema: { type: string } } ], responses: { '200': { description: ok } } } }
              /users/me: { get: { parameters: [ { name: k, in: query, required: true, schema: { type: string } } ], responses: { '200': { description: ok } } } }
              '/a.b$c/{x}': { get: { parameters: [ { name: x, in: path, required: true, schema: { type: integer } } ], responses: { '200': { description: ok } } } }
              /count: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { n: { type: integer, maximum: 9007199254740992 }, price: { multipleOf: 0.01 }, one: { type: string, maxLength: 1 }, all: { uniqueItems: true } } } } } }, responses: { '200': { description: ok } } } }
              /parts: { post: { requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { n: { type: integer }, j: { type: object, required: [a] }, many: { type: array, items: { type: object, required: [a] } } } } } } }, responses: { '200': { description: ok } } } }
              /optional: { post: { requestBody: { content: { application/json: { schema: { type: object } }, application/x-www-form-urlencoded: { schema: { type: object } } } }, responses: { '200': { description: ok } } } }
              /pet: { post: { requestBody: { content: { application/json: { schema: { type: object, discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Named' } } } } } }, responses: { '200': { description: ok } } } }
              /sibling: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Named', maxProperties: 1 } } } }, responses: { '200': { description: ok } } } }
              /both: { post: { requestBody: { content: { application/json: { schema: { allOf: [ { properties: { a: {} } }, { properties: { b: {} } } ] } } } }, responses: { '200': { description: ok } } } }
              /xml: { post: { requestBody: { content: { application/xml: { schema: { type: object, xml: { name: r }, required: [a], properties: { a: { type: integer } } } } } }, responses: { '200': { description: ok } } } }
              /no: { get: { parameters: [ { name: v, in: query, schema: { enum: [no, yes] } } ], responses: { '200': { description: ok } } } }
              /content: { get: { parameters: [ { name: j, in: query, content: { application/json: { schema: { type: object, required: [a] } } } } ], responses: { '200': { description: ok } } } }
              /ranged: { get: { responses: { 2XX: { description: ok, content: { application/json: { schema: { type: object } } } } } } }
              /head: { head: { responses: { '200': { description: ok, headers: { X-Must: { required: true, schema: { type: string } } } } } } }
              /moved: { get: { responses: { '301': { description: moved, headers: { X-Must: { required: true, schema: { type: string } } } } } } }
              /undocumented: { get: { responses: { '200': { description: ok } } } }
            components:
              schemas:
                Named: { type: object, required: [a], properties: { a: { type: integer } } }
            """#

        /// A form of one part for each entry.
        private static func form(_ parts: (name: String, type: String?, content: String)...) -> String {
            parts.map { part in
                let type = part.type.map { "Content-Type: \($0)\r\n" } ?? ""
                return "--x\r\nContent-Disposition: form-data; name=\"\(part.name)\"\r\n\(type)\r\n\(part.content)\r\n"
            }.joined() + "--x--\r\n"
        }

        static let cases: [Case] = {
            let (json, multipart) = ("application/json", "multipart/form-data; boundary=x")
            return [
                .post(1, "a charset switches validation off", "/json", "application/json; charset=utf-8", "{}", 400),
                .post(1, "no Content-Type switches validation off", "/json", nil, "{}", 415),
                .post(2, "a tab in Content-Type switches validation off", "/json", "application/json\t;a=b", "{}", 400),
                .post(
                    2, "a tab in Content-Type switches validation off", "/json", "application/json\tx", #"{"a":1}"#, 415
                ),
                .post(
                    3, "media types are compared as strings", "/json", #"Application/JSON;charset="utf-8""#,
                    #"{"a":1}"#, 200),
                .get(4, "only the first occurrence is looked at", "/scalar?n=1&n=evil", 400),
                .get(4, "only the last occurrence is looked at", "/scalar?n=evil&n=1", 400),
                .get(5, "an encoded comma splits", "/list?c=a%2Cb", 200),
                .get(5, "a comma does not split", "/list?c=a,b", 400),
                .get(6, "reserved characters are looked for after decoding", "/reserved?q=a%2Fb", 200),
                .get(7, "spaces are looked for after decoding", "/spaces?c=a%20b%20d", 200),
                .get(8, "an exploded object is looked for under its own name", "/exploded?R=1&G=2", 200),
                .get(8, "an exploded object is not looked at", "/exploded?R=notint", 400),
                .get(9, "matrix needs the name in the template", "/matrix/;x=1", 200),
                .get(9, "matrix is not looked at", "/matrix/;x=z", 400),
                .get(9, "label is not looked at", "/label/.z", 400),
                .get(10, "a deep object needs explode", "/deep?f[a]=1", 200),
                .get(10, "a deep object is not looked at", "/deep?f%5Ba%5D=x", 400),
                .get(11, "two deep objects are mixed up", "/deep?f[a]=2&g[a]=1", 200),
                .get(11, "two deep objects are mixed up", "/deep?f[a]=1&g[a]=2", 400),
                .get(12, "a deeper object crashes", "/deep?f[a][b]=1", 400),
                .get(12, "an array without items crashes", "/open?list=1&list=a", 200),
                .get(12, "a parameter with content but no schema crashes", "/open?free=%7B%7D", 200),
                .get(12, "a parameter with content but no schema is not parsed", "/open?free=%7B", 400),
                .get(12, "an index allocates", "/deep?f[a][99999999]=1", 400),
                .get(13, "undeclared keys are dropped", "/deep?f[z]=1", 400),
                .get(14, "objects between pipes are unknown", "/pipes?p=R%7C1", 200),
                .get(14, "objects between pipes are not looked at", "/pipes?p=R|x", 400),
                .get(15, "brackets of a name are taken for a form", "/brackets?match[]=a&match[]=ab", 200),
                .get(15, "a name with brackets is not looked at", "/brackets?match%5B%5D=b", 400),
                .get(16, "path parameters are looked at before decoding", "/name/%C3%A9%C3%A9%C3%A9", 200),
                .get(17, "an encoded slash is decoded before routing", "/files/a%2Fb", 200, forwarded: "/files/a%2Fb"),
                .get(18, "the path that matches is not the one that is forwarded", "/files/%2e%2e/users/me", 400),
                .get(18, "the path that matches is not the one that is forwarded", "/files/x/../../users/me", 400),
                .get(19, "a template comes before a concrete path", "/users/me", 400),
                .get(19, "a template comes before a concrete path", "/users/me?k=1", 200),
                .get(20, "a template is a regular expression", "/a.b$c/1", 200),
                .get(20, "a template is a regular expression", "/aXb$c/1", 404),
                .post(23, "null becomes 0", "/json", json, #"{"a":null}"#, 400),
                .post(24, "numbers in multipart are text", "/parts", multipart, form(("n", nil, "5")), 200),
                .post(24, "numbers in multipart are not looked at", "/parts", multipart, form(("n", nil, "5x")), 400),
                .post(25, "a JSON part is not looked at", "/parts", multipart, form(("j", json, "{}")), 400),
                .post(
                    25, "only the last of repeated parts is looked at", "/parts", multipart,
                    form(("many", json, "{}"), ("many", json, #"{"a":1}"#)), 400),
                .post(26, "an optional body may not be empty", "/optional", nil, "", 200),
                .post(26, "a form may not be empty", "/optional", "application/x-www-form-urlencoded", "", 200),
                .get(27, "2XX is not matched", "/ranged", 502),
                Case(
                    number: 28, fault: "replies to HEAD are not looked at", request: "HEAD /head HTTP/1.1\r\n\r\n",
                    status: 502),
                .get(28, "redirects are not looked at", "/moved", 502),
                .get(28, "an undocumented status passes", "/undocumented", 502),
                .post(30, "a discriminator changes the verdict", "/pet", json, #"{"kind":"dog"}"#, 200),
                .post(30, "a discriminator changes the verdict", "/pet", json, "{}", 200),
                .post(31, "what stands beside $ref is dropped", "/sibling", json, #"{"a":1,"b":2}"#, 400),
                .post(32, "additionalProperties: false is put in", "/both", json, #"{"a":1,"b":2,"c":3}"#, 200),
                .post(33, "1.0 is no integer", "/json", json, #"{"a":1.0}"#, 200),
                .get(33, "17.02 is cut to 17", "/scalar?n=17.02", 400),
                .get(33, "trUE is true", "/scalar?b=trUE", 400),
                .post(34, "numbers go through doubles", "/count", json, #"{"n":9007199254740993}"#, 400),
                .post(34, "multiples go through doubles", "/count", json, #"{"price":19.99}"#, 200),
                .post(35, "length counts UTF-16", "/count", json, #"{"one":"\ud83d\ude00"}"#, 200),
                .post(35, "length counts graphemes", "/count", json, #"{"one":"e\u0301"}"#, 400),
                .post(36, "1 and 1.0 are different", "/count", json, #"{"all":[1,1.0]}"#, 400),
                .get(38, "a parameter without a value is a fault of ours", "/scalar?n", 400),
                .post(39, "XML is not looked at", "/xml", "application/xml", "<r><a>x</a></r>", 400),
                .post(39, "XML is not looked at", "/xml", "application/xml", "<r><a>1</a></r>", 200),
                .get(40, "`no` in YAML is false", "/no?v=no", 200),
                .get(40, "`no` in YAML is false", "/no?v=false", 400),
                .get(41, "JSON in a parameter is not parsed", "/content?j=%7B%22a%22:1%7D", 200),
                .get(41, "JSON in a parameter is not looked at", "/content?j=%7B%7D", 400),
            ]
        }()

        /// Replies as the operations need them.
        private static let answer: RecordingBackend.Answer = { request, socket in
            switch request.target {
            case "/ranged":
                try socket.send("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]")
            case "/moved": try socket.send("HTTP/1.1 301 Moved Permanently\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
            case "/undocumented": try socket.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            default: try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
        }

        @Test("each fault, as a client would see it")
        func faults() throws {
            let backend = try RecordingBackend(answer: Self.answer)
            let gateway = try RunningGateway(paths: Self.paths, backend: backend)
            for example in Self.cases {
                let client = try HTTPClient(port: gateway.port)
                let before = backend.requests.count
                let request = example.request.replacing(
                    " HTTP/1.1\r\n", with: " HTTP/1.1\r\nHost: gw.test\r\n", maxReplacements: 1)
                let reply = try client.exchange(request)
                #expect(reply.status == example.status, "\(example.testDescription): \(reply.text)")
                let forwarded = backend.requests.dropFirst(before).map(\.target)
                // What is refused never reaches the service; a reply of the service is refused only after it came.
                #expect((forwarded.count == 1) == [200, 502].contains(example.status), "\(example.testDescription)")
                if let target = example.forwarded { #expect(forwarded == [target]) }
            }
        }

        @Test("21, 22, 31: what 3.0 says of readOnly behind $ref and allOf, of null, and of siblings of $ref")
        func version30() throws {
            let backend = try RecordingBackend(answer: Self.answer)
            let gateway = try RunningGateway(
                paths: """
                      /kind: { post: { requestBody: { content: { application/json: { schema: { type: string, nullable: true, enum: [a] } } } }, responses: { '200': { description: ok } } } }
                      /owned: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Owned' } } } }, responses: { '200': { description: ok } } } }
                      /sibling: { post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Any', maxProperties: 1 } } } }, responses: { '200': { description: ok } } } }
                    components: { schemas: { Any: { type: object }, Id: { type: object, required: [id, secret], properties: { id: { readOnly: true }, secret: { writeOnly: true } } }, Owned: { allOf: [ { $ref: '#/components/schemas/Id' } ] } } }
                    """, version: "3.0.4", backend: backend)
            for (path, content, status) in [
                ("/owned", #"{"secret":"s"}"#, 200), ("/owned", "{}", 400), ("/kind", "null", 400),
                ("/kind", "\"a\"", 200), ("/sibling", #"{"a":1,"b":2}"#, 200),
            ] {
                let client = try HTTPClient(port: gateway.port)
                let reply = try client.exchange(
                    "POST \(path) HTTP/1.1\r\nHost: gw.test\r\nContent-Type: application/json\r\nContent-Length: \(content.utf8.count)\r\n\r\n\(content)"
                )
                #expect(reply.status == status, "\(path) \(content): \(reply.text)")
            }
        }

        @Test("37: what 2.0 says of the length of parameters, of formData, files and collections")
        func version20() throws {
            let backend = try RecordingBackend(answer: Self.answer)
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": """
                    version: 1
                    gateway:
                      listeners: { public: { bind: "127.0.0.1:0" } }
                      admin: { bind: "127.0.0.1:0" }
                      workers: 1
                    upstreams: { service: { targets: ["http://127.0.0.1:\(backend.port)"] } }
                    apis: { test: { spec: ../specs/test.yaml, upstream: service } }
                    """,
                    "specs/test.yaml": """
                    swagger: "2.0"
                    info: { title: test, version: "1" }
                    paths:
                      /query:
                        get:
                          parameters:
                            - { name: q, in: query, type: string, minLength: 2, maxLength: 3 }
                            - { name: l, in: query, type: array, collectionFormat: ssv, maxItems: 2, items: { type: integer } }
                          responses: { '200': { description: ok } }
                      /form:
                        post:
                          consumes: [application/x-www-form-urlencoded]
                          parameters:
                            - { name: a, in: formData, type: integer, required: true }
                            - { name: t, in: formData, type: string, maxLength: 3 }
                          responses: { '200': { description: ok } }
                      /file:
                        post:
                          consumes: [multipart/form-data]
                          parameters:
                            - { name: f, in: formData, type: file, required: true }
                            - { name: n, in: formData, type: integer }
                          responses: { '200': { description: ok } }
                    """,
                ]))
            let (form, multipart) = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
            let cases: [Case] = [
                .get(37, "minLength is not looked at", "/query?q=a", 400),
                .get(37, "maxLength is not looked at", "/query?q=abcd", 400),
                .get(37, "lengths are miscounted", "/query?q=abc", 200),
                .get(37, "collections are not split", "/query?l=1%202", 200),
                .get(37, "collections are not looked at", "/query?l=1%202%203", 400),
                .post(37, "formData is taken for JSON", "/form", form, "a=1&t=abc", 200),
                .post(37, "a required field may be absent", "/form", form, "t=abc", 400),
                .post(37, "fields are not looked at", "/form", form, "a=1&t=abcd", 400),
                .post(37, "a file has to be text", "/file", multipart, Self.form(("f", "image/png", "\u{1}")), 200),
                .post(37, "a file may be absent", "/file", multipart, Self.form(("n", nil, "1")), 400),
                .post(
                    37, "what stands beside a file is not looked at", "/file", multipart,
                    Self.form(("f", nil, "x"), ("n", nil, "z")), 400),
            ]
            for example in cases {
                let client = try HTTPClient(port: gateway.port)
                let request = example.request.replacing(
                    " HTTP/1.1\r\n", with: " HTTP/1.1\r\nHost: gw.test\r\n", maxReplacements: 1)
                let reply = try client.exchange(request)
                #expect(reply.status == example.status, "\(example.testDescription): \(reply.text)")
            }
        }
    }
}
