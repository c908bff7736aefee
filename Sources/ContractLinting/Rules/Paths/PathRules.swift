/// Rules about the keys of `paths`.
enum PathRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        PathParameters.self, AmbiguousPaths.self, PathSpecificityOrder.self, EmptyPathDeclaration.self,
        PathTrailingSlash.self, PathQuery.self, VerbInPath.self, PathCasing.self, PluralPathSegments.self,
        OperationOrder.self, ConsecutivePathParameters.self, PathVersion.self, PathDepth.self, SharedBasePath.self,
    ]
}
