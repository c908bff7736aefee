import JSONDocuments

/// Programs against each other: every input is a valid schema and an instance for it, and all executors must agree.
struct EvaluationTarget: FuzzTarget {
    static let name = "evaluation"

    func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = input.first else { return }
        var source = SchemaSource(choices: input.dropFirst())
        let schema =
            "{\"allOf\":[\(source.schema(3))],\"$defs\":{\"x\":\(source.schema(2)),\"y\":\(source.schema(2))}}"
        guard let document = try? JSONDocument(parsing: schema) else {
            return hold(false, "the generator makes JSON: \(schema)")
        }
        let subject = SchemaSubject(document, choice: choice)
        for _ in 0..<4 {
            let text = source.value(3)
            guard let instance = try? JSONDocument(parsing: text) else {
                return hold(false, "the generator makes JSON: \(text)")
            }
            if let difference = subject.difference(on: instance) { hold(false, "\(schema) on \(text): \(difference)") }
        }
    }
}
