/// One page.
struct PageReport {
    /// What is told.
    let report: FindingReport

    /// The report as text.
    var text: String { "" }
}
