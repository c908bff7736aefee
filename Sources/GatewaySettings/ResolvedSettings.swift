import JSONDocuments
import SourceDiagnostics

/// What holds for the exchanges of one operation, after all levels: every leaf with the place it came from.
package struct ResolvedSettings: Sendable {
    /// Times, limits, validation, errors.
    package let exchange: ExchangeSettings
    /// The policies in the order in which they apply, each once, each with the place that names it.
    package let policies: [Setting<String>]
    /// How replies are stored; nil where no level has a key `cache`.
    package let caching: CacheSettings?
    /// The settings of the cache as they stand, by key.
    package let cache: [Named<JSONValue>]

    /// Every leaf for people, with its place; policies and cache settings last.
    package var leaves: [SettingLeaf] {
        LayeredKey.all.map { $0.leaf(exchange) }
            + policies.map { SettingLeaf(path: "use", text: $0.value, origin: $0.origin) }
            + cache.map {
                SettingLeaf(path: "cache.\($0.name)", text: JSONWriter.text(of: $0.value), origin: $0.value.range)
            }
    }
}

extension GatewaySettings {
    /// What holds for an operation.
    ///
    /// Lowest first: built-in, `gateway.defaults`, the API, its tags in the order in which the operation lists them,
    /// the operation by `METHOD /path`, the operation by its id. Maps merge key by key, other values replace, `use`
    /// appends, `useOnly` replaces.
    ///
    /// - Parameters:
    ///   - api: name of the API; an unknown one has the gateway's defaults only.
    ///   - operationID: the operation's id, nil where the document gives none.
    ///   - method: the method in upper case.
    ///   - path: the path template as it stands in the document, without mount.
    ///   - tags: the operation's tags.
    package func resolve(
        api: String, operationID: String? = nil, method: String = "", path: String = "", tags: [String] = []
    ) -> ResolvedSettings {
        var layers = [defaults]
        if let api = self.api(api)?.value {
            layers.append(api.layer)
            for tag in tags {
                layers += api.tags.first { $0.name == tag }.map { [$0.value] } ?? []
            }
            for key in [method + " " + path, operationID].compactMap(\.self) {
                layers += api.operations.first { $0.name == key }.map { [$0.value] } ?? []
            }
        }
        var exchange = ExchangeSettings.builtIn
        var policies: [Setting<String>] = []
        var cache: [Named<JSONValue>] = []
        var caching: CacheSettings?
        for layer in layers {
            for change in layer.changes { change(&exchange) }
            if let only = layer.useOnly { policies = only }
            policies += layer.use
            if let said = layer.cache {
                var values = caching ?? CacheSettings()
                for change in said.changes { change(&values) }
                caching = values
            }
            for setting in layer.cache?.members ?? [] {
                if let index = cache.firstIndex(where: { $0.name == setting.name }) {
                    cache[index] = setting
                } else {
                    cache.append(setting)
                }
            }
        }
        var seen: Set<String> = []
        return ResolvedSettings(
            exchange: exchange, policies: policies.filter { seen.insert($0.value).inserted }, caching: caching,
            cache: cache)
    }
}

/// An operation of a document, as far as keys of the settings can name it.
package struct OperationName: Sendable {
    /// The operation's id, nil where the document gives none.
    package let operationID: String?
    /// The method in upper case.
    package let method: String
    /// The path template as it stands in the document.
    package let path: String
    /// The operation's tags.
    package let tags: [String]

    /// Names an operation.
    package init(operationID: String?, method: String, path: String, tags: [String] = []) {
        self.operationID = operationID
        self.method = method
        self.path = path
        self.tags = tags
    }
}

extension Named where Value == APISettings {
    /// Reports the keys under `operations` and `tags` that name nothing in the API's document, operations with two
    /// keys, and upgrades of operations that cannot have one.
    ///
    /// - Parameter operations: all operations of the document.
    package func diagnostics(against operations: [OperationName]) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        let ids = Set(operations.compactMap(\.operationID))
        let lines = Set(operations.map { "\($0.method) \($0.path)" })
        for key in value.operations where !ids.contains(key.name) && !lines.contains(key.name) {
            let candidates = key.name.contains(" ") ? lines : ids.union(lines)
            diagnostics.append(
                Diagnostic(
                    .error, "unknown-operation", "the document of the API \"\(name)\" has no operation \"\(key.name)\"",
                    at: key.range, suggestion: NearestName.suggestion(among: candidates.sorted(), to: key.name)))
        }
        for operation in operations {
            guard let id = operation.operationID, let byID = value.operations.first(where: { $0.name == id }),
                let byLine = value.operations.first(where: { $0.name == "\(operation.method) \(operation.path)" })
            else { continue }
            diagnostics.append(
                Diagnostic(
                    .error, "duplicate-name", "\"\(byLine.name)\" and \"\(byID.name)\" are the same operation",
                    at: byLine.range,
                    notes: [.init("the other key", at: byID.range)]))
        }
        for operation in operations where operation.method != "GET" {
            let names = [operation.operationID, "\(operation.method) \(operation.path)"]
            for key in value.operations where names.contains(key.name) {
                guard let upgrade = key.value.upgrade, upgrade.value == .websocket else { continue }
                // RFC 6455 §4.1: the method of the request MUST be GET.
                diagnostics.append(
                    Diagnostic(
                        .error, "upgrade-method",
                        "only a GET can open a WebSocket, and \(key.name) is a \(operation.method)",
                        at: upgrade.origin ?? key.range, suggestion: "remove the setting"))
            }
        }
        let tags = Set(operations.flatMap(\.tags))
        for key in value.tags where !tags.contains(key.name) {
            diagnostics.append(
                Diagnostic(
                    .error, "unknown-tag", "no operation of the API \"\(name)\" has the tag \"\(key.name)\"",
                    at: key.range,
                    suggestion: NearestName.suggestion(among: tags.sorted(), to: key.name)))
        }
        return diagnostics
    }
}
