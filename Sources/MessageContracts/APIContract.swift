import JSONDocuments
import OpenAPIDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// What can be chosen about compiling.
package struct ContractOptions: Sendable {
    /// Most containers inside one another in a JSON body.
    package var jsonDepth: Int
    /// Names of query parameters that count as declared although no operation declares them.
    package var knownQueryNames: [String]

    /// The defaults of the settings.
    package init(jsonDepth: Int = 64, knownQueryNames: [String] = []) {
        self.jsonDepth = jsonDepth
        self.knownQueryNames = knownQueryNames
    }
}

/// A compiled API: an `OperationContract` for every operation of a document.
///
/// Immutable and free of locks: every event loop reads the same contract, each with a `ContractWorkspace` of its own.
package final class APIContract: Sendable {
    /// The operations, in the order of `OpenAPIDocument.operations`.
    package let operations: [OperationContract]
    /// The title of the API, for people.
    package let title: String

    /// Takes the operations.
    init(operations: [OperationContract], title: String) {
        self.operations = operations
        self.title = title
    }

    /// Compiles a loaded document.
    ///
    /// - Returns: The contract, nil if a diagnostic is an error; and all diagnostics of compiling. Those of loading
    ///   are not
    ///   repeated.
    package static func compile(
        _ document: OpenAPIDocument, options: ContractOptions = ContractOptions()
    ) -> (contract: APIContract?, diagnostics: [Diagnostic]) {
        var compiler = ContractCompiler(document, options)
        return compiler.compile()
    }
}
