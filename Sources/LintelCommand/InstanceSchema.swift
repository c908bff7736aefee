import JSONDocuments
import OpenAPIDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics
import YAMLDocuments

/// A schema of a file, compiled by the gateway's own compiler, to check instances with.
package struct InstanceSchema: Sendable {
    /// The program.
    package let program: SchemaProgram
    /// Where evaluation begins.
    package let entry: SchemaEntry

    /// What can be chosen about a schema.
    package struct Choices: Sendable {
        /// The language of schemas without `$schema`; nil takes it from the document.
        package var dialect: Dialect?
        /// Folders that stand for remote documents.
        package var remotes: [RemoteFolder]
        /// Whether formats are asserted.
        package var assertsFormats: Bool

        /// Choices.
        package init(dialect: Dialect? = nil, remotes: [RemoteFolder] = [], assertsFormats: Bool = true) {
            self.dialect = dialect
            self.remotes = remotes
            self.assertsFormats = assertsFormats
        }
    }

    /// Most files that a schema may draw in by relative references.
    private static let fileLimit = 2_000
    /// Most violations that are told of one instance.
    package static let violationLimit = 100

    /// Loads and compiles a schema.
    ///
    /// - Parameters:
    ///   - path: A JSON or YAML file, with `#` and a JSON Pointer for a schema inside it.
    ///   - choices: Dialect, remotes, formats.
    /// - Returns: The schema, nil if a diagnostic is an error, and every diagnostic.
    package static func load(_ path: String, _ choices: Choices) -> (schema: InstanceSchema?, diagnostics: [Diagnostic])
    {
        var path = path
        var fragment = ""
        if let mark = path.utf8.firstIndex(of: UInt8(ascii: "#")), !path.utf8.starts(with: "#".utf8) {
            fragment = String(path[path.utf8.index(after: mark)...])
            path = String(path[..<mark])
        }
        let file: SourceFile
        do {
            file = try CommandInput.file(path)
        } catch {
            return (nil, [Diagnostic(.error, "file-unreadable", error.message)])
        }
        switch DocumentParser.parse(file) {
        case .failure(let rejection): return (nil, rejection.diagnostics)
        case .success(let document):
            guard let pointer = JSONPointer(fragment: fragment), let root = document.root.value(at: pointer) else {
                return (nil, [Diagnostic(.error, "unresolved-reference", "\(path) has nothing at #\(fragment)")])
            }
            return compile(root, choices)
        }
    }

    /// Compiles a schema that was read.
    package static func compile(
        _ schema: JSONValue, _ choices: Choices
    ) -> (schema: InstanceSchema?, diagnostics: [Diagnostic]) {
        let dialect = choices.dialect ?? DialectName.declared(by: schema.document.root)
        var resources = SchemaResources()
        var diagnostics: [Diagnostic] = []
        registerFiles(from: schema.document, dialect, in: &resources, &diagnostics)
        let ownFiles = Set([ObjectIdentifier(schema.document.file)])
        for remote in choices.remotes { diagnostics += remote.register(in: &resources, dialect: dialect) }
        var compiler = SchemaCompiler(
            resources: resources, dialect: dialect,
            options: CompilerOptions(formats: choices.assertsFormats ? .all : .none))
        let entry = compiler.add(schema)
        let (program, found) = compiler.finish()
        // What is wrong with the names of a remote document concerns nobody who does not refer to it.
        diagnostics += found.filter { diagnostic in
            !["duplicate-schema-id", "bad-schema-id"].contains(diagnostic.code)
                || diagnostic.range.map { ownFiles.contains(ObjectIdentifier($0.file)) } ?? true
        }
        guard !diagnostics.contains(where: { $0.severity == .error }) else { return (nil, diagnostics) }
        return (InstanceSchema(program: program, entry: entry), diagnostics)
    }

    /// Registers a schema's document under the URI of its file, and the files beside and below it that relative
    /// references lead to.
    private static func registerFiles(
        from document: JSONDocument, _ dialect: Dialect, in resources: inout SchemaResources,
        _ diagnostics: inout [Diagnostic]
    ) {
        let path = CommandInput.absolute(document.file.path)
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "/"
        var known: Set<String> = [path]
        var waiting = [(document: document, address: URIReference(filePath: path))]
        while let (document, address) = waiting.popLast() {
            resources.register(document, uri: address.text, dialect: dialect)
            for text in references(in: document) {
                var target = URIReference(text).resolved(against: address)
                target.fragment = nil
                guard let named = target.filePath, known.count < fileLimit else { continue }
                let real = CommandInput.absolute(named)
                guard real.utf8.starts(with: folder.utf8), known.insert(real).inserted,
                    let file = try? CommandInput.file(real)
                else { continue }
                switch DocumentParser.parse(file) {
                case .success(let found): waiting.append((found, target))
                case .failure(let rejection): diagnostics += rejection.diagnostics
                }
            }
        }
    }

    /// The texts of every `$ref` of a document.
    private static func references(in document: JSONDocument) -> [String] {
        document.withView { view in
            (0..<view.count).compactMap { index in
                guard view[index].flags.contains(.key), index + 1 < view.count, view[index + 1].kind == .string,
                    view.text(of: index).elementsEqual("$ref".utf8)
                else { return nil }
                return String(decoding: view.text(of: index + 1), as: UTF8.self)
            }
        }
    }

    /// What is wrong with an instance, each with its place in the instance's file; empty if nothing is.
    package func diagnostics(for instance: JSONDocument) -> [Diagnostic] {
        let found = instance.withView {
            program.violations(entry, $0, limit: Self.violationLimit, echoesValues: true)
        }
        return found.map { violation in
            let value = JSONPointer(violation.instancePointer).flatMap { instance.root.value(at: $0) }
            return Diagnostic(
                .error, violation.keyword,
                "\(violation.instancePointer.isEmpty ? "(root)" : violation.instancePointer): \(violation.message)",
                at: (value ?? instance.root).range)
        }
    }
}
