import SourceDiagnostics

/// The checks of the comparison by id: those of `KnownChecks`, and ours where the table of the known ones has a gap.
///
/// The ids of checks of schemas are put together from where the schema stands (`request-property`, `response-header`…) and
/// what happened to it (`max-decreased`). The known table lacks some of these pairs, such as a pattern that was added to a
/// whole body. A gate must never hide a break, so a missing pair that breaks clients is a check of ours, named alike.
package enum CheckCatalogue {
    /// Checks of ours that are not put together: what the known table has no word for.
    private static let ownChecks: [String: Severity] = [
        // The same value is written differently: the old form is refused at the edge.
        "request-parameter-serialization-changed": .error,
        "request-parameter-allow-empty-value-removed": .error,
        // A reference that leads nowhere hides whether anything was broken.
        "reference-unresolved": .error,
        // Between two folders of documents.
        "document-removed": .error, "document-added": .information,
        // Between two folders of settings: what the edge lets in.
        "gateway-api-removed": .error, "gateway-api-added": .information, "gateway-api-moved": .error,
        "gateway-undeclared-rejected": .error, "gateway-undeclared-query-rejected": .error,
        "gateway-validation-enforced": .error, "gateway-limit-decreased": .warning, "gateway-policy-added": .warning,
        "gateway-security-bound": .error,
    ]

    /// What a change of a schema means that the known table has for no place: to requests, and to responses.
    private static let ownSchemaChanges: [String: (request: Severity?, response: Severity?)] = [
        "max-items-decreased": (.error, nil), "max-items-increased": (nil, .error),
        "max-items-set": (.warning, nil), "max-items-unset": (nil, .error),
        "max-unset": (nil, .error), "min-unset": (nil, .error),
        "exclusive-max-unset": (nil, .error), "exclusive-min-unset": (nil, .error),
        "max-properties-decreased": (.error, nil), "max-properties-increased": (nil, .error),
        "max-properties-set": (.warning, nil), "max-properties-unset": (nil, .error),
        "min-properties-increased": (.error, nil), "min-properties-decreased": (nil, .error),
        "multiple-of-set": (.error, nil), "multiple-of-unset": (nil, .error), "multiple-of-changed": (.error, .error),
        "unique-items-set": (.error, nil), "unique-items-unset": (nil, .error),
        "additional-properties-forbidden": (.error, nil), "additional-properties-allowed": (nil, .warning),
        "additional-properties-narrowed": (.error, nil), "additional-properties-widened": (nil, .warning),
        "items-narrowed": (.error, nil), "items-widened": (nil, .error),
        "not-added": (.error, nil), "not-removed": (nil, .error), "not-changed": (.error, .error),
        "if-changed": (.error, .error), "enum-removed": (nil, .error),
        "wrapped-in-any-of": (.error, .error), "unwrapped-from-one-of": (.error, .error),
        "unwrapped-from-any-of": (.error, .error), "became-impossible": (.error, nil),
        "became-unconstrained": (nil, .error),
    ]

    /// The known checks by id.
    private static let known: [String: Severity] = {
        var checks: [String: Severity] = [:]
        for (list, severity) in [
            (KnownChecks.news, Severity.information), (KnownChecks.warnings, .warning), (KnownChecks.errors, .error),
        ] {
            for id in list.split(whereSeparator: \.isWhitespace) { checks[String(id)] = severity }
        }
        return checks
    }()

    /// How much the changes of a check matter; nil for a name that is no check's.
    package static func severity(of id: String) -> Severity? {
        if let severity = known[id] ?? ownChecks[id] { return severity }
        for place in SchemaPlace.allCases where id.hasPrefix(place.rawValue + "-") {
            let change = String(id.dropFirst(place.rawValue.count + 1))
            if let severity = severity(of: change, at: place), severity >= .warning { return severity }
        }
        return nil
    }

    /// How much a change of a schema matters; nil where it is no news.
    ///
    /// - Parameters:
    ///   - change: What happened: `max-decreased`.
    ///   - place: Where the schema stands.
    static func severity(of change: String, at place: SchemaPlace) -> Severity? {
        if let severity = known["\(place.rawValue)-\(change)"] { return severity }
        // Of what the known table leaves out only that is told which breaks clients.
        guard place.hasOwnChecks else { return nil }
        let direction = place.isRequest ? "request" : "response"
        let alike = known["\(direction)-property-\(change)"] ?? known["\(direction)-body-\(change)"]
        let own = ownSchemaChanges[change].flatMap { place.isRequest ? $0.request : $0.response }
        guard let severity = alike ?? own, severity >= .warning else { return nil }
        return severity
    }

    /// Every check by id, in order.
    package static let all: [RuleDescription] = {
        var ids = Set(known.keys).union(ownChecks.keys)
        let changes = Set(ownSchemaChanges.keys).union(
            known.keys.flatMap { id in
                ["request-property-", "request-body-", "response-property-", "response-body-"].compactMap { prefix in
                    id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : nil
                }
            })
        for place in SchemaPlace.allCases where place.hasOwnChecks {
            for change in changes where severity(of: change, at: place) != nil {
                ids.insert("\(place.rawValue)-\(change)")
            }
        }
        return ids.sorted().compactMap { id in
            severity(of: id).map { RuleDescription(id: id, summary: summary(of: id), severity: $0) }
        }
    }()

    /// The check in words.
    private static func summary(of id: String) -> String {
        let words = id.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

/// Where a schema stands, as the ids of its checks begin.
package enum SchemaPlace: String, Sendable, CaseIterable {
    /// The content of a request as a whole.
    case requestBody = "request-body"
    /// A part of it.
    case requestProperty = "request-property"
    /// A part of it that only the service writes.
    case requestReadOnlyProperty = "request-read-only-property"
    /// A parameter as a whole.
    case parameter = "request-parameter"
    /// A part of a parameter.
    case parameterProperty = "request-parameter-property"
    /// A part of a parameter in a header field.
    case headerProperty = "request-header-property"
    /// The content of a response as a whole.
    case responseBody = "response-body"
    /// A part of it.
    case responseProperty = "response-property"
    /// A part of it that only clients write.
    case responseWriteOnlyProperty = "response-write-only-property"
    /// A header field of a response, or a part of it.
    case responseHeader = "response-header"

    /// Whether clients write what is there.
    var isRequest: Bool {
        switch self {
        case .responseBody, .responseProperty, .responseWriteOnlyProperty, .responseHeader: false
        default: true
        }
    }

    /// The place that this one is a case of; itself for the others.
    var general: SchemaPlace {
        switch self {
        case .requestReadOnlyProperty: .requestProperty
        case .responseWriteOnlyProperty: .responseProperty
        default: self
        }
    }

    /// Whether there are checks here beside the known ones: a case of another place has that place's.
    var hasOwnChecks: Bool { general == self }
}
