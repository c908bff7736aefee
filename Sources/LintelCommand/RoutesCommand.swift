import ArgumentParser
import GatewayPipeline

/// `lintel routes`: the compiled route table.
struct RoutesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Print the compiled route table: method, path, operation, upstream.",
        discussion: """
            EXAMPLES
              lintel routes
              lintel routes --json | jq '.routes[] | select(.api == "orders")'
            """)

    @OptionGroup var option: RoutesOption

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func run() throws {
        let (snapshot, _) = try option.loadOrExit()
        let listing = RouteListing(snapshot)
        Terminal.output.write(json ? String(decoding: listing.json, as: UTF8.self) : listing.table)
    }
}
