import ArgumentParser
import CompositionLanguage
import GatewayPipeline
import JSONDocuments
import SourceDiagnostics
import YAMLDocuments

/// `lintel compose`: plans of compositions, and their exchange with Arazzo.
struct ComposeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose",
        abstract: "Show a composition's plan, export it as Arazzo 1.1, import Arazzo.",
        subcommands: [Plan.self, Export.self, Import.self])

    /// Loads the compositions, or tells what is wrong and ends with exit code 2.
    private static func files(_ option: RoutesOption) throws -> CompositionFiles {
        let (snapshot, outcome) = try option.loadOrExit()
        guard let settings = outcome.settings else { throw ExitCode(2) }
        return CompositionFiles(snapshot, settings)
    }

    /// Tells that there is no such composition, with the nearest name.
    private static func unknown(_ name: String, _ files: CompositionFiles) -> ExitCode {
        let near = NearestName.suggestion(among: files.names, to: name).map { " (\($0))" } ?? ""
        Terminal.error.write("lintel: there is no composition `\(name)`\(near)")
        return ExitCode(2)
    }

    /// `lintel compose plan`.
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print stages, number of calls and longest way; with --svg as a picture.",
            discussion: """
                EXAMPLE
                  lintel compose plan getOrderPage --svg > plan.svg
                """)

        @Argument(help: "The composition.")
        var name: String
        @Flag(help: "Print a picture (SVG).")
        var svg = false
        @OptionGroup var option: RoutesOption

        func run() throws {
            let files = try ComposeCommand.files(option)
            guard let text = svg ? files.svg(name) : files.plan(name) else { throw ComposeCommand.unknown(name, files) }
            Terminal.output.write(bytes: Array((svg ? text : text + "\n").utf8))
        }
    }

    /// `lintel compose export`.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a composition as an Arazzo 1.1 description.",
            discussion: """
                What Arazzo has no words for stands in x-lintel and is listed on standard error.

                EXAMPLE
                  lintel compose export getOrderPage > order-page.arazzo.yaml
                """)

        @Argument(help: "The composition.")
        var name: String
        @Flag(help: "Print JSON instead of YAML.")
        var json = false
        @OptionGroup var option: RoutesOption

        func run() throws {
            let files = try ComposeCommand.files(option)
            guard let (text, extensions) = files.arazzo(name, url: { $0 }) else {
                throw ComposeCommand.unknown(name, files)
            }
            let document = try JSONDocument(parsing: text, path: name)
            Terminal.output.write(bytes: json ? Array((text + "\n").utf8) : YAMLWriter.bytes(of: document.root))
            for one in extensions { Terminal.error.write("in x-lintel: \(one)") }
        }
    }

    /// `lintel compose import`.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the compositions of an Arazzo description, as a file for routes/.",
            discussion: """
                What could not be taken is listed on standard error; then the exit code is 1.

                EXAMPLE
                  lintel compose import checkout.arazzo.yaml > routes/checkout.yaml
                """)

        @Argument(help: "The Arazzo description, YAML or JSON.")
        var file: String

        func run() throws {
            let source: SourceFile
            do throws(CommandInput.Failure) {
                source = try CommandInput.file(file)
            } catch {
                Terminal.error.write("lintel: \(error.message)")
                throw ExitCode(2)
            }
            let document: JSONDocument
            switch DocumentParser.parse(source) {
            case .success(let parsed): document = parsed
            case .failure(let rejection):
                Terminal.error.write(rejection.diagnostics)
                throw ExitCode(2)
            }
            let (text, diagnostics) = ArazzoImport.json(document.root)
            Terminal.error.write(diagnostics)
            guard let text else { throw ExitCode(2) }
            Terminal.output.write(bytes: YAMLWriter.bytes(of: try JSONDocument(parsing: text, path: file).root))
            if !diagnostics.isEmpty { throw ExitCode(1) }
        }
    }
}
