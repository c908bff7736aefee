import JSONDocuments
import SourceDiagnostics

/// How replies of an operation are stored, after all levels.
package struct CacheSettings: Sendable {
    /// Who may share a reply of an operation with credentials.
    package enum Scope: String, Sendable, CaseIterable {
        /// As the reply says (RFC 9111 §3.5).
        case auto
        /// Everybody whose credentials are good.
        case `public`
        /// The caller alone.
        case principal
    }

    /// Whether the order of query parameters selects a reply.
    package enum KeyOrder: String, Sendable, CaseIterable {
        /// It does not.
        case irrelevant
        /// It does.
        case significant
    }

    /// What becomes of a reply that sets a cookie.
    package enum CookieReply: String, Sendable, CaseIterable {
        /// It is not stored.
        case refuse
        /// It is stored with its cookie, which all who share it get.
        case store
    }

    /// Lifetime where the reply states none.
    package var ttl: Duration?
    /// How long a stale reply is served while it is revalidated.
    package var staleWhileRevalidate: Duration?
    /// How long a stale reply stands in for a failing service.
    package var staleIfError: Duration?
    /// Lifetimes of replies with other statuses than 200.
    package var negative: [Int: Duration] = [:]
    /// Who may share a reply of an operation with credentials.
    package var scope = Scope.auto
    /// Request fields that select a reply besides those of Vary.
    package var vary: [String] = []
    /// Requests for a key before its reply is stored.
    package var minUses = 1
    /// Largest content that is stored, in bytes.
    package var maxObject = 1 << 20
    /// Whether the settings win over what replies say.
    package var overrides = false
    /// Whether a tenth of the time since Last-Modified counts as lifetime where nothing else is known.
    package var isHeuristic = false
    /// Groups that every reply belongs to.
    package var groups: [String] = []
    /// Whether the order of query parameters selects a reply.
    package var keyOrder = KeyOrder.irrelevant

    /// What becomes of a reply that sets a cookie.
    package var setCookie = CookieReply.refuse

    /// Nothing set.
    init() {}
}

/// The key `cache` of a step: how the part is stored, or that the service is always asked.
package enum PartCacheSettings: Sendable {
    /// The service is asked each time, whatever the operation's own settings say.
    case never
    /// Settings that are merged over those of the called operation.
    case layer(CacheLayer)
}

extension CacheSettings {
    /// These settings with those of another level in their place.
    package func changed(by layer: CacheLayer) -> CacheSettings {
        var settings = self
        for change in layer.changes { change(&settings) }
        return settings
    }

    /// What holds where no level says anything.
    package static let untouched = CacheSettings()
}

/// The key `cache` of one level: changes of single leaves, since levels merge key by key.
package struct CacheLayer: SettingsSection {
    /// Sets one leaf.
    typealias Change = @Sendable (inout CacheSettings) -> Void

    /// The leaves that are set.
    let changes: [Change]
    /// The settings as they stand, by key, for explanations.
    let members: [Named<JSONValue>]

    /// The keys.
    private enum Key {
        /// The key `ttl`.
        static let ttl = SettingKey(
            "ttl", .durationOrAuto, "Lifetime of replies that state none; auto: those that state none are not stored.")
        /// The key `staleWhileRevalidate`.
        static let staleWhileRevalidate = SettingKey(
            "staleWhileRevalidate", .duration(minimum: .zero),
            "How long a stale reply is served while it is revalidated.")
        /// The key `staleIfError`.
        static let staleIfError = SettingKey(
            "staleIfError", .duration(minimum: .zero), "How long a stale reply stands in for a failing service.")
        /// The key `negative`.
        static let negative = SettingKey(
            "negative", ValueForm<[Named<Duration>]>.mapping(of: .duration(), names: .plain),
            "Lifetimes by status, for replies other than 200 that state none.")
        /// The key `scope`.
        static let scope = SettingKey(
            "scope", ValueForm<CacheSettings.Scope>.choice(),
            "Who may share a reply of an operation with credentials: as it says, everybody, or the caller alone.")
        /// The key `vary`.
        static let vary = SettingKey(
            "vary", ValueForm<[String]>.list(.token(expected: "the name of a field")),
            "Request fields that select a reply besides those of Vary.")
        /// The key `minUses`.
        static let minUses = SettingKey(
            "minUses", .integer(1...1000), "Requests for the same thing before its reply is stored.")
        /// The key `maxObject`.
        static let maxObject = SettingKey("maxObject", .size(1...(1 << 30)), "Largest content that is stored.")
        /// The key `override`.
        static let override = SettingKey(
            "override", .boolean(), "Whether these settings win over no-store, private and stated lifetimes.")
        /// The key `heuristic`.
        static let heuristic = SettingKey(
            "heuristic", .boolean(), "Whether a tenth of the time since Last-Modified counts as lifetime.")
        /// The key `groups`.
        static let groups = SettingKey(
            "groups", ValueForm<[String]>.list(.text(expected: "the name of a group")),
            "Groups that every reply belongs to, for purging.")
        /// The key `keyOrder`.
        static let keyOrder = SettingKey(
            "keyOrder", ValueForm<CacheSettings.KeyOrder>.choice(),
            "Whether the order of query parameters selects a reply.")
        /// The key `setCookie`.
        static let setCookie = SettingKey(
            "setCookie", ValueForm<CacheSettings.CookieReply>.choice(),
            "Whether a reply that sets a cookie is stored; all who share it then get the same cookie.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Cache", summary: "How replies are stored.",
        keys: [
            Key.ttl.description, Key.staleWhileRevalidate.description, Key.staleIfError.description,
            Key.negative.description, Key.scope.description, Key.vary.description, Key.minUses.description,
            Key.maxObject.description, Key.override.description, Key.heuristic.description, Key.groups.description,
            Key.keyOrder.description, Key.setCookie.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        var changes: [Change] = []
        func read<Value>(_ key: SettingKey<Value>, _ set: @escaping @Sendable (inout CacheSettings, Value) -> Void) {
            guard let value = reader.given(key)?.value else { return }
            changes.append { set(&$0, value) }
        }
        read(Key.ttl) { $0.ttl = $1 }
        read(Key.staleWhileRevalidate) { $0.staleWhileRevalidate = $1 }
        read(Key.staleIfError) { $0.staleIfError = $1 }
        read(Key.scope) { $0.scope = $1 }
        read(Key.vary) { $0.vary = $1 }
        read(Key.minUses) { $0.minUses = $1 }
        read(Key.maxObject) { $0.maxObject = $1 }
        read(Key.override) { $0.overrides = $1 }
        read(Key.heuristic) { $0.isHeuristic = $1 }
        read(Key.groups) { $0.groups = $1 }
        read(Key.keyOrder) { $0.keyOrder = $1 }
        read(Key.setCookie) { $0.setCookie = $1 }
        var negative: [Int: Duration] = [:]
        for entry in reader.given(Key.negative)?.value ?? [] {
            guard let status = Int(entry.name), entry.name.utf8.count == 3, (300...599).contains(status),
                status != 304
            else {
                reader.context.run.report(
                    "bad-status", "\(reader.context.path).negative has statuses from 300 to 599, not \"\(entry.name)\"",
                    at: entry.range)
                continue
            }
            negative[status] = entry.value
        }
        if reader.has("negative") { changes.append { [negative] in $0.negative = negative } }
        self.changes = changes
        members =
            reader.objects.first.map { object in
                object.members.map { Named(name: $0.name, range: $0.key.range, value: $0.value) }
            } ?? []
    }
}
