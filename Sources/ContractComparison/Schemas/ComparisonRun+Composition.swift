import JSONDocuments
import OpenAPIDocuments

/// `allOf`, `anyOf` and `oneOf`: JSON Schema 2020-12 core §10.2.1.
extension ComparisonRun {
    /// Compares the lists of subschemas, and what stands beside them.
    func compareComposition(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        for list in AlternativeList.allCases {
            if compareWrapping(before, after, list, scope) { return }
        }
        compareConjunctions(before, after, scope)
        for list in AlternativeList.allCases { compareAlternatives(before, after, list, scope) }
    }

    /// The keywords whose members are alternatives.
    private enum AlternativeList: String, CaseIterable {
        case oneOf
        case anyOf

        /// The keyword in the names of checks.
        var dashed: String { self == .oneOf ? "one-of" : "any-of" }
    }

    // MARK: - A schema that became one of several, and the reverse

    /// Looks whether a schema was put into a list, or taken out of one.
    ///
    /// - Returns: Whether that was so: then the keywords beside have moved, and comparing them tells nothing.
    private func compareWrapping(
        _ before: SchemaView, _ after: SchemaView, _ list: AlternativeList, _ scope: SchemaScope
    ) -> Bool {
        switch (before[list.rawValue], after[list.rawValue]) {
        case (nil, let members?) where says(before, otherThan: after):
            let all = Array(members.elements)
            let place = members
            if let same = all.first(where: { member in
                trial { compare(before.value, member, scope) }.allSatisfy(\.isHarmless)
            }) {
                if all.count == 1 {
                    compare(before.value, same, scope)
                    return true
                }
                let names = all.filter { $0 != same }.map { SubschemaMatching.name($0, in: members) }
                let message = "\(scope.words) may also be \(Self.told(names))"
                if scope.isRequest {
                    report("\(list.dashed)-added", scope, message, at: place, before: before.value)
                    return true
                }
            }
            report(
                "wrapped-in-\(list.dashed)", scope,
                "\(scope.words) was one schema and is now one of \(all.count) (`\(list.rawValue)`)", at: place,
                before: before.value)
            return true
        case (let members?, nil) where says(after, otherThan: before):
            let all = Array(members.elements)
            if let same = all.first(where: { member in
                trial { compare(member, after.value, scope) }.allSatisfy(\.isHarmless)
            }) {
                let names = all.filter { $0 != same }.map { SubschemaMatching.name($0, in: members) }
                guard !names.isEmpty else { return true }
                report(
                    "\(list.dashed)-removed", scope, "\(scope.words) cannot be \(Self.told(names)) any more",
                    at: after.value, before: members)
                return true
            }
            report(
                "unwrapped-from-\(list.dashed)", scope,
                "\(scope.words) was one of \(all.count) schemas (`\(list.rawValue)`) and is now another",
                at: after.value,
                before: members)
            return true
        default: return false
        }
    }

    /// Whether a schema has constraints of its own that the other, which has a list, does not repeat beside it.
    private func says(_ view: SchemaView, otherThan other: SchemaView) -> Bool {
        let structural = ["properties", "items", "allOf", "enum", "const", "type", "$ref"]
        return structural.contains { view[$0] != nil && other[$0] == nil }
    }

    // MARK: - anyOf, oneOf

    /// Compares two lists of alternatives.
    private func compareAlternatives(
        _ before: SchemaView, _ after: SchemaView, _ list: AlternativeList, _ scope: SchemaScope
    ) {
        let (old, new) = (before[list.rawValue], after[list.rawValue])
        guard old != nil || new != nil else { return }
        let matching = SubschemaMatching(Array(old?.elements), Array(new?.elements), &sameness)
        for pair in matching.pairs {
            let name = SubschemaMatching.name(pair.revision, in: new)
            compare(pair.base, pair.revision, scope.subschema("\(list.rawValue)[\(name)]"))
        }
        // A list that appears is a constraint more, one that goes is one less, whatever is in it.
        switch (old, new) {
        case (nil, let new?):
            report(
                "wrapped-in-\(list.dashed)", scope, "\(scope.words) must now be one of `\(list.rawValue)` as well",
                at: new,
                before: before.value)
            return
        case (let old?, nil):
            report(
                "unwrapped-from-\(list.dashed)", scope, "\(scope.words) need not be one of `\(list.rawValue)` any more",
                at: after.value, before: old, severity: scope.isRequest ? .information : .error)
            return
        default: break
        }
        if !matching.removed.isEmpty {
            let names = matching.removed.map { SubschemaMatching.name($0, in: old) }
            report(
                "\(list.dashed)-removed", scope, "\(scope.words) cannot be \(Self.told(names)) any more",
                at: after.place(list.rawValue), before: matching.removed.first)
        }
        if !matching.added.isEmpty {
            let names = matching.added.map { SubschemaMatching.name($0, in: new) }
            report(
                "\(list.dashed)-added", scope, "\(scope.words) may also be \(Self.told(names))",
                at: matching.added.first ?? after.value, before: old)
        }
    }

    // MARK: - allOf

    /// Compares two conjunctions, and the keywords beside them.
    private func compareConjunctions(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before["allOf"], after["allOf"])
        if old == nil, new == nil { return compareKeywords(before, after, scope) }
        let matching = SubschemaMatching(Array(old?.elements), Array(new?.elements), &sameness)
        if isRewritten(matching) {
            // A conjunction means what its members mean together: written another way it may say the same.
            let whole = (
                SchemaView(before.value, in: base, takingAllOfApart: true),
                SchemaView(after.value, in: revision, takingAllOfApart: true)
            )
            if old == nil || new == nil { return compareKeywords(whole.0, whole.1, scope) }
            let isMoved = !matching.removed.isEmpty && !matching.added.isEmpty
            if isMoved, trial({ compareKeywords(whole.0, whole.1, scope) }).isEmpty { return }
        }
        compareKeywords(before, after, scope)
        for pair in matching.pairs {
            let name = SubschemaMatching.name(pair.revision, in: new)
            compare(pair.base, pair.revision, scope.subschema("allOf[\(name)]"))
        }
        reportConjuncts(matching, old, new, before, after, scope)
    }

    /// Whether members came or went that can be put together with all else, keyword by keyword.
    private func isRewritten(_ matching: SubschemaMatching) -> Bool {
        let (gone, come) = (matching.split(matching.removed, base), matching.split(matching.added, revision))
        guard !gone.real.isEmpty || !come.real.isEmpty else { return false }
        return hasNoAlternatives(gone.real, base) && hasNoAlternatives(come.real, revision)
    }

    /// Whether schemas can be put together with others keyword by keyword.
    private func hasNoAlternatives(_ schemas: [JSONValue], _ document: ComparedDocument) -> Bool {
        let entangled = [
            "anyOf", "oneOf", "not", "if", "additionalProperties", "unevaluatedProperties", "patternProperties",
        ]
        return schemas.allSatisfy { schema in
            let view = SchemaView(schema, in: document, takingAllOfApart: true)
            return view.constant == nil && entangled.allSatisfy { view[$0] == nil }
        }
    }

    /// Reports members of a conjunction that came and went.
    private func reportConjuncts(
        _ matching: SubschemaMatching, _ old: JSONValue?, _ new: JSONValue?, _ before: SchemaView, _ after: SchemaView,
        _ scope: SchemaScope
    ) {
        let gone = matching.split(matching.removed, base)
        let come = matching.split(matching.added, revision)
        for (members, suffix) in [(gone.quiet, "all-of-removed-annotation-only"), (gone.real, "all-of-removed")]
        where !members.isEmpty {
            let names = members.map { SubschemaMatching.name($0, in: old) }
            report(
                suffix, scope, "\(scope.words) need not be \(Self.told(names)) any more", at: after.place("allOf"),
                before: members.first)
        }
        for (members, suffix) in [(come.quiet, "all-of-added-annotation-only"), (come.real, "all-of-added")]
        where !members.isEmpty {
            let names = members.map { SubschemaMatching.name($0, in: new) }
            report(
                suffix, scope, "\(scope.words) must now be \(Self.told(names)) as well",
                at: members.first ?? after.value,
                before: old ?? before.value)
        }
    }
}

extension SubschemaMatching {
    /// Members that only hold texts, and the others.
    func split(_ members: [JSONValue], _ document: ComparedDocument) -> (quiet: [JSONValue], real: [JSONValue]) {
        let isQuiet = { SchemaKeywords.isAnnotationOnly(SchemaView($0, in: document)) }
        return (members.filter(isQuiet), members.filter { !isQuiet($0) })
    }
}

extension ContractChange {
    /// Whether no client breaks by it.
    var isHarmless: Bool { severity < .warning }
}

extension Array where Element == JSONValue {
    /// The elements of an array that may be missing.
    init(_ elements: JSONElements?) { self = elements.map { Array($0) } ?? [] }
}
