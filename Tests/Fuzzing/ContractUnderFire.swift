import MessageContracts
import OpenAPIDocuments

/// A compiled operation that targets check messages against.
struct ContractUnderFire {
    /// The operation.
    let operation: OperationContract

    /// Compiles the first operation of a description.
    ///
    /// - Parameter description: An API description without errors, as YAML.
    init?(_ description: String) {
        let loaded = DocumentLoader(files: .memory(["/s/api.yaml": description])).load("/s/api.yaml")
        for diagnostic in loaded.diagnostics { print("the target's own description: \(diagnostic.message)") }
        guard let document = loaded.document, let contract = APIContract.compile(document).contract,
            let operation = contract.operations.first
        else { return nil }
        self.operation = operation
    }
}
