import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics
import Testing

/// A contract made of a few lines of YAML, and requests in a few words.
struct ContractFixture {
    /// The contract.
    let contract: APIContract
    /// Its document.
    let document: OpenAPIDocument
    /// What compiling said.
    let diagnostics: [Diagnostic]

    /// Compiles a document.
    init(_ text: String) throws {
        let loaded = DocumentLoader(files: .memory(["/s/api.yaml": text])).load("/s/api.yaml")
        let errors = loaded.diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.map(\.message))")
        document = try #require(loaded.document)
        let compiled = APIContract.compile(document)
        diagnostics = compiled.diagnostics
        contract = try #require(compiled.contract, "\(compiled.diagnostics.map(\.message))")
    }

    /// A GET operation with parameters, as YAML flow items.
    init(parameters: [String], path: String = "/a", version: String = "3.1.0") throws {
        try self.init(
            """
            openapi: \(version)
            info: {title: t, version: "1"}
            paths:
              \(path):
                get:
                  parameters:
            \(parameters.map { "        - " + $0 }.joined(separator: "\n"))
                  responses: {default: {description: d}}

            """)
    }

    /// A POST operation with content, as a YAML flow mapping.
    init(content: String, version: String = "3.1.0", required: Bool = true) throws {
        try self.init(
            """
            openapi: \(version)
            info: {title: t, version: "1"}
            paths:
              /a:
                post:
                  requestBody: {required: \(required), content: \(content)}
                  responses: {default: {description: d}}

            """)
    }

    /// What is wrong with the parameters of a request; also checks that the fast path agrees.
    func violations(
        query: String? = nil, path: [String] = [], fields: [(String, String)] = [], refusesUndeclared: Bool = false
    ) -> [ContractViolation] {
        var workspace = ContractWorkspace()
        let lines = fields.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
        let joined = Array(path.joined().utf8)
        return Borrowed.withFields(lines) { fields in
            Array((query ?? "").utf8).withUnsafeBytes { bytes in
                joined.withUnsafeBytes { joined in
                    var position = 0
                    let values = path.map { value in
                        defer { position += value.utf8.count }
                        return UnsafeRawBufferPointer(rebasing: joined[position..<(position + value.utf8.count)])
                    }
                    return values.withUnsafeBufferPointer { values in
                        let head = RequestHeadView(
                            query: query == nil ? nil : bytes, pathValues: values, fields: fields)
                        let operation = contract.operations[0]
                        let fast = operation.checkParameters(
                            head, refusesUndeclaredQuery: refusesUndeclared, using: &workspace)
                        let slow = operation.explainParameters(
                            head, refusesUndeclaredQuery: refusesUndeclared, using: &workspace)
                        #expect(fast.isAccepted == slow.isEmpty)
                        return slow
                    }
                }
            }
        }
    }

    /// The verdict about content, and what is wrong with it.
    func body(
        _ content: String, type: String?, more: [(String, String)] = []
    ) -> (
        verdict: ContractVerdict, violations: [ContractViolation]
    ) {
        body(Array(content.utf8), type: type, more: more)
    }

    /// The verdict about content, and what is wrong with it.
    func body(
        _ content: [UInt8], type: String?, more: [(String, String)] = []
    ) -> (
        verdict: ContractVerdict, violations: [ContractViolation]
    ) {
        var workspace = ContractWorkspace()
        let lines = ((type.map { [("Content-Type", $0)] } ?? []) + more).map {
            (name: Array($0.0.utf8), value: Array($0.1.utf8))
        }
        return Borrowed.withFields(lines) { fields in
            content.withUnsafeBytes { content in
                let operation = contract.operations[0]
                let policy = operation.bodyPolicy(fields)
                let fast = operation.checkBody(policy, content, using: &workspace)
                let slow = operation.explainBody(policy, content, using: &workspace)
                #expect(fast.isAccepted == slow.isEmpty)
                return (fast, slow)
            }
        }
    }
}
