import JSONDocuments
import OpenAPIDocuments

/// The elements of arrays: JSON Schema 2020-12 core §10.3.1; `if`, `not`: §10.2; content: validation §8.
extension ComparisonRun {
    /// Compares all that concerns the elements of arrays.
    func compareElements(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        comparePrefix(before, after, scope)
        let inner = scope.property("*")
        switch (elementSchema(before), elementSchema(after)) {
        case (let old?, let new?): compare(old, new, inner)
        case (nil, let new?):
            guard new.bool != true, !(new.kind == .object && new.count == 0) else { break }
            report(
                "items-narrowed", scope, "the elements of \(scope.words) must now fit a schema", at: new,
                before: before.value)
        case (let old?, nil):
            guard old.bool != true, !(old.kind == .object && old.count == 0) else { break }
            // Without `array` among the types nothing can have elements.
            guard after.types.contains(.array) else { break }
            report(
                "items-widened", scope, "the elements of \(scope.words) need not fit a schema any more",
                at: after.value,
                before: old)
        case (nil, nil): break
        }
        compareSubschema("contains", "contains", before, after, scope)
        compareSubschema("unevaluatedItems", "unevaluated-items", before, after, scope)
    }

    /// The schema of all elements, or of those after a prefix.
    private func elementSchema(_ view: SchemaView) -> JSONValue? {
        guard let items = view["items"], items.kind != .array else { return view["additionalItems"] }
        return items
    }

    /// Compares the schemas of the first elements: `prefixItems`, before 2020-12 an array in `items`.
    private func comparePrefix(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        func prefix(_ view: SchemaView) -> [JSONValue] {
            let list = view["prefixItems"] ?? view["items"].flatMap { $0.kind == .array ? $0 : nil }
            return Array(list?.elements)
        }
        let (old, new) = (prefix(before), prefix(after))
        for (place, pair) in zip(old, new).enumerated() { compare(pair.0, pair.1, scope.property(String(place))) }
        if new.count > old.count {
            report(
                "prefix-items-added", scope,
                "\(new.count) first elements of \(scope.words) have schemas, and were \(old.count)",
                at: new.last ?? after.value, before: before.place("prefixItems"))
        } else if old.count > new.count {
            report(
                "prefix-items-removed", scope,
                "\(new.count) first elements of \(scope.words) have schemas, and were \(old.count)",
                at: after.place("prefixItems"), before: old.last)
        }
    }

    /// Compares `if`, `then`, `else` and `not`.
    func compareConditions(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        for keyword in ["if", "then", "else"] {
            switch (before[keyword], after[keyword]) {
            case (nil, let new?):
                report("\(keyword)-added", scope, "\(scope.words) has `\(keyword)` now", at: new, before: before.value)
            case (let old?, nil):
                report(
                    "\(keyword)-removed", scope, "\(scope.words) has no `\(keyword)` any more", at: after.value,
                    before: old)
            case (let old?, let new?):
                if keyword != "if" {
                    compare(old, new, scope.subschema(keyword))
                } else if !sameness.holds(old, new) {
                    report("if-changed", scope, "the `if` of \(scope.words) is another", at: new, before: old)
                }
            case (nil, nil): break
            }
        }
        switch (before["not"], after["not"]) {
        case (nil, let new?):
            report("not-added", scope, "\(scope.words) must not be \(Self.told(new))", at: new, before: before.value)
        case (let old?, nil):
            report("not-removed", scope, "\(scope.words) may be \(Self.told(old))", at: after.value, before: old)
        case (let old?, let new?):
            guard !sameness.holds(old, new) else { return }
            report("not-changed", scope, "what \(scope.words) must not be is another (`not`)", at: new, before: old)
        case (nil, nil): break
        }
    }

    /// Compares what is said of content in strings.
    func compareContent(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        for (keyword, name) in [("contentEncoding", "content-encoding"), ("contentMediaType", "content-media-type")] {
            let (old, new) = (before[keyword]?.string, after[keyword]?.string)
            guard old != new else { continue }
            report(
                "\(name)-changed", scope,
                "`\(keyword)` of \(scope.words) changed from \(old ?? "none") to \(new ?? "none")",
                at: after.place(keyword),
                before: before.place(keyword))
        }
        compareSubschema("contentSchema", "content-schema", before, after, scope)
    }

    /// Compares `discriminator`: a hint for readers, which changes no verdict. OpenAPI 3.1 §4.8.25.
    func compareDiscriminators(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        switch (before["discriminator"], after["discriminator"]) {
        case (nil, let new?):
            report(
                "discriminator-added", scope, "\(scope.words) has a discriminator now", at: new, before: before.value)
        case (let old?, nil):
            report(
                "discriminator-removed", scope, "\(scope.words) has no discriminator any more", at: after.value,
                before: old)
        case (let old?, let new?):
            let names = (name(old), name(new))
            if names.0 != names.1 {
                report(
                    "discriminator-property-name-changed", scope,
                    "the discriminator of \(scope.words) is `\(names.1)` instead of `\(names.0)`",
                    at: new["propertyName"] ?? new, before: old["propertyName"] ?? old)
            }
            compareMappings(old["mapping"], new["mapping"], new, scope)
        case (nil, nil): break
        }
    }

    /// The property that a discriminator names; up to 2.0 it is the name itself.
    private func name(_ discriminator: JSONValue) -> String {
        discriminator.string ?? discriminator["propertyName"]?.string ?? ""
    }

    /// Compares the names that a discriminator gives to schemas.
    private func compareMappings(_ old: JSONValue?, _ new: JSONValue?, _ place: JSONValue, _ scope: SchemaScope) {
        for member in Array(new?.members) {
            guard let previous = old?[member.name] else {
                report(
                    "discriminator-mapping-added", scope, "the discriminator of \(scope.words) knows `\(member.name)`",
                    at: member.value, before: old)
                continue
            }
            guard previous.string != member.value.string else { continue }
            report(
                "discriminator-mapping-changed", scope,
                "`\(member.name)` of the discriminator of \(scope.words) leads to `\(member.value.string ?? "")` instead of `\(previous.string ?? "")`",
                at: member.value, before: previous)
        }
        for member in Array(old?.members) where new?[member.name] == nil {
            report(
                "discriminator-mapping-deleted", scope,
                "the discriminator of \(scope.words) does not know `\(member.name)` any more", at: new ?? place,
                before: member.value)
        }
    }
}
