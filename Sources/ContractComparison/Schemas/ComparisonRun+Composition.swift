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
            reportWrapped(before, members, list, scope)
            return true
        case (let members?, nil) where says(after, otherThan: before):
            reportUnwrapped(members, after, list, scope)
            return true
        default: return false
        }
    }

    /// A schema was put into a list.
    private func reportWrapped(
        _ before: SchemaView, _ members: JSONValue, _ list: AlternativeList, _ scope: SchemaScope
    ) {
        let all = Array(members.elements)
        if all.count == 1 { return compare(before.value, all[0], scope) }
        let views = all.map { SchemaView($0, in: revision) }
        let isKept =
            scope.isRequest
            // Whatever was good must be good by one of them, and by no other where only one may be.
            ? before.byType.allSatisfy { part in
                isCovered(by: views, list, revision) {
                    isHarmless(part, $0, scope)
                } isApart: {
                    $0.types.isDisjoint(with: part.only)
                }
            }
            : views.allSatisfy { isHarmless(before, $0, scope) }
        guard isKept else {
            return report(
                "wrapped-in-\(list.dashed)", scope,
                "\(scope.words) was one schema and is now one of \(all.count) (`\(list.rawValue)`)", at: members,
                before: before.value)
        }
        let others = all.filter { !sameness.holds(before.value, $0) }
        report(
            "\(list.dashed)-added", scope,
            "\(scope.words) may be \(Self.told(others.map { SubschemaMatching.name($0, in: members) }))", at: members,
            before: before.value, severity: .information)
    }

    /// A schema was taken out of a list.
    private func reportUnwrapped(
        _ members: JSONValue, _ after: SchemaView, _ list: AlternativeList, _ scope: SchemaScope
    ) {
        let all = Array(members.elements)
        if all.count == 1 { return compare(all[0], after.value, scope) }
        let views = all.map { SchemaView($0, in: base) }
        if scope.isRequest {
            let lost = zip(all, views).filter { !isHarmless($0.1, after, scope) }.map(\.0)
            let names = lost.map { SubschemaMatching.name($0, in: members) }
            if lost.isEmpty {
                return report(
                    "unwrapped-from-\(list.dashed)", scope,
                    "\(scope.words) may be all that its \(all.count) schemas admitted", at: after.value,
                    before: members,
                    severity: .information)
            }
            if lost.count < all.count {
                return report(
                    "\(list.dashed)-removed", scope, "\(scope.words) cannot be \(Self.told(names)) any more",
                    at: after.value,
                    before: members)
            }
        } else if after.byType.allSatisfy({ part in
            isCovered(by: views, list, base) {
                isHarmless($0, part, scope)
            } isApart: {
                $0.types.isDisjoint(with: part.only)
            }
        }) {
            return report(
                "\(list.dashed)-removed", scope, "\(scope.words) is only one of its \(all.count) schemas now",
                at: after.value, before: members)
        }
        report(
            "unwrapped-from-\(list.dashed)", scope,
            "\(scope.words) was one of \(all.count) schemas (`\(list.rawValue)`) and is now another", at: after.value,
            before: members)
    }

    /// Whether one of several schemas covers something and, in a `oneOf`, the others are apart from it.
    private func isCovered(
        by views: [SchemaView], _ list: AlternativeList, _ document: ComparedDocument,
        _ covers: (SchemaView) -> Bool, isApart: (SchemaView) -> Bool
    ) -> Bool {
        views.enumerated().contains { place, view in
            guard covers(view) else { return false }
            return list == .anyOf
                || views.enumerated().allSatisfy { other, candidate in
                    other == place || isApart(candidate) || candidate.isDisjoint(with: view, document)
                }
        }
    }

    /// Whether no client breaks when one schema takes the place of another.
    private func isHarmless(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) -> Bool {
        trial { compare(before, after, scope) }.allSatisfy(\.isHarmless)
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
