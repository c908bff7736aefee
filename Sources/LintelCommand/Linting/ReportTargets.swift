import ArgumentParser
import FindingReports
import Glibc

/// Which reports a command writes, and where: one run tells people and machines.
///
///     --format sarif:out.sarif --format github-actions      a file, and standard output
///     --format json --output out.json                       Spectral's way
///     --format json --format junit --output.json a --output.junit b
struct ReportTargets: ParsableArguments {
    /// One report.
    struct Target: Equatable {
        /// The form.
        let format: ReportFormat
        /// The file; nil: standard output.
        let path: String?
    }

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            How findings are told, and where: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")). May be \
            repeated. Default: codeframe on a terminal, else stylish.
            """, valueName: "FORMAT[:PATH]"))
    var format: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("Where the only report goes.", valueName: "PATH"))
    var output: String?

    @OptionGroup(visibility: .hidden) var outputs: FormatOutputs

    @Option(help: ArgumentHelp("Whether terminals get colours: always, never or auto.", valueName: "WHEN"))
    var color = "auto"

    @Flag(name: .customLong("no-color"), help: .hidden)
    var hasNoColor = false

    @Option(
        help: ArgumentHelp(
            "Show at most N findings on a terminal; 0 for all. Default: 100 on a terminal.", valueName: "N"))
    var maxProblems: Int?

    /// Whether excerpts and tables are coloured.
    func isColored(_ target: Target) -> Bool {
        guard target.path == nil, color != "never", !hasNoColor else { return false }
        return color == "always" || Terminal.output.usesColor
    }

    /// The reports that are asked for.
    ///
    /// - Throws: `ValidationError` where formats and files do not go together.
    func targets() throws -> [Target] {
        guard ["always", "never", "auto"].contains(color) else {
            throw ValidationError("--color is always, never or auto")
        }
        var targets: [Target] = []
        for text in format { targets.append(try Self.target(text)) }
        if targets.isEmpty {
            let isTerminal = isatty(STDOUT_FILENO) == 1 && output == nil
            targets = [Target(format: isTerminal ? .codeframe : .stylish, path: nil)]
        }
        if let output {
            guard targets.count == 1, let only = targets.first, only.path == nil else {
                throw ValidationError("--output goes with one --format; write --format FORMAT:PATH for each of several")
            }
            targets = [Target(format: only.format, path: Self.path(output))]
        }
        return try named(targets)
    }

    /// Gives each format its `--output.FORMAT`.
    private func named(_ targets: [Target]) throws -> [Target] {
        var files = outputs.byFormat
        guard !files.isEmpty else { return targets }
        guard output == nil else { throw ValidationError("--output and --output.FORMAT do not go together") }
        let named = try targets.map { target in
            guard target.path == nil, let file = files.removeValue(forKey: target.format) else {
                throw ValidationError("--format \(target.format.rawValue) has no --output.\(target.format.rawValue)")
            }
            return Target(format: target.format, path: Self.path(file))
        }
        if let extra = files.keys.map(\.rawValue).min() {
            throw ValidationError("--output.\(extra) has no --format \(extra)")
        }
        return named
    }

    /// `sarif:out.sarif` read.
    private static func target(_ text: String) throws -> Target {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let format = ReportFormat(named: parts[0]) else {
            let names = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no format `\(parts[0])`: there are \(names)")
        }
        guard parts.count == 2 else { return Target(format: format, path: nil) }
        guard !parts[1].isEmpty else { throw ValidationError("--format \(text) names no file after the colon") }
        return Target(format: format, path: path(parts[1]))
    }

    /// The file of an argument; nil for standard output.
    private static func path(_ text: String) -> String? { ["-", "<stdout>"].contains(text) ? nil : text }
}

/// Spectral's `--output.FORMAT PATH`.
struct FormatOutputs: ParsableArguments {
    @Option(name: .customLong("output.codeframe")) var codeframe: String?
    @Option(name: .customLong("output.pretty")) var pretty: String?
    @Option(name: .customLong("output.stylish")) var stylish: String?
    @Option(name: .customLong("output.text")) var text: String?
    @Option(name: .customLong("output.json")) var json: String?
    @Option(name: .customLong("output.sarif")) var sarif: String?
    @Option(name: .customLong("output.github-actions")) var githubActions: String?
    @Option(name: .customLong("output.gitlab")) var gitlab: String?
    @Option(name: .customLong("output.code-climate")) var codeClimate: String?
    @Option(name: .customLong("output.junit")) var junit: String?
    @Option(name: .customLong("output.checkstyle")) var checkstyle: String?
    @Option(name: .customLong("output.markdown")) var markdown: String?
    @Option(name: .customLong("output.html")) var html: String?
    @Option(name: .customLong("output.teamcity")) var teamcity: String?
    @Option(name: .customLong("output.summary")) var summary: String?

    /// The files that were named.
    var byFormat: [ReportFormat: String] {
        let all: [(ReportFormat, String?)] = [
            (.codeframe, codeframe ?? pretty), (.stylish, stylish), (.text, text), (.json, json), (.sarif, sarif),
            (.githubActions, githubActions), (.gitlab, gitlab ?? codeClimate), (.junit, junit),
            (.checkstyle, checkstyle), (.markdown, markdown), (.html, html), (.teamcity, teamcity),
            (.summary, summary),
        ]
        return Dictionary(all.compactMap { entry in entry.1.map { (entry.0, $0) } }, uniquingKeysWith: { $1 })
    }
}
