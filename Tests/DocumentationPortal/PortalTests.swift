import ContractLinting
import DocumentationPortal
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import TestSupport
import Testing
import YAMLDocuments

/// Pages and effective contracts of documents.
@Suite("Portal")
struct PortalTests {
    /// An API of a document, with everything enforced.
    static func api(_ document: OpenAPIDocument, name: String = "test", mount: String = "/v1") -> DocumentedAPI {
        DocumentedAPI(
            name: name, document: document, mount: mount, hosts: [],
            treatments: document.operations.map { _ in
                OperationTreatment(
                    enforcesRequests: true, enforcesResponses: false, checksCredentials: true,
                    requestBodyLimit: 1 << 20,
                    timeout: 5_000)
            })
    }

    /// The portal of a document in memory.
    static func portal(_ text: String) throws -> DocumentationPortal {
        let loaded = DocumentLoader(roots: ["/d"], files: .memory(["/d/a.yaml": text])).load("/d/a.yaml")
        return DocumentationPortal(
            [api(try #require(loaded.document, "\(loaded.diagnostics.map(\.message))"))], at: "/docs")
    }

    /// A page as text.
    static func page(_ portal: DocumentationPortal, _ path: String) -> String {
        String(decoding: portal.resource(at: path)?.content ?? [], as: UTF8.self)
    }

    static let pets = """
        openapi: 3.1.0
        info: {title: Pets, version: '1'}
        paths:
          /pets/{id}:
            get:
              operationId: getPet
              tags: [animals]
              summary: Get a pet
              parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
              responses:
                '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
                '400': {description: bad, content: {application/json: {schema: {type: object}}}}
        components:
          schemas:
            Pet: {type: object, required: [name], properties: {name: {type: string}, friend: {$ref: '#/components/schemas/Pet'}}}
        """

    @Test(
        "an operation's page says how long its replies are stored, and for whom",
        arguments: [
            (60_000, false, "<li>stored for 60 s</li>"), (60_000, true, "<li>stored for 60 s, for each caller</li>"),
            (0, false, "<li>stored as the reply says</li>"), (nil, false, nil),
        ] as [(Int64?, Bool, String?)])
    func storing(_ lifetime: Int64?, _ isPerCaller: Bool, _ said: String?) throws {
        let loaded = DocumentLoader(roots: ["/d"], files: .memory(["/d/a.yaml": Self.pets])).load("/d/a.yaml")
        let api = DocumentedAPI(
            name: "test", document: try #require(loaded.document), mount: "", hosts: [],
            treatments: [
                OperationTreatment(
                    enforcesRequests: true, enforcesResponses: true, checksCredentials: true, cacheLifetime: lifetime,
                    storesPerCaller: isPerCaller, requestBodyLimit: 1, timeout: 1)
            ])
        let page = Self.page(DocumentationPortal([api], at: "/docs"), "/docs/test/operations/getPet")
        #expect(said.map { page.contains($0) } ?? !page.contains("<li>stored"))
    }

    @Test("an operation's page has its parameters, its schema, its replies and examples")
    func operation() throws {
        let page = Self.page(try Self.portal(Self.pets), "/docs/test/operations/getPet")
        for part in [
            "<code>/v1/pets/{id}</code>", "≥ 1", "schemas/Pet", "required", "circular", "curl", "/v1/pets/1",
            "&quot;name&quot;",
            "401", "502", "Get a pet</h1>",
        ] { #expect(page.contains(part), "\(part)") }
    }

    @Test("the pages of a circular schema are finite, and lead to each other")
    func circular() throws {
        let portal = try Self.portal(Self.pets)
        let page = Self.page(portal, "/docs/test/schemas/Pet")
        #expect(page.contains("friend") && page.utf8.count < 20_000)
        #expect(portal.resource(at: "/docs/test/at/0/components/schemas/Pet/properties/name")?.status == 200)
        for wrong in [
            "/docs/test/at/9/components", "/docs/test/at/0/none", "/docs/test/at", "/docs/none/",
            "/docs/test/operations/none", "/docs/test/schemas/none", "/docs/test/at/0/info/title",
        ] {
            #expect(portal.resource(at: wrong)?.status == 404, "\(wrong)")
        }
        #expect(portal.resource(at: "/other") == nil)
        #expect(portal.resource(at: "/docs")?.location == "/docs/")
    }

    @Test("the effective contract: at its place, with the gateway's own replies beside the service's")
    func effective() throws {
        let portal = try Self.portal(Self.pets)
        let bytes = try #require(portal.resource(at: "/docs/test/openapi.json")).content
        let root = try JSONDocument(parsing: SourceFile(path: "a.json", bytes: bytes)).root
        #expect(root["servers"]?[0]?["url"]?.string == "/v1")
        let responses = try #require(root["paths"]?["/pets/{id}"]?["get"]?["responses"])
        #expect(responses.members.map(\.name) == ["200", "400", "401", "403", "502", "503", "504"])
        #expect(responses["400"]?["content"]?.members.map(\.name) == ["application/problem+json", "application/json"])
        #expect(responses["502"]?["$ref"]?.string == "#/components/responses/GatewayBadGateway")
        let loaded = DocumentLoader(
            roots: ["/d"], files: .memory(["/d/a.json": String(decoding: bytes, as: UTF8.self)])
        ).load("/d/a.json")
        #expect(loaded.document != nil, "\(loaded.diagnostics.map(\.message))")
    }

    @Test("a hostile document comes out inert")
    func hostile() throws {
        let evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
        let quoted = "'\(evil)'"
        let portal = try Self.portal(
            """
            openapi: 3.2.0
            info: {title: \(quoted), version: \(quoted), description: \(quoted), summary: \(quoted)}
            tags: [{name: \(quoted), description: \(quoted)}]
            paths:
              '/a/{\(evil.replacing("/", with: "."))}':
                post:
                  operationId: \(quoted)
                  summary: \(quoted)
                  tags: [\(quoted)]
                  parameters: [{name: '\(evil.replacing("/", with: "."))', in: path, required: true, description: \(quoted), example: \(quoted), schema: {type: string, pattern: \(quoted), enum: [\(quoted)]}}]
                  requestBody: {description: \(quoted), content: {application/json: {example: \(quoted), schema: {$ref: '#/components/schemas/E'}}}}
                  responses: {'200': {description: \(quoted)}}
            components: {schemas: {E: {title: \(quoted), description: \(quoted), properties: {\(quoted): {description: \(quoted), default: \(quoted)}}}}}
            """)
        for address in portal.addresses where !address.hasPrefix("assets/") {
            let resource = try #require(portal.resource(at: "/docs/" + address))
            #expect(resource.status == 200, "\(address)")
            guard resource.type.hasPrefix("text/html") else { continue }
            let page = String(decoding: resource.content, as: UTF8.self)
            #expect(
                !page.contains("<img") && !page.contains("alert(1)</script>") && !page.contains("\" onerror"),
                "\(address)")
            #expect(page.components(separatedBy: "<script").count == 2, "\(address)")
        }
    }

    @Test(
        "real documents: every page is made, none is long, and contracts stay what they were",
        .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)),
        arguments: [
            "github-api.github.com.yaml", "stripe.yaml", "kubernetes-v1.10.0-swagger2.json", "asana.yaml",
            "google-books.yaml", "kong-admin-ee-3.15.yaml",
        ])
    func real(name: String) throws {
        let path = Corpora.file("realworld/" + name)
        let document = try #require(DocumentLoader().load(path).document)
        let portal = DocumentationPortal([Self.api(document)], at: "/docs")
        var longest = (0, "")
        let addresses = portal.addresses
        for (number, address) in addresses.enumerated() where number % (addresses.count / 40 + 1) == 0 {
            let resource = try #require(portal.resource(at: "/docs/" + address))
            #expect(resource.status == 200, "\(address)")
            let size = (resource.compressed ?? resource.content).count
            if address.contains("/operations/"), size > longest.0 { longest = (size, address) }
        }
        #expect(longest.0 < 30 * 1024, "\(longest)")
        let overview = try #require(portal.resource(at: "/docs/test/"))
        #expect((overview.compressed ?? overview.content).count < 150 * 1024)
        let json = try #require(portal.resource(at: "/docs/test/openapi.json")).content
        let yaml = try #require(portal.resource(at: "/docs/test/openapi.yaml")).content
        let parsed = try JSONDocument(parsing: SourceFile(path: "a.json", bytes: json), limits: .document)
        guard case .success(let same) = DocumentParser.parse(SourceFile(path: "a.yaml", bytes: yaml)) else {
            Issue.record("the YAML form cannot be read")
            return
        }
        #expect(parsed.root.structurallyEquals(same.root))
        guard json.count < 2_000_000 else { return }
        // What our own linter calls an error in the effective contract was one in the document.
        let before = Self.errors(LintLoader().load(path))
        let after = Self.errors(LintLoader().load(SourceFile(path: "effective.json", bytes: json)))
        #expect(after.subtracting(before) == [])
    }

    @Test(
        "real documents in one: every operation, every reference, no new error",
        .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
    func combined() throws {
        let names = [
            "asana.yaml", "google-books.yaml", "kong-konnect-mesh-control-planes.yaml", "lxkns.yaml", "stripe.yaml",
        ]
        let apis = try names.map { name in
            let document = try #require(DocumentLoader().load(Corpora.file("realworld/" + name)).document)
            let api = String(name.prefix { $0 != "." })
            return Self.api(document, name: api, mount: "/" + api)
        }
        let portal = DocumentationPortal(apis, at: "/docs")
        let text = Self.page(portal, "/docs/openapi.json")
        let loaded = DocumentLoader(roots: ["/d"], files: .memory(["/d/a.json": text])).load("/d/a.json")
        #expect(loaded.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
        #expect(loaded.document?.operations.count == 779)
        let wrong = Set(names.flatMap { Self.errors(LintLoader().load(Corpora.file("realworld/" + $0))) })
        let file = SourceFile(path: "all.json", bytes: Array(text.utf8))
        #expect(Self.errors(LintLoader().load(file)).subtracting(wrong) == [])
    }

    /// The rules that find errors.
    static func errors(_ document: LintDocument) -> Set<String> {
        let rules = RuleRegistry.recommended.map { ConfiguredRule($0) }
        return Set(Linter(rules: rules).lint(document).filter { $0.severity == .error }.map(\.rule))
    }
}
