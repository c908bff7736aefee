import SourceDiagnostics

/// A leaf of `ExchangeSettings` as a key of the files: one row of the table that decodes, resolves, explains and
/// describes it.
struct LayeredKey: Sendable {
    /// The map that the key stands in (`limits`), nil for a key of the layer itself.
    let group: String?
    /// The key for the unknown-key check and the schema.
    let description: KeyDescription
    /// Whether it holds before an operation is known, so that only `gateway.defaults` can set it.
    let isConnectionWide: Bool
    /// Reads the key and gives the change that it makes.
    let read: @Sendable (SectionReader) -> SettingsLayer.Change?
    /// The leaf of resolved settings.
    let leaf: @Sendable (ExchangeSettings) -> SettingLeaf

    /// Describes a leaf.
    ///
    /// - Parameters:
    ///   - group: the map that the key stands in.
    ///   - name: the key.
    ///   - leafPath: the leaf that it sets.
    ///   - form: the form of its value.
    ///   - summary: what it sets.
    ///   - isConnectionWide: whether it holds before an operation is known.
    ///   - feature: the feature that a value asks for.
    init<Value: Sendable>(
        _ group: String?, _ name: String, _ leafPath: any WritableKeyPath<ExchangeSettings, Setting<Value>> & Sendable,
        _ form: ValueForm<Value>, _ summary: String, isConnectionWide: Bool = false,
        feature: @escaping @Sendable (Value) -> SettingsFeature? = { _ in nil }
    ) {
        let key = DefaultedKey(
            name, form, summary, builtIn: ExchangeSettings.builtIn[keyPath: leafPath].value, feature: feature)
        let show = form.show
        self.group = group
        self.isConnectionWide = isConnectionWide
        description = key.description
        read = { reader in
            guard let setting = reader.given(key.key) else { return nil }
            return { $0[keyPath: leafPath] = setting }
        }
        leaf = { settings in
            let setting = settings[keyPath: leafPath]
            return SettingLeaf(
                path: (group.map { $0 + "." } ?? "") + name, text: show.map { $0(setting.value) } ?? "",
                origin: setting.origin)
        }
    }

    /// Every leaf, in the order in which they are explained.
    static let all: [LayeredKey] = [
        LayeredKey(
            nil, "timeout", \.timeout, .duration(),
            "Time for the whole exchange. A stream (text/event-stream, or described by itemSchema) and a tunnel only have"
                + " to begin in that time; timeouts.responseIdle and timeouts.tunnelIdle are their limits then."),
        LayeredKey(
            nil, "upgrade", \.upgrade, .choice(),
            "What a GET may make of its connection: nothing, or a WebSocket to the service."),
        LayeredKey(
            nil, "priority", \.priority, .choice(), "Which requests are shed first when there are too many (overload)."),
        LayeredKey(
            "timeouts", "requestHead", \.timeouts.requestHead, .duration(), "Time for the head of a request.",
            isConnectionWide: true),
        LayeredKey(
            "timeouts", "requestBody", \.timeouts.requestBody, .duration(), "Time for the content of a request."),
        LayeredKey(
            "timeouts", "idle", \.timeouts.idle, .duration(), "Time for a connection without an exchange.",
            isConnectionWide: true),
        LayeredKey(
            "timeouts", "responseHead", \.timeouts.responseHead, .duration(),
            "Time from the end of the request to the head of the upstream's response."),
        LayeredKey(
            "timeouts", "responseIdle", \.timeouts.responseIdle, .duration(),
            "Time for silence within the upstream's response."),
        LayeredKey(
            "timeouts", "tunnelIdle", \.timeouts.tunnelIdle, .duration(),
            "Time for silence in both directions of a tunnel (upgrade)."),
        LayeredKey(
            "limits", "requestHead", \.limits.requestHead, .size(1024...1 << 20), "Bytes of a request's head.",
            isConnectionWide: true),
        LayeredKey(
            "limits", "headerCount", \.limits.headerCount, .integer(1...10_000), "Fields of a request.",
            isConnectionWide: true),
        LayeredKey("limits", "requestBody", \.limits.requestBody, .size(), "Bytes of a request's content."),
        LayeredKey(
            "limits", "responseBody", \.limits.responseBody, .size(),
            "Bytes of a response's content; of a stream, those that are held for validation."),
        LayeredKey("limits", "jsonDepth", \.limits.jsonDepth, .integer(1...1000), "Nesting of JSON content."),
        LayeredKey(
            "validation", "requests", \.validation.requests, .choice(),
            "What becomes of a request that breaks its contract."),
        LayeredKey(
            "validation", "responses", \.validation.responses, .choice(),
            "What becomes of a response that breaks its contract.",
            feature: { $0 == .enforce ? .responseEnforcement : nil }),
        LayeredKey(
            "validation", "undeclaredQuery", \.validation.undeclaredQuery, .choice(),
            "What becomes of query parameters that the document does not declare.",
            feature: { $0 == .strip ? .queryStripping : nil }),
        LayeredKey(
            "validation", "undeclaredFields", \.validation.undeclaredFields, .choice(),
            "What becomes of fields of responses that the document does not declare.",
            feature: { $0 == .pass ? nil : .undeclaredFields }),
        LayeredKey("errors", "max", \.errors.max, .integer(1...1000), "Violations that a reply lists at most."),
        LayeredKey("errors", "values", \.errors.values, .choice(), "Whether a reply quotes what the client sent."),
    ]

    /// The maps of the layer with what they are.
    static let groups: [(name: String, title: String, summary: String)] = [
        ("timeouts", "Timeouts", "Time for the parts of an exchange."),
        ("limits", "Limits", "Bounds of messages."),
        ("validation", "Validation", "What is checked against the contract."),
        ("errors", "Errors", "What a reply tells of violations."),
    ]
}
