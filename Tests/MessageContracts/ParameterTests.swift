import MessageContracts
import OpenAPIDocuments
import Testing

/// Parameters beyond the tables of others: what is reported, and what is undeclared.
@Suite("Parameters")
struct ParameterTests {
    /// A query of two parameters.
    private func fixture() throws -> ContractFixture {
        try ContractFixture(parameters: [
            "{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}",
            "{name: f, in: query, style: deepObject, schema: {type: object}}",
            "{name: X-Trace, in: header, required: true, schema: {type: string, minLength: 2}}",
        ])
    }

    @Test("a violation names the parameter, the keyword and where the contract says so")
    func report() throws {
        let violations = try fixture().violations(query: "limit=0", fields: [("x-trace", "ab")])
        #expect(
            violations == [
                ContractViolation(
                    .query, name: "limit", code: "minimum", detail: violations.first?.detail ?? "",
                    schema: "/paths/~1a/get/parameters/0/schema/minimum")
            ])
        #expect(violations.first?.detail.hasPrefix("`limit`: ") == true)
    }

    @Test("everything wrong comes at once")
    func allAtOnce() throws {
        let violations = try fixture().violations(query: "limit=x&zz=1&f=1", refusesUndeclared: true)
        #expect(violations.map(\.code) == ["undeclared-parameter", "type", "style", "required"])
        #expect(violations.map(\.location) == [.query, .query, .query, .header])
    }

    @Test("a misspelt name gets a suggestion")
    func suggestion() throws {
        let violations = try fixture().violations(
            query: "limti=1", fields: [("X-Trace", "ab")], refusesUndeclared: true)
        #expect(violations.map(\.detail) == ["`limti` is not declared, did you mean `limit`?"])
    }

    @Test(
        "undeclared pairs are stripped and the rest stays as it was",
        arguments: [
            ("limit=1&zz=2", "limit=1"), ("zz=2&limit=1", "limit=1"), ("limit=1", nil), ("zz", ""),
            ("a=1&b=2&limit=%31&c", "limit=%31"),
            ("f[x]=1&g[x]=1&&limit=1", "f[x]=1&&limit=1"), ("%zz=1&limit=1", "limit=1"),
        ] as [(String, String?)])
    func strip(query: String, expected: String?) throws {
        let operation = try fixture().contract.operations[0]
        var workspace = ContractWorkspace()
        let stripped = Array(query.utf8).withUnsafeBytes { operation.strippedQuery($0, using: &workspace) }
        #expect(stripped.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("undeclared names are listed decoded, each once")
    func names() throws {
        let operation = try fixture().contract.operations[0]
        var workspace = ContractWorkspace()
        let names = Array("limit=1&z%7A=1&zz=2&y".utf8).withUnsafeBytes {
            operation.undeclaredQueryNames($0, using: &workspace)
        }
        #expect(names == ["zz", "y"])
    }

    @Test("an operation says which parts of a request it looks at")
    func flags() throws {
        let bare = try ContractFixture(
            parameters: ["{name: id, in: path, required: true, schema: {}}"], path: "'/a/{id}'")
        let operation = bare.contract.operations[0]
        #expect(operation.needsPath)
        #expect(!operation.needsQuery && !operation.needsFields && !operation.acceptsContent)
        let full = try fixture().contract.operations[0]
        #expect(full.needsQuery && full.needsFields && !full.hasCookieParameters && !full.needsPath)
    }

    @Test(
        "an ambiguous text takes a reading that validates",
        arguments: [("5", true), ("0", false), ("auto", true), ("other", false), ("true", true)])
    func ambiguous(text: String, isGood: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: n, in: query, schema: {anyOf: [{type: integer, minimum: 1}, {type: string, enum: [auto]}, "
                + "{const: true}]}}"
        ])
        #expect(fixture.violations(query: "n=\(text)").isEmpty == isGood)
    }

    @Test(
        "mixed readings of a list are found", arguments: [("l=3,123", true), ("l=3,4", true), ("l=6,12", false)])
    func mixed(query: String, isGood: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: l, in: query, explode: false, schema: {type: array, items: {anyOf: [{type: integer, "
                + "maximum: 5}, {type: string, pattern: '^[0-9]{3}$'}]}}}"
        ])
        #expect(fixture.violations(query: query).isEmpty == isGood)
    }

    @Test(
        "deepObject of objects or integers, as Stripe has it",
        arguments: [("c[gt]=1", true), ("c=5", true), ("c[gt]=x", false), ("c=x", false)])
    func objectOrInteger(query: String, isGood: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: c, in: query, style: deepObject, explode: true, schema: {anyOf: [{type: object, "
                + "properties: {gt: {type: integer}}}, {type: integer}]}}"
        ])
        #expect(fixture.violations(query: query).isEmpty == isGood)
    }

    @Test(
        "header lines of a list are one list",
        arguments: [(["1", "2, 3"], true), (["1", "x"], false), (["1,2", "3", "4"], false)])
    func headerLines(lines: [String], isGood: Bool) throws {
        let fixture = try ContractFixture(parameters: [
            "{name: X-L, in: header, schema: {type: array, maxItems: 3, items: {type: integer}}}"
        ])
        #expect(fixture.violations(fields: lines.map { ("x-l", $0) }).isEmpty == isGood)
    }
}
