import JSONDocuments
import SchemaCompilation
import SchemaEvaluation

/// Schemas as text: no keyword's value traps the compiler, and all executors agree about an instance.
///
/// The first byte chooses dialect and direction; the first line is the instance, the rest is the schema.
struct SchemaTarget: FuzzTarget {
    static let name = "schema"

    func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = input.first else { return }
        let parts = InputParts.lines(UnsafeRawBufferPointer(rebasing: input[1...]), 2)
        guard let instance = document(parts[0]), let schema = document(parts[1]) else { return }
        let subject = SchemaSubject(schema, choice: choice)
        if let difference = subject.difference(on: instance) { hold(false, difference) }
    }

    /// A JSON document, nil for other bytes.
    private func document(_ bytes: UnsafeRawBufferPointer) -> JSONDocument? {
        try? JSONDocument(parsing: String(decoding: bytes, as: UTF8.self), limits: JSONLimits(depth: 64))
    }
}
