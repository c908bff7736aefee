import ArgumentParser

/// `lintel serve`: run the gateway.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Prints one line per listener when it accepts connections. SIGTERM and SIGINT drain: no new connections,
            exchanges in flight finish, exit code 0.

            EXAMPLE
              lintel serve --routes routes
            """)

    @OptionGroup var option: RoutesOption

    @Flag(inversion: .prefixedNo, help: "Load changed files while serving. Not available in this version.")
    var watch = false

    func run() async throws {
        if watch {
            Terminal.error.write(
                "lintel: --watch is not available in this version; restart the gateway to load changes")
            throw ExitCode(2)
        }
        var process = try await GatewayProcess.start(option)
        await process.waitForSignal()
        await process.drain()
    }
}
