import JSONDocuments
import SchemaCompilation
import SchemaEvaluation

/// Formats: every one of them reads any text, and both executors agree.
///
/// The first byte chooses the format, the rest is the text.
struct FormatTarget: FuzzTarget {
    static let name = "format"

    /// A program for each format.
    private let programs: [(program: SchemaProgram, entry: SchemaEntry)]

    init() {
        programs = FormatCode.allCases.compactMap { code in
            guard let schema = try? JSONDocument(parsing: "{\"format\":\"\(code.name)\"}") else { return nil }
            var resources = SchemaResources()
            resources.register(schema, uri: "https://lintel.test/schema.json", dialect: .draft2020_12)
            var compiler = SchemaCompiler(
                resources: resources, dialect: .draft2020_12, direction: .none, options: CompilerOptions())
            let entry = compiler.add(schema.root)
            return (compiler.finish().program, entry)
        }
    }

    func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = input.first else { return }
        let (program, entry) = programs[Int(choice) % programs.count]
        var tape = JSONTape()
        tape.appendString(UnsafeRawBufferPointer(rebasing: input[1...]))
        var workspace = EvaluationWorkspace()
        tape.withView { view in
            let verdict = program.accepts(entry, view, using: &workspace)
            let violations = program.violations(entry, view, limit: 1)
            hold((verdict == .valid) == violations.isEmpty, "\(verdict), \(violations)")
        }
    }
}
