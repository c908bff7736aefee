import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics
import TestSupport
import Testing

/// The JSON-Schema-Test-Suite, read as its README asks.
struct SchemaSuite: Sendable, CustomTestStringConvertible {
    /// A part of the suite.
    enum Part: String, Sendable, CaseIterable {
        /// What every implementation must do.
        case required
        /// Formats, asserted.
        case format
        /// What an implementation may do.
        case optional
    }

    /// The draft.
    let draft: String
    /// Its dialect.
    let dialect: Dialect
    /// The part.
    let part: Part

    /// The name in a report.
    var testDescription: String { "\(draft) \(part)" }

    /// Every draft in every part.
    static let all: [SchemaSuite] = Part.allCases.flatMap { part in
        drafts.sorted { $0.key < $1.key }.map { SchemaSuite(draft: $0.key, dialect: $0.value, part: part) }
    }

    /// The drafts by the names of their folders.
    private static let drafts: [String: Dialect] = [
        "draft4": .draft4, "draft6": .draft6, "draft7": .draft7, "draft2019-09": .draft2019_09,
        "draft2020-12": .draft2020_12,
    ]

    /// One question of the suite.
    struct Outcome: Sendable {
        /// File, group and test.
        let name: String
        /// What the suite says.
        let isValid: Bool
        /// What the fast executor says.
        let verdict: Verdict
        /// What the explaining executor says.
        let violations: [SchemaViolation]
        /// Errors of the compiler.
        let errors: [String]

        /// Whether both executors agree with the suite.
        var isRight: Bool { verdict == (isValid ? .valid : .invalid) && violations.isEmpty == isValid }
    }

    /// Files of the part, relative to the draft's folder.
    private func files(in folder: String) -> [String] {
        FileContent.paths(below: folder).filter { name in
            switch part {
            case .required: !name.hasPrefix("optional/")
            case .format: name.hasPrefix("optional/format/")
            case .optional: name.hasPrefix("optional/") && !name.hasPrefix("optional/format/")
            }
        }
    }

    /// Runs the part.
    func run() throws -> [Outcome] {
        guard let corpora = Corpora.path else { return [] }
        let root = corpora + "/json-schema-test-suite"
        let remotes = remotes(in: root + "/remotes")
        var outcomes: [Outcome] = []
        for name in files(in: "\(root)/tests/\(draft)") {
            let path = "\(root)/tests/\(draft)/\(name)"
            guard let bytes = FileContent.bytes(path) else { continue }
            let document = try JSONDocument(parsing: SourceFile(path: name, bytes: bytes))
            for group in document.root.elements { outcomes += try run(group, name, remotes) }
        }
        return outcomes
    }

    /// The remotes, each in the language of its folder; those without a draft in the language of the suite.
    private func remotes(in root: String) -> SchemaResources {
        var resources = SchemaResources()
        for name in FileContent.paths(below: root) {
            let folder = String(name.prefix { $0 != "/" })
            let language = Self.drafts[folder]
            let isOfUnknownDraft = language == nil && (folder.hasPrefix("draft") || folder == "v1")
            guard !isOfUnknownDraft, let bytes = FileContent.bytes(root + "/" + name) else { continue }
            let file = SourceFile(path: name, bytes: bytes)
            guard let document = try? JSONDocument(parsing: file) else { continue }
            resources.register(document, uri: "http://localhost:1234/" + name, dialect: language ?? dialect)
        }
        return resources
    }

    /// Runs the tests of one schema.
    private func run(_ group: JSONValue, _ name: String, _ remotes: SchemaResources) throws -> [Outcome] {
        guard let schema = group["schema"], let tests = group["tests"] else { return [] }
        let range = schema.range
        let bytes = Array(range.file.bytes[range.lowerBound..<range.upperBound])
        let document = try JSONDocument(parsing: SourceFile(path: name, bytes: bytes))
        var resources = remotes
        resources.register(document, uri: "http://suite.test/schema", dialect: dialect)
        let formats = part == .format ? FormatAssertions.all : .none
        var compiler = SchemaCompiler(
            resources: resources, dialect: dialect, options: CompilerOptions(formats: formats))
        let entry = compiler.add(document.root)
        let (program, diagnostics) = compiler.finish()
        let errors = diagnostics.filter { $0.severity == .error }.map(\.message)
        var workspace = EvaluationWorkspace()
        var outcomes: [Outcome] = []
        for test in tests.elements {
            guard let data = test["data"], let isValid = test["valid"]?.bool else { continue }
            let (verdict, violations) = group.document.withView { view in
                (
                    program.accepts(entry, view, at: data.index, using: &workspace),
                    program.violations(entry, view, at: data.index, limit: 20)
                )
            }
            let title = "\(name): \(group["description"]?.string ?? ""): \(test["description"]?.string ?? "")"
            outcomes.append(
                Outcome(
                    name: title, isValid: isValid, verdict: verdict, violations: violations, errors: errors))
        }
        return outcomes
    }
}
