import JSONDocuments
import SourceDiagnostics

/// A composition as it stands in the files: its name, its endpoint, and everything else for the part that compiles it.
package struct CompositionSettings: SettingsSection {
    /// The method in upper case.
    package let method: String
    /// The public path, a template.
    package let path: Setting<String>
    /// The whole map, with positions.
    package let value: JSONValue
    /// Policies of which callers pass one, besides what the called operations ask for; nil where nothing is said, empty
    /// where nobody shall be asked for anything.
    package let security: [Setting<String>]?
    /// Policies that are appended to those of `gateway.defaults`.
    package let use: [Setting<String>]
    /// Policies that stand in the place of all others.
    package let useOnly: [Setting<String>]?
    /// How the whole reply is stored; nil where it is not.
    package let cache: CacheLayer?
    /// By step: how the part is stored; steps that say nothing are missing.
    package let partCaches: [String: PartCacheSettings]

    /// The methods that a composition may answer, as keys.
    private static let methods = ["get", "post", "put", "patch", "delete"]

    /// The keys of a composition.
    private enum Key {
        /// The methods as keys.
        static let endpoints = methods.map {
            SettingKey($0, .requestPath(), "The path that it answers for this method.")
        }
        /// The key `security`.
        static let security = SettingKey(
            "security", ValueForm<[Setting<String>]>.policies(.authentication),
            "Policies of which callers pass one, besides what the called operations ask for; empty: nobody is asked.")
        /// The key `use`.
        static let use = SettingKey("use", ValueForm<[Setting<String>]>.policies(), "Policies that are appended.")
        /// The key `useOnly`.
        static let useOnly = SettingKey(
            "useOnly", ValueForm<[Setting<String>]>.policies(), "Policies that stand instead of all others.")
        /// The key `cache`.
        static let cache = SettingKey(
            "cache", ValueForm<CacheLayer>.section(),
            "How the whole reply is stored, at most as long as its parts are fresh.")
        /// The keys that are compiled later, with what they are.
        static let later: [(name: String, summary: String)] = [
            ("summary", "One line for the documentation."), ("description", "Text for the documentation."),
            ("tags", "Tags for the documentation."), ("timeout", "Time for the whole composition."),
            ("inputs", "Inputs besides those in the path."), ("claims", "Claims of the caller's token that are used."),
            ("steps", "The operations that are called."),
            ("respond", "The template of the reply."),
            ("contract", "The declared operation that the reply has to fit."),
        ]
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Composition", summary: "An endpoint of the gateway that calls several operations and shapes one reply.",
        keys: Key.endpoints.map(\.description)
            + [Key.security.description, Key.use.description, Key.useOnly.description, Key.cache.description]
            + Key.later.map {
                KeyDescription(name: $0.name, summary: $0.summary, schema: .anything, isRequired: false, builtIn: nil)
            },
        exactlyOneOf: methods)

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let endpoints = zip(Self.methods, Key.endpoints).compactMap { method, key in
            reader.given(key).map { (method.uppercased(), $0) }
        }
        for key in Key.later { _ = reader.raw(key.name) }
        security = reader.given(Key.security)?.value
        use = reader.given(Key.use)?.value ?? []
        useOnly = reader.given(Key.useOnly)?.value
        cache = reader.given(Key.cache)?.value
        partCaches = Self.partCaches(reader)
        reader.checkPolicyKeys()
        guard let endpoint = endpoints.first, let object = reader.objects.first else { return nil }
        method = endpoint.0
        path = endpoint.1
        value = object
    }

    /// Reads `cache` of all steps; the rest of a step is read where it is compiled.
    private static func partCaches(_ reader: SectionReader) -> [String: PartCacheSettings] {
        var caches: [String: PartCacheSettings] = [:]
        let context = reader.context.appending("steps")
        for step in reader.raw("steps")?.members.map(\.self) ?? [] {
            guard let value = step.value["cache"] else { continue }
            if value.string == "none" {
                caches[step.name] = .never
                continue
            }
            let own = context.appending(step.name).appending("cache")
            guard let layer = ValueForm<CacheLayer>.section().read([value], own) else { continue }
            caches[step.name] = .layer(layer)
        }
        return caches
    }
}
