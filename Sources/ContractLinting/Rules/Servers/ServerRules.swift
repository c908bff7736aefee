/// Rules about `servers`, and `host` of 2.0.
enum ServerRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        ServersPresent.self, ServerNotExample.self, ServerTrailingSlash.self, ServerVariables.self, HostPresent.self,
        SchemesPresent.self, HostNotExample.self, HostTrailingSlash.self, ServerHTTPS.self,
    ]
}
