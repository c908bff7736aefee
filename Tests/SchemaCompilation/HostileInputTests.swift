import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import Testing

/// Values and schemas that were made to hurt: each is answered in bounded time, and none is let through by a limit.
struct HostileInputTests {
    @Test(
        "a pattern that runs into its limit refuses, wherever it stands",
        arguments: [
            #"{"pattern":"^(a+)+(?<!b)$"}"#, #"{"not":{"pattern":"^(a+)+(?<!b)$"}}"#,
            #"{"anyOf":[{"pattern":"^(a+)+(?<!b)$"},{}]}"#,
            #"{"oneOf":[{"pattern":"^(a+)+(?<!b)$"},{"maxLength":0}]}"#,
            #"{"if":{"pattern":"^(a+)+(?<!b)$"},"then":false}"#,
        ])
    func pattern(_ schema: String) throws {
        let fixture = try SchemaFixture(schema)
        let text = "\"" + String(repeating: "a", count: 40) + "!\""
        #expect(try fixture.verdict(text) == .undecided(.pattern))
        #expect(try fixture.violations(text).map(\.keyword) == ["limit"])
    }

    @Test("a pattern of loops within loops that is regular is decided")
    func regularPattern() throws {
        let fixture = try SchemaFixture(#"{"pattern":"^(a+)+$"}"#)
        #expect(try fixture.verdict("\"" + String(repeating: "a", count: 10_000) + "\"") == .valid)
        #expect(try fixture.verdict("\"" + String(repeating: "a", count: 10_000) + "!\"") == .invalid)
    }

    @Test("a pattern for names that runs into its limit refuses")
    func namePattern() throws {
        let fixture = try SchemaFixture(#"{"patternProperties":{"^(a+)+(?<!b)$":{}},"additionalProperties":{}}"#)
        let text = "{\"" + String(repeating: "a", count: 40) + "!\":1}"
        #expect(try fixture.verdict(text) == .undecided(.pattern))
    }

    @Test("a deep value does not exhaust the stack")
    func depth() throws {
        let fixture = try SchemaFixture(
            ##"{"allOf":[{"$ref":"#/$defs/x"}],"$defs":{"x":{"items":{"anyOf":[{"$ref":"#"}]}}}}"##)
        let text = String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)
        let document = try JSONDocument(parsing: SourceFileFixture.file(text), limits: JSONLimits(depth: 30_000))
        var workspace = EvaluationWorkspace()
        let verdict = document.withView { fixture.program.accepts(fixture.entry, $0, using: &workspace) }
        #expect(verdict == .undecided(.depth))
        let violations = document.withView { fixture.program.violations(fixture.entry, $0, limit: 1) }
        #expect(violations.map(\.keyword) == ["limit"])
    }

    @Test(
        "a schema without an end is refused, not followed",
        arguments: [
            ##"{"allOf":[{"$ref":"#"}]}"##, ##"{"not":{"$ref":"#"}}"##,
            ##"{"anyOf":[{"type":"string"},{"$ref":"#"}]}"##,
        ])
    func loop(_ schema: String) throws {
        let fixture = try SchemaFixture(schema)
        #expect(fixture.diagnostics.map(\.code) == ["reference-loop"])
        #expect(try fixture.verdict("1") == .undecided(.depth))
    }

    @Test("a schema that branches at every level is stopped by its steps")
    func explosion() throws {
        let fixture = try SchemaFixture(
            """
            {"items":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"}]},"$defs":{
              "a":{"allOf":[{"$ref":"#"},{"maxItems":0}]},"b":{"allOf":[{"$ref":"#"},{"minItems":9}]}}}
            """
        )
        let text = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(try fixture.verdict(text) == .undecided(.steps))
    }

    @Test("uniqueItems looks at each of 100,000 items once", arguments: [true, false])
    func unique(_ isUnique: Bool) throws {
        let fixture = try SchemaFixture(#"{"uniqueItems":true}"#)
        var text = "["
        for number in 0..<100_000 { text += "{\"id\":\(number),\"n\":[\"x\"]}," }
        text += isUnique ? "0]" : "{\"n\":[\"x\"],\"id\":99999.0}]"
        let clock = ContinuousClock()
        let document = try JSONDocument(parsing: text)
        var workspace = EvaluationWorkspace()
        var verdict = Verdict.valid
        let time = clock.measure {
            verdict = document.withView { fixture.program.accepts(fixture.entry, $0, using: &workspace) }
        }
        #expect(verdict == (isUnique ? .valid : .invalid))
        // A release build needs 40 ms; comparing in pairs would take minutes.
        #expect(time < .seconds(10))
    }

    @Test("two large objects with reversed members are equal, and quickly found so")
    func reversed() throws {
        let fixture = try SchemaFixture(#"{"uniqueItems":true}"#)
        let members = (0..<20_000).map { "\"k\($0)\":1" }
        let text = "[{\(members.joined(separator: ","))},{\(members.reversed().joined(separator: ","))}]"
        #expect(try fixture.verdict(text) == .invalid)

    }

    @Test(
        "numbers with huge exponents cost nothing",
        arguments: [
            (#"{"multipleOf":0.01}"#, "1e1000000000", true), (#"{"multipleOf":7}"#, "1e-1000000000", false),
            (#"{"maximum":1e1000000000}"#, "1e999999999", true), (#"{"type":"integer"}"#, "1e1000000000", true),
            (#"{"type":"integer"}"#, "1e-1000000000", false), (#"{"const":1e1000000000}"#, "10e999999999", true),
        ] as [(String, String, Bool)])
    func numbers(_ schema: String, _ instance: String, _ isValid: Bool) throws {
        #expect(try SchemaFixture(schema).accepts(instance) == isValid)
    }

    @Test("more than 64 required names are all required, in objects within objects")
    func manyRequired() throws {
        let names = (0..<150).map { "property-\($0)" }
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        let schema =
            "{\"required\":[\(list)],\"properties\":{\"property-3\":{\"$ref\":\"#\"}}}"
        let fixture = try SchemaFixture(schema)
        func object(without missing: Int, inner: String) -> String {
            let members = names.enumerated().filter { $0.offset != missing }.map { number, name in
                "\"\(name)\":\(number == 3 ? inner : "1")"
            }
            return "{\(members.joined(separator: ","))}"
        }
        let whole = object(without: -1, inner: "1")
        #expect(try fixture.accepts(object(without: -1, inner: whole)) == true)
        for missing in [0, 63, 64, 65, 127, 128, 149] {
            #expect(try fixture.accepts(object(without: missing, inner: whole)) == false)
            #expect(try fixture.accepts(object(without: -1, inner: object(without: missing, inner: "1"))) == false)
        }
    }
}
