import SourceDiagnostics

/// The admin listener: health, metrics, routes, configuration. Never on a public address.
package struct AdminSettings: SettingsSection {
    /// Where it listens.
    package let bind: BindAddress

    /// The keys of the admin listener.
    private enum Key {
        /// The key `bind`.
        static let bind = DefaultedKey(
            "bind", .bind(), "The address of /healthz, /readyz, /metrics, /routes, /config, /cache and /drift.",
            builtIn: .tcp(host: "127.0.0.1", port: 9090))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Admin", summary: "The admin listener; never reachable for clients.", keys: [Key.bind.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        bind = reader.value(Key.bind)
    }
}

/// The documentation pages.
package struct DocsSettings: SettingsSection {
    /// The path under which they are served.
    package let path: String
    /// The folder with the files of Swagger UI and Redoc, relative to the working folder.
    package let assets: String
    /// Who may see how operations fare.
    package let insights: Insights

    /// Who may see how operations fare: findings, counts, the services' health.
    package enum Insights: String, Sendable, CaseIterable {
        /// Whoever reaches the admin listener.
        case admin
        /// Every reader of the pages.
        case `public`
    }

    /// The keys of the documentation.
    private enum Key {
        /// The key `path`.
        static let path = DefaultedKey(
            "path", .pathPrefix(), "The path under which the documentation is served.", builtIn: "/docs")
        /// The key `assets`.
        static let assets = DefaultedKey(
            "assets", .text(expected: "a folder", examples: ["docs-assets"]),
            "The folder with the files of Swagger UI and Redoc, from the working folder.", builtIn: "docs-assets")
        /// The key `insights`.
        static let insights = DefaultedKey(
            "insights", ValueForm<Insights>.choice(),
            "Who sees findings, counts and the services' health beside operations.",
            builtIn: .admin)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Docs", summary: "The documentation pages.",
        keys: [Key.path.description, Key.assets.description, Key.insights.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        path = reader.value(Key.path)
        assets = reader.value(Key.assets)
        insights = reader.value(Key.insights)
    }
}

/// How the gateway ends.
package struct DrainSettings: SettingsSection {
    /// How long listeners stay open after `/readyz` turned 503.
    package let readinessDelay: Duration
    /// How long exchanges in flight may take after that.
    package let grace: Duration

    /// The keys of draining.
    private enum Key {
        /// The key `readinessDelay`.
        static let readinessDelay = DefaultedKey(
            "readinessDelay", .duration(minimum: .zero), "How long listeners stay open after /readyz turned 503.",
            builtIn: .zero)
        /// The key `grace`.
        static let grace = DefaultedKey(
            "grace", .duration(minimum: .zero), "How long exchanges in flight may take until they are cut.",
            builtIn: .seconds(25))
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Drain", summary: "How the gateway ends on SIGTERM.",
        keys: [Key.readinessDelay.description, Key.grace.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        readinessDelay = reader.value(Key.readinessDelay)
        grace = reader.value(Key.grace)
    }
}

/// What the gateway tells of its work.
package struct TelemetrySettings: SettingsSection {
    /// How exchanges are logged.
    package enum AccessLogFormat: String, Sendable, CaseIterable {
        /// One JSON object a line.
        case json
        /// Words.
        case text
        /// Not at all.
        case none
    }

    /// How exchanges are logged.
    package let accessLog: AccessLogFormat
    /// Whether clients of compositions are told how long each step took (`Server-Timing`).
    package let serverTiming: Bool
    /// Where traces go, nil for nowhere.
    package let traces: TraceSettings?

    /// The keys of telemetry.
    private enum Key {
        /// The key `accessLog`.
        static let accessLog = DefaultedKey(
            "accessLog", ValueForm<AccessLogFormat>.choice(),
            "How exchanges are logged, one line each, to standard output.",
            builtIn: .json)
        /// The key `serverTiming`.
        static let serverTiming = DefaultedKey(
            "serverTiming", .boolean(),
            "Whether clients of compositions are told how long each step took (Server-Timing).", builtIn: false)
        /// The key `traces`.
        static let traces = SettingKey(
            "traces", ValueForm<TraceSettings>.section(), "Where traces are sent.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Telemetry", summary: "What the gateway tells of its work.",
        keys: [Key.accessLog.description, Key.serverTiming.description, Key.traces.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        accessLog = reader.value(Key.accessLog)
        serverTiming = reader.value(Key.serverTiming)
        traces = reader.given(Key.traces)?.value
    }
}

/// Where traces are sent.
package struct TraceSettings: SettingsSection {
    /// The collector's URL (OTLP over HTTP).
    package let otlp: WebURL
    /// The share of exchanges that is traced.
    package let sample: Share
    /// Path of the authorities (PEM) that the collector's certificate must come from; nil for the system's.
    package let authorities: String?

    /// The keys of traces.
    private enum Key {
        /// The key `otlp`.
        static let otlp = SettingKey("otlp", .url(), "The collector's URL (OTLP over HTTP).", isRequired: true)
        /// The key `sample`.
        static let sample = DefaultedKey(
            "sample", .share(), "The share of exchanges that is traced where the caller has not decided.",
            builtIn: .percent(5))
        /// The key `ca`.
        static let authorities = SettingKey(
            "ca", .filePath(),
            "The authorities (PEM) that the collector's certificate must come from, instead of the system's.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Traces", summary: "Where traces are sent.",
        keys: [Key.otlp.description, Key.sample.description, Key.authorities.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        let otlp = reader.given(Key.otlp)?.value
        sample = reader.value(Key.sample)
        authorities = reader.given(Key.authorities)?.value
        guard let otlp, !reader.has("ca") || authorities != nil else { return nil }
        self.otlp = otlp
    }
}

/// How changed files are taken.
package struct ReloadSettings: SettingsSection {
    /// What a change that breaks clients leads to.
    package enum BreakingChanges: String, Sendable, CaseIterable {
        /// A report in the log; the change is taken.
        case report
        /// The change is refused; the running snapshot goes on.
        case refuse
    }

    /// What a change that breaks clients leads to.
    package let breakingChanges: BreakingChanges

    /// The keys of reloading.
    private enum Key {
        /// The key `breakingChanges`.
        static let breakingChanges = DefaultedKey(
            "breakingChanges", ValueForm<BreakingChanges>.choice(),
            "What a changed document that breaks clients leads to.",
            builtIn: .report)
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "Reload", summary: "How changed files are taken.", keys: [Key.breakingChanges.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        breakingChanges = reader.value(Key.breakingChanges)
    }
}

/// The memory and the second level of the response cache.
package struct CacheStoreSettings: SettingsSection {
    /// Bytes that stored replies may take.
    package let memory: Int
    /// URL of the shared second level, nil for none; it may carry a password.
    package let redis: Secret?
    /// The certificates that are trusted for it, by path and content; nil for the system's.
    package let redisAuthorities: (path: String, content: Secret, origin: SourceRange?)?

    /// The keys of the cache.
    private enum Key {
        /// The key `memory`.
        static let memory = DefaultedKey(
            "memory", .size(), "Bytes that stored replies may take, headers, keys and overhead included.",
            builtIn: builtInMemory)
        /// The key `redis`.
        static let redis = SettingKey(
            "redis", .secret(), "URL of a Redis server as the shared second level.", feature: { _ in .sharedCache })
        /// The key `redisCA`.
        static let redisAuthorities = SettingKey(
            "redisCA", .filePath(),
            "Certificates (PEM) that are trusted for a rediss:// server, instead of the system's.")
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "CacheStore", summary: "Where replies are stored.",
        keys: [Key.memory.description, Key.redis.description, Key.redisAuthorities.description])

    /// Bytes where the files say nothing.
    package static let builtInMemory = 64 << 20

    /// Reads the section.
    init?(reading reader: SectionReader) {
        memory = reader.value(Key.memory)
        redis = reader.given(Key.redis)?.value
        var authorities: (path: String, content: Secret, origin: SourceRange?)?
        if let path = reader.given(Key.redisAuthorities) {
            guard let content = reader.content(ofFile: path) else { return nil }
            authorities = (path.value, content, path.origin)
        }
        redisAuthorities = authorities
        guard redis != nil || !reader.has("redis") else { return nil }
        if redis?.withBytes({ $0.starts(with: Array("rediss://".utf8)) }) != true {
            reader.refuse(Key.redisAuthorities.name, "no rediss:// server is named, and no certificate is seen")
        }
        if let redis, !redis.withBytes({ Self.isServer($0) }) {
            reader.context.run.report(
                "bad-redis-url",
                "\(reader.context.path).redis is redis://[user[:password]@]host[:port][/database], or rediss:// for TLS",
                at: reader.given(Key.redis)?.origin ?? reader.range)
        }
    }

    /// Whether a URL is one of a Redis server.
    private static func isServer(_ url: [UInt8]) -> Bool {
        let schemes = ["redis://", "rediss://"].map { Array($0.utf8) }
        guard let scheme = schemes.first(where: { url.starts(with: $0) }) else { return false }
        return url.count > scheme.count && !url.contains { $0 <= 0x20 && $0 != 0x0A && $0 != 0x0D }
    }
}
