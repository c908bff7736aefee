import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import Testing

/// The two executors on random schemas and values: they must never differ.
struct ExecutorAgreementTests {
    /// A generator of schemas and values; the same numbers give the same ones.
    struct Source {
        /// State of the generator (SplitMix64).
        var state: UInt64

        /// A number below a bound.
        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((word ^ word >> 31) % UInt64(bound))
        }

        /// One of a list.
        mutating func pick(_ list: [String]) -> String { list[below(list.count)] }

        /// A value.
        mutating func value(_ depth: Int) -> String {
            switch below(depth > 0 ? 9 : 6) {
            case 0: return "null"
            case 1: return pick(["true", "false"])
            case 2: return pick(["0", "1", "1.0", "2", "-3", "2.5", "1e1", "10", "12345678901234567890"])
            case 3, 4, 5: return pick(["\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"é\"", "\"2020-01-01\""])
            case 6: return "[" + (0..<below(5)).map { _ in value(depth - 1) }.joined(separator: ",") + "]"
            default:
                var members: [String: String] = [:]
                for _ in 0..<below(5) {
                    members[pick(["a", "b", "c", "d", "longer-name-of-property"])] = value(depth - 1)
                }
                return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
            }
        }

        /// A schema.
        mutating func schema(_ depth: Int) -> String {
            if depth == 0 || below(12) == 0 {
                return pick(["true", "false", "{}", #"{"type":"string"}"#, #"{"type":"integer"}"#])
            }
            var keywords: [String: String] = [:]
            for _ in 0..<(1 + below(4)) {
                let name = pick(Self.keywords)
                keywords[name] = keyword(name, depth - 1)
            }
            return "{" + keywords.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        }

        /// Keywords to choose from; what matters most comes more than once.
        static let keywords = [
            "type", "type", "properties", "properties", "properties", "required", "required", "additionalProperties",
            "patternProperties", "items", "prefixItems", "contains", "minContains", "maxContains", "uniqueItems",
            "minItems",
            "maxItems", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "multipleOf", "minLength",
            "maxLength",
            "pattern", "format", "allOf", "anyOf", "anyOf", "oneOf", "oneOf", "not", "if", "then", "else",
            "propertyNames",
            "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
            "unevaluatedProperties", "unevaluatedItems", "unevaluatedItems", "$ref",
        ]

        /// The value of a keyword.
        mutating func keyword(_ name: String, _ depth: Int) -> String {
            switch name {
            case "type":
                return pick([
                    "\"string\"", "\"integer\"", "\"number\"", "\"object\"", "\"array\"", "[\"object\",\"array\"]",
                    "[\"null\",\"string\"]", "[\"integer\",\"object\"]",
                ])
            case "properties", "dependentSchemas":
                return "{"
                    + ["a", "b", "c"].prefix(1 + below(3)).map { "\"\($0)\":\(schema(depth))" }.joined(separator: ",")
                    + "}"
            case "patternProperties": return "{\"^[ab]\":\(schema(depth)),\"c|d\":\(schema(depth))}"
            case "required": return pick(["[]", "[\"a\"]", "[\"b\",\"a\"]", "[\"longer-name-of-property\"]"])
            case "dependentRequired": return pick(["{\"a\":[\"b\"]}", "{\"c\":[\"a\",\"d\"]}"])
            case "allOf", "anyOf", "oneOf", "prefixItems":
                return "[" + (0...below(3)).map { _ in schema(depth) }.joined(separator: ",") + "]"
            case "enum": return "[" + (0...below(3)).map { _ in value(1) }.joined(separator: ",") + "]"
            case "const": return value(1)
            case "uniqueItems": return pick(["true", "false"])
            case "pattern": return pick(["\"^a\"", "\"b$\"", "\"^(a|b)+$\"", "\"^[a-b]*$\""])
            case "format": return pick(["\"date\"", "\"ipv4\"", "\"uri\""])
            case "$ref": return pick(["\"#/$defs/x\"", "\"#/$defs/y\"", "\"#\""])
            case "multipleOf": return pick(["2", "0.5"])
            case "minimum", "maximum", "exclusiveMinimum": return pick(["0", "1", "2.5", "12345678901234567889"])
            case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties", "minContains",
                "maxContains":
                return pick(["0", "1", "2"])
            default: return schema(depth)
            }
        }
    }

    @Test("a tag never changes the verdict of a choice", arguments: 0..<20)
    func tags(_ seed: Int) throws {
        var source = Source(state: UInt64(seed) &* 0x9876_5432_1FED_CBA1)
        for _ in 0..<60 {
            let branches = (0...(2 + source.below(4))).map { _ -> String in
                let tag = source.pick([
                    #""type":{"const":"a"}"#, #""type":{"const":"b"}"#, #""type":{"enum":["a","ab",1]}"#,
                    #""type":{"type":"string"}"#,
                    #""kind":{"const":"a"}"#, #""type":{"enum":["é","b"],"minLength":1}"#,
                ])
                let required = source.pick(["", #","required":["type"]"#])
                let inner = "{\"properties\":{\(tag),\"b\":\(source.schema(1))}\(required)}"
                return source.pick([inner, inner, "{\"allOf\":[\(inner)]}", source.schema(1)])
            }
            let choice = source.pick(["anyOf", "oneOf"])
            let schema =
                "{\"\(choice)\":[\(branches.joined(separator: ","))],"
                + "\"unevaluatedProperties\":\(source.schema(1)),\"$defs\":{\"x\":{},\"y\":{}}}"
            let fast = try SchemaFixture(schema)
            let plain = try SchemaFixture(schema, options: CompilerOptions(optimises: false))
            for _ in 0..<20 {
                let tag = source.pick(["\"a\"", "\"b\"", "\"ab\"", "\"zz\"", "1", "null", "\"é\""])
                let name = source.pick(["type", "type", "type", "kind", "other"])
                let value = "{\"\(name)\":\(tag),\"b\":\(source.value(1))}"
                let verdict = try fast.verdict(value)
                #expect(try verdict == plain.verdict(value), "\(schema) on \(value)")
                // A schema that leads back to itself has no answer.
                if case .undecided = verdict { continue }
                #expect(try fast.violations(value).isEmpty == (verdict == .valid), "\(schema) on \(value)")
            }
        }
    }

    @Test("both executors give the same verdicts", arguments: 0..<40)
    func agreement(_ seed: Int) throws {
        var source = Source(state: UInt64(seed) &* 0x1234_5678_9ABC_DEF1)
        var decided = 0
        for _ in 0..<60 {
            let x = source.schema(2)
            let y = source.schema(2)
            let root = "{\"allOf\":[\(source.schema(3))],\"$defs\":{\"x\":\(x),\"y\":\(y)}}"
            let fixture = try SchemaFixture(root)
            for _ in 0..<12 {
                let value = source.value(3)
                let verdict = try fixture.verdict(value)
                let violations = try fixture.violations(value)
                if case .undecided = verdict {
                    // A schema that leads back to itself; the compiler has said so.
                    #expect(fixture.diagnostics.contains { $0.code == "reference-loop" })
                    continue
                }
                decided += 1
                if violations.first?.keyword == "limit" { continue }
                #expect((verdict == .valid) == violations.isEmpty, "\(root) on \(value): \(verdict), \(violations)")
            }
        }
        #expect(decided > 300)
    }

    @Test("no document crashes the compiler, whatever its keywords hold", arguments: Dialect.allCases)
    func noise(_ dialect: Dialect) throws {
        var source = Source(state: 0x0DDB_1A5E_5BAD_5EED)
        let further = ["$id", "$anchor", "$schema", "$dynamicRef", "$recursiveRef", "id", "nullable", "readOnly"]
        for round in 0..<150 {
            var members: [String: String] = [:]
            for _ in 0..<(1 + source.below(5)) {
                let name = source.pick(Source.keywords + further)
                members[name] = source.below(3) == 0 ? source.schema(2) : source.value(2)
            }
            let text = "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
            let direction: MessageDirection = [.none, .request, .response][round % 3]
            let fixture = try SchemaFixture(text, dialect: dialect, direction: direction)
            for _ in 0..<3 {
                let value = source.value(2)
                let verdict = try fixture.verdict(value)
                if case .undecided = verdict { continue }
                #expect(try fixture.violations(value).isEmpty == (verdict == .valid), "\(text) on \(value)")
            }
        }
    }
}
