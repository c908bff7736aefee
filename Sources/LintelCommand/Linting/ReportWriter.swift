import ArgumentParser
import FindingReports
import Glibc
import SourceDiagnostics

/// Writes what a run found in every form that was asked for.
struct ReportWriter {
    /// The files that were looked at.
    let inputs: [String]
    /// What was found.
    let findings: [Finding]
    /// What is known about the rules.
    let rules: [RuleDescription]
    /// What was done, such as `lint`.
    let task: String
    /// The least severity that makes the command fail.
    let failSeverity: Severity?
    /// Whether findings below that are left out.
    let showsOnlyFailures: Bool
    /// What is said where nothing was found; nil: how reports say it.
    var cleanSentence: String?

    /// Writes the reports; those for standard output in the order in which they were asked for.
    ///
    /// - Throws: ``ExitCode`` 2 where a file cannot be written.
    func write(_ targets: [ReportTargets.Target], settings: ReportTargets) throws {
        for target in targets {
            let report = report(target, settings)
            var text = report.text(as: target.format)
            if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
            guard let path = target.path else {
                if !text.isEmpty { Terminal.output.write(text) }
                continue
            }
            guard WholeFile.write(Array(text.utf8), to: path) else {
                Terminal.error.write("lintel: cannot write \(path): \(String(cString: strerror(errno)))")
                throw ExitCode(2)
            }
        }
        if targets.contains(where: { $0.format == .githubActions }) { addStepSummary(settings) }
    }

    /// The report for a target.
    private func report(_ target: ReportTargets.Target, _ settings: ReportTargets) -> FindingReport {
        var options = ReportOptions()
        options.failSeverity = failSeverity
        options.showsOnlyFailures = showsOnlyFailures
        options.cleanSentence = cleanSentence
        options.isColored = settings.isColored(target)
        options.paths = ReportPaths(currentDirectory: Self.currentFolder, root: Self.checkout)
        let isTerminal = target.path == nil && isatty(STDOUT_FILENO) == 1
        options.maxProblems = settings.maxProblems.map { $0 > 0 ? $0 : nil } ?? (isTerminal ? 100 : nil)
        if isTerminal { options.width = Self.terminalWidth }
        return FindingReport(
            inputs: inputs, findings: findings, rules: rules,
            tool: ReportTool(version: Version.text, task: task), options: options)
    }

    /// Appends the tables to the page of the CI job. GitHub Docs, "Workflow commands", "Adding a job summary".
    private func addStepSummary(_ settings: ReportTargets) {
        guard let path = getenv("GITHUB_STEP_SUMMARY").map({ String(cString: $0) }), !path.isEmpty,
            let file = fopen(path, "ae")
        else { return }
        defer { fclose(file) }
        let text = report(ReportTargets.Target(format: .markdown, path: path), settings).stepSummary
        fputs(text, file)
    }

    /// The folder that relative paths start from.
    static var currentFolder: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }

    /// The root of the checkout, as CI systems name it; nil where none does.
    private static var checkout: String? {
        for name in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"] {
            if let value = getenv(name).map({ String(cString: $0) }), value.hasPrefix("/") { return value }
        }
        return nil
    }

    /// Columns of the terminal.
    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 120 }
        return Int(size.ws_col)
    }
}
