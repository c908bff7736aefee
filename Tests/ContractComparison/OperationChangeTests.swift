import ContractComparison
import ContractLinting
import SourceDiagnostics
import Testing

/// What changes of operations, parameters, bodies, responses and security are called: `!` breaks clients, `?` may.
@Suite("Changes of operations")
struct OperationChangeTests {
    /// A change of the member `paths`, or of all that follows `info`.
    struct Change: Sendable, CustomTestStringConvertible {
        let name: String
        let old: String
        let new: String
        let checks: [String]

        var testDescription: String { name }
    }

    /// An operation `GET /a` with members.
    private static func get(_ members: String) -> String { "paths: {/a: {get: {\(members)}}}" }

    private static let ok = "responses: {'200': {description: ok}}"

    static let changes: [Change] = [
        Change(
            name: "a path parameter is called otherwise",
            old:
                "paths: {'/a/{x}': {get: {parameters: [{name: x, in: path, required: true, schema: {type: string}}], \(ok)}}}",
            new:
                "paths: {'/a/{y}': {get: {parameters: [{name: y, in: path, required: true, schema: {type: string}}], \(ok)}}}",
            checks: []),
        Change(
            name: "an operation goes", old: "paths: {/a: {get: {\(ok)}, put: {\(ok)}}}", new: get(ok),
            checks: ["!api-removed-without-deprecation"]),
        Change(name: "a path goes", old: get(ok), new: "paths: {}", checks: ["!api-path-removed-without-deprecation"]),
        Change(
            name: "a draft goes", old: get("x-stability-level: draft, \(ok)"), new: "paths: {}",
            checks: ["api-path-removed-with-deprecation"]),
        Change(
            name: "an operation goes before its sunset", old: get("deprecated: true, x-sunset: '2027-01-01', \(ok)"),
            new: "paths: {}", checks: ["!api-path-removed-before-sunset"]),
        Change(
            name: "an operation goes after its sunset", old: get("deprecated: true, x-sunset: '2026-01-01', \(ok)"),
            new: "paths: {}", checks: ["api-path-removed-with-deprecation"]),
        Change(
            name: "little time is left", old: get(ok), new: get("deprecated: true, x-sunset: '2026-12-24', \(ok)"),
            checks: ["!api-sunset-date-too-small"]),
        Change(
            name: "enough time is left", old: get(ok), new: get("deprecated: true, x-sunset: '2028-12-24', \(ok)"),
            checks: ["endpoint-deprecated-with-sunset"]),
        Change(
            name: "the sunset comes forward", old: get("deprecated: true, x-sunset: '2028-12-24', \(ok)"),
            new: get("deprecated: true, x-sunset: '2026-12-24', \(ok)"), checks: ["!api-sunset-date-changed-too-small"]),
        Change(
            name: "stability falls", old: get("x-stability-level: beta, \(ok)"),
            new: get("x-stability-level: alpha, \(ok)"), checks: ["!api-stability-decreased"]),
        Change(
            name: "a parameter is added", old: get(ok),
            new: get("parameters: [{name: q, in: query, schema: {}}], \(ok)"),
            checks: ["new-optional-request-parameter"]),
        Change(
            name: "a required parameter is added", old: get(ok),
            new: get("parameters: [{name: q, in: query, required: true, schema: {}}], \(ok)"),
            checks: ["!new-required-request-parameter"]),
        Change(
            name: "a required parameter is added to the path", old: get(ok),
            new: "paths: {/a: {parameters: [{name: q, in: query, required: true, schema: {}}], get: {\(ok)}}}",
            checks: ["!new-required-request-default-parameter-to-existing-path"]),
        Change(
            name: "a parameter moves from the operation to the path",
            old: get("parameters: [{name: q, in: query, schema: {type: string}}], \(ok)"),
            new: "paths: {/a: {parameters: [{name: q, in: query, schema: {type: string}}], get: {\(ok)}}}", checks: []),
        Change(
            name: "a header parameter is written in other letters",
            old: get("parameters: [{name: X-A, in: header, schema: {type: string}}], \(ok)"),
            new: get("parameters: [{name: x-a, in: header, schema: {type: string}}], \(ok)"), checks: []),
        Change(
            name: "an array is written otherwise",
            old: get("parameters: [{name: q, in: query, schema: {type: array}}], \(ok)"),
            new: get("parameters: [{name: q, in: query, explode: false, schema: {type: array}}], \(ok)"),
            checks: ["!request-parameter-serialization-changed"]),
        Change(
            name: "a number becomes text in a parameter",
            old: get("parameters: [{name: q, in: query, schema: {type: integer}}], \(ok)"),
            new: get("parameters: [{name: q, in: query, schema: {type: string}}], \(ok)"),
            checks: ["request-parameter-type-generalized"]),
        Change(
            name: "the default of a parameter changes",
            old: get("parameters: [{name: q, in: query, schema: {type: integer, default: 1}}], \(ok)"),
            new: get("parameters: [{name: q, in: query, schema: {type: integer, default: 2}}], \(ok)"),
            checks: ["!request-parameter-default-value-changed"]),
        Change(
            name: "a body is added", old: get(ok),
            new: get("requestBody: {required: true, content: {text/plain: {}}}, \(ok)"),
            checks: ["!request-body-added-required"]),
        Change(
            name: "a media type goes",
            old: get("requestBody: {content: {text/plain: {}, application/json: {}}}, \(ok)"),
            new: get("requestBody: {content: {application/json: {}}}, \(ok)"),
            checks: ["!request-body-media-type-removed"]),
        Change(
            name: "a range takes the place of a media type",
            old: get("requestBody: {content: {text/plain: {}}}, \(ok)"),
            new: get("requestBody: {content: {'text/*': {}}}, \(ok)"), checks: ["request-body-media-type-added"]),
        Change(
            name: "a success goes", old: get("responses: {'200': {description: a}, '201': {description: b}}"),
            new: get(ok), checks: ["!response-success-status-removed"]),
        Change(
            name: "a failure goes", old: get("responses: {'200': {description: a}, '404': {description: b}}"),
            new: get(ok), checks: ["response-non-success-status-removed"]),
        Change(
            name: "a header that was promised goes",
            old: get("responses: {'200': {description: a, headers: {ETag: {required: true, schema: {type: string}}}}}"),
            new: get(ok), checks: ["!required-response-header-removed"]),
        Change(
            name: "the first requirement", old: get(ok), new: "security: [{key: []}]\n\(get(ok))",
            checks: ["!api-global-security-added"]),
        Change(
            name: "another way in", old: "security: [{key: []}]\n\(get(ok))",
            new: "security: [{key: []}, {other: []}]\n\(get(ok))", checks: ["api-global-security-added"]),
        Change(
            name: "one way in goes", old: "security: [{key: []}, {other: []}]\n\(get(ok))",
            new: "security: [{key: []}]\n\(get(ok))", checks: ["!api-global-security-removed"]),
        Change(
            name: "a credential more", old: get("security: [{key: []}], \(ok)"),
            new: get("security: [{key: [], other: []}], \(ok)"),
            checks: ["!api-security-added", "!api-security-removed"]),
        Change(
            name: "a scope more", old: get("security: [{key: [a]}], \(ok)"),
            new: get("security: [{key: [a, b]}], \(ok)"), checks: ["!api-security-scope-added"]),
        Change(
            name: "a scope less", old: get("security: [{key: [a, b]}], \(ok)"),
            new: get("security: [{key: [a]}], \(ok)"), checks: ["api-security-scope-removed"]),
        Change(
            name: "nobody without credentials", old: get("security: [{}, {key: []}], \(ok)"),
            new: get("security: [{key: []}], \(ok)"), checks: ["!api-security-added"]),
        Change(
            name: "names", old: get("operationId: a, tags: [x], \(ok)"), new: get("operationId: b, tags: [y], \(ok)"),
            checks: ["api-operation-id-added", "api-operation-id-removed", "api-tag-added", "api-tag-removed"]),
        Change(
            name: "a reference leads nowhere",
            old: get("responses: {'200': {description: a, content: {application/json: {schema: {type: string}}}}}"),
            new: get(
                "responses: {'200': {description: a, content: {application/json: {schema: {$ref: '#/components/schemas/Gone'}}}}}"
            ),
            checks: ["!reference-unresolved"]),
    ]

    @Test("what a change is called", arguments: changes)
    func checks(change: Change) {
        let head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
        let found = Comparing.findings(head + change.old, head + change.new)
        let told = found.filter { $0.rule != "api-version-not-bumped" }.map { finding in
            (finding.severity == .error ? "!" : finding.severity == .warning ? "?" : "") + finding.rule
        }
        #expect(told.sorted() == change.checks.sorted())
        // Whatever is told lies somewhere in the revision.
        #expect(found.allSatisfy { $0.range?.file.path == "new.yaml" })
    }

    @Test(
        "versions are read as people write them",
        arguments: [
            ("1.2.0", "1.10.0", []), ("2.0.0", "1.9.0", ["api-version-decreased"]), ("v1.0", "v2.0", []),
            ("1.0.0", "1.0.0", ["api-version-not-bumped"]), ("1.0.0", "1.1.0-rc1", []),
        ])
    func versions(old: String, new: String, expected: [String]) {
        func document(_ version: String, _ summary: String) -> String {
            "openapi: 3.1.0\ninfo: {title: t, version: '\(version)'}\npaths: {/a: {get: {operationId: \(summary), responses: {}}}}"
        }
        let found = Comparing.findings(document(old, "a"), document(new, "b")).map(\.rule)
        #expect(found.filter { $0.hasPrefix("api-version") || $0.hasPrefix("api-major") } == expected)
    }

    @Test("Swagger 2.0: bodies, consumes and parameters that are schemas")
    func swagger() {
        func document(_ type: String, _ limit: Int) -> String {
            """
            swagger: '2.0'
            info: {title: t, version: '1'}
            consumes: [application/json]
            paths:
              /a:
                post:
                  parameters:
                    - {name: b, in: body, schema: {$ref: '#/definitions/B'}}
                    - {name: q, in: query, type: integer, maximum: \(limit)}
                  responses: {'200': {description: ok, schema: {type: \(type)}}}
            definitions: {B: {type: object, properties: {x: {type: \(type)}}}}
            """
        }
        let found = Comparing.findings(document("integer", 10), document("string", 9)).map(\.rule)
        #expect(
            found.filter { $0 != "api-version-not-bumped" }.sorted() == [
                "request-parameter-max-decreased", "request-property-type-changed", "response-body-type-changed",
            ])
    }

    @Test("a severity that was chosen counts; a check that was silenced says nothing")
    func severities() {
        let old = Comparing.exchanging("{properties: {a: {}}}", in: .request)
        let new = Comparing.exchanging("{properties: {}}", in: .request)
        var policy = Comparing.policy
        policy.severities = ["request-property-removed": .error, "api-version-not-bumped": Severity?.none]
        let found = Comparing.findings(old, new, policy)
        #expect(found.map(\.rule) == ["request-property-removed"])
        #expect(found.first?.severity == .error)
    }

    @Test("a document compared with itself has no changes")
    func same() {
        let document = Comparing.exchanging(
            "{oneOf: [{type: string}, {$ref: '#/components/schemas/A'}]}", in: .response,
            components: "{A: {type: object}}")
        #expect(Comparing.findings(document, document).isEmpty)
    }
}

/// The list of checks.
@Suite("Checks")
struct CheckCatalogueTests {
    @Test("all known checks are there, with the severities that the table gives them")
    func known() {
        let all = CheckCatalogue.all
        #expect(all.count > 509)
        #expect(CheckCatalogue.severity(of: "request-body-max-decreased") == .error)
        #expect(CheckCatalogue.severity(of: "request-property-removed") == .warning)
        #expect(CheckCatalogue.severity(of: "webhook-added") == .information)
        // At a gateway a new credential breaks the client.
        #expect(CheckCatalogue.severity(of: "api-security-added") == .error)
        #expect(CheckCatalogue.severity(of: "no-such-check") == nil)
        #expect(all.map(\.id) == all.map(\.id).sorted() && Set(all.map(\.id)).count == all.count)
    }

    @Test(
        "dates",
        arguments: [
            ("2026-11-27", 20_784), ("1970-01-01", 0), ("2024-02-29", 19_782), ("2023-02-29", nil), ("2026-13-01", nil),
            ("2026-11-27T10:00:00Z", 20_784), ("2026-11-27x", nil), ("tomorrow", nil), ("0000-01-01", -719_528),
        ] as [(String, Int?)])
    func dates(text: String, day: Int?) {
        let date = CalendarDate(text)
        #expect(date?.dayNumber == day)
        if let date { #expect(text.hasPrefix(date.description)) }
    }
}
