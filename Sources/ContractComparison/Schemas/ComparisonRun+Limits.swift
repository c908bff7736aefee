import JSONDocuments

/// Limits: JSON Schema 2020-12 validation §6.2 to §6.5.
extension ComparisonRun {
    /// Compares the limits on numbers.
    func compareNumbers(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        for (keyword, exclusive, name, isUpper) in [
            ("maximum", "exclusiveMaximum", "max", true), ("minimum", "exclusiveMinimum", "min", false),
        ] {
            let old = before.bound(keyword, exclusive: exclusive)
            let new = after.bound(keyword, exclusive: exclusive)
            if before.hasIntegersOnly, after.hasIntegersOnly, let last = new?.integer(isUpper: isUpper),
                last == old?.integer(isUpper: isUpper)
            {
                continue
            }
            compare(old, new, name, isUpper: isUpper, after, scope)
        }
        compareMultiples(before, after, scope)
    }

    /// Compares two limits on numbers.
    private func compare(
        _ old: SchemaView.Bound?, _ new: SchemaView.Bound?, _ name: String, isUpper: Bool, _ after: SchemaView,
        _ scope: SchemaScope
    ) {
        let word = isUpper ? "maximum" : "minimum"
        /// The name of the checks: of the limit that is stricter.
        func prefix(_ bound: SchemaView.Bound) -> String { bound.isExclusive ? "exclusive-\(name)" : name }
        switch (old, new) {
        case (nil, let new?):
            report("\(prefix(new))-set", scope, "\(scope.words) has the \(told(new, word))", at: new.place)
        case (let old?, nil):
            report(
                "\(prefix(old))-unset", scope,
                "\(scope.words) has no \(word) any more, it was \(old.number.description)",
                at: after.value, before: old.place)
        case (let old?, let new?):
            let order =
                new.number < old.number
                ? -1
                : old.number < new.number ? 1 : exclusion(old, new, isUpper: isUpper)
            guard order != 0 else { return }
            let strict = new.isExclusive || old.isExclusive && new.number == old.number
            report(
                "\(strict ? "exclusive-" : "")\(name)-\(order < 0 ? "decreased" : "increased")", scope,
                "the \(word) of \(scope.words) changed from \(told(old)) to \(told(new))", at: new.place,
                before: old.place)
        case (nil, nil): break
        }
    }

    /// Equal numbers of which one is excluded: whether the limit went down (-1), up (1) or stayed.
    private func exclusion(_ old: SchemaView.Bound, _ new: SchemaView.Bound, isUpper: Bool) -> Int {
        guard old.isExclusive != new.isExclusive else { return 0 }
        return new.isExclusive == isUpper ? -1 : 1
    }

    /// A limit in words.
    private func told(_ bound: SchemaView.Bound, _ word: String? = nil) -> String {
        let number = "\(word.map { "\($0) " } ?? "")\(bound.number.description)"
        return bound.isExclusive ? "\(number) (exclusive)" : number
    }

    /// Compares `multipleOf`: each multiple of 4 is one of 2.
    private func compareMultiples(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before["multipleOf"], after["multipleOf"])
        switch (old?.number, new?.number) {
        case (nil, let number?):
            report(
                "multiple-of-set", scope, "\(scope.words) must now be a multiple of \(number.description)",
                at: after.place("multipleOf"), before: before.value)
        case (let number?, nil):
            report(
                "multiple-of-unset", scope, "\(scope.words) need not be a multiple of \(number.description) any more",
                at: after.value, before: old)
        case (let one?, let other?):
            guard !(one == other) else { return }
            let stays = scope.isRequest ? one.isMultiple(of: other) : other.isMultiple(of: one)
            guard !stays else { return }
            report(
                "multiple-of-changed", scope,
                "\(scope.words) must be a multiple of \(other.description) instead of \(one.description)",
                at: after.place("multipleOf"), before: old)
        case (nil, nil): break
        }
    }

    /// Compares the limits on lengths and counts.
    func compareSizes(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        compareCeiling("maxLength", "max-length", before, after, scope)
        compareCeiling("maxItems", "max-items", before, after, scope)
        compareCeiling("maxProperties", "max-properties", before, after, scope)
        compareFloor("minLength", "min-length", before, after, scope, hasSettingCheck: false)
        compareFloor("minItems", "min-items", before, after, scope, hasSettingCheck: true)
        compareFloor("minProperties", "min-properties", before, after, scope, hasSettingCheck: false)
        compareContainedCounts(before, after, scope)
        switch (before["uniqueItems"]?.bool == true, after["uniqueItems"]?.bool == true) {
        case (false, true):
            report(
                "unique-items-set", scope, "the items of \(scope.words) must now differ", at: after.place("uniqueItems")
            )
        case (true, false):
            report(
                "unique-items-unset", scope, "the items of \(scope.words) need not differ any more",
                at: after.place("uniqueItems"), before: before["uniqueItems"])
        default: break
        }
    }

    /// Compares an upper limit on a count.
    private func compareCeiling(
        _ keyword: String, _ name: String, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope
    ) {
        switch (before[keyword]?.int, after[keyword]?.int) {
        case (nil, let new?):
            report("\(name)-set", scope, "\(scope.words) has `\(keyword)` \(new)", at: after.place(keyword))
        case (let old?, nil):
            report(
                "\(name)-unset", scope, "\(scope.words) has no `\(keyword)` any more, it was \(old)", at: after.value,
                before: before[keyword])
        case (let old?, let new?) where old != new:
            report(
                "\(name)-\(new < old ? "decreased" : "increased")", scope,
                "`\(keyword)` of \(scope.words) changed from \(old) to \(new)", at: after.place(keyword),
                before: before[keyword])
        default: break
        }
    }

    /// Compares a lower limit on a count; none is 0.
    private func compareFloor(
        _ keyword: String, _ name: String, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope,
        hasSettingCheck: Bool
    ) {
        let (old, new) = (before[keyword]?.int ?? 0, after[keyword]?.int ?? 0)
        guard old != new else { return }
        let message = "`\(keyword)` of \(scope.words) changed from \(old) to \(new)"
        let change =
            hasSettingCheck && before[keyword] == nil
            ? "\(name)-set"
            : hasSettingCheck && after[keyword] == nil
                ? "\(name)-unset" : "\(name)-\(new < old ? "decreased" : "increased")"
        report(change, scope, message, at: after.place(keyword), before: before.place(keyword))
    }

    /// Compares `minContains` and `maxContains`, which mean nothing without `contains`.
    private func compareContainedCounts(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        guard before["contains"] != nil, after["contains"] != nil else { return }
        for (keyword, name, none) in [("minContains", "min-contains", 1), ("maxContains", "max-contains", Int.max)] {
            let (old, new) = (before[keyword]?.int ?? none, after[keyword]?.int ?? none)
            guard old != new else { continue }
            func told(_ count: Int) -> String { count == .max ? "none" : String(count) }
            report(
                "\(name)-\(new < old ? "decreased" : "increased")", scope,
                "`\(keyword)` of \(scope.words) changed from \(told(old)) to \(told(new))", at: after.place(keyword),
                before: before.place(keyword))
        }
    }

    /// Compares `pattern`.
    ///
    /// Whether one pattern admits all that another does is not decided but in the plain case of one that admits everything.
    func comparePatterns(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let everything: Set<String> = [".*", "^.*$", "^", "$", "^.*", ".*$", "[\\s\\S]*", "^[\\s\\S]*$"]
        /// The pattern; an empty one is none.
        func pattern(_ view: SchemaView) -> JSONValue? { view["pattern"].flatMap { $0.string == "" ? nil : $0 } }
        switch (pattern(before), pattern(after)) {
        case (nil, let new?):
            guard let text = new.string, !everything.contains(text) else { return }
            report("pattern-added", scope, "\(scope.words) must now match `\(text)`", at: new, before: before.value)
        case (let old?, nil):
            report(
                "pattern-removed", scope, "\(scope.words) need not match `\(old.string ?? "")` any more",
                at: after.value,
                before: old)
        case (let old?, let new?):
            guard let one = old.string, let other = new.string, one != other else { return }
            report(
                scope.isRequest && everything.contains(other) ? "pattern-generalized" : "pattern-changed", scope,
                "the pattern of \(scope.words) changed from `\(one)` to `\(other)`", at: new, before: old)
        case (nil, nil): break
        }
    }
}
