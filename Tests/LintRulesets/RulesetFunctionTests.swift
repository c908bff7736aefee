import Testing

/// Each function, on values that it takes and on values that it refuses.
@Suite("Functions of rulesets")
struct RulesetFunctionTests {
    /// What a function says about a value, without place and rule.
    private func says(_ function: String, options: String = "", field: String = "v", _ value: String) throws -> [String]
    {
        let options = options.isEmpty ? "" : ", functionOptions: \(options)"
        let ruleset = "rules: {r: {given: $, then: {field: \(field), function: \(function)\(options)}}}"
        return try Rulesets.findings(ruleset, value).map { finding in
            String(finding.split(separator: " ", maxSplits: 3).last ?? "")
        }
    }

    @Test(
        "truthy, falsy, defined, undefined",
        arguments: [
            ("truthy", "v: 1", nil), ("truthy", "v: ''", "\"v\" property must be truthy v"),
            ("truthy", "a: 1", "\"v\" property must be truthy "), ("falsy", "v: 0", nil), ("falsy", "a: 1", nil),
            ("falsy", "v: x", "\"v\" property must be falsy v"), ("defined", "v: null", nil),
            ("defined", "a: 1", "\"v\" property must be defined "), ("undefined", "a: 1", nil),
            ("undefined", "v: null", "\"v\" property must be undefined v"),
        ] as [(String, String, String?)])
    func presence(function: String, document: String, expected: String?) throws {
        #expect(try says(function, document) == [expected].compactMap { $0 })
    }

    @Test(
        "casing",
        arguments: [
            ("{type: camel}", "petId2", true), ("{type: camel}", "PetId", false), ("{type: camel}", "petID", false),
            ("{type: camel}", "aB", true), ("{type: camel, disallowDigits: true}", "pet2", false),
            ("{type: pascal}", "PetId", true), ("{type: pascal}", "petId", false), ("{type: kebab}", "pet-id-2", true),
            ("{type: kebab}", "pet_id", false), ("{type: snake}", "pet_id", true), ("{type: snake}", "pet__id", false),
            ("{type: macro}", "PET_ID", true), ("{type: cobol}", "PET-ID", true), ("{type: flat}", "petid", true),
            ("{type: flat}", "petId", false), ("{type: camel, separator: {char: '/'}}", "pets/petId", true),
            ("{type: camel, separator: {char: '/'}}", "/pets", false),
            ("{type: camel, separator: {char: '/', allowLeading: true}}", "/pets/petId", true),
            ("{type: camel, separator: {char: '/', allowLeading: true}}", "/", true), ("{type: camel}", "1a", false),
        ])
    func casing(options: String, text: String, isCorrect: Bool) throws {
        #expect(try says("casing", options: options, "v: '\(text)'").isEmpty == isCorrect)
    }

    @Test(
        "pattern, length, enumeration",
        arguments: [
            ("pattern", "{match: '^a'}", "v: abc", nil),
            ("pattern", "{match: '^a'}", "v: xbc", "\"xbc\" must match the pattern \"^a\" v"),
            ("pattern", "{match: '/^A/i'}", "v: abc", nil),
            ("pattern", "{notMatch: b}", "v: abc", "\"abc\" must not match the pattern \"b\" v"),
            ("pattern", "{match: '^a'}", "v: 5", nil),
            ("length", "{min: 2}", "v: a", "\"v\" property must be longer than or equal to 2 v"),
            ("length", "{max: 1}", "v: [1, 2]", "\"v\" property must be shorter than or equal to 1 v"),
            ("length", "{min: 1, max: 3}", "v: {a: 1}", nil),
            ("length", "{max: 3}", "v: 4.5", "\"v\" property must be shorter than or equal to 3 v"),
            ("enumeration", "{values: [a, 1, null]}", "v: 1.0", nil),
            ("enumeration", "{values: [a]}", "v: b", "\"b\" must be equal to one of the allowed values: \"a\" v"),
            ("enumeration", "{values: [a]}", "v: [b]", nil),
        ] as [(String, String, String, String?)])
    func values(function: String, options: String, document: String, expected: String?) throws {
        #expect(try says(function, options: options, document) == [expected].compactMap { $0 })
    }

    @Test(
        "alphabetical, xor, or, typedEnum",
        arguments: [
            ("alphabetical", "", "v: [a, B, c]", nil),
            ("alphabetical", "", "v: [b, a]", "\"b\" must be placed after \"a\" v.0"),
            ("alphabetical", "", "v: {b: 1, a: 2}", "\"b\" must be placed after \"a\" v.b"),
            ("alphabetical", "", "v: [2, 10]", nil),
            ("alphabetical", "{keyedBy: n}", "v: [{n: b}, {n: a}]", "properties must follow the alphabetical order v"),
            ("xor", "{properties: [a, b]}", "v: {a: 1}", nil),
            ("xor", "{properties: [a, b]}", "v: {}", "\"a\" and \"b\" must not be both defined or both undefined v"),
            ("or", "{properties: [a, b]}", "v: {c: 1}", "At least one of \"a\" or \"b\" must be defined v"),
            ("or", "{properties: [a, b]}", "v: {b: 1}", nil),
            ("typedEnum", "", "v: {type: integer, enum: [1, x]}", "Enum value \"x\" must be \"integer\". v.enum.1"),
            ("typedEnum", "", "v: {type: string, nullable: true, enum: [a, null]}", nil),
        ] as [(String, String, String, String?)])
    func structures(function: String, options: String, document: String, expected: String?) throws {
        #expect(try says(function, options: options, document) == [expected].compactMap { $0 })
    }

    @Test("schema tells the first mistake, or all, where they stand")
    func schemas() throws {
        let options = "{schema: {type: object, required: [a], properties: {b: {type: integer}}}}"
        #expect(try says("schema", options: options, "v: {a: 1, b: 2}") == [])
        #expect(try says("schema", options: options, "v: {a: 1, b: x}") == ["\"b\" property type must be integer v.b"])
        #expect(try says("schema", options: options, "w: 1") == ["\"v\" property must exist "])
        let all = "{allErrors: true, schema: {properties: {a: {type: string}, b: {type: integer}}}}"
        #expect(try says("schema", options: all, "v: {a: 1, b: x}").count == 2)
        let references = "v: {a: {$ref: '#/w'}}\nw: {c: 5}"
        let inner = "{schema: {properties: {a: {properties: {c: {type: string}}}}}}"
        #expect(try says("schema", options: inner, references) == ["\"c\" property type must be string w.c"])
    }

    @Test("unreferencedReusableObject looks for references from anywhere")
    func unreferenced() throws {
        let options = "{reusableObjectsLocation: '#/defs'}"
        let document = "defs: {a: {x: 1}, b: {}, c: {}}\nuse: [{$ref: '#/defs/a/x'}, {$ref: '#/defs/c'}]"
        let found = try says("unreferencedReusableObject", options: options, field: "defs", document)
        #expect(found == ["Potential orphaned reusable object has been detected defs.b"])
    }

    @Test("names are looked at by @key and by ~")
    func names() throws {
        let key = "rules: {r: {given: $.v, then: {field: '@key', function: pattern, functionOptions: {match: ^a}}}}"
        let tilde = "rules: {r: {given: '$.v[*]~', then: {function: pattern, functionOptions: {match: ^a}}}}"
        for ruleset in [key, tilde] {
            #expect(
                try Rulesets.findings(ruleset, "v:\n  ab: 1\n  bb: 2") == [
                    "3:3 warning r \"bb\" must match the pattern \"^a\" v.bb"
                ])
        }
    }

    @Test("a pattern that takes too long is told, not passed over")
    func hostilePattern() throws {
        let text = String(repeating: "a", count: 40) + "b"
        let found = try says("pattern", options: "{notMatch: '^(a+)+(?<!c)$'}", "v: \(text)")
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.contains("took too long") })
    }
}
