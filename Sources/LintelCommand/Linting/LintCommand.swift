import ArgumentParser
import ContractLinting
import FindingReports
import Glibc
import SourceDiagnostics

/// `lintel lint`: what the compiler that runs the edge says about documents before they are merged.
struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Say what is wrong with OpenAPI documents: rules, examples, contracts that cannot be kept.",
        discussion: """
            Takes files, folders, patterns such as 'specs/**/*.yaml', and - for standard input. Exit code 0: nothing at \
            or above --fail-severity; 1: findings; 2: the work could not be done.

            EXAMPLES
              lintel lint specs
              lintel lint specs --format sarif:lint.sarif --format github-actions
              lintel lint 'specs/**/*.yaml' --ruleset .spectral.yaml --fail-severity warn
              curl -s https://example.com/openapi.json | lintel lint --stdin-filepath openapi.json
              lintel lint specs --diff-base origin/main
              lintel lint --explain path-params
            """)

    @Argument(help: "Files, folders, patterns; - reads standard input.")
    var documents: [String] = []

    @Option(help: ArgumentHelp("Lint standard input as if it lay at PATH.", valueName: "PATH"))
    var stdinFilepath: String?

    @OptionGroup var ruleset: RulesetChoice

    @OptionGroup var ignoring: IgnoreList

    @OptionGroup var comparison: DiffBase

    @OptionGroup var reports: ReportTargets

    @Option(
        name: [.customShort("F"), .long],
        help: ArgumentHelp("Exit with 1 at this severity: error, warn, info, hint, none.", valueName: "SEVERITY"))
    var failSeverity = FailSeverity.error

    @Flag(name: [.customShort("D"), .long], help: "Tell only what makes the command fail.")
    var displayOnlyFailures = false

    @Option(help: ArgumentHelp("Exit with 1 if there are more warnings.", valueName: "N"))
    var maxWarnings: Int?

    @Option(help: ArgumentHelp("Exit with 1 if the score, 0 to 100, is lower.", valueName: "N"))
    var minScore: Int?

    @Option(name: .customLong("only"), help: ArgumentHelp("Tell only this rule. May be repeated.", valueName: "RULE"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Do not tell this rule. May be repeated.", valueName: "RULE"))
    var skipRule: [String] = []

    @Option(help: ArgumentHelp("A folder that references may lead into. May be repeated.", valueName: "DIR"))
    var root: [String] = []

    @Flag(help: "Do not mind documents of an unknown format.")
    var ignoreUnknownFormat = false

    @Flag(inversion: .prefixedNo, help: "Exit with 2 if a pattern or a folder has no file.")
    var failOnUnmatchedGlobs = true

    @Flag(name: .shortAndLong, help: "Say nothing but the reports.")
    var quiet = false

    @Flag(help: "List the built-in rules and how much they matter.")
    var listRules = false

    @Option(help: ArgumentHelp("Explain a rule, with examples.", valueName: "RULE"))
    var explain: String?

    func run() async throws {
        if let explain { return try tell(rule: explain) }
        let selection = try selection()
        if listRules {
            let severities = selection.descriptions.map { ($0.id, $0.severity) }
            return Terminal.output.write(RuleCatalogue.list(on: Dictionary(severities, uniquingKeysWith: { $1 })))
        }
        let targets = try reports.targets()
        var outcome = await lint(try subjects(), selection)
        for failure in outcome.failures { Terminal.error.write("lintel: \(failure)") }
        if ignoring.isWritten {
            try ignoring.write(outcome)
            guard outcome.failures.isEmpty else { throw ExitCode(2) }
            return
        }
        let checks = try compare(&outcome, selection)
        try ignoring.apply(to: &outcome, selection)
        if !quiet, outcome.silencedCount > 0 {
            let word = outcome.silencedCount == 1 ? "finding" : "findings"
            Terminal.error.write("lintel: \(outcome.silencedCount) \(word) silenced")
        }
        let writer = ReportWriter(
            inputs: outcome.documents, findings: outcome.findings, rules: selection.descriptions + checks,
            task: "lint", failSeverity: failSeverity.severity, showsOnlyFailures: displayOnlyFailures)
        try writer.write(targets, settings: reports)
        guard outcome.failures.isEmpty else { throw ExitCode(2) }
        if hasFailed(outcome.findings) { throw ExitCode(1) }
    }

    /// Explains one rule.
    private func tell(rule name: String) throws {
        guard let rule = RuleRegistry.rule(named: name) else {
            do throws(LintSelection.Problem) {
                try LintSelection.check(name)
            } catch {
                throw ValidationError(error.message)
            }
            return
        }
        Terminal.output.write(RuleCatalogue.explanation(of: rule.profile))
    }

    /// The rules of the run.
    private func selection() throws -> LintSelection {
        var selection = LintSelection(try ruleset.load())
        do throws(LintSelection.Problem) {
            try selection.narrow(only: only, skipping: skipRule)
        } catch {
            throw ValidationError(error.message)
        }
        return selection
    }

    /// The documents of the run.
    private func subjects() throws -> [LintRun.Subject] {
        let readsInput = documents.contains("-") || stdinFilepath != nil
        if documents.isEmpty, !readsInput {
            guard isatty(STDIN_FILENO) == 0 else {
                throw ValidationError("name documents, folders or patterns to lint")
            }
            return [try standardInput()]
        }
        let files: InputFiles
        do throws(InputFiles.Failure) {
            files = try InputFiles(documents.filter { $0 != "-" })
        } catch {
            throw ValidationError(error.message)
        }
        for pattern in files.unmatched { Terminal.error.write("lintel: \(pattern): no document is there") }
        if failOnUnmatchedGlobs, !files.unmatched.isEmpty { throw ExitCode(2) }
        let subjects = files.inputs.map { LintRun.Subject.file($0.path, isFound: $0.isFound) }
        return readsInput ? [try standardInput()] + subjects : subjects
    }

    /// The document on standard input.
    private func standardInput() throws -> LintRun.Subject {
        do throws(CommandInput.Failure) {
            let read = try CommandInput.file("-")
            let file = SourceFile(path: stdinFilepath ?? "<STDIN>", bytes: read.bytes)
            return .text(file, isPlaced: stdinFilepath != nil)
        } catch {
            Terminal.error.write("lintel: \(error.message)")
            throw ExitCode(2)
        }
    }

    /// Lints, with progress where a person waits.
    private func lint(_ subjects: [LintRun.Subject], _ selection: LintSelection) async -> LintRun.Outcome {
        let run = LintRun(
            rules: selection, loader: LintLoader(roots: root), ignoresUnknownFormats: ignoreUnknownFormat)
        let progress = ProgressLine(of: subjects.count, "documents", isShown: !quiet)
        let outcome = await run.run(subjects, width: sysconf(Int32(_SC_NPROCESSORS_ONLN)), progress: progress.show)
        progress.end()
        return outcome
    }

    /// Leaves only what is new, where the run is compared with a base.
    private func compare(_ outcome: inout LintRun.Outcome, _ selection: LintSelection) throws -> [RuleDescription] {
        do throws(DiffBase.Failure) {
            return try comparison.apply(to: &outcome, selection)
        } catch {
            Terminal.error.write("lintel: \(error.message)")
            throw ExitCode(2)
        }
    }

    /// Whether the findings make the command fail.
    private func hasFailed(_ findings: [Finding]) -> Bool {
        if let least = failSeverity.severity, findings.contains(where: { $0.severity >= least }) { return true }
        if let maxWarnings, findings.count(where: { $0.severity == .warning }) > maxWarnings { return true }
        if let minScore, FindingScore(findings).value < minScore { return true }
        return false
    }
}

/// The severity from which on findings make a command fail, as Spectral and the vacuum tool write it.
enum FailSeverity: String, ExpressibleByArgument, CaseIterable {
    case error, warn, info, hint, none

    /// The severity; nil where nothing fails.
    var severity: Severity? {
        switch self {
        case .error: .error
        case .warn: .warning
        case .info: .information
        case .hint: .hint
        case .none: nil
        }
    }
}
