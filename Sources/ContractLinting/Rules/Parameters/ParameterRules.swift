/// Rules about parameters and headers.
enum ParameterRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        OperationParameters.self, ParameterDescription.self, Swagger2ParameterDescription.self,
        ParameterSerialization.self, RequiredWithDefault.self, ParameterCasing.self, ParameterOrder.self,
        RepeatedPathParameter.self, BooleanParameterPrefixes.self, IgnoredHeaderParameter.self,
        QuerystringParameters.self, PreconditionHeaders.self,
    ]
}
