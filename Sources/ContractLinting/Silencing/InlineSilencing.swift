import SourceDiagnostics

/// What directives in the files of a document make of its findings.
package struct InlineSilencing: Sendable {
    /// The findings that are left.
    package let findings: [Finding]
    /// How many were silenced.
    package let silencedCount: Int
    /// The directives that silenced something.
    package let used: [SilencingDirective]
    /// Those that silenced nothing. Another document of the run may have use for them.
    package let unused: [SilencingDirective]

    /// Holds the findings of a document against the directives of its files.
    ///
    /// - Parameter findings: What all rules found: a directive is stale only if its rule was asked.
    package init(_ findings: [Finding], in document: LintDocument) {
        let directives = document.files.flatMap { DirectiveReader($0.document).directives }
        guard !directives.isEmpty else {
            self.findings = findings
            silencedCount = 0
            used = []
            unused = []
            return
        }
        var isUsed = Array(repeating: false, count: directives.count)
        var left: [Finding] = []
        for finding in findings {
            var isSilenced = false
            for (number, directive) in directives.enumerated() where directive.silences(finding) {
                isUsed[number] = true
                isSilenced = true
            }
            if !isSilenced { left.append(finding) }
        }
        self.findings = left
        silencedCount = findings.count - left.count
        used = zip(directives, isUsed).filter { $0.1 }.map { $0.0 }
        unused = zip(directives, isUsed).filter { !$0.1 }.map { $0.0 }
    }
}
