import ContractComparison
import ContractLinting
import GatewayPipeline
import GatewaySettings
import SourceDiagnostics

/// One run of `lintel diff`: two documents, two folders of documents, or two folders of settings.
struct DiffRun {
    /// How documents are compared.
    let comparison: ContractComparison
    /// The old side.
    let base: ComparedSource
    /// The new side.
    let revision: ComparedSource

    /// What came out.
    struct Outcome {
        /// The documents of the new side that were looked at.
        var documents: [String] = []
        /// What changed.
        var findings: [Finding] = []
    }

    /// Compares.
    ///
    /// - Parameter progress: Told how many documents there are and how many are done.
    func run(progress: (_ done: Int, _ total: Int) -> Void) throws(ComparedSource.Failure) -> Outcome {
        var outcome: Outcome
        switch (base.kind, revision.kind) {
        case (.document, .document): outcome = try compareDocuments()
        case (.documents, .documents): outcome = try compareFolders(progress)
        case (.settings, .settings): outcome = try compareSettings()
        default:
            throw ComparedSource.Failure(
                message: "two documents can be compared, two folders of documents, or two folders of settings")
        }
        outcome.findings = outcome.findings.map(named)
        return outcome
    }

    /// Two documents.
    private func compareDocuments() throws(ComparedSource.Failure) -> Outcome {
        Outcome(
            documents: [told(revision.place)],
            findings: comparison.findings(from: try base.load(base.place), to: try revision.load(revision.place)))
    }

    /// Documents of the same path in two folders.
    private func compareFolders(_ progress: (Int, Int) -> Void) throws(ComparedSource.Failure) -> Outcome {
        var outcome = Outcome()
        let old = try descriptions(base)
        let new = try descriptions(revision)
        for (done, entry) in new.enumerated() {
            progress(done, new.count)
            outcome.documents.append(told(entry.place))
            guard let previous = old.first(where: { $0.name == entry.name }) else {
                add("document-added", "the document is new", entry.document.root.range, nil, to: &outcome)
                continue
            }
            outcome.findings += comparison.findings(from: previous.document, to: entry.document)
        }
        for entry in old where !new.contains(where: { $0.name == entry.name }) {
            add(
                "document-removed", "the document `\(entry.name)` is gone", nil, entry.document.root.range, to: &outcome
            )
        }
        return outcome
    }

    /// The documents of a folder; other files there are nobody's mistake.
    private func descriptions(
        _ side: ComparedSource
    ) throws(ComparedSource.Failure) -> [(name: String, place: String, document: LintDocument)] {
        var found: [(name: String, place: String, document: LintDocument)] = []
        for (name, place) in try side.documents {
            let document = side.loader.load(place)
            guard document.root["openapi"] != nil || document.root["swagger"] != nil else { continue }
            found.append((name, place, try side.load(place)))
        }
        return found
    }

    /// What two gateways would let in.
    private func compareSettings() throws(ComparedSource.Failure) -> Outcome {
        let (old, new) = (try settings(base), try settings(revision))
        let findings = EdgeComparison.findings(
            from: EdgeComparison.Side(old) { base.loader.load($0) },
            to: EdgeComparison.Side(new) { revision.loader.load($0) }, comparison)
        return Outcome(documents: new.apis.compactMap { $0.value.spec.map(told) }, findings: findings)
    }

    /// Reads settings.
    private func settings(_ side: ComparedSource) throws(ComparedSource.Failure) -> GatewaySettings {
        let loaded = side.settingsLoader.load(folder: side.place)
        guard let settings = loaded.settings else {
            let first = loaded.diagnostics.first { $0.severity == .error }
            let place = first?.range.map { side.told($0).description + ": " } ?? ""
            throw ComparedSource.Failure(message: place + (first?.message ?? "\(side.place) holds no settings"))
        }
        // A document that cannot be read would look like one without operations.
        for path in settings.apis.compactMap(\.value.spec) { _ = try side.load(path) }
        return settings
    }

    /// Adds a finding about a document as a whole.
    private func add(
        _ check: String, _ message: String, _ place: SourceRange?, _ before: SourceRange?, to outcome: inout Outcome
    ) {
        var severity = CheckCatalogue.severity(of: check) ?? .error
        if let chosen = comparison.policy.severities[check] {
            guard let chosen else { return }
            severity = chosen
        }
        outcome.findings.append(
            Finding(
                rule: check, severity: severity, message: message,
                source: place?.file.path ?? told(revision.place), range: place.map(Self.firstLine),
                previous: before.map(Self.firstLine)))
    }

    /// The first line of a place.
    private static func firstLine(_ range: SourceRange) -> SourceRange {
        let line = range.file.byteRange(ofLine: range.start.line)
        return SourceRange(
            file: range.file, lowerBound: range.lowerBound, upperBound: min(range.upperBound, line.upperBound))
    }

    /// A path of the new side as people know it.
    private func told(_ place: String) -> String { revision.tree?.told(place) ?? place }

    /// A finding whose files have the names that people know.
    private func named(_ finding: Finding) -> Finding {
        var named = finding
        named.previous = finding.previous.map(base.told)
        if let range = finding.range.map(revision.told) {
            named.range = range
            named.source = range.file.path
        }
        return named
    }
}
