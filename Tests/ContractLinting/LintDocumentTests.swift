import ContractLinting
import OpenAPIDocuments
import SourceDiagnostics
import Testing

/// Loading for the linter: what can be read is read.
@Suite("Documents of the linter")
struct LintDocumentTests {
    /// Three files: a document, a path item, schemas.
    private static let files: [(path: String, text: String)] = [
        (
            "/api/openapi.yaml",
            """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}: {$ref: paths/pet.yaml}
              /cats: {$ref: paths/cats.yaml}
            """
        ),
        (
            "/api/paths/pet.yaml",
            """
            get:
              responses:
                '200':
                  description: The pet.
                  content:
                    application/json:
                      schema: {$ref: '../schemas.yaml#/Pet'}
            """
        ),
        (
            "/api/schemas.yaml",
            """
            Pet:
              type: object
              properties:
                tags: {type: array}
            """
        ),
    ]

    @Test("a finding in another file has that file, the exact place there, and the references that led to it")
    func chain() throws {
        let findings = Linting.findings(in: Self.files, rules: ["array-items"])
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.source == "/api/schemas.yaml")
        #expect(finding.path == ["Pet", "properties", "tags"])
        #expect(finding.range?.description == "/api/schemas.yaml:4:5")
        #expect(finding.references.map(\.description) == ["/api/openapi.yaml:4:22", "/api/paths/pet.yaml:7:26"])
    }

    @Test("an operation in another file knows the path that refers to it")
    func lineage() throws {
        let findings = Linting.findings(in: Self.files, rules: ["operation-operationId", "path-params"])
        #expect(findings.map(\.source) == ["/api/paths/pet.yaml", "/api/paths/pet.yaml"])
        #expect(Set(findings.map(\.rule)) == ["operation-operationId", "path-params"])
        #expect(findings.allSatisfy { $0.path == ["get"] && $0.references.count == 1 })
    }

    @Test("a reference to a file that is not there is reported where it stands")
    func missingFile() throws {
        let findings = Linting.findings(in: Self.files, rules: ["invalid-ref"])
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.range?.description == "/api/openapi.yaml:5:17")
        #expect(finding.message == "/api/paths/cats.yaml: no such file")
    }

    @Test("a duplicate key is told, and the rest of the document is linted")
    func duplicateKeys() {
        let text = """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0, title: Dogs}
            paths: {}
            """
        let findings = Linting.findings(in: text, rules: ["parser", "info-contact"])
        #expect(findings.map(\.rule) == ["info-contact", "parser"])
        #expect(findings.last?.range?.description == "document.yaml:2:37")
        let json = #"{"openapi": "3.1.0", "info": {"title": "a", "title": "b"}, "paths": {}}"#
        #expect(Linting.findings(in: json, rules: ["parser", "info-contact"]).count == 2)
    }

    @Test("how much a duplicate key matters can be chosen", arguments: [("warn", [Severity.warning]), ("off", [])])
    func duplicateKeySeverity(word: String, severities: [Severity]) throws {
        let rule = try #require(RuleRegistry.rule(named: "parser"))
        let options = try Linting.value("{duplicateKeys: '\(word)'}")
        let text = "openapi: 3.1.0\ninfo: {title: a, title: b}\n"
        let document = LintLoader().load(SourceFile(path: "a.yaml", bytes: Array(text.utf8)))
        let findings = Linter(rules: [ConfiguredRule(rule, options: options)]).lint(document)
        #expect(findings.map(\.severity) == severities)
    }

    @Test("a text that is no YAML has one finding, of the parser")
    func brokenText() {
        let findings = Linting.findings(in: "openapi: [3.1.0\ninfo: }")
        #expect(Set(findings.map(\.rule)) == ["parser"])
        #expect(!findings.isEmpty)
    }

    @Test("a document that is not there has a finding with its name")
    func missingDocument() {
        let document = LintLoader(roots: ["/"], files: .memory([:])).load("/nowhere.yaml")
        let findings = Linter(rules: RuleRegistry.all.map { ConfiguredRule($0) }).lint(document)
        #expect(findings.map(\.rule) == ["parser"])
        #expect(findings.map(\.source) == ["/nowhere.yaml"])
    }

    @Test("a document of an unknown version is looked at by the rule about that alone")
    func unknownVersion() {
        let findings = Linting.findings(in: "swagger: '1.2'\nhost: ''\n")
        #expect(findings.map(\.rule) == ["unrecognized-format"])
    }

    @Test("references by `$id` and `$anchor` lead somewhere, and misspelt ones are told with what is near")
    func names() {
        let text = """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas:
                Pet: {$id: 'https://pets.example/pet', $anchor: pet, type: object}
                One: {$ref: 'https://pets.example/pet'}
                Two: {$ref: '#pet'}
                Three: {$ref: '#pte'}
            """
        let findings = Linting.findings(in: text, rules: ["invalid-ref"])
        #expect(findings.map(\.path) == [["components", "schemas", "Three", "$ref"]])
        #expect(findings.first?.suggestion == "did you mean `#pet`?")
    }

    @Test("references in circles come to an end")
    func circles() {
        let text = """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /a: {$ref: '#/paths/~1b'}
              /b: {$ref: '#/paths/~1a'}
            components:
              parameters:
                P: {$ref: '#/components/parameters/Q'}
                Q: {$ref: '#/components/parameters/P'}
              schemas:
                S: {$ref: '#/components/schemas/S'}
                T: {allOf: [{$ref: '#/components/schemas/T'}], example: 1}
            """
        let findings = Linter(rules: RuleRegistry.all.map { ConfiguredRule($0) }).lint(
            LintLoader().load(SourceFile(path: "circles.yaml", bytes: Array(text.utf8))))
        #expect(findings.contains { $0.rule == "no-circular-refs" })
    }
}
