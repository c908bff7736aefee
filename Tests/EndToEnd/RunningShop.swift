import DemoServices
import Glibc
import JSONDocuments
import SourceDiagnostics
import TestSupport

/// The example as it is published (specs/ and routes/), with the ports chosen by the system.
final class RunningShop: Sendable {
    /// The services' logic, with their counts of requests.
    let shop: DemoShop
    /// The gateway in front of them.
    let gateway: RunningGateway
    private let server: DemoServer

    private init(shop: DemoShop, server: DemoServer, gateway: RunningGateway) {
        (self.shop, self.server, self.gateway) = (shop, server, gateway)
    }

    /// Starts services and gateway, lends them to `body`, and ends them.
    ///
    /// - Parameters:
    ///   - others: ports of services that somebody else runs, by name.
    ///   - assets: where the files of Swagger UI and Redoc are.
    static func run(
        others: [String: Int] = [:], assets: String? = nil, _ body: @escaping @Sendable (RunningShop) throws -> Void
    ) async throws {
        let shop = DemoShop(now: { Int(time(nil)) })
        let server = try await DemoServer.start(shop.services, usesOwnPorts: false, clock: { Int64(time(nil)) })
        do {
            var files = routes(ports: server.ports.merging(others) { $1 }, services: shop.services)
            if let assets {
                files["routes/gateway.yaml"] = files["routes/gateway.yaml"]?.replacing(
                    "docs: { insights: public }", with: "docs: { insights: public, assets: \"\(assets)\" }")
            }
            let folder = try TemporaryFolder(files)
            try await BackgroundThread.run {
                let running = RunningShop(shop: shop, server: server, gateway: try RunningGateway(folder))
                try body(running)
                running.gateway.stop()
            }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// The example's settings with these ports.
    private static func routes(ports: [String: Int], services: [any DemoService]) -> [String: String] {
        var shop = FileContent.text(PackageFolder.path + "/routes/shop.yaml")
        for service in services {
            shop = shop.replacing(":\(service.port)", with: ":\(ports[service.name] ?? 0)")
        }
        let gateway = FileContent.text(PackageFolder.path + "/routes/gateway.yaml")
            .replacing("127.0.0.1:8080", with: "127.0.0.1:0").replacing("127.0.0.1:9090", with: "127.0.0.1:0")
        let pages = FileContent.text(PackageFolder.path + "/routes/pages.yaml")
        var files = ["routes/shop.yaml": shop, "routes/gateway.yaml": gateway, "routes/pages.yaml": pages]
        for service in services {
            let name = "specs/\(service.name).yaml"
            files[name] = FileContent.text(PackageFolder.path + "/" + name)
        }
        return files
    }

    /// Number of requests that have reached the services, health checks aside.
    var requestCount: Int { shop.services.reduce(0) { $0 + $1.requestCount } }

    /// Sends a request through the gateway.
    func send(_ line: String, type: String? = nil, content: String? = nil) throws -> HTTPClient.Reply {
        try HTTPClient.send(
            line, to: gateway.port, fields: type.map { ["Content-Type: \($0)"] } ?? [], content: content)
    }
}

extension HTTPClient.Reply {
    /// The content as JSON.
    func json() throws -> JSONValue { try JSONText.parse(content) }
}

/// JSON that a test has received.
enum JSONText {
    /// Reads one JSON text.
    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONDocument(parsing: SourceFile(path: "reply", bytes: bytes)).root
    }
}
