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
        // A hostile document has thousands of both: each finding looks up what reaches it.
        let numbers = Dictionary(grouping: directives.indices) { Scope(directives[$0]) }
        let silencesBranches = directives.contains { if case .below = $0.reach { true } else { false } }
        var isUsed = Array(repeating: false, count: directives.count)
        var left: [Finding] = []
        for finding in findings {
            var isSilenced = false
            for scope in Scope.around(finding, branches: silencesBranches) {
                for number in numbers[scope] ?? [] {
                    isUsed[number] = true
                    isSilenced = true
                }
            }
            if !isSilenced { left.append(finding) }
        }
        self.findings = left
        silencedCount = findings.count - left.count
        used = zip(directives, isUsed).filter { $0.1 }.map { $0.0 }
        unused = zip(directives, isUsed).filter { !$0.1 }.map { $0.0 }
    }
}

/// What a directive silences: a rule, or all of them, in a part of a file.
private struct Scope: Hashable {
    /// The file.
    let source: String
    /// The rule; nil: every rule.
    let rule: String?
    /// The part.
    let reach: SilencingDirective.Reach

    /// The scope of a directive.
    init(_ directive: SilencingDirective) {
        self.init(source: directive.place.file.path, rule: directive.rule, reach: directive.reach)
    }

    private init(source: String, rule: String?, reach: SilencingDirective.Reach) {
        self.source = source
        self.rule = rule
        self.reach = reach
    }

    /// Every scope that a finding lies in.
    ///
    /// - Parameter branches: Whether those of paths are wanted, one for each step of the finding's path.
    static func around(_ finding: Finding, branches: Bool) -> [Scope] {
        var reaches: [SilencingDirective.Reach] = []
        if let range = finding.range { reaches.append(.line(range.start.line)) }
        if branches {
            reaches += (0...finding.path.count).map { .below(Array(finding.path.prefix($0))) }
        }
        return reaches.flatMap { reach in
            [nil, finding.rule].map { Scope(source: finding.source, rule: $0, reach: reach) }
        }
    }
}
