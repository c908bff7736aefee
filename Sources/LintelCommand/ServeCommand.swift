import ArgumentParser

/// `lintel serve`: run the gateway.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Prints one line per listener when it accepts connections. Changed settings and documents are loaded while it
            serves, as a whole or not at all; SIGHUP has everything loaded at once. SIGTERM and SIGINT drain: no new
            connections, exchanges in flight finish, exit code 0.

            EXAMPLE
              lintel serve --routes routes
              lintel serve --routes routes --take-over /run/lintel.take-over
            """)

    @OptionGroup var option: RoutesOption

    @Flag(inversion: .prefixedNo, help: "Look for changed files each second and load them while serving.")
    var watch = true

    @Option(
        help: ArgumentHelp(
            "Unix socket through which listening sockets pass from process to process.",
            discussion: """
                When a gateway serves there, this one takes its listeners over without losing a connection; it then waits
                there for the next.
                """,
            valueName: "path"))
    var takeOver: String?

    func run() async throws {
        var process = try await GatewayProcess.start(option, watches: watch, handOver: takeOver)
        await process.serveToTheEnd()
    }
}
