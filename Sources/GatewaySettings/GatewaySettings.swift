import JSONDocuments
import SourceDiagnostics

/// Everything that the files of the routes folder say, checked, with built-in values where they say nothing.
///
/// What and why: the gateway is built from this value alone; nothing reads the files or the environment again. It is
/// immutable, so a snapshot can keep it, and every value that an author may ask about knows its file and line
/// (`Setting`, `leaves`).
///
/// Invariants: names are unique over all files; every name of a policy or upstream is defined; every document exists;
/// there is at least one listener, and no two listen at one address. `unsupportedFeatures` lists what nothing carries
/// out yet: whoever starts a gateway refuses to do so while it is not empty.
package struct GatewaySettings: Sendable {
    /// The listeners by name, at least one.
    package let listeners: [Named<ListenerSettings>]
    /// The proxies whose word about their clients is believed.
    package let trustedProxies: [AddressRange]
    /// What is done when more is asked of the gateway than it can do, nil for nothing.
    package let overload: OverloadSettings?
    /// The admin listener.
    package let admin: AdminSettings
    /// The documentation pages.
    package let docs: DocsSettings
    /// Event loops; `auto` is resolved.
    package let workers: Int
    /// Where the gateway runs, nil where zones play no part.
    package let zone: String?
    /// The name server that is asked for the names of targets; nil for the system's way to look names up.
    package let resolver: NameServer?
    /// How the gateway ends.
    package let drain: DrainSettings
    /// What it tells of its work.
    package let telemetry: TelemetrySettings
    /// How changed files are taken.
    package let reload: ReloadSettings
    /// Where replies are stored, nil where nothing is said.
    package let cache: CacheStoreSettings?
    /// The layer of the whole gateway.
    package let defaults: SettingsLayer
    /// The upstreams by name.
    package let upstreams: [Named<UpstreamSettings>]
    /// The policies by name.
    package let policies: [Named<PolicySettings>]
    /// The APIs by name.
    package let apis: [Named<APISettings>]
    /// The compositions by name.
    package let compositions: [Named<CompositionSettings>]

    /// What the files ask for and nothing carries out yet.
    package let unsupportedFeatures: [UnsupportedFeature]
    /// Every leaf with its place, in the order of reading: what `/config` and `lintel explain` print.
    package let leaves: [SettingLeaf]
    /// The files that were read.
    package let files: [SourceFile]
    /// Paths of the further files that values came from (documents, keys, secrets), for watching and hashing.
    package let referencedFiles: [String]

    /// The API of a name.
    package func api(_ name: String) -> Named<APISettings>? { apis.first { $0.name == name } }
    /// The upstream of a name.
    package func upstream(_ name: String) -> Named<UpstreamSettings>? { upstreams.first { $0.name == name } }
    /// The policy of a name.
    package func policy(_ name: String) -> Named<PolicySettings>? { policies.first { $0.name == name } }

    /// The leaves below a full name, for example `upstreams.products`.
    package func leaves(under path: String) -> [SettingLeaf] {
        leaves.filter { $0.path == path || $0.path.hasPrefix(path + ".") }
    }
}

/// The map `gateway` of the files.
struct GatewaySection: SettingsSection {
    /// The listeners by name.
    let listeners: [Named<ListenerSettings>]
    /// The proxies whose word about their clients is believed.
    let trustedProxies: [AddressRange]
    /// What is done about overload.
    let overload: OverloadSettings?
    /// The admin listener.
    let admin: AdminSettings?
    /// The documentation pages.
    let docs: DocsSettings?
    /// Event loops.
    let workers: Int
    /// Where the gateway runs.
    let zone: String?
    /// The name server that is asked for the names of targets.
    let resolver: NameServer?
    /// How the gateway ends.
    let drain: DrainSettings?
    /// What it tells of its work.
    let telemetry: TelemetrySettings?
    /// How changed files are taken.
    let reload: ReloadSettings?
    /// Where replies are stored.
    let cache: CacheStoreSettings?
    /// The layer of the whole gateway.
    let defaults: SettingsLayer

    /// Each of its keys may stand in another file.
    static let isMergeable = true

    /// The keys of the gateway.
    private enum Key {
        /// The key `listeners`.
        static let listeners = SettingKey(
            "listeners", ValueForm<[Named<ListenerSettings>]>.mapping(of: .section(), names: .plain),
            "The addresses at which clients reach the APIs, by name; without any, 127.0.0.1:8080.")
        /// The key `trustedProxies`.
        static let trustedProxies = DefaultedKey(
            "trustedProxies", ValueForm<[AddressRange]>.list(.network()),
            "Addresses and networks of proxies whose word about their clients is believed: Forwarded, X-Forwarded-*, PROXY.",
            builtIn: [])
        /// The key `overload`.
        static let overload = SettingKey(
            "overload", ValueForm<OverloadSettings>.section(),
            "What is done when more is asked of the gateway than it can do.")
        /// The key `admin`.
        static let admin = SettingKey(
            "admin", ValueForm<AdminSettings>.section(), "The admin listener; without it, 127.0.0.1:9090.")
        /// The key `docs`.
        static let docs = SettingKey(
            "docs", ValueForm<DocsSettings>.section(), "The documentation pages.", feature: { _ in .documentation })
        /// The key `workers`.
        static let workers = DefaultedKey(
            "workers", .workers(), "Event loops; auto means one for each core.", builtIn: 0)
        /// The key `zone`.
        static let zone = SettingKey(
            "zone", .text(), "Where the gateway runs: targets of the same zone are preferred.")
        /// The key `resolver`.
        static let resolver = SettingKey(
            "resolver", .nameServer(),
            "The name server that is asked for the names of targets and for how long they hold; without it, the system is."
        )
        /// The key `drain`.
        static let drain = SettingKey("drain", ValueForm<DrainSettings>.section(), "How the gateway ends.")
        /// The key `telemetry`.
        static let telemetry = SettingKey(
            "telemetry", ValueForm<TelemetrySettings>.section(), "What the gateway tells of its work.")
        /// The key `reload`.
        static let reload = SettingKey(
            "reload", ValueForm<ReloadSettings>.section(), "How changed files are taken.", feature: { _ in .reload })
        /// The key `cache`.
        static let cache = SettingKey(
            "cache", ValueForm<CacheStoreSettings>.section(), "Where replies are stored.")
        /// The key `defaults`.
        static let defaults = SettingKey(
            "defaults", ValueForm<DefaultsSettings>.section(), "What holds for every exchange.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Gateway", summary: "The gateway itself.",
        keys: [
            Key.listeners.description, Key.admin.description, Key.docs.description, Key.workers.description,
            Key.zone.description, Key.resolver.description, Key.drain.description, Key.telemetry.description,
            Key.reload.description, Key.cache.description, Key.trustedProxies.description, Key.overload.description,
            Key.defaults.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let listeners = reader.given(Key.listeners)?.value ?? []
        if listeners.isEmpty {
            let builtIn = ListenerSettings(bind: .tcp(host: "127.0.0.1", port: 8080))
            self.listeners = [Named(name: "public", range: reader.range, value: builtIn)]
            reader.context.run.leaves.append(
                SettingLeaf(path: "gateway.listeners.public.bind", text: builtIn.bind.description, origin: nil))
        } else {
            self.listeners = listeners
        }
        trustedProxies = reader.value(Key.trustedProxies)
        overload = reader.given(Key.overload)?.value
        admin = reader.section(Key.admin)
        docs = reader.section(Key.docs)
        workers = reader.value(Key.workers)
        zone = reader.given(Key.zone)?.value
        resolver = reader.given(Key.resolver)?.value
        drain = reader.section(Key.drain)
        telemetry = reader.section(Key.telemetry)
        reload = reader.section(Key.reload)
        cache = reader.given(Key.cache)?.value
        defaults = reader.given(Key.defaults)?.value.layer ?? .empty
        checkAddresses(reader)
        checkProxies(reader)
    }

    /// Reports listeners that nobody could connect to: a PROXY header is taken from trusted proxies only.
    private func checkProxies(_ reader: SectionReader) {
        guard reader.raw("trustedProxies").map({ $0.kind == .array && $0.count == 0 }) ?? true else { return }
        for listener in listeners where listener.value.proxyProtocol == .required {
            guard case .tcp = listener.value.bind else { continue }
            reader.context.run.report(
                "missing-key",
                "gateway.listeners.\(listener.name) needs the key gateway.trustedProxies: others may send no PROXY header",
                at: listener.range)
        }
    }

    /// Reports two listeners at one address; the admin listener is one of them.
    private func checkAddresses(_ reader: SectionReader) {
        var taken: [BindAddress: String] = [:]
        let all = listeners.map { ("listeners.\($0.name)", $0.value.bind, $0.range) }
        let admin = admin.map { [("admin", $0.bind, reader.keyRange(of: "admin") ?? reader.range)] } ?? []
        for (name, address, range) in all + admin {
            if case .tcp(_, let port) = address, port == 0 { continue }
            if let other = taken[address] {
                reader.context.run.report(
                    "duplicate-address", "gateway.\(name) and gateway.\(other) both listen at \(address)", at: range)
            }
            taken[address] = name
        }
    }
}

extension ValueForm where Value == Int {
    /// `auto` (as 0) or a number of event loops.
    static func workers() -> ValueForm {
        let number = ValueForm.integer(1...1024)
        return .single(.any([.choice(["auto"]), number.schema]), show: { $0 == 0 ? "auto" : String($0) }) {
            value, context in
            if value.string == "auto" { return 0 }
            if let text = value.string, !text.contains("${") {
                context.run.report(
                    "bad-choice", "\(context.path) must be auto or a whole number from 1 to 1024, not \"\(text)\"",
                    at: value.range)
                return nil
            }
            return number.read([value], context)
        }
    }
}

/// The top of the files.
struct RootSection: SettingsSection {
    /// The gateway itself.
    let gateway: GatewaySection?
    /// The upstreams by name.
    let upstreams: [Named<UpstreamSettings>]
    /// The policies by name.
    let policies: [Named<PolicySettings>]
    /// The APIs by name.
    let apis: [Named<APISettings>]
    /// The compositions by name.
    let compositions: [Named<CompositionSettings>]

    /// The keys of a file.
    private enum Key {
        /// The key `version`.
        static let version = SettingKey(
            "version", ValueForm<Int>.version(), "The version of the format: 1.", isRequired: true)
        /// The key `gateway`.
        static let gateway = SettingKey("gateway", ValueForm<GatewaySection>.section(), "The gateway itself.")
        /// The key `upstreams`.
        static let upstreams = SettingKey(
            "upstreams", ValueForm<[Named<UpstreamSettings>]>.mapping(of: .section(), names: .dotted),
            "The backend services by name.")
        /// The key `policies`.
        static let policies = SettingKey(
            "policies", ValueForm<[Named<PolicySettings>]>.mapping(of: .section(), names: .dotted),
            "The policies by name.")
        /// The key `apis`.
        static let apis = SettingKey(
            "apis", ValueForm<[Named<APISettings>]>.mapping(of: .section(), names: .plain), "The APIs by name.")
        /// The key `compositions`.
        static let compositions = SettingKey(
            "compositions", ValueForm<[Named<CompositionSettings>]>.mapping(of: .section(), names: .plain),
            "The compositions by name.", feature: { $0.isEmpty ? nil : .compositions })
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Settings", summary: "A file of Lintel's routes folder.",
        keys: [
            Key.version.description, Key.gateway.description, Key.upstreams.description, Key.policies.description,
            Key.apis.description, Key.compositions.description,
        ])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        // The loader reports files without it, each by itself.
        _ = reader.has("version") ? reader.given(Key.version)?.value : reader.raw("version")?.int
        gateway = reader.section(Key.gateway)
        upstreams = reader.given(Key.upstreams)?.value ?? []
        policies = reader.given(Key.policies)?.value ?? []
        apis = reader.given(Key.apis)?.value ?? []
        compositions = reader.given(Key.compositions)?.value ?? []
    }
}

extension ValueForm where Value == Int {
    /// The number 1, in each file.
    static func version() -> ValueForm {
        ValueForm(
            schema: .constant(1), isMergeable: true,
            read: { values, context in
                for value in values where value.int != 1 {
                    context.run.report(
                        "unsupported-version", "version must be the number 1, the only version of the format",
                        at: value.range)
                }
                return 1
            },
            show: nil)
    }
}
