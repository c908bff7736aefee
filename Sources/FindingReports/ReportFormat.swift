/// The forms in which findings are told: for people, for terminals, for CI systems.
///
/// The raw value is the name on the command line.
package enum ReportFormat: String, Sendable, CaseIterable {
    /// An excerpt of the file for each finding, with the place underlined: for a person at a terminal.
    case codeframe

    /// One aligned line for each finding below the name of its file.
    case stylish

    /// `file:line:column severity rule "message"`, one line for each finding.
    case text

    /// An array of objects with zero-based places, as Spectral writes them.
    case json

    /// Static Analysis Results Interchange Format 2.1.0 (OASIS), which code scanning reads.
    case sarif

    /// Workflow commands that GitHub shows as annotations.
    case githubActions = "github-actions"

    /// The code quality report of GitLab: a subset of the Code Climate format.
    case gitlab

    /// Test suites, one for each file, as most CI systems read them.
    case junit

    /// The XML of Checkstyle.
    case checkstyle

    /// Tables for a comment or a wiki.
    case markdown

    /// One page that needs nothing else: no script, no network.
    case html

    /// Service messages that TeamCity shows as inspections.
    case teamcity

    /// How often each rule was broken.
    case summary

    /// The format of a name on the command line: the raw value, or a name that comparable tools use for it.
    ///
    /// - Returns: Nil for a name that means no format.
    package init?(named name: String) {
        switch name {
        case "pretty", "code-frame": self = .codeframe
        case "githubactions", "github": self = .githubActions
        case "code-climate", "codeclimate", "gitlab-codequality": self = .gitlab
        default: self.init(rawValue: name)
        }
    }

    /// What a file of the format is called after the dot.
    package var fileExtension: String {
        switch self {
        case .json, .gitlab: "json"
        case .sarif: "sarif"
        case .junit, .checkstyle: "xml"
        case .markdown: "md"
        case .html: "html"
        case .codeframe, .stylish, .text, .githubActions, .teamcity, .summary: "txt"
        }
    }

    /// Whether a person reads it at a terminal, so that colours, the width of lines and `ReportOptions.maxProblems`
    /// apply. The other formats are the same everywhere and complete.
    package var isForTerminals: Bool {
        switch self {
        case .codeframe, .stylish, .summary: true
        default: false
        }
    }
}
