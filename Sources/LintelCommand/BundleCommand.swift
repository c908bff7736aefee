import ArgumentParser
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics
import YAMLDocuments

/// `lintel bundle`: one self-contained document from a multi-file one.
struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Make one self-contained document from a multi-file one.",
        discussion: """
            What references to other files need is pulled into components; the contract stays the same. YAML or JSON,
            by the extension of OUT, else by that of FILE. Exit code 2: the document has errors, nothing is written.

            EXAMPLE
              lintel bundle specs/api.yaml -o bundle.json
            """)

    @Argument(help: "The OpenAPI document.")
    var file: String

    @Option(name: [.customShort("o"), .customLong("output")], help: "Where to write. Default: standard output.")
    var output: String?

    @Option(help: "A folder that references may lead into. May be repeated. Default: the folder of FILE.")
    var root: [String] = []

    func run() throws {
        let outcome = Bundling.run(file, roots: root, asJSON: Self.isJSON(output ?? file))
        guard let bundle = outcome.bundle else {
            Terminal.output.write(outcome.diagnostics)
            Terminal.error.write("lintel: \(file) cannot be bundled")
            throw ExitCode(2)
        }
        Terminal.error.write(outcome.diagnostics)
        guard let output else { return Terminal.output.write(bytes: bundle) }
        guard !outcome.sources.contains(CommandInput.absolute(output)) else {
            Terminal.error.write("lintel: \(output) is one of the files of the description: it is not overwritten")
            throw ExitCode(2)
        }
        guard WholeFile.write(bundle, to: output) else {
            Terminal.error.write("lintel: cannot write \(output)")
            throw ExitCode(2)
        }
        Terminal.error.write("\(output): \(outcome.sources.count) files in one, \(bundle.count) bytes")
    }

    /// Whether a name asks for JSON.
    private static func isJSON(_ path: String) -> Bool { path.lowercased().hasSuffix(".json") }
}

/// Loading, bundling, writing, and the proof that the result stands on its own.
package enum Bundling {
    /// What came out.
    package struct Outcome {
        /// The bundle's text; nil if a diagnostic is an error.
        package let bundle: [UInt8]?
        /// Everything that is wrong.
        package let diagnostics: [Diagnostic]
        /// Paths of the files that went in, links followed.
        package let sources: Set<String>
    }

    /// Bundles a document.
    package static func run(_ path: String, roots: [String] = [], asJSON: Bool) -> Outcome {
        let loaded = DocumentLoader(roots: roots).load(path)
        let sources = Set((loaded.document?.files ?? []).map(\.document.file.path))
        guard let document = loaded.document, !loaded.diagnostics.contains(where: { $0.severity == .error }) else {
            return Outcome(bundle: nil, diagnostics: loaded.diagnostics, sources: sources)
        }
        var bundler = DocumentBundler(document)
        let (bundle, found) = bundler.bundle()
        // What is doubtful about the document is not the bundle's business, and `lintel lint` tells it.
        guard let bundle else { return Outcome(bundle: nil, diagnostics: found, sources: sources) }
        let bytes = asJSON ? JSONWriter.bytes(of: bundle.root, .pretty) + [0x0A] : YAMLWriter.bytes(of: bundle.root)
        let problems = proof(bytes, name: asJSON ? "/bundle.json" : "/bundle.yaml")
        return Outcome(bundle: problems.isEmpty ? bytes : nil, diagnostics: found + problems, sources: sources)
    }

    /// Errors of loading the bundle from a place where no other file is.
    private static func proof(_ bytes: [UInt8], name: String) -> [Diagnostic] {
        let files = DocumentFiles.memory([name: String(decoding: bytes, as: UTF8.self)])
        return DocumentLoader(files: files).load(name).diagnostics.filter { $0.severity == .error }
    }
}
