import JSONDocuments

/// `enum`, `const`, `default` and `x-extensible-enum`: JSON Schema 2020-12 validation §6.1.2, §6.1.3, §9.2.
extension ComparisonRun {
    /// Compares the values that are listed.
    func compareValues(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        if !hasSameValues(before, after) {
            compareConst(before, after, scope)
            compareEnum(before, after, scope)
        }
        let (old, new) = (before["x-extensible-enum"], after["x-extensible-enum"])
        if scope.isRequest, let old, let new, let gone = Self.missing(in: new, from: old).first {
            report(
                "x-extensible-enum-value-removed", scope,
                "\(scope.words) does not list \(Self.told(gone)) any more", at: new, before: gone)
        }
    }

    /// Whether the values that are listed are the same: `const: a` and `enum: [a]`.
    private func hasSameValues(_ before: SchemaView, _ after: SchemaView) -> Bool {
        guard let old = before.allowedValues, let new = after.allowedValues else { return false }
        return old.allSatisfy { value in new.contains { $0.structurallyEquals(value) } }
            && new.allSatisfy { value in old.contains { $0.structurallyEquals(value) } }
    }

    /// Compares `const`. One value that became one of several is only widened.
    private func compareConst(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before["const"], after["const"])
        switch (old, new) {
        case (let old?, let new?):
            guard !old.structurallyEquals(new) else { return }
            report(
                "const-changed", scope, "\(scope.words) must be \(Self.told(new)) instead of \(Self.told(old))",
                at: new,
                before: old)
        case (let old?, nil):
            let isAmong =
                after["enum"].map { values in values.elements.contains { $0.structurallyEquals(old) } } ?? true
            report(
                isAmong ? "const-removed" : "const-changed", scope,
                "\(scope.words) need not be \(Self.told(old)) any more",
                at: after.place("enum"), before: old)
        case (nil, let new?):
            // What the list had beside the value is told by the comparison of lists.
            guard before["enum"] == nil else { return }
            report("const-added", scope, "\(scope.words) must now be \(Self.told(new))", at: new, before: before.value)
        case (nil, nil): break
        }
    }

    /// Compares `enum`.
    private func compareEnum(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        guard before["const"] == nil || after["const"] == nil else { return }
        let (old, new) = (before["enum"], after["enum"])
        if before["const"] != nil { return }
        switch (old, new) {
        case (let old?, let new?):
            for value in Self.missing(in: new, from: old) {
                let message = "\(scope.words) cannot be \(Self.told(value)) any more"
                if scope.place == .responseBody {
                    report(
                        "response-mediatype-enum-value-removed", message, at: new, before: value, in: scope.operation)
                } else {
                    report("enum-value-removed", scope, message, at: new, before: value)
                }
            }
            for value in Self.missing(in: old, from: new) {
                report(
                    "enum-value-added", scope, "\(scope.words) may also be \(Self.told(value))", at: value, before: old)
            }
        case (nil, let new?):
            guard after["const"] == nil else { return }
            report(
                "became-enum", scope, "\(scope.words) must now be one of \(Self.told(new))", at: new,
                before: before.value)
        case (let old?, nil):
            if let const = after["const"] {
                let isAmong = old.elements.contains { $0.structurallyEquals(const) }
                report(
                    isAmong ? "enum-value-removed" : "const-changed", scope,
                    "\(scope.words) must be \(Self.told(const)), and was one of \(Self.told(old))", at: const,
                    before: old)
            } else {
                report(
                    "enum-removed", scope, "\(scope.words) need not be one of \(Self.told(old)) any more",
                    at: after.value, before: old)
            }
        case (nil, nil): break
        }
    }

    /// The elements of one list that another lacks.
    private static func missing(in list: JSONValue, from other: JSONValue) -> [JSONValue] {
        let present = Array(list.elements)
        return other.elements.filter { value in !present.contains { $0.structurallyEquals(value) } }
    }

    /// Compares `default`. Where the service fills it in, another default is another meaning of leaving the value out.
    func compareDefaults(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        switch (before["default"], after["default"]) {
        case (let old?, let new?):
            guard !old.structurallyEquals(new) else { return }
            report(
                "default-value-changed", scope,
                "the default of \(scope.words) changed from \(Self.told(old)) to \(Self.told(new))", at: new,
                before: old)
        case (let old?, nil):
            report(
                "default-value-removed", scope, "\(scope.words) has no default any more, it was \(Self.told(old))",
                at: after.value, before: old)
        case (nil, let new?):
            report(
                "default-value-added", scope, "\(scope.words) has the default \(Self.told(new))", at: new,
                before: before.value)
        case (nil, nil): break
        }
    }
}
