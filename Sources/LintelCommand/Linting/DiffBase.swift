import ArgumentParser
import ContractComparison
import ContractLinting
import SourceDiagnostics

/// What a run is compared with, so that it tells only what is new: the document as it was, or a revision of all of them.
struct DiffBase: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tell only what is new since a git revision, or since another version of the one document, and what breaks clients.",
            valueName: "REV|FILE"))
    var diffBase: String?

    /// Why it cannot be compared with.
    struct Failure: Error {
        /// The sentence for the terminal.
        let message: String
    }

    /// What makes a finding of the run one of the base.
    private struct Key: Hashable {
        /// The file, from the root of the repository.
        let file: String
        /// The rule.
        let rule: String
        /// The message.
        let message: String
        /// The place: lines move, paths stay.
        let path: [String]
    }

    /// Where the documents of the run stood in the base.
    private enum Source {
        /// All in a revision.
        case revision(GitTree)
        /// The one document in another file.
        case file(String)
    }

    /// Takes out what the base has as well, and adds what breaks clients.
    ///
    /// - Parameters:
    ///   - outcome: What the run found.
    ///   - selection: The rules of the run.
    /// - Returns: What is known about the checks that were added.
    func apply(to outcome: inout LintRun.Outcome, _ selection: LintSelection) throws(Failure) -> [RuleDescription] {
        guard let diffBase else { return [] }
        let source = try source(diffBase, outcome.documents)
        var known: Set<Key> = []
        var breaking: [Finding] = []
        for document in outcome.documents {
            guard let (loader, place) = place(of: document, source) else { continue }
            let base = loader.load(place)
            guard !base.problems.contains(where: { ["file-missing", "file-unreadable"].contains($0.code) }) else {
                continue
            }
            for finding in InlineSilencing(selection.lint(base, named: place), in: base).findings {
                known.insert(key(of: finding, file: name(finding.source, in: source, of: document)))
            }
            let comparison = ContractComparison(ComparisonPolicy(today: .today))
            breaking += comparison.findings(from: base, to: LintLoader().load(document)).filter {
                $0.severity >= .warning
            }
        }
        outcome.findings.removeAll { known.contains(key(of: $0, file: name($0.source))) }
        outcome.findings += breaking.filter { selection.isTold($0.rule) }
        let told = Set(breaking.map(\.rule))
        return CheckCatalogue.all.filter { told.contains($0.id) }
    }

    /// Finds the base.
    private func source(_ name: String, _ documents: [String]) throws(Failure) -> Source {
        if CommandInput.exists(name) {
            guard documents.count == 1 else {
                throw Failure(message: "--diff-base \(name): one file can stand for one document only; name a revision")
            }
            return .file(name)
        }
        let revision = name.hasPrefix("git:") ? String(name.dropFirst(4)) : name
        do throws(ProgramOutput.Failure) {
            return .revision(try GitTree(revision))
        } catch {
            throw Failure(message: "--diff-base: \(error.message)")
        }
    }

    /// How a document of the base is loaded; nil where it was not there.
    private func place(of document: String, _ source: Source) -> (LintLoader, String)? {
        switch source {
        case .file(let path): (LintLoader(), path)
        case .revision(let tree):
            tree.contains(CommandInput.absolute(document))
                ? (LintLoader(files: tree.documents), CommandInput.absolute(document)) : nil
        }
    }

    /// The key of a finding.
    private func key(of finding: Finding, file: String) -> Key {
        Key(file: file, rule: finding.rule, message: finding.message, path: finding.path)
    }

    /// A file of the run by its absolute path.
    private func name(_ source: String) -> String { CommandInput.absolute(source) }

    /// A file of the base by the absolute path of the one that took its place.
    private func name(_ file: String, in source: Source, of document: String) -> String {
        if case .file(let path) = source, file == path { return name(document) }
        return name(file)
    }
}
