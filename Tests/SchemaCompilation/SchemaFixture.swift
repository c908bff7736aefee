import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// A schema compiled from text, with both executors behind one question.
struct SchemaFixture {
    /// The program.
    let program: SchemaProgram
    /// Where the schema begins.
    let entry: SchemaEntry
    /// What the compiler said.
    let diagnostics: [Diagnostic]

    /// Compiles a schema, or the schema at a pointer of a document.
    init(
        _ text: String, at pointer: String = "", dialect: Dialect = .draft2020_12, direction: MessageDirection = .none,
        options: CompilerOptions = CompilerOptions(), others: [String: String] = [:]
    ) throws {
        let document = try JSONDocument(parsing: text, path: "schema.json")
        var resources = SchemaResources()
        resources.register(document, uri: "https://lintel.test/schema.json", dialect: dialect)
        for (name, text) in others {
            let other = try JSONDocument(parsing: text, path: name)
            resources.register(other, uri: "https://lintel.test/" + name, dialect: dialect)
        }
        var compiler = SchemaCompiler(
            resources: resources, dialect: dialect, direction: direction, options: options)
        let path = JSONPointer(pointer) ?? JSONPointer()
        entry = compiler.add(document.root.value(at: path) ?? document.root)
        (program, diagnostics) = compiler.finish()
    }

    /// What the fast executor says.
    func verdict(_ instance: String) throws -> Verdict {
        let document = try JSONDocument(parsing: instance)
        var workspace = EvaluationWorkspace()
        return document.withView { program.accepts(entry, $0, using: &workspace) }
    }

    /// What the explaining executor says.
    func violations(_ instance: String, limit: Int = 20, echoesValues: Bool = false) throws -> [SchemaViolation] {
        let document = try JSONDocument(parsing: instance)
        return document.withView {
            program.violations(entry, $0, limit: limit, echoesValues: echoesValues)
        }
    }

    /// Whether both say that a value is valid; `nil` if they differ, or a limit was hit.
    func accepts(_ instance: String) throws -> Bool? {
        let isClean = try violations(instance).isEmpty
        switch try verdict(instance) {
        case .valid: return isClean ? true : nil
        case .invalid: return isClean ? nil : false
        case .undecided: return nil
        }
    }
}
