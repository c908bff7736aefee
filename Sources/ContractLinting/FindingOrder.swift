import SourceDiagnostics

/// What makes two findings of a document the same.
private struct FindingIdentity: Hashable {
    /// The rule.
    let rule: String
    /// The message.
    let message: String
    /// The place.
    let range: SourceRange?
}

extension [Finding] {
    /// The findings in the order of a document's files and of the text in them, each once.
    package func inOrder(of document: LintDocument) -> [Finding] {
        let order = Dictionary(
            document.files.enumerated().map { ($0.element.document.file.path, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        var seen: Set<FindingIdentity> = []
        let different = filter {
            seen.insert(FindingIdentity(rule: $0.rule, message: $0.message, range: $0.range)).inserted
        }
        return different.sorted { left, right in
            if left.source != right.source {
                return (order[left.source] ?? .max, left.source) < (order[right.source] ?? .max, right.source)
            }
            let (one, other) = (left.range?.lowerBound ?? 0, right.range?.lowerBound ?? 0)
            if one != other { return one < other }
            return (left.rule, left.message) < (right.rule, right.message)
        }
    }
}
