import CompositionLanguage
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// The operations that compositions have to keep (`contract: ../specs/edge.yaml#getOrderPage`), each document loaded once.
struct DeclaredContracts {
    /// Everything wrong.
    private(set) var diagnostics: [Diagnostic] = []
    /// The files of the documents.
    private(set) var files: [SourceFile] = []
    private var documents: [String: OpenAPIDocument?] = [:]
    /// How documents are reached.
    private let contents: DocumentFiles

    /// None yet.
    init(reading contents: DocumentFiles) { self.contents = contents }

    /// Proves that the derived operation of a composition keeps the declared one, if one is named.
    mutating func prove(_ plan: CompositionPlan, derived: OpenAPIDocument) {
        guard let contract = plan.contract else { return }
        let parts = (contract.string ?? "").split(separator: "#", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            return report(
                "bad-contract", "`contract` is a document and an operation, such as ../specs/edge.yaml#getOrderPage",
                at: contract.range)
        }
        guard let document = document(parts[0], namedAt: contract.range) else { return }
        guard let declared = document.operations.first(where: { $0.operationID == parts[1] }) else {
            return report(
                "unknown-operation", "\(parts[0]) has no operation `\(parts[1])`", at: contract.range,
                suggestion: NearestName.suggestion(
                    among: document.operations.compactMap(\.operationID), to: parts[1]))
        }
        guard let operation = derived.operations.first(where: { $0.operationID == plan.name }) else { return }
        diagnostics += ContractProof.diagnostics(
            derived: (operation, derived), declared: (declared, document), at: contract.range)
    }

    /// A document by its path from the file that names it; nil where it cannot be used, which is reported.
    private mutating func document(_ path: String, namedAt range: SourceRange) -> OpenAPIDocument? {
        let place = path.hasPrefix("/") ? path : Self.folder(of: range.file.path) + path
        if let known = documents[place] { return known }
        let loaded = DocumentLoader(roots: [String(Self.folder(of: place).dropLast())], files: contents).load(place)
        documents[place] = loaded.document
        // A file that is not there has no place of its own.
        diagnostics += loaded.diagnostics.map { diagnostic in
            diagnostic.range != nil
                ? diagnostic : Diagnostic(.error, diagnostic.code, diagnostic.message, at: range)
        }
        files += loaded.document?.files.map(\.document.file) ?? []
        return loaded.document
    }

    /// The folder of a file, with the slash behind it.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    }

    private mutating func report(
        _ code: String, _ message: String, at range: SourceRange, suggestion: String? = nil
    ) {
        diagnostics.append(Diagnostic(.error, code, message, at: range, suggestion: suggestion))
    }
}
