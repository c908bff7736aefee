import ContractLinting
import LintRulesets
import Testing

/// Rulesets as files: what they build on, what they change and for which documents, and what is wrong with them.
@Suite("Rulesets")
struct RulesetTests {
    /// A small document with things to find.
    static let pets = """
        openapi: 3.0.3
        info: {title: Pets, version: 1.0.0}
        paths:
          /pets:
            get:
              responses: {'200': {description: OK}}
        """

    @Test("extends chooses what is on, and single rules are turned on, off and up")
    func extending() throws {
        let recommended = try Rulesets.findings("extends: spectral:oas", Self.pets)
        #expect(recommended.contains { $0.contains("warning operation-tags ") } == true)
        #expect(!recommended.contains { $0.contains(" info-license ") })
        let all = try Rulesets.findings("extends: [[spectral:oas, all]]", Self.pets)
        #expect(all.contains { $0.contains(" info-license ") })
        let changed = try Rulesets.findings(
            "extends: [[spectral:oas, off]]\nrules: {operation-tags: error, info-contact: true}", Self.pets)
        #expect(
            changed.map { $0.split(separator: " ")[1...2].joined(separator: " ") } == [
                "warning info-contact", "error operation-tags",
            ])
        let off = try Rulesets.findings("extends: spectral:oas\nrules: {operation-tags: off}", Self.pets)
        #expect(off.count == recommended.count - 1)
    }

    @Test("a built-in rule may speak other words, for some formats, with options")
    func builtIn() throws {
        let message = """
            rules:
              operation-tags: {message: '{{error}} Ask the platform team. ({{path}})', severity: hint}
            """
        #expect(
            try Rulesets.findings(message, Self.pets) == [
                "5:5 hint operation-tags Operation must have non-empty \"tags\" array. Ask the platform team. "
                    + "(#/paths/~1pets/get) paths./pets.get"
            ])
        let formats = "rules: {operation-tags: {severity: error, formats: [oas3.1]}}"
        #expect(try Rulesets.findings(formats, Self.pets) == [])
        let options = "rules: {parameter-casing: {severity: error, options: {nonsense: 1}}}"
        #expect(Rulesets.problems(options).count == 1)
    }

    @Test("files extend files, each once, with their aliases")
    func files() throws {
        let base = """
            aliases: {Operation: ['$.paths[*][get,post]']}
            rules:
              needs-id: {given: '#Operation', severity: error, then: {field: operationId, function: truthy}}
              never: {given: $, recommended: false, then: {field: nonsense, function: truthy}}
            """
        let text = "extends: [./base/rules.yaml]\nrules: {own: {given: '#Operation.summary', then: {function: truthy}}}"
        let found = try Rulesets.findings(text, Self.pets, ["/api/base/rules.yaml": base])
        #expect(found == ["5:9 error needs-id \"get.operationId\" property must be truthy paths./pets.get"])
        let circle = "extends: [../rules.yaml]\n" + base
        #expect(try Rulesets.findings(text, Self.pets, ["/api/base/rules.yaml": circle]) == found)
        let all = "extends: [[./base/rules.yaml, all]]"
        #expect(try Rulesets.findings(all, Self.pets, ["/api/base/rules.yaml": base]).count == 2)
    }

    @Test("aliases may differ by format")
    func aliases() throws {
        let text = """
            aliases:
              Host:
                description: where it is served
                targets: [{formats: [oas2], given: [$.host]}, {formats: [oas3], given: ['$.servers[*].url']}]
            rules: {host: {given: '#Host', then: {function: pattern, functionOptions: {match: ^https}}}}
            """
        #expect(try Rulesets.findings(text, "swagger: '2.0'\nhost: http.test").count == 1)
        #expect(
            try Rulesets.findings(text, "openapi: 3.1.0\nservers: [{url: 'http://a'}, {url: 'https://b'}]").count == 1)
    }

    @Test("messages have places for what is known")
    func messages() throws {
        let text = """
            rules:
              r:
                given: $.info.title
                description: Titles are short.
                message: '{{description}} {{property}} is {{value}} at {{ path }}: {{error}}'
                documentationUrl: https://example.com/titles
                then: {function: length, functionOptions: {max: 2}}
            """
        #expect(
            try Rulesets.findings(text, "info: {title: Pets}") == [
                "1:15 warning r Titles are short. title is \"Pets\" at #/info/title: \"title\" property must be "
                    + "shorter than or equal to 2 info.title"
            ])
    }

    @Test("rules look behind references, in the file where the value stands")
    func references() throws {
        let text =
            "rules: {r: {given: '$.paths[*].get.summary', then: {function: pattern, functionOptions: {match: ^A}}}}"
        let document = "openapi: 3.0.3\npaths: {/a: {$ref: './other.yaml#/item'}}"
        let other = ["/api/other.yaml": "item:\n  get: {summary: Zebra}"]
        #expect(
            try Rulesets.findings(text, document, other) == [
                "2:18 warning r \"Zebra\" must match the pattern \"^A\" item.get.summary"
            ])
        let raw = text.replacing("given:", with: "resolved: false, given:")
        #expect(try Rulesets.findings(raw, document, other) == [])
    }

    @Test("overrides change rules for some documents, and severities in parts of them")
    func overrides() throws {
        let text = """
            rules: {tag: {given: '$..tag', then: {function: pattern, functionOptions: {match: ^x}}}}
            overrides:
              - files: ['old/**']
                rules: {tag: off}
              - files: ['old/but.yaml', '*.json']
                rules: {tag: hint}
              - files: ['document.yaml#/legacy']
                rules: {tag: off}
              - files: ['document.yaml#/legacy/strict']
                rules: {tag: error}
            """
        let document = "a: {tag: a}\nlegacy: {tag: b, strict: {tag: c}}\nlegacyer: {tag: d}"
        let found = try Rulesets.findings(text, document).map { $0.split(separator: " ")[1...].joined(separator: " ") }
        #expect(
            found == [
                "warning tag \"a\" must match the pattern \"^x\" a.tag",
                "error tag \"c\" must match the pattern \"^x\" legacy.strict.tag",
                "warning tag \"d\" must match the pattern \"^x\" legacyer.tag",
            ])
        #expect(try Rulesets.findings(text, "tag: a", named: "/api/old/one.yaml") == [])
        #expect(try Rulesets.findings(text, "tag: a", named: "/api/old/but.yaml").first?.contains(" hint ") == true)
    }

    @Test("parserOptions weigh mistakes of texts")
    func parserOptions() throws {
        let text = "parserOptions: {duplicateKeys: warn}\nrules: {}"
        let found = try Rulesets.findings(text, "openapi: 3.0.3\na: 1\na: 2")
        #expect(found.map { $0.split(separator: " ")[1...2].joined(separator: " ") } == ["warning parser"])
    }

    @Test("a document of an unknown format is worth a word where rules are for formats")
    func unknownFormats() throws {
        #expect(try Rulesets.findings("extends: spectral:oas", "a: 1").count == 1)
        #expect(try Rulesets.findings("rules: {r: {given: $, then: {field: a, function: truthy}}}", "a: 1") == [])
    }

    @Test(
        "mistakes are told with their place and what to write instead",
        arguments: [
            ("rules: {operation-tag: error}", "1:9 there is no rule `operation-tag` to turn on or off"),
            ("rules: {r: {given: $, then: {function: truhty}}}", "1:40 there is no function `truhty`"),
            ("rules: {r: {given: 'paths', then: {function: truthy}}}", "1:20 the path `paths` cannot be read"),
            (
                "rules: {r: {given: $, then: {function: pattern, functionOptions: {match: '('}}}}",
                "1:74 pattern: the pattern"
            ),
            ("rules: {r: {given: '#None', then: {function: truthy}}}", "1:20 there is no alias `None`"),
            (
                "aliases: {A: ['#B'], B: ['#A']}\nrules: {r: {given: '#A', then: {function: truthy}}}",
                "2:20 the alias `A` leads back"
            ),
            ("rules: {r: {given: $}}", "1:12 a rule has `given`"),
            ("functions: [mine]\nrules: {}", "1:1 functions in JavaScript are not run"),
            ("extends: './missing.yaml'", "1:10 /api/missing.yaml: no such file"),
            ("extends: 'https://example.com/rules.yaml'", "1:10 `https://example.com/rules.yaml` is not a file"),
            ("extends: '@stoplight/spectral-url-versioning'", "1:10 `@stoplight/spectral-url-versioning` is a package"),
            ("extends: [[spectral:oas, most]]", "1:11 an entry of `extends`"),
            ("rules: {r: loud}", "1:9 there is no rule `r`"),
            ("rules: {info-contact: loud}", "1:23 a severity is"),
            ("rule: {}", "1:1 a ruleset has no member `rule`"),
            ("[]", "1:1 a ruleset is an object"),
            ("formats: [oas9]\nrules: {}", "1:11 there is no format `oas9`"),
            ("rules: {}\noverrides: [{rules: {}}]", "2:13 an override has `files`"),
            (
                "rules: {r: {given: $, then: {function: schema, functionOptions: {schema: {type: 5}}}}}",
                "1:74 schema: the schema"
            ),
            ("rules: {r: {given: $, then: {function: casing, functionOptions: {type: odd}}}}", "1:72 casing: `type`"),
            ("rules: [", "1:"),
        ])
    func mistakes(text: String, expected: String) {
        let problems = Rulesets.problems(text)
        #expect(problems.first?.hasPrefix(expected) == true, "\(problems)")
    }

    @Test("a ruleset of JSON may have commas at the ends of its lists, as many have")
    func commas() throws {
        let files = [
            "/api/base.json":
                "{\"rules\": {\"r\": {\"given\": \"$\", \"then\": {\"field\": \"a\", \"function\": \"truthy\",}}}}"
        ]
        #expect(try Rulesets.findings("extends: base.json", "b: 1", files).count == 1)
    }
}
