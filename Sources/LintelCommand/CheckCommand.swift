import ArgumentParser
import GatewayPipeline

/// `lintel check`: load and compile everything exactly as `serve` does.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Load and compile everything exactly as serve does, and say what is wrong.",
        discussion: """
            Prints every mistake with file:line:column, all at once. Exit code 0: it would serve; 2: it would not.

            EXAMPLE
              lintel check --routes routes
            """)

    @OptionGroup var option: RoutesOption

    func run() throws {
        let (snapshot, outcome) = try option.loadOrExit()
        Terminal.output.write(outcome.diagnostics)
        let apis = Set(snapshot.rows.map(\.api)).count
        Terminal.error.write(Summary.text(outcome.diagnostics, in: option.folder))
        Terminal.output.write("ok: \(snapshot.rows.count) operations of \(apis) APIs, snapshot \(snapshot.hash)")
    }
}
