import ArgumentParser
import ContractComparison
import FindingReports
import Glibc
import SourceDiagnostics

/// `lintel diff`: what clients of one version of a contract can no longer rely on in the next.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tell what breaks clients between two versions of documents, or of the whole gateway's settings.",
        discussion: """
            Compares two documents, two folders of documents, or two folders of settings with all that they name. Either \
            side may be a file or folder of a git revision. Exit code 0: nothing at or above --fail-on; 1: breaking \
            changes; 2: the work could not be done.

            EXAMPLES
              lintel diff git:main:specs/orders.yaml specs/orders.yaml
              lintel diff git:origin/main:specs specs --format github-actions
              lintel diff git:v1.4.0:routes routes --fail-on warning
              lintel diff old.yaml new.yaml --severity request-property-removed=error
              lintel diff --list-checks
            """)

    @Argument(help: ArgumentHelp("The version that clients keep to.", valueName: "OLD"))
    var old: String?

    @Argument(help: ArgumentHelp("The version that is to replace it.", valueName: "NEW"))
    var new: String?

    @OptionGroup var reports: ReportTargets

    @Option(help: ArgumentHelp("Exit with 1 at: breaking, warning, never.", valueName: "LEVEL"))
    var failOn = FailOn.breaking

    @Flag(name: [.customShort("D"), .long], help: "Tell only what makes the command fail.")
    var displayOnlyFailures = false

    @OptionGroup var severities: SeverityChoice

    @OptionGroup var deprecation: DeprecationPolicy

    @Option(help: ArgumentHelp("A folder that references may lead into. May be repeated.", valueName: "DIR"))
    var root: [String] = []

    @Flag(name: .shortAndLong, help: "Say nothing but the reports.")
    var quiet = false

    @Flag(help: "List the checks and how much they matter.")
    var listChecks = false

    func run() throws {
        if listChecks { return Terminal.output.write(Self.list) }
        guard let old, let new else { throw ValidationError("name the old and the new version") }
        let targets = try reports.targets()
        let comparison = ContractComparison(try deprecation.policy(severities))
        let outcome: DiffRun.Outcome
        do throws(ComparedSource.Failure) {
            let run = DiffRun(
                comparison: comparison, base: try ComparedSource(old, roots: root),
                revision: try ComparedSource(new, roots: root))
            outcome = try run.run { done, total in
                ProgressLine(of: total, "documents", isShown: !quiet).show(done)
            }
        } catch {
            Terminal.error.write("lintel: \(error.message)")
            throw ExitCode(2)
        }
        ProgressLine(of: outcome.documents.count, "documents", isShown: !quiet).end()
        let told = Set(outcome.findings.map(\.rule))
        let writer = ReportWriter(
            inputs: outcome.documents, findings: outcome.findings,
            rules: CheckCatalogue.all.filter { told.contains($0.id) }, task: "diff", failSeverity: failOn.severity,
            showsOnlyFailures: displayOnlyFailures, cleanSentence: "No breaking changes")
        try writer.write(targets, settings: reports)
        if let least = failOn.severity, outcome.findings.contains(where: { $0.severity >= least }) { throw ExitCode(1) }
    }

    /// The checks, one a line.
    private static var list: String {
        let all = CheckCatalogue.all
        let width = all.map(\.id.count).max() ?? 0
        let lines = all.map { check in
            let word = check.severity == .error ? "breaking" : check.severity == .warning ? "warning" : "info"
            return check.id + String(repeating: " ", count: width - check.id.count) + "  \(word)\n"
        }
        return lines.joined() + "\n\(all.count) checks\n"
    }
}

/// From which level on changes make the command fail.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case breaking, warning, info, never

    /// The severity; nil where nothing fails.
    var severity: Severity? {
        switch self {
        case .breaking: .error
        case .warning: .warning
        case .info: .information
        case .never: nil
        }
    }

    /// Reads a level; those of the tool `oasdiff` are understood as well.
    init?(argument: String) {
        switch argument.lowercased() {
        case "breaking", "err", "error": self = .breaking
        case "warning", "warn": self = .warning
        case "info": self = .info
        case "never", "none": self = .never
        default: return nil
        }
    }
}
