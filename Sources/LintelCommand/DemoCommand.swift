import ArgumentParser
import DemoServices
import GatewayPipeline
import Glibc
import HTTPServing

/// `lintel demo`: the example shop in this process, and the gateway in front of it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the example: three services in this process, and the gateway in front of them.",
        discussion: """
            The services users, products and orders listen on the loopback ports that routes/shop.yaml names.

            EXAMPLE
              lintel demo
              curl -si localhost:8080/products/1
            """)

    @OptionGroup var option: RoutesOption

    @Option(help: "Port of the public listener on 127.0.0.1, instead of the one in the settings.")
    var port: Int?

    func run() async throws {
        let shop = DemoShop(now: { Int(time(nil)) })
        let services: DemoServer
        do {
            services = try await DemoServer.start(shop.services, clock: { Int64(time(nil)) })
        } catch {
            Terminal.error.write("lintel: cannot start the example's services: \(error)")
            throw ExitCode(2)
        }
        for service in shop.services { Terminal.error.write("\(service.name) on 127.0.0.1:\(service.port)") }
        var process = try await GatewayProcess.start(option, publicPort: port)
        let port = process.gateway.listeners.first?.listener.address.port ?? 8080
        Terminal.error.write(Self.suggestions(port: port))
        await process.serveToTheEnd()
        await services.stop()
    }

    /// Five things to try.
    private static func suggestions(port: Int) -> String {
        let at = "localhost:\(port)"
        return """

            \(Terminal.error.bold("Five things to try, in another terminal:"))
              curl -si \(at)/products/1
              curl -si '\(at)/products?category=kitchen&sort=price_desc&limit=3'
              curl -si \(at)/orders -H 'content-type: application/json' -d '{"userId":1,"items":[{"productId":1,"quantity":2}]}'
              curl -si \(at)/orders -H 'content-type: application/json' -d '{"userId":1,"items":[{"productId":1,"quantity":0}]}'
              lintel explain GET 'http://\(at)/products?limit=abc'

            """
    }
}
