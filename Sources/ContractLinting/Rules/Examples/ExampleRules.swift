/// Rules about examples and defaults.
enum ExampleRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        MediaExamples.self, SchemaExamples.self, Swagger2SchemaExamples.self, Swagger2MediaExamples.self,
        ExampleValue.self, MissingExample.self,
    ]
}
