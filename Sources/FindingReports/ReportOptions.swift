import SourceDiagnostics

/// How a report is written: everything about its surroundings that a report cannot know by itself.
package struct ReportOptions: Sendable {
    /// Whether ANSI escape sequences colour the formats for terminals.
    package var isColored = false

    /// How many columns the terminal has; long lines of an excerpt are cut to fit.
    package var width = 120

    /// The least severity that makes the command fail; nil when nothing does.
    package var failSeverity: Severity? = .error

    /// Whether findings below `failSeverity` are left out, in every format.
    package var showsOnlyFailures = false

    /// How many findings the formats for terminals show, the most serious ones; the others are counted. Nil for all.
    package var maxProblems: Int?

    /// What is said where nothing is told; nil: a sentence about severities.
    package var cleanSentence: String?

    /// When the report was made, as the page shows it; nil where equal runs are to give equal bytes.
    package var moment: String?

    /// Which paths machines are told.
    package var paths = ReportPaths()

    /// Makes the default: no colours, 120 columns, errors fail, everything is shown.
    package init() {}
}

/// The program that made the findings, as reports name it.
package struct ReportTool: Sendable {
    /// Its name.
    package var name: String

    /// Its version; nil where it is not known.
    package var version: String?

    /// A page about it.
    package var page: String?

    /// What was done, the title of pages and test suites, such as `lint`.
    package var task: String

    /// Makes a tool.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - version: Its version.
    ///   - page: An absolute URI of a page about it.
    ///   - task: What was done.
    package init(name: String = "lintel", version: String? = nil, page: String? = nil, task: String = "lint") {
        self.name = name
        self.version = version
        self.page = page
        self.task = task
    }
}
