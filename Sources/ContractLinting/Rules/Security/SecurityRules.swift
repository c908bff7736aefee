/// Rules about security schemes and requirements.
enum SecurityRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        SecurityDefined.self, Swagger2SecurityDefined.self, SecuritySchemeValid.self, SecurityOnEveryOperation.self,
        NoHTTPBasic.self, InsecureSchemes.self, JWTBestPractices.self, NoAPIKeysInURL.self, NoCredentialsInURL.self,
        NoNumericIDs.self, ErrorResponses.self,
    ]
}
