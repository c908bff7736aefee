extension FindingReport {
    /// The report in a format, ended by a line break where it is not empty.
    package func text(as format: ReportFormat) -> String {
        switch format {
        case .codeframe: CodeFrameReport(report: self).text
        case .stylish: StylishReport(report: self).text
        case .text: LineReport(report: self).text
        case .json: JSONReport(report: self).text
        case .sarif: SARIFReport(report: self).text
        case .githubActions: GitHubActionsReport(report: self).text
        case .gitlab: GitLabReport(report: self).text
        case .junit: JUnitReport(report: self).text
        case .checkstyle: CheckstyleReport(report: self).text
        case .markdown: MarkdownReport(report: self).text
        case .html: PageReport(report: self).text
        case .teamcity: TeamCityReport(report: self).text
        case .summary: SummaryReport(report: self).text
        }
    }
}

extension FindingReport {
    /// What the command appends to the file that `GITHUB_STEP_SUMMARY` names: tables of the most serious findings.
    ///
    /// GitHub takes one mebibyte of a step and drops a longer text, so at most 500 findings have rows and the rest are
    /// counted.
    package var stepSummary: String {
        for limit in [500, 100, 20] {
            let text = MarkdownReport(report: self, rowLimit: limit).text
            if text.utf8.count < 1_000_000 { return text }
        }
        return MarkdownReport(report: self, rowLimit: 0).text
    }
}
