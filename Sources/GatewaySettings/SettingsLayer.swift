import JSONDocuments
import SourceDiagnostics

/// What one level (`gateway.defaults`, an API, a tag, an operation) says about exchanges.
///
/// Maps merge key by key, so a layer is a list of changes of single leaves; `use` appends to the policies of the levels
/// below, `useOnly` replaces them; the keys of `cache` merge one by one.
package struct SettingsLayer: Sendable {
    /// Sets one leaf.
    package typealias Change = @Sendable (inout ExchangeSettings) -> Void

    /// Which level is read.
    enum Level {
        /// `gateway.defaults`.
        case defaults
        /// An API, a tag or an operation.
        case operations
    }

    /// The leaves that are set.
    let changes: [Change]
    /// Policies that are appended.
    package let use: [Setting<String>]
    /// Policies that stand instead of those of the levels below; nil where none do.
    package let useOnly: [Setting<String>]?
    /// Settings of the cache; nil where there is no key `cache`.
    let cache: CacheLayer?

    /// Whether the level has a key `cache`.
    package var hasCache: Bool { cache != nil }

    /// What the level itself says about upgrades; nil where it says nothing.
    package var upgrade: Setting<ExchangeSettings.Upgrade>? {
        var settings = ExchangeSettings.builtIn
        for change in changes { change(&settings) }
        return settings.upgrade.origin == nil ? nil : settings.upgrade
    }

    /// A layer that says nothing.
    static let empty = SettingsLayer(changes: [], use: [], useOnly: nil, cache: nil)

    /// The keys besides those of `LayeredKey`.
    private enum Key {
        /// The key `use`.
        static let use = SettingKey(
            "use", ValueForm<[Setting<String>]>.policies(), "Policies that are appended to those of the levels below.")
        /// The key `useOnly`.
        static let useOnly = SettingKey(
            "useOnly", ValueForm<[Setting<String>]>.policies(),
            "Policies that stand instead of those of the levels below.")
        /// The key `cache`.
        static let cache = SettingKey("cache", ValueForm<CacheLayer>.section(), "How replies are stored.")
    }

    /// The keys of a layer, for every section that is one.
    static let keys: [KeyDescription] =
        LayeredKey.all.filter { $0.group == nil }.map(\.description)
        + LayeredKey.groups.map { group in
            KeyDescription(
                name: group.name, summary: group.summary, schema: .section(groupDescription(group.name)),
                isRequired: false,
                builtIn: nil)
        } + [Key.use.description, Key.useOnly.description, Key.cache.description]

    /// The section of a group such as `limits`.
    private static func groupDescription(_ name: String) -> SectionDescription {
        let group = LayeredKey.groups.first { $0.name == name }
        return SectionDescription(
            title: group?.title ?? name, summary: group?.summary ?? "",
            keys: LayeredKey.all.filter { $0.group == name }.map(\.description))
    }

    /// Reads the keys of a layer; keys that the section has besides are the caller's.
    init(reading reader: SectionReader, level: Level) {
        var changes = LayeredKey.all.filter { $0.group == nil }.compactMap { $0.read(reader) }
        for group in LayeredKey.groups {
            guard let value = reader.raw(group.name) else { continue }
            let context = reader.context.appending(group.name)
            guard let inner = SectionReader([value], description: Self.groupDescription(group.name), context) else {
                continue
            }
            for key in LayeredKey.all where key.group == group.name {
                changes += key.read(inner).map { [$0] } ?? []
                if key.isConnectionWide, level == .operations, let place = inner.keyRange(of: key.description.name) {
                    context.run.warn(
                        "setting-without-effect",
                        "\(context.path).\(key.description.name) has no effect here:"
                            + " it holds before the operation is known",
                        at: place, suggestion: "set gateway.defaults.\(group.name).\(key.description.name)")
                }
            }
            inner.finish()
        }
        self.changes = changes
        use = reader.given(Key.use)?.value ?? []
        useOnly = reader.given(Key.useOnly)?.value
        cache = reader.given(Key.cache)?.value
        reader.checkPolicyKeys()
    }

    /// A layer of its parts.
    private init(changes: [Change], use: [Setting<String>], useOnly: [Setting<String>]?, cache: CacheLayer?) {
        self.changes = changes
        self.use = use
        self.useOnly = useOnly
        self.cache = cache
    }
}

extension SectionReader {
    /// Reports `use` beside `useOnly`.
    func checkPolicyKeys() {
        guard has("use"), has("useOnly"), let place = keyRange(of: "useOnly") else { return }
        context.run.report(
            "conflicting-keys", "\(context.path) has use and useOnly; useOnly already replaces everything", at: place)
    }
}

extension ValueForm where Value == [Setting<String>] {
    /// A list of names of policies, each with its place.
    static func policies(_ kind: SettingsRun.Reference.Kind = .policy) -> ValueForm {
        let name = ValueForm<String>.reference(kind)
        return .single(
            .list(name.schema, minimum: 0), show: { "[" + $0.map(\.value).joined(separator: ", ") + "]" }
        ) { value, context in
            guard value.kind == .array else {
                context.wrongType(value, expected: "a list of names of policies")
                return nil
            }
            return value.elements.enumerated().compactMap { index, element in
                name.read([element], context.appending(String(index))).map { Setting($0, from: element.range) }
            }
        }
    }
}

/// `gateway.defaults`: the layer of the whole gateway.
struct DefaultsSettings: SettingsSection {
    /// What it says.
    let layer: SettingsLayer

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Defaults", summary: "What holds for every exchange that nothing nearer says otherwise of.",
        keys: SettingsLayer.keys)

    /// Reads the section.
    init?(reading reader: SectionReader) {
        layer = SettingsLayer(reading: reader, level: .defaults)
    }
}

/// What a tag or an operation of an API says.
struct OperationSettings: SettingsSection {
    /// What it says.
    let layer: SettingsLayer

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Operation", summary: "What holds for one operation, or for the operations of one tag.",
        keys: SettingsLayer.keys)

    /// Reads the section.
    init?(reading reader: SectionReader) {
        layer = SettingsLayer(reading: reader, level: .operations)
    }
}
