import ContractLinting
import SourceDiagnostics
import Testing

/// What single rules find, and exactly where.
@Suite("Findings of single rules")
struct RuleFindingTests {
    /// A document and what a rule finds in it.
    struct Row: CustomTestStringConvertible, Sendable {
        /// The rule.
        let rule: String
        /// What the document is about.
        let name: String
        /// The document.
        let text: String
        /// The findings: `line:column-line:column path message`.
        let findings: [String]

        var testDescription: String { "\(rule): \(name)" }
    }

    /// The rows.
    static let rows: [Row] = documentRows + pathRows + serverRows + proseRows + exampleRows

    /// Rules about the document as a whole.
    static let documentRows = [
        Row(
            rule: "oas3-schema", name: "a misspelt keyword of a 3.0 schema has a suggestion, an extension has none",
            text: """
                openapi: 3.0.3
                info: {title: Pets, version: 1.0.0}
                paths: {}
                components:
                  schemas:
                    Pet:
                      type: object
                      propreties: {}
                      x-internal: true
                """,
            findings: ["8:7-8:17 components.schemas.Pet.propreties Property \"propreties\" is not expected to be here."]
        ),
        Row(
            rule: "oas3-schema", name: "an absent field is reported at the object that lacks it",
            text: """
                openapi: 3.1.0
                info:
                  title: Pets
                paths: {}
                """,
            findings: ["2:1-2:5 info \"info\" property must have required property \"version\"."]),
        Row(
            rule: "oas3-schema", name: "keywords have values of their form",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                components:
                  schemas:
                    Pet: {type: [string, nul], minLength: '3', required: [a, a]}
                """,
            findings: [
                "5:26-5:29 components.schemas.Pet.type.1 \"1\" property must be equal to one of the allowed values: "
                    + "\"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\". "
                    + "Did you mean \"null\"?.",
                "5:43-5:46 components.schemas.Pet.minLength \"minLength\" property must be non-negative integer.",
                "5:48-5:56 components.schemas.Pet.required \"required\" property must be array of unique strings.",
            ]),
        Row(
            rule: "oas3-unused-component", name: "a mapping of a discriminator uses a schema, by name and by reference",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                paths:
                  /pets:
                    get:
                      responses:
                        '200':
                          description: A pet.
                          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
                components:
                  schemas:
                    Pet:
                      discriminator:
                        propertyName: kind
                        mapping: {cat: Cat, dog: '#/components/schemas/Dog'}
                    Cat: {}
                    Dog: {}
                    Fish: {}
                """,
            findings: [
                "18:5-18:9 components.schemas.Fish Potentially unused component has been detected."
            ]),
        Row(
            rule: "no-circular-refs", name: "every reference of a circle is told, others are not",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                components:
                  schemas:
                    A: {items: {$ref: '#/components/schemas/B'}}
                    B: {items: {$ref: '#/components/schemas/A'}}
                    C: {items: {$ref: '#/components/schemas/A'}}
                """,
            findings: [
                "5:23-5:47 components.schemas.A.items.$ref \"#/components/schemas/B\" leads back to what it stands in.",
                "6:23-6:47 components.schemas.B.items.$ref \"#/components/schemas/A\" leads back to what it stands in.",
            ]),
        Row(
            rule: "version-gate", name: "what came with 3.2 is told in 3.1, what came with 3.1 is not",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0, summary: All pets.}
                paths:
                  /pets: {query: {}}
                components:
                  schemas: {Pet: {const: 1}}
                """,
            findings: [
                "4:11-4:16 paths./pets.query \"query\" came with OpenAPI 3.2, this document follows 3.1."
            ]),
    ]

    /// Rules about paths.
    static let pathRows = [
        Row(
            rule: "path-params", name: "a name that stands twice, a parameter that is not in the path",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                paths:
                  /pets/{id}/{id}:
                    get:
                      parameters:
                        - {name: id, in: path, required: true}
                        - {name: di, in: path, required: true}
                """,
            findings: [
                "4:3-4:18 paths./pets/{id}/{id} Path \"/pets/{id}/{id}\" must not use parameter \"{id}\" multiple times.",
                "8:11-8:47 paths./pets/{id}/{id}.get.parameters.1 "
                    + "Parameter \"di\" must be used in path \"/pets/{id}/{id}\".",
            ]),
        Row(
            rule: "no-ambiguous-paths", name: "a witness shows the path that both match",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                paths:
                  /pets/{id}/mine: {}
                  /pets/best/{kind}: {}
                  /pets/best/mine: {}
                """,
            findings: [
                "5:3-5:20 paths./pets/best/{kind} Paths \"/pets/{id}/mine\" and \"/pets/best/{kind}\" are ambiguous: "
                    + "both match \"/pets/best/mine\"."
            ]),
        Row(
            rule: "path-not-include-query", name: "a question mark in a parameter is none of a query",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                paths:
                  /pets/{?id*}: {}
                """, findings: []),
    ]

    /// Rules about servers.
    static let serverRows = [
        Row(
            rule: "oas3-server-variables", name: "every kind of mistake, each at its place",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                servers:
                  - url: https://{region}.pets.example:{port}
                    variables:
                      region: {default: asia, enum: [eu, us]}
                      tier: {default: free}
                """,
            findings: [
                "5:5-5:14 servers.0.variables Not all server's variables are described with \"variables\" object. "
                    + "Missed: port.",
                "6:25-6:29 servers.0.variables.region.default "
                    + "Server Variable \"region\" has a default not listed in the enum.",
                "7:7-7:11 servers.0.variables.tier "
                    + "Server's \"variables\" object has unused defined \"tier\" url variable.",
            ])
    ]

    /// Rules about prose.
    static let proseRows = [
        Row(
            rule: "no-script-tags-in-markdown", name: "handlers and URLs that run code, in any prose",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0, description: 'a < b, on = 1'}
                tags:
                  - {name: a, description: '<img src=x onerror=alert(1)>'}
                  - {name: b, description: '[here](JavaScript:alert(1))'}
                  - {name: c, description: 'the <b>online</b> shop = ours'}
                """,
            findings: [
                "4:28-4:58 tags.0.description Markdown descriptions must not have handlers of events.",
                "5:28-5:57 tags.1.description Markdown descriptions must not have \"javascript:\" URLs.",
            ])
    ]

    /// Rules about examples.
    static let exampleRows = [
        Row(
            rule: "oas3-valid-media-example", name: "all mistakes of an example are told, each at its value",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                paths:
                  /pets:
                    post:
                      requestBody:
                        content:
                          application/json:
                            schema:
                              type: object
                              required: [id, name]
                              properties: {id: {type: integer, readOnly: true}, name: {type: string}}
                            example: {legs: four, name: 4}
                          application/xml:
                            schema: {type: object}
                            example: <pet/>
                """,
            findings: [
                "13:41-13:42 paths./pets.post.requestBody.content.application/json.example.name "
                    + "\"name\" property type must be string"
            ]),
        Row(
            rule: "oas3-valid-media-example",
            name: "what only answers have need not be in a request, up to 3.0 also deep in it",
            text: """
                openapi: 3.0.3
                info: {title: Pets, version: 1.0.0}
                paths:
                  /pets:
                    post:
                      requestBody:
                        content:
                          application/json:
                            schema:
                              type: array
                              items:
                                allOf:
                                  - {type: object, required: [id]}
                                  - {properties: {id: {type: integer, readOnly: true}}}
                            example: [{}]
                """, findings: []),
        Row(
            rule: "oas3-valid-schema-example", name: "what is wrong with a schema is no fault of its example",
            text: """
                openapi: 3.1.0
                info: {title: Pets, version: 1.0.0}
                components:
                  schemas:
                    A: {type: strin, example: a}
                    B: {$ref: '#/nowhere', example: b}
                    C: {pattern: '(', example: c}
                    D: {examples: [1, d], type: integer}
                """,
            findings: [
                "8:23-8:24 components.schemas.D.examples.1 \"1\" property type must be integer"
            ]),
    ]

    @Test("the rule finds this and nothing else", arguments: rows)
    func findings(row: Row) {
        #expect(Linting.findings(in: row.text, rules: [row.rule]).map(Linting.summary) == row.findings)
    }

    @Test("a rule takes its options, and says which ones mean nothing")
    func options() throws {
        let rule = try #require(RuleRegistry.rule(named: "paths-kebab-case"))
        let text = "openapi: 3.1.0\ninfo: {title: Pets, version: 1.0.0}\npaths: {/petOwners: {}}\n"
        let document = LintLoader().load(SourceFile(path: "a.yaml", bytes: Array(text.utf8)))
        let camel = ConfiguredRule(rule, severity: .error, options: try Linting.value("case: camel"))
        #expect(Linter(rules: [camel]).lint(document).isEmpty)
        let snake = ConfiguredRule(rule, severity: .error, options: try Linting.value("case: snake"))
        #expect(Linter(rules: [snake]).lint(document).map(\.severity) == [.error])
        let wrong = ConfiguredRule(rule, options: try Linting.value("casing: snake"))
        #expect(
            Linter(rules: [wrong]).optionProblems().map(\.message) == [
                "the rule paths-kebab-case has no option `casing`: it has case"
            ])
    }
}
