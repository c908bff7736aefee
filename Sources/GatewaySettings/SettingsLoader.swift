import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// Reads a routes folder.
///
/// All `*.yaml`, `*.yml` and `*.json` of the folder are parsed and merged by name; their order does not matter.
/// Everything wrong is told at once, with file, line and column; only a folder without errors gives settings.
package struct SettingsLoader: Sendable {
    /// What a reading gave.
    package struct Outcome: Sendable {
        /// The settings; nil where there is an error among the diagnostics.
        package let settings: GatewaySettings?
        /// What could be read in spite of errors, so that the documents it names can be looked at in the same run; it
        /// is never served.
        package let readable: GatewaySettings?
        /// Everything wrong, sorted by place.
        package let diagnostics: [Diagnostic]
        /// The files that were read, also where there is no settings value: for watching.
        package let files: [SourceFile]
    }

    /// Files, variables, cores.
    private let environment: SettingsEnvironment

    /// A loader for an environment.
    ///
    /// - Parameter environment: by default this process' own.
    package init(environment: SettingsEnvironment = .process) {
        self.environment = environment
    }

    /// Reads a folder.
    ///
    /// - Parameter folder: path of the folder.
    /// - Returns: settings or errors; never both.
    package func load(folder: String) -> Outcome {
        var diagnostics: [Diagnostic] = []
        var files: [SourceFile] = []
        let names: [String]
        switch environment.listFolder(folder) {
        case .success(let all): names = all.filter(Self.isSettingsFile).sorted()
        case .failure(let error):
            return Outcome(
                settings: nil, readable: nil,
                diagnostics: [
                    Diagnostic(.error, "unreadable-folder", "the folder \(folder) cannot be read: \(error.reason)")
                ],
                files: [])
        }
        guard !names.isEmpty else {
            return Outcome(
                settings: nil, readable: nil,
                diagnostics: [
                    Diagnostic(
                        .error, "empty-folder", "the folder \(folder) has no file that ends in .yaml, .yml or .json")
                ], files: [])
        }
        for name in names {
            let path = SettingsPath.join(folder, name)
            switch environment.readFile(path) {
            case .success(let bytes): files.append(SourceFile(path: path, bytes: bytes))
            case .failure(let error):
                diagnostics.append(
                    Diagnostic(.error, "unreadable-file", "the file \(path) cannot be read: \(error.reason)"))
            }
        }
        return load(files: files, after: diagnostics)
    }

    /// Reads files that are in memory.
    ///
    /// - Parameter files: the files; references to paths are resolved beside their paths.
    package func load(files: [SourceFile]) -> Outcome {
        load(files: files, after: [])
    }

    /// Whether a name in the folder is that of a settings file. Names with a point first belong to editors and mounts.
    package static func isSettingsFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    /// Parses, reads and checks.
    private func load(files: [SourceFile], after earlier: [Diagnostic]) -> Outcome {
        let run = SettingsRun(environment: environment)
        run.diagnostics = earlier
        var roots: [JSONValue] = []
        for file in files {
            switch DocumentParser.parse(file) {
            case .success(let document): roots += usable(document.root, run)
            case .failure(let rejection): run.diagnostics += rejection.diagnostics
            }
        }
        // Names that a file without a readable content would have defined cannot be told from names that nobody
        // defines.
        let isComplete = roots.count == files.count && earlier.isEmpty
        let settings = read(roots, files: files, run, checksReferences: isComplete)
        let diagnostics = Diagnostic.sorted(run.diagnostics)
        let failed = diagnostics.contains { $0.severity == .error }
        return Outcome(
            settings: failed ? nil : settings, readable: settings, diagnostics: diagnostics, files: files)
    }

    /// The root of a file if it is a map; reports the version that is missing.
    private func usable(_ root: JSONValue, _ run: SettingsRun) -> [JSONValue] {
        let start = SourceRange(file: root.document.file, lowerBound: 0, upperBound: 0)
        guard root.kind == .object else {
            run.report(
                "wrong-type", "the file must be a map, but is \(root.kind.article)",
                at: root.isNull ? start : root.range)
            return []
        }
        if root["version"] == nil {
            run.report(
                "missing-version", "the file does not say which version of the format it has", at: start,
                suggestion: "write version: 1 at its top")
        }
        return [root]
    }

    /// Reads the merged files.
    private func read(
        _ roots: [JSONValue], files: [SourceFile], _ run: SettingsRun, checksReferences: Bool
    ) -> GatewaySettings? {
        guard !roots.isEmpty,
            let reader = SectionReader(roots, description: RootSection.description, ValueContext(run: run, path: "")),
            let root = RootSection(reading: reader)
        else { return nil }
        reader.finish()
        if checksReferences { check(run, root, roots) }
        guard let gateway = root.gateway, let admin = gateway.admin, let docs = gateway.docs, let drain = gateway.drain,
            let telemetry = gateway.telemetry, let reload = gateway.reload
        else { return nil }
        return GatewaySettings(
            listeners: gateway.listeners, trustedProxies: gateway.trustedProxies, overload: gateway.overload,
            admin: admin, docs: docs,
            workers: gateway.workers == 0 ? max(1, environment.processorCount) : gateway.workers, zone: gateway.zone,
            resolver: gateway.resolver,
            drain: drain, telemetry: telemetry, reload: reload, cache: gateway.cache, defaults: gateway.defaults,
            upstreams: root.upstreams, policies: root.policies, apis: root.apis, compositions: root.compositions,
            unsupportedFeatures: run.unsupported, leaves: run.leaves, files: files, referencedFiles: run.referencedFiles
        )
    }

    /// Reports names that nothing defines, and policies that cannot do what they are bound to.
    private func check(_ run: SettingsRun, _ root: RootSection, _ roots: [JSONValue]) {
        // By their keys: what is defined and wrong has been reported once already.
        let upstreamNames = Set(roots.flatMap { $0["upstreams"]?.members.map(\.name) ?? [] })
        let policyNames = Set(roots.flatMap { $0["policies"]?.members.map(\.name) ?? [] })
        for policy in root.policies where policy.name == "upstream" {
            run.report(
                "bad-name", "no policy can be called upstream: the word stands for the service itself", at: policy.range
            )
        }
        for reference in run.references {
            switch reference.kind {
            case .upstream:
                guard !upstreamNames.contains(reference.name) else { continue }
                run.report(
                    "unknown-upstream", "there is no upstream \"\(reference.name)\"", at: reference.range,
                    suggestion: suggestion(upstreamNames, reference.name))
            case .policy, .authentication:
                guard policyNames.contains(reference.name) else {
                    run.report(
                        "unknown-policy", "there is no policy \"\(reference.name)\"", at: reference.range,
                        suggestion: suggestion(policyNames, reference.name))
                    continue
                }
                let policy = root.policies.first { $0.name == reference.name }
                if reference.kind == .authentication, let policy, !policy.value.authenticates {
                    run.report(
                        "wrong-policy",
                        "the policy \"\(reference.name)\" does not authenticate, so no scheme can be bound to it",
                        at: reference.range, notes: [.init("the policy", at: policy.range)])
                }
            }
        }
    }

    /// The nearest of the defined names; all of them where none is near and they are few.
    private func suggestion(_ names: Set<String>, _ wanted: String) -> String? {
        let sorted = names.sorted()
        if let nearest = NearestName.suggestion(among: sorted, to: wanted) { return nearest }
        return !names.isEmpty && names.count <= 10 ? "those defined are \(sorted.joined(separator: ", "))" : nil
    }
}
