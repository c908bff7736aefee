import JSONDocuments

/// Parameters: OpenAPI 3.2 §4.12.
extension ComparisonRun {
    /// Compares the parameters of an operation.
    ///
    /// - Parameter renamed: The names of the path's expressions in the base, and what they are called now.
    func compareParameters(_ old: DescribedOperation, _ new: DescribedOperation, _ renamed: [String: String]) {
        func key(_ parameter: DescribedOperation.Parameter, _ name: String) -> String {
            "\(parameter.location) \(parameter.location == "header" ? name.lowercased() : name)"
        }
        let arrived = new.parameters
        let byKey = Dictionary(arrived.map { (key($0, $0.name), $0) }, uniquingKeysWith: { first, _ in first })
        var known: Set<String> = []
        for parameter in old.parameters {
            let name = parameter.location == "path" ? renamed[parameter.name] ?? parameter.name : parameter.name
            let key = key(parameter, name)
            known.insert(key)
            if let next = byKey[key] { compare(parameter, next, of: new) } else { reportRemoved(parameter, of: new) }
        }
        for parameter in arrived where !known.contains(key(parameter, parameter.name)) {
            reportNew(parameter, of: new)
        }
    }

    /// Compares a parameter.
    private func compare(
        _ old: DescribedOperation.Parameter, _ new: DescribedOperation.Parameter, of operation: DescribedOperation
    ) {
        let words = "the \(new.location) parameter `\(new.name)`"
        switch (old.isRequired, new.isRequired) {
        case (false, true):
            report(
                "request-parameter-became-required", "\(words) must now be there",
                at: new.value["required"] ?? new.value,
                before: old.value, in: operation.name)
        case (true, false):
            report(
                "request-parameter-became-optional", "\(words) need not be there any more", at: new.value,
                before: old.value["required"] ?? old.value, in: operation.name)
        default: break
        }
        compareLifecycle(old, new, of: operation)
        compareSerialization(old, new, words, operation)
        guard let one = old.schema(base.version) else { return }
        guard let other = new.schema(revision.version) else { return }
        compareRoots(
            one, other,
            SchemaScope(
                subject: .parameter(name: new.name, location: new.location), operation: operation.name,
                mediaType: new.mediaType))
    }

    /// Compares how a parameter is written: the form that clients use may be none any more.
    private func compareSerialization(
        _ old: DescribedOperation.Parameter, _ new: DescribedOperation.Parameter, _ words: String,
        _ operation: DescribedOperation
    ) {
        let (one, other) = (ParameterSerialization(old), ParameterSerialization(new))
        if one != other {
            report(
                "request-parameter-serialization-changed",
                "\(words) is written as \(other.words) instead of \(one.words)",
                at: new.value["style"] ?? new.value["explode"] ?? new.value, before: old.value, in: operation.name)
        }
        if old.value["allowEmptyValue"]?.bool == true, new.value["allowEmptyValue"]?.bool != true {
            report(
                "request-parameter-allow-empty-value-removed", "\(words) may not be empty any more", at: new.value,
                before: old.value["allowEmptyValue"], in: operation.name)
        }
    }

    /// Reports a parameter that is gone.
    private func reportRemoved(_ parameter: DescribedOperation.Parameter, of operation: DescribedOperation) {
        let lifecycle = Lifecycle(parameter.value)
        let gone = "the \(parameter.location) parameter `\(parameter.name)` is gone"
        let place = operation.value["parameters"] ?? operation.pathItem["parameters"] ?? operation.value
        func tell(_ check: String, _ message: String) {
            report(check, message, at: place, before: parameter.value, in: operation.name)
        }
        guard lifecycle.isDeprecated else { return tell("request-parameter-removed", gone) }
        switch lifecycle.sunset {
        case .absent: tell("request-parameter-removed-with-deprecation", "\(gone), after it was deprecated")
        case .invalid(let text):
            tell(
                "request-parameter-sunset-parse",
                "\(gone), and its `x-sunset` is no date (RFC 3339): \(Self.told(text))")
        case .value(let date, _):
            if policy.today < date {
                tell("request-parameter-removed-before-sunset", "\(gone) before its sunset on \(date)")
            } else {
                tell("request-parameter-removed-with-deprecation", "\(gone) after its sunset on \(date)")
            }
        }
    }

    /// Reports a parameter that is new.
    private func reportNew(_ parameter: DescribedOperation.Parameter, of operation: DescribedOperation) {
        let need = parameter.isRequired ? "required" : "optional"
        let check =
            parameter.location == "path"
            ? "new-request-path-parameter"
            : parameter.isShared
                ? "new-\(need)-request-default-parameter-to-existing-path" : "new-\(need)-request-parameter"
        report(
            check,
            "the \(parameter.location) parameter `\(parameter.name)` is new\(parameter.isRequired ? " and must be there" : "")",
            at: parameter.value, before: nil, in: operation.name)
    }
}

/// How the value of a parameter is written. OpenAPI 3.2 §4.12.2; Swagger 2.0, `collectionFormat`.
private struct ParameterSerialization: Equatable {
    /// The media type where `content` says it.
    let mediaType: String?
    /// The style.
    let style: String
    /// Whether elements and members are written one by one.
    let explodes: Bool

    /// Reads a parameter, with what holds where it says nothing.
    init(_ parameter: DescribedOperation.Parameter) {
        mediaType = parameter.mediaType
        let value = parameter.value
        let usual = parameter.location == "path" || parameter.location == "header" ? "simple" : "form"
        switch value["collectionFormat"]?.string {
        case "multi"?: (style, explodes) = ("form", true)
        case "ssv"?: (style, explodes) = ("spaceDelimited", false)
        case "tsv"?: (style, explodes) = ("tabDelimited", false)
        case "pipes"?: (style, explodes) = ("pipeDelimited", false)
        case _?: (style, explodes) = (usual, false)
        case nil:
            let named = value["style"]?.string ?? usual
            style = named
            // Without elements and members there is nothing to explode.
            let types = (value["schema"] ?? value)["type"].map { SchemaTypes(keyword: $0) } ?? .any
            let isScalar = types.isDisjoint(with: [.array, .object])
            explodes =
                isScalar
                ? false : value["explode"]?.bool ?? (value["schema"] != nil && (named == "form" || named == "cookie"))
        }
    }

    /// The form in words.
    var words: String { mediaType ?? "`\(style)`\(explodes ? ", exploded" : "")" }
}
