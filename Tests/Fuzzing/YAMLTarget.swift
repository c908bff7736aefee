import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// YAML files: every place lies in the file, and what is accepted survives being written as YAML and as JSON.
struct YAMLTarget: FuzzTarget {
    static let name = "yaml"

    func run(_ input: UnsafeRawBufferPointer) {
        let file = SourceFile(path: "input.yaml", bytes: Array(input))
        // Small bounds, so that an input stays cheap; depth is the same as in production.
        let limits = YAMLLimits(expandedNodes: 2_000)
        switch DocumentParser.parse(file, limits: limits) {
        case .failure(let rejection):
            hold(!rejection.diagnostics.isEmpty, "a refusal says why")
            _ = DiagnosticRenderer(form: .excerpts).render(rejection.diagnostics)
        case .success(let document):
            checkPlaces(document)
            let yaml = SourceFile(path: "written.yaml", bytes: YAMLWriter.bytes(of: document.root))
            checkSame(document, DocumentParser.parse(yaml), "YAML")
            let json = SourceFile(path: "written.json", bytes: JSONWriter.bytes(of: document.root))
            checkSame(document, DocumentParser.parse(json), "JSON")
        }
    }

    /// Every value lies in the file.
    private func checkPlaces(_ document: JSONDocument) {
        let size = document.file.bytes.count
        for index in 0..<document.nodeCount {
            let range = JSONValue(document: document, index: index).range
            hold(range.lowerBound <= range.upperBound && range.upperBound <= size, "a value lies in the file")
        }
    }

    /// What was written is read as the same values.
    private func checkSame(
        _ document: JSONDocument, _ result: Result<JSONDocument, DocumentRejection>, _ language: String
    ) {
        switch result {
        case .failure(let rejection):
            hold(false, "what was written as \(language) can be read: \(rejection.diagnostics.map(\.message))")
        case .success(let again):
            hold(again.root.structurallyEquals(document.root), "what was written as \(language) has the same values")
        }
    }
}
