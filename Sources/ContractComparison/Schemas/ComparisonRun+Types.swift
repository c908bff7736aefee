import JSONDocuments

/// `type`, `nullable`, `format`: JSON Schema 2020-12 validation §6.1.1, §7; OpenAPI 3.0.4 §4.7.24.
extension ComparisonRun {
    /// Compares the types.
    func compareTypes(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before.types, after.types)
        compareNullability(before, after, scope)
        let (oldTypes, newTypes) = (old.subtracting(.null), new.subtracting(.null))
        guard oldTypes != newTypes else { return compareFormats(before, after, scope) }
        let message = "the type of \(scope.words) changed from \(oldTypes.words) to \(newTypes.words)"
        report(
            typeChange(oldTypes, newTypes, before, after, scope), scope, message, at: after.place("type"),
            before: before.place("type"))
    }

    /// What a change of types is called.
    private func typeChange(
        _ old: SchemaTypes, _ new: SchemaTypes, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope
    ) -> String {
        if scope.isLooselyTyped, isCompatibleOnTheWire(old, new, before, after, scope) {
            return scope.isRequest && !isXML(scope) ? "type-generalized" : "type-compatible"
        }
        if scope.place == .parameterProperty, !old.isList, !new.isList {
            if new.isSuperset(of: old) { return "type-generalized" }
            // The text `5` of a number is good where a string is expected, but is no number any more.
            return new == .string && SchemaTypes.scalars.isSuperset(of: old) ? "type-changed" : "type-specialized"
        }
        let isList = (old.isList || new.isList) && old != .any.subtracting(.null) && new != .any.subtracting(.null)
        if new.isSuperset(of: old) {
            if isList { return "list-of-types-widened" }
            return "type-generalized"
        }
        if old.isSuperset(of: new) {
            if isList { return "list-of-types-narrowed" }
            return scope.isRequest ? "type-changed" : "type-specialized"
        }
        return "type-changed"
    }

    /// Whether the texts of one type are texts of the other where only the schema tells types apart.
    private func isCompatibleOnTheWire(
        _ old: SchemaTypes, _ new: SchemaTypes, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope
    ) -> Bool {
        if isXML(scope) { return old == .string || new == .string }
        guard scope.isRequest, !scope.isProperty else { return false }
        if new == .string, SchemaTypes.scalars.isSuperset(of: old) { return true }
        // `?a=1` is an array of one: good if that one is good as an element.
        if new == .array, SchemaTypes.scalars.isSuperset(of: old), case .parameter = scope.subject {
            guard let items = after["items"] else { return true }
            let isShort = (after["minItems"]?.int ?? 0) <= 1
            return isShort && trial { compare(before.value, items, scope) }.allSatisfy(\.isHarmless)
        }
        return false
    }

    /// Whether values are written as XML.
    private func isXML(_ scope: SchemaScope) -> Bool {
        let type = scope.mediaType?.split(separator: ";").first?.lowercased() ?? ""
        return type.hasSuffix("/xml") || type.hasSuffix("+xml")
    }

    /// Compares whether null is a value.
    private func compareNullability(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before.types, after.types)
        // Where every type is good the change of the types tells all.
        let typed = SchemaTypes.any.subtracting(.null)
        guard old.subtracting(.null) != typed || new.subtracting(.null) != typed else { return }
        guard old != .any, new != .any else { return }
        if new.contains(.null), !old.contains(.null) {
            report(
                "became-nullable", scope, "\(scope.words) may be null", at: after.place("type"), before: before.value)
        } else if old.contains(.null), !new.contains(.null) {
            report(
                "became-not-nullable", scope, "\(scope.words) may not be null any more", at: after.place("type"),
                before: before.place("type"))
        }
    }

    /// Compares `format`, which is asserted, for schemas of the same types.
    private func compareFormats(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before["format"]?.string, after["format"]?.string)
        guard old != new else { return }
        let wider: [String: Set<String>] = [
            "int64": ["int32", "int16", "int8"], "int32": ["int16", "int8"], "double": ["float"], "date-time": [],
            "uri-reference": ["uri"], "iri-reference": ["uri", "iri", "uri-reference"], "iri": ["uri"],
            "idn-email": ["email"], "idn-hostname": ["hostname"],
        ]
        let isWidened = new == nil || old.map { wider[new ?? ""]?.contains($0) == true } ?? false
        let isNarrowed = old == nil || new.map { wider[old ?? ""]?.contains($0) == true } ?? false
        let message = "the format of \(scope.words) changed from \(old ?? "none") to \(new ?? "none")"
        let change =
            isWidened
            ? "type-generalized"
            : !isNarrowed
                ? "type-changed"
                : scope.place == .parameterProperty || !scope.isRequest ? "type-specialized" : "type-changed"
        report(change, scope, message, at: after.place("format"), before: before.place("format"))
    }
}
