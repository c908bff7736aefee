import JSONDocuments
import OpenAPIDocuments

/// The walk over a pair of schemas.
///
/// What clients write must still be good: a request schema may only admit more. What clients read must still be what they
/// know: a response schema may only admit less. Each constraint is compared by what it means, not by how it is written.
extension ComparisonRun {
    /// Compares the schemas of something: the outermost of a walk.
    func compareRoots(_ old: JSONValue, _ new: JSONValue, _ scope: SchemaScope) {
        visited = []
        compare(old, new, scope)
        comparePending()
    }

    /// Compares a pair of schemas and all that is in them, once those before it are done: of the ways to a shared schema
    /// the shortest is told, and nesting costs no call.
    func compare(_ old: JSONValue, _ new: JSONValue, _ scope: SchemaScope) { pending.append((old, new, scope)) }

    /// Compares the pairs that wait, and those that they bring along.
    func comparePending() {
        var next = 0
        while next < pending.count {
            let pair = pending[next]
            next += 1
            compareNow(pair.0, pair.1, pair.2)
        }
        pending = []
    }

    /// Compares a pair of schemas.
    private func compareNow(_ old: JSONValue, _ new: JSONValue, _ scope: SchemaScope) {
        guard !sameness.holds(old, new) else { return }
        guard visited.insert(SchemaSameness.Pair(base: old, revision: new)).inserted, scope.path.count < 100 else {
            return
        }
        compare(SchemaView(old, in: base), SchemaView(new, in: revision), scope)
    }

    /// Compares two views of schemas.
    func compare(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        if let broken = after.brokenReference ?? before.brokenReference {
            report(
                "reference-unresolved",
                "\(scope.words): `\(broken.string ?? "")` leads nowhere, nothing can be compared",
                at: after.value, before: before.value, in: scope.operation)
            return
        }
        guard !compareConstants(before, after, scope) else { return }
        compareComposition(before, after, scope)
    }

    /// Compares all keywords of two views.
    func compareKeywords(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        compareTypes(before, after, scope)
        compareValues(before, after, scope)
        compareDefaults(before, after, scope)
        compareNumbers(before, after, scope)
        compareSizes(before, after, scope)
        comparePatterns(before, after, scope)
        compareProperties(before, after, scope)
        compareElements(before, after, scope)
        compareConditions(before, after, scope)
        compareContent(before, after, scope)
        compareDiscriminators(before, after, scope)
    }

    /// Compares schemas that are `true` or `false` or hold one. JSON Schema 2020-12 core §4.3.2.
    ///
    /// - Returns: Whether nothing else is left to compare.
    private func compareConstants(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) -> Bool {
        switch (before.constant == false, after.constant == false) {
        case (true, true): return true
        case (false, true):
            report(
                "became-impossible", scope, "\(scope.words) admits no value any more", at: after.value,
                before: before.value)
            return true
        case (true, false):
            report(
                "became-unconstrained", scope, "\(scope.words) admitted no value and now does", at: after.value,
                before: before.value)
            return true
        case (false, false): return false
        }
    }
}
