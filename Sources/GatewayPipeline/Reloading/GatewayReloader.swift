import ContractComparison
import GatewaySettings
import GatewayTelemetry
import SourceDiagnostics

/// Loads changed settings and documents, and puts what comes of it into service if it is whole.
///
/// ```
///   files differ, quiet for 200 ms ─┐
///   SIGHUP ─────────────────────────┴─> load -> errors? ──> failed
///                                        -> compare -> breaks clients, refuse? ──> refused
///                                        -> Gateway.reload -> address not to be had? ──> failed
///                                        -> serving
/// ```
/// Whatever fails leaves the running snapshot as it is. One load at a time; what is asked for meanwhile is one more load.
package actor GatewayReloader {
    /// What the reloader needs of its process.
    package struct Surroundings: Sendable {
        /// The folder of settings.
        package var folder: String
        /// What the gateway is to be run with by settings.
        package var configuration: @Sendable (GatewaySettings, [ListenerPlan]) -> Gateway.Configuration
        /// Writes a line for the operator.
        package var notify: @Sendable (String) -> Void
        /// Nanoseconds since 1970.
        package var now: @Sendable () -> Int64

        /// Surroundings.
        package init(
            folder: String,
            configuration: @escaping @Sendable (GatewaySettings, [ListenerPlan]) -> Gateway.Configuration,
            notify: @escaping @Sendable (String) -> Void, now: @escaping @Sendable () -> Int64
        ) {
            self.folder = folder
            self.configuration = configuration
            self.notify = notify
            self.now = now
        }
    }

    /// Nanoseconds between two looks at the files.
    private static let interval: UInt64 = 1_000_000_000
    /// Nanoseconds for which a change has to stay as it is.
    private static let quiet: UInt64 = 200_000_000

    private let gateway: Gateway
    private let surroundings: Surroundings
    /// What serves.
    private var running: SnapshotBuilder.Outcome
    private var snapshot: Snapshot
    private var servingSince: Double
    private var watch: FileWatch
    private var isLoading = false
    private var isAskedAgain = false

    /// A reloader of a gateway that serves `snapshot`, which came of `outcome`.
    package init(
        _ gateway: Gateway, serving snapshot: Snapshot, of outcome: SnapshotBuilder.Outcome,
        _ surroundings: Surroundings
    ) {
        self.gateway = gateway
        self.surroundings = surroundings
        running = outcome
        self.snapshot = snapshot
        servingSince = Double(surroundings.now()) / 1e9
        watch = FileWatch(outcome.record, now: surroundings.now)
        gateway.metrics.recordReload(succeeded: true, at: servingSince)
    }

    /// Looks at the files each second and loads what has changed, until the task is cancelled.
    package func keepUp() async {
        while !Task.isCancelled {
            try? await Task.sleep(nanoseconds: Self.interval)
            guard await filesHaveChanged(), !Task.isCancelled else { continue }
            await reload()
        }
    }

    /// Whether the files differ from what was loaded last; returns when they have been quiet.
    private func filesHaveChanged() async -> Bool {
        var seen = await look()
        while !watch.isAsExpected(seen), !Task.isCancelled {
            try? await Task.sleep(nanoseconds: Self.quiet)
            let next = await look()
            if next == seen { return true }
            seen = next
        }
        return false
    }

    /// The answers of the file system at this moment.
    private func look() async -> [FileRecord.Question: FileRecord.Answer] {
        let before = watch
        let (seen, after) = await BackgroundLoad.run {
            var looking = before
            let seen = looking.look()
            return (seen, looking)
        }
        watch.adopt(after)
        return seen
    }

    /// Loads everything anew, changed or not.
    package func reload() async {
        isAskedAgain = true
        guard !isLoading else { return }
        isLoading = true
        while isAskedAgain {
            isAskedAgain = false
            await load()
        }
        isLoading = false
    }

    // MARK: One load

    private func load() async {
        let (folder, metrics, serving) = (surroundings.folder, gateway.metrics, snapshot)
        let (outcome, next) = await BackgroundLoad.run {
            let outcome = SnapshotBuilder.load(routes: folder, metrics: metrics, withPages: true)
            return (outcome, outcome.snapshot?.resolvingNames(after: serving))
        }
        watch.expect(outcome.record)
        guard let next, let settings = outcome.settings else {
            return await end(.failed, of: outcome, saying: "the settings cannot be loaded") { report in
                report.problems = outcome.diagnostics.map { DiagnosticRenderer().render($0) }
            }
        }
        let changes = await changes(to: outcome, settings)
        let breaking = changes.filter(\.isBreaking)
        if settings.reload.breakingChanges == .refuse, !breaking.isEmpty {
            return await end(.refused, of: outcome, saying: "the change breaks clients and is refused") { report in
                report.changes = changes
                report.problems = breaking.map(\.line)
            }
        }
        let configuration = surroundings.configuration(settings, outcome.listeners)
        let needsRestart = running.settings.map { Self.needsRestart(from: $0, to: settings) } ?? []
        var report = ReloadReport(.serving, at: seconds, servingSince: seconds)
        report.changes = changes
        report.needsRestart = needsRestart
        do {
            try await gateway.reload(next, configuration, report: Self.view(of: outcome, next, report))
        } catch {
            return await end(.failed, of: outcome, saying: "the gateway cannot serve the new settings") { report in
                report.problems = ["\(error)"]
            }
        }
        (running, snapshot, servingSince) = (outcome, next, report.time)
        gateway.metrics.recordReload(succeeded: true, at: report.time)
        surroundings.notify("lintel: reloaded, snapshot \(next.hash)")
        for diagnostic in outcome.diagnostics { surroundings.notify(DiagnosticRenderer().render(diagnostic)) }
        for change in breaking.prefix(ReloadReport.limit) {
            surroundings.notify("lintel: breaks clients: \(change.line)")
        }
        for name in needsRestart { surroundings.notify("lintel: \(name) has changed and waits for a restart") }
    }

    /// Notes that a load has come to nothing.
    private func end(
        _ ending: ReloadReport.Ending, of outcome: SnapshotBuilder.Outcome, saying text: String,
        _ fill: (inout ReloadReport) -> Void
    ) async {
        var report = ReloadReport(ending, at: seconds, servingSince: servingSince)
        fill(&report)
        gateway.metrics.recordReload(succeeded: false, at: report.time)
        for problem in report.problems.prefix(ReloadReport.limit) { surroundings.notify(problem) }
        surroundings.notify("lintel: \(text); snapshot \(snapshot.hash) goes on")
        await gateway.show(Self.view(of: running, snapshot, report))
    }

    private var seconds: Double { Double(surroundings.now()) / 1e9 }

    /// What the admin listener shows.
    private static func view(
        of outcome: SnapshotBuilder.Outcome, _ snapshot: Snapshot, _ report: ReloadReport
    ) -> AdminReport {
        AdminReport(
            routes: RouteListing(snapshot).json,
            configuration: ConfigurationListing(outcome, snapshot, reload: report).json)
    }

    /// What the change means for clients.
    private func changes(to outcome: SnapshotBuilder.Outcome, _ settings: GatewaySettings) async -> [Finding] {
        guard let before = running.settings else { return [] }
        let (old, day) = (running.record, CalendarDate(dayNumber: max(0, Int(seconds)) / 86_400))
        return await BackgroundLoad.run {
            EdgeComparison.findings(
                from: EdgeComparison.Side(before, of: old), to: EdgeComparison.Side(settings, of: outcome.record),
                ContractComparison(ComparisonPolicy(today: day)))
        }
    }

    /// Changed settings that a running process cannot take.
    static func needsRestart(from old: GatewaySettings, to new: GatewaySettings) -> [String] {
        var names: [String] = []
        if old.workers != new.workers { names.append("gateway.workers") }
        let memory = CacheStoreSettings.builtInMemory
        if (old.cache?.memory ?? memory) != (new.cache?.memory ?? memory) || old.cache?.redis != new.cache?.redis {
            names.append("gateway.cache")
        }
        let fields = (
            old.resolve(api: "").exchange.limits.headerCount.value,
            new.resolve(api: "").exchange.limits.headerCount.value
        )
        if fields.1 > fields.0 { names.append("gateway.defaults.limits.headerCount") }
        return names
    }
}
