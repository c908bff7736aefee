import ArgumentParser

/// The `lintel` executable: one subcommand for each job.
///
/// Exit codes everywhere: 0 clean, 1 findings, 2 the tool could not do its work.
@main
struct LintelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lintel",
        abstract: "An API gateway that keeps contracts.",
        discussion: """
            Loads OpenAPI documents and its own settings, validates and routes every request, and forwards it unchanged.

            EXAMPLES
              lintel demo                                  the example shop and a gateway in front of it
              lintel check --routes routes                 what `serve` would load, without serving
              lintel serve --routes routes                 run the gateway
              lintel explain GET 'http://localhost:8080/products/1'
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckCommand.self, RoutesCommand.self, ExplainCommand.self,
            LintCommand.self, DiffCommand.self, SchemaCommand.self, ValidateCommand.self, BundleCommand.self,
            DocsCommand.self, ComposeCommand.self,
            HealthCommand.self,
        ])

    /// Parses the arguments and runs a subcommand; bad usage ends with exit code 2.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            // The parser's own code for bad usage is 64; here 2 says "could not do its work".
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if code == .success {
                print(message)
                exit(withError: ExitCode.success)
            }
            Terminal.error.write(message)
            exit(withError: ExitCode(2))
        }
    }
}

/// The version of this build.
enum Version {
    /// Shown by `--version`.
    static let text = "0.1.0"
}
