import ArgumentParser
import GatewaySettings

/// `lintel schema`: the JSON Schema of the configuration files.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the configuration files, for editors.",
        discussion: """
            EXAMPLE
              lintel schema > lintel.schema.json
              # then, as the first line of a settings file:
              # yaml-language-server: $schema=../lintel.schema.json
            """)

    func run() throws { Terminal.output.write(SettingsSchema.text) }
}
