import ContractLinting
import SourceDiagnostics

/// One run over many documents: several at a time, told in the order in which they were named.
struct LintRun {
    /// A document to look at.
    enum Subject: Sendable {
        /// A file.
        case file(String, isFound: Bool)
        /// Bytes with the name that findings show; lint as if it lay there where `isPlaced`.
        case text(SourceFile, isPlaced: Bool)
    }

    /// What came out.
    struct Outcome {
        /// The documents that were linted, as named.
        var documents: [String] = []
        /// What was found, each once though a file may be reached from several documents.
        var findings: [Finding] = []
        /// Files that could not be read: the run did not do its work.
        var failures: [String] = []
        /// Every file that was looked at, also those that references led to.
        var files: Set<String> = []
        /// How many findings directives in the documents silenced.
        var silencedCount = 0
    }

    /// What one document gave.
    private struct Result: Sendable {
        /// Its place among the subjects.
        let number: Int
        /// Its name; nil for a file that is no document and was not asked for.
        let name: String?
        /// What was found and what directives made of it.
        var silencing: InlineSilencing?
        /// The files that were looked at.
        var files: [String] = []
        /// Why it could not be read.
        var failure: String?
    }

    /// The rules.
    let rules: LintSelection
    /// Reads documents with the files that they refer to.
    let loader: LintLoader
    /// Whether it is no finding that a document has an unknown format.
    let ignoresUnknownFormats: Bool

    /// Lints.
    ///
    /// - Parameters:
    ///   - subjects: The documents.
    ///   - width: How many at once.
    ///   - progress: Told after each document how many are done.
    func run(_ subjects: [Subject], width: Int, progress: (Int) -> Void) async -> Outcome {
        var results: [Result] = []
        await withTaskGroup(of: Result.self) { group in
            var waiting = subjects.enumerated().makeIterator()
            for _ in 0..<max(1, width) {
                guard let (number, subject) = waiting.next() else { break }
                group.addTask { self.lint(subject, number) }
            }
            while let result = await group.next() {
                results.append(result)
                progress(results.count)
                if let (number, subject) = waiting.next() { group.addTask { self.lint(subject, number) } }
            }
        }
        return merged(results.sorted { $0.number < $1.number })
    }

    /// Lints one document.
    private func lint(_ subject: Subject, _ number: Int) -> Result {
        let document: LintDocument
        let name: String
        switch subject {
        case .file(let path, let isFound):
            document = loader.load(path)
            name = path
            if isFound, !document.isDescription { return Result(number: number, name: nil) }
            if let failure = document.unreadable { return Result(number: number, name: name, failure: failure) }
        case .text(let file, let isPlaced):
            document = loader.load(file, at: isPlaced ? file.path : nil)
            name = file.path
        }
        let findings = rules.lint(document, named: name).filter {
            !ignoresUnknownFormats || $0.rule != "unrecognized-format"
        }
        return Result(
            number: number, name: name, silencing: InlineSilencing(findings, in: document),
            files: document.files.map(\.document.file.path))
    }

    /// Puts the results together.
    private func merged(_ results: [Result]) -> Outcome {
        /// What makes two findings the same.
        struct Key: Hashable {
            /// The rule.
            let rule: String
            /// The message.
            let message: String
            /// The file.
            let source: String
            /// The place in it.
            let path: [String]
            /// The place in its text.
            let range: Range<Int>?
        }
        var outcome = Outcome()
        var seen: Set<Key> = []
        func add(_ findings: [Finding]) {
            for finding in findings where rules.isTold(finding.rule) {
                let range = finding.range.map { $0.lowerBound..<$0.upperBound }
                let key = Key(
                    rule: finding.rule, message: finding.message, source: finding.source, path: finding.path,
                    range: range)
                if seen.insert(key).inserted { outcome.findings.append(finding) }
            }
        }
        for result in results {
            if let failure = result.failure { outcome.failures.append(failure) }
            if let name = result.name { outcome.documents.append(name) }
            outcome.files.formUnion(result.files)
            outcome.silencedCount += result.silencing?.silencedCount ?? 0
            add(result.silencing?.findings ?? [])
        }
        // A directive is stale when no document of the run had use for it.
        let used = Set(results.flatMap { $0.silencing?.used ?? [] }.map(\.place.description))
        let unused = results.flatMap { $0.silencing?.unused ?? [] }
        add(unused.filter { !used.contains($0.place.description) }.map(\.staleFinding))
        return outcome
    }
}

extension LintDocument {
    /// Whether the file says that it is a description, or holds mistakes that hide whether it does.
    fileprivate var isDescription: Bool {
        if root["openapi"] != nil || root["swagger"] != nil { return true }
        guard problems.contains(where: { $0.severity == .error }) else { return false }
        let head = files[0].document.file.bytes.prefix(2_000)
        return ["openapi", "swagger"].contains { word in
            let word = Array(word.utf8)
            return head.indices.contains { head[$0...].starts(with: word) }
        }
    }

    /// Why the file itself could not be read.
    fileprivate var unreadable: String? {
        problems.first { ["file-missing", "file-unreadable"].contains($0.code) }?.message
    }
}
