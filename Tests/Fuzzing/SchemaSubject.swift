import JSONDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// A schema compiled with and without the compiler's shortcuts.
struct SchemaSubject {
    /// A program and what was said about its schema.
    private struct Compiled {
        /// The program.
        let program: SchemaProgram
        /// The schema in it.
        let entry: SchemaEntry
        /// What the compiler said.
        let diagnostics: [Diagnostic]
    }

    /// As in production.
    private let fast: Compiled
    /// Without shortcuts.
    private let plain: Compiled

    /// Compiles a schema twice.
    ///
    /// - Parameter choice: Any number; chooses the dialect and the direction.
    init(_ schema: JSONDocument, choice: UInt8) {
        let dialects = Array(Dialect.allCases)
        let dialect = dialects[Int(choice) % dialects.count]
        let directions: [MessageDirection] = [.none, .request, .response]
        let direction = directions[Int(choice) / dialects.count % directions.count]
        fast = Self.compile(schema, dialect, direction, optimises: true)
        plain = Self.compile(schema, dialect, direction, optimises: false)
    }

    /// Where the executors or the programs differ about an instance; nil where they agree.
    func difference(on instance: JSONDocument) -> String? {
        var workspace = EvaluationWorkspace()
        return instance.withView { view in
            let verdict = fast.program.accepts(fast.entry, view, using: &workspace)
            let unhurried = plain.program.accepts(plain.entry, view, using: &workspace)
            // A limit may be hit by one of them alone: they take different numbers of steps.
            if case .undecided = verdict { return nil }
            if case .undecided = unhurried { return nil }
            if verdict != unhurried { return "the shortcuts change \(unhurried) into \(verdict)" }
            let violations = fast.program.violations(fast.entry, view, limit: 10, echoesValues: true)
            if violations.first?.keyword == "limit" { return nil }
            if (verdict == .valid) != violations.isEmpty { return "accepts: \(verdict), violations: \(violations)" }
            return nil
        }
    }

    /// Compiles once.
    private static func compile(
        _ schema: JSONDocument, _ dialect: Dialect, _ direction: MessageDirection, optimises: Bool
    ) -> Compiled {
        var resources = SchemaResources()
        resources.register(schema, uri: "https://lintel.test/schema.json", dialect: dialect)
        var compiler = SchemaCompiler(
            resources: resources, dialect: dialect, direction: direction, options: CompilerOptions(optimises: optimises)
        )
        let entry = compiler.add(schema.root)
        let (program, diagnostics) = compiler.finish()
        return Compiled(program: program, entry: entry, diagnostics: diagnostics)
    }
}
