import JSONDocuments

/// `properties`, `required` and what goes with them: JSON Schema 2020-12 core §10.3.2, validation §6.5.
extension ComparisonRun {
    /// Compares all that concerns the members of objects.
    func compareProperties(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let old = Dictionary(before.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        var arrived: Set<String> = []
        for member in after.properties {
            arrived.insert(member.name)
            if let previous = old[member.name] {
                compareProperty(member.name, previous, member.value, before, after, scope)
            } else {
                reportNew(member.name, member.value, before, after, scope)
            }
        }
        for member in before.properties where !arrived.contains(member.name) {
            reportRemoved(member.name, member.value, before, after, scope)
        }
        compareUndeclaredRequirements(before, after, scope)
        compareAdditional(before, after, scope)
        comparePatternProperties(before, after, scope)
        compareSubschema("propertyNames", "property-names", before, after, scope)
        compareDependencies(before, after, scope)
    }

    /// Whether a property has a mark, as `readOnly`.
    private func isMarked(_ value: JSONValue, _ mark: String, in document: ComparedDocument) -> Bool {
        SchemaView(value, in: document, takingAllOfApart: true)[mark]?.bool == true
    }

    /// The scope of a property that both sides have, or one of them.
    private func propertyScope(
        _ name: String, _ values: [(JSONValue, ComparedDocument)], _ scope: SchemaScope
    ) -> SchemaScope {
        var inner = scope.property(name)
        // What only one side writes is bound by the constraints of both versions only where it is marked in both.
        inner.isReadOnly = scope.isReadOnly || values.allSatisfy { isMarked($0.0, "readOnly", in: $0.1) }
        inner.isWriteOnly = scope.isWriteOnly || values.allSatisfy { isMarked($0.0, "writeOnly", in: $0.1) }
        return inner
    }

    // MARK: - A property on both sides

    /// Compares a property.
    private func compareProperty(
        _ name: String, _ old: JSONValue, _ new: JSONValue, _ before: SchemaView, _ after: SchemaView,
        _ scope: SchemaScope
    ) {
        let inner = propertyScope(name, [(old, base), (new, revision)], scope)
        let isRequired = after.required.contains(name)
        if isRequired != before.required.contains(name) {
            reportRequirement(name, new, isRequired: isRequired, before, after, inner)
        }
        compareMarks(old, new, isRequired: isRequired, inner)
        compareLifecycle(old, new, inner)
        compare(old, new, inner)
    }

    /// Reports that a property must be there now, or need not be any more.
    private func reportRequirement(
        _ name: String, _ value: JSONValue, isRequired: Bool, _ before: SchemaView, _ after: SchemaView,
        _ inner: SchemaScope
    ) {
        if inner.isRequest, inner.isReadOnly { return }
        let place = after.all("required").flatMap(\.elements).first { $0.string == name } ?? value
        let was = before.all("required").flatMap(\.elements).first { $0.string == name } ?? before.value
        guard isRequired else {
            return report("became-optional", inner, "\(inner.words) need not be there any more", at: value, before: was)
        }
        let hasDefault = SchemaView(value, in: revision, takingAllOfApart: true)["default"] != nil
        let isWithDefault = inner.place == .requestProperty && hasDefault
        report(
            isWithDefault ? "became-required-with-default" : "became-required", inner,
            "\(inner.words) must now be there", at: place, before: was)
    }

    /// Compares `readOnly` and `writeOnly`.
    private func compareMarks(_ old: JSONValue, _ new: JSONValue, isRequired: Bool, _ inner: SchemaScope) {
        guard case .request = inner.subject else {
            if case .response = inner.subject { reportMarks(old, new, "response", isRequired, inner) }
            return
        }
        reportMarks(old, new, "request", isRequired, inner)
    }

    /// Reports marks that came and went.
    private func reportMarks(
        _ old: JSONValue, _ new: JSONValue, _ direction: String, _ isRequired: Bool, _ inner: SchemaScope
    ) {
        for (mark, name) in [("readOnly", "read-only"), ("writeOnly", "write-only")] {
            let (was, isNow) = (isMarked(old, mark, in: base), isMarked(new, mark, in: revision))
            guard was != isNow else { continue }
            let check =
                "\(direction)-\(isRequired ? "required" : "optional")-property-became-\(isNow ? "" : "not-")\(name)"
            report(
                check, "\(inner.words) is \(isNow ? "now" : "no longer") `\(mark)`", at: new, before: old,
                in: inner.operation)
        }
    }

    // MARK: - A property on one side

    /// Reports a property that is new.
    private func reportNew(
        _ name: String, _ value: JSONValue, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope
    ) {
        let inner = propertyScope(name, [(value, revision)], scope)
        let isRequired = after.required.contains(name)
        let message = "\(inner.words) is new\(isRequired ? " and must be there" : "")"
        switch scope.subject {
        case .request:
            if isRequired, inner.isReadOnly { return }
            let hasDefault = SchemaView(value, in: revision, takingAllOfApart: true)["default"] != nil
            let check =
                !isRequired
                ? "new-optional-request-property"
                : hasDefault ? "new-required-request-property-with-default" : "new-required-request-property"
            report(check, message, at: value, before: before.value, in: scope.operation)
        case .parameter(_, let location):
            guard isRequired else { return }
            report(
                location == "header" ? "new-required-request-header-property" : "new-required-request-property",
                message,
                at: value, before: before.value, in: scope.operation)
        case .response:
            let mark = inner.isWriteOnly ? "-write-only" : ""
            report(
                "response-\(isRequired ? "required" : "optional")\(mark)-property-added", message, at: value,
                before: before.value, in: scope.operation)
        case .header: break
        }
    }

    /// Reports a property that is gone.
    private func reportRemoved(
        _ name: String, _ value: JSONValue, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope
    ) {
        let inner = propertyScope(name, [(value, base)], scope)
        let isRequired = before.required.contains(name)
        let place = after.place("properties")
        switch scope.subject {
        case .request, .parameter:
            // Where nothing undeclared may be, who still writes the property is refused: that is no guess.
            let isClosed = after["additionalProperties"]?.bool == false || after["unevaluatedProperties"]?.bool == false
            report(
                "request-property-removed",
                "\(inner.words) is gone\(isClosed ? ", and nothing undeclared may be there" : "")",
                at: place, before: value, in: scope.operation,
                severity: isClosed && !inner.isReadOnly ? .error : nil)
        case .response:
            let mark = inner.isWriteOnly ? "-write-only" : ""
            report(
                "response-\(isRequired ? "required" : "optional")\(mark)-property-removed", "\(inner.words) is gone",
                at: place, before: value, in: scope.operation)
        case .header:
            report("type-changed", inner, "\(inner.words) is gone", at: place, before: value)
        }
    }

    /// Compares `required` where it names what no `properties` describes.
    private func compareUndeclaredRequirements(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let declared = Set(after.properties.map(\.name)).union(before.properties.map(\.name))
        for name in after.required.subtracting(before.required).subtracting(declared).sorted() {
            reportRequirement(name, after.place("required"), isRequired: true, before, after, scope.property(name))
        }
        for name in before.required.subtracting(after.required).subtracting(declared).sorted() {
            reportRequirement(name, after.place("required"), isRequired: false, before, after, scope.property(name))
        }
    }

    // MARK: - Members without a name of their own

    /// Compares `additionalProperties` and `unevaluatedProperties`.
    private func compareAdditional(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        compareSubschema("unevaluatedProperties", "unevaluated-properties", before, after, scope)
        let (old, new) = (before["additionalProperties"], after["additionalProperties"])
        let inner = scope.property("*")
        switch (old.map(Openness.init) ?? .open, new.map(Openness.init) ?? .open) {
        case (.open, .open), (.closed, .closed): break
        case (_, .closed):
            report(
                "additional-properties-forbidden", scope, "\(scope.words) may hold nothing undeclared any more",
                at: after.place("additionalProperties"), before: before.place("additionalProperties"))
        case (.closed, _):
            report(
                "additional-properties-allowed", scope, "\(scope.words) may hold what is not declared",
                at: after.place("additionalProperties"), before: old)
        case (.open, .described):
            report(
                "additional-properties-narrowed", scope, "what is not declared in \(scope.words) must now fit a schema",
                at: after.place("additionalProperties"), before: before.value)
        case (.described, .open):
            report(
                "additional-properties-widened", scope,
                "what is not declared in \(scope.words) need not fit a schema any more", at: after.value, before: old)
        case (.described, .described):
            if let old, let new { compare(old, new, inner) }
        }
    }

    /// What `additionalProperties` says.
    private enum Openness {
        case open, closed, described

        /// Reads the value.
        init(_ value: JSONValue) {
            switch value.bool {
            case true?: self = .open
            case false?: self = .closed
            case nil: self = value.kind == .object && value.count == 0 ? .open : .described
            }
        }
    }

    /// Compares `patternProperties`.
    private func comparePatternProperties(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        let (old, new) = (before["patternProperties"], after["patternProperties"])
        for member in Array(new?.members) {
            if let previous = old?[member.name] {
                compare(previous, member.value, scope.property("~\(member.name)"))
            } else {
                report(
                    "pattern-property-added", scope,
                    "members of \(scope.words) whose names match `\(member.name)` must now fit a schema",
                    at: member.value,
                    before: before.value)
            }
        }
        for member in Array(old?.members) where new?[member.name] == nil {
            report(
                "pattern-property-removed", scope,
                "members of \(scope.words) whose names match `\(member.name)` need not fit a schema any more",
                at: after.place("patternProperties"), before: member.value)
        }
    }

    /// Compares `dependentRequired`, `dependentSchemas`, and `dependencies`, which was both until 2019-09.
    private func compareDependencies(_ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope) {
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            let (old, new) = (before[keyword], after[keyword])
            for member in Array(new?.members) {
                let isList = member.value.kind == .array
                let name = isList ? "dependent-required" : "dependent-schema"
                guard let previous = old?[member.name] else {
                    report(
                        "\(name)-added", scope, "where \(scope.words) has `\(member.name)`, more must hold now",
                        at: member.value, before: before.value)
                    continue
                }
                if !isList {
                    compare(previous, member.value, scope.subschema("\(keyword)[\(member.name)]"))
                } else if Set(previous.elements.map(\.string)) != Set(member.value.elements.map(\.string)) {
                    report(
                        "\(name)-changed", scope,
                        "where \(scope.words) has `\(member.name)`, \(Self.told(member.value)) must be there instead of \(Self.told(previous))",
                        at: member.value, before: previous)
                }
            }
            for member in Array(old?.members) where new?[member.name] == nil {
                let name = member.value.kind == .array ? "dependent-required" : "dependent-schema"
                report(
                    "\(name)-removed", scope, "where \(scope.words) has `\(member.name)`, less must hold now",
                    at: after.place(keyword), before: member.value)
            }
        }
    }

    /// Compares a keyword whose value is a schema and whose presence is a constraint.
    func compareSubschema(
        _ keyword: String, _ name: String, _ before: SchemaView, _ after: SchemaView, _ scope: SchemaScope
    ) {
        switch (before[keyword], after[keyword]) {
        case (nil, let new?):
            guard new.bool != true else { return }
            report("\(name)-added", scope, "\(scope.words) has `\(keyword)` now", at: new, before: before.value)
        case (let old?, nil):
            guard old.bool != true else { return }
            report(
                "\(name)-removed", scope, "\(scope.words) has no `\(keyword)` any more", at: after.value, before: old)
        case (let old?, let new?):
            switch (old.bool == true, new.bool == true) {
            case (true, false):
                report("\(name)-added", scope, "`\(keyword)` of \(scope.words) constrains now", at: new, before: old)
            case (false, true):
                report(
                    "\(name)-removed", scope, "`\(keyword)` of \(scope.words) constrains nothing now", at: new,
                    before: old)
            default: compare(old, new, scope.property(keyword))
            }
        case (nil, nil): break
        }
    }
}

extension Array where Element == JSONMember {
    /// The members of an object that may be missing.
    init(_ members: JSONMembers?) { self = members.map { Array($0) } ?? [] }
}
