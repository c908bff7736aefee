import ContractLinting
import JSONDocuments
import OpenAPIDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// `schema`: a value fits a JSON Schema, by the engine that the gateway uses.
struct SchemaFunction: RulesetFunction {
    static let name = "schema"

    /// Names of dialects; `auto` is draft 7 for schemas without `$schema`.
    private static let dialects: [String: Dialect] = [
        "auto": .draft7, "draft4": .draft4, "draft6": .draft6, "draft7": .draft7, "draft2019-09": .draft2019_09,
        "draft2020-12": .draft2020_12,
    ]

    /// The most mistakes that are told of one value.
    private static let limit = 50

    /// The schema, by itself: its references stay in it.
    private let schema: JSONDocument
    /// The compiled schema.
    private let program: SchemaProgram
    /// Its beginning.
    private let entry: SchemaEntry
    /// Whether all mistakes are told.
    private let tellsAll: Bool

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("schema", "dialect", "allErrors")
        let value = try options.required("schema")
        guard [.object, .true, .false].contains(value.kind) else { throw options.wrong("`schema` is a schema", value) }
        let name = try options.text("dialect") ?? "auto"
        guard let chosen = Self.dialects[name] else {
            let known = Self.dialects.keys.sorted().joined(separator: ", ")
            throw options.wrong("`dialect` is one of \(known)", options["dialect"])
        }
        tellsAll = try options.flag("allErrors") ?? false
        guard let schema = JSONDocument.copy(of: value) else { throw options.wrong("`schema` is too large", value) }
        self.schema = schema
        let named = schema.root["$schema"]?.string.flatMap(Dialect.init)
        let dialect = name == "auto" ? named ?? chosen : chosen
        var resources = SchemaResources()
        resources.register(schema, uri: "lintel:ruleset-schema", dialect: dialect)
        var compiler = SchemaCompiler(resources: resources, dialect: dialect)
        entry = compiler.add(schema.root)
        let (program, diagnostics) = compiler.finish()
        if let problem = diagnostics.first(where: { $0.severity == .error }) {
            throw options.wrong("the schema cannot be used: \(problem.message)", value)
        }
        self.program = program
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        switch target.content {
        case .absent: return [FunctionResult(wording: .property("must exist"))]
        case .name(let name):
            var writer = JSONWriter()
            writer.string(name)
            let file = SourceFile(path: "name.json", bytes: writer.bytes)
            guard let document = try? JSONDocument(parsing: file) else { return [] }
            return results(for: document.root) { _ in nil }
        case .value(let value):
            guard scene.isResolved, let copy = ResolvedCopy(of: value, scene) else {
                return results(for: value) { value.value(at: $0) }
            }
            return results(for: copy.value) { copy.original(at: $0) }
        }
    }

    /// What is wrong with a value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - original: The place in the document for a place in the value.
    private func results(for value: JSONValue, original: (JSONPointer) -> JSONValue?) -> [FunctionResult] {
        var workspace = EvaluationWorkspace()
        let violations = value.document.withView { view -> [SchemaViolation] in
            if case .valid = program.accepts(entry, view, at: value.index, using: &workspace) { return [] }
            return program.violations(entry, view, at: value.index, limit: Self.limit)
        }
        return violations.prefix(tellsAll ? Self.limit : 1).map { violation in
            let pointer = JSONPointer(violation.instancePointer) ?? JSONPointer()
            let keyword = JSONPointer(violation.schemaPointer).flatMap { schema.root.value(at: $0) }
            let exact = original(pointer)
            let words = ExampleWording.message(violation, keyword, exact ?? value)
            return FunctionResult(wording: .sentence(words), place: exact)
        }
    }
}

extension JSONDocument {
    /// A value as a document of its own.
    fileprivate static func copy(of value: JSONValue) -> JSONDocument? {
        try? JSONDocument(
            parsing: SourceFile(path: value.document.file.path, bytes: JSONWriter.bytes(of: value)))
    }
}
