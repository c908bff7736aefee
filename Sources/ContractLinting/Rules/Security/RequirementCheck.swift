import JSONDocuments

/// Holds one entry of `security` against the schemes that there are.
struct RequirementCheck {
    /// The declared schemes by name.
    let schemes: JSONValue?
    /// Where they stand, in words.
    let section: String
    /// The maps of scopes that a scheme has; nil for schemes whose scopes are not listed anywhere.
    let scopes: (JSONValue) -> [JSONValue]?

    /// Reports names and scopes that are not there.
    func run(_ node: LintNode, _ context: LintContext) {
        let owner = context.parent?.kind == .operation ? "Operation" : "API"
        for member in node.value.members {
            guard let scheme = schemes?[member.name].flatMap({ context.followed($0) }) else {
                context.report(
                    "\(owner) \"security\" values must match a scheme defined in the \"\(section)\" object.",
                    atNameOf: member.value,
                    suggestion: NearestNames.suggestion(
                        among: schemes?.members.map(\.name) ?? [], to: member.name))
                continue
            }
            guard let listed = scopes(scheme) else { continue }
            for scope in member.value.elements {
                guard let name = scope.string, !listed.contains(where: { $0[name] != nil }) else { continue }
                context.report(
                    "\"\(name)\" must be listed among scopes.", at: scope,
                    suggestion: NearestNames.suggestion(
                        among: listed.flatMap { $0.members.map(\.name) }, to: name))
            }
        }
    }
}
