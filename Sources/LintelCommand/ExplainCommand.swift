import ArgumentParser
import GatewayPipeline
import Glibc

/// `lintel explain`: what would happen to a request. Sends nothing.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what would happen to a request: the match, the settings, the verdict. Sends nothing.",
        discussion: """
            Every setting is printed with the file:line it came from. Exit code 0: the request would be forwarded;
            1: the gateway would refuse it.

            EXAMPLES
              lintel explain GET 'http://localhost:8080/products?limit=abc'
              lintel explain POST http://localhost:8080/orders -H 'Content-Type: application/json' -d '{"userId":1,"items":[]}'
            """)

    @OptionGroup var option: RoutesOption

    @Argument(help: "The method, such as GET.")
    var method: String

    @Argument(help: "The URL, or only the path.")
    var url: String

    @Option(name: .customShort("H"), help: "A header field, NAME:VALUE. May be repeated.")
    var header: [String] = []

    @Option(name: .customShort("d"), help: "The content; @FILE reads it from a file.")
    var body: String?

    func run() throws {
        let (snapshot, outcome) = try option.loadOrExit()
        let request = try RecordedRequest(method: method, url: url, headers: header, body: body)
        let explanation = RequestExplanation(
            of: request.bytes, snapshot: snapshot, settings: outcome.settings)
        Terminal.output.write(explanation.text)
        if !explanation.isForwarded { throw ExitCode(1) }
    }
}

/// A request as it would stand on the wire, made from command line arguments.
struct RecordedRequest {
    /// Head and content.
    let bytes: [UInt8]

    /// Puts the parts together.
    ///
    /// - Throws: ``ValidationError`` when the URL has no path, or a header field no colon.
    init(method: String, url: String, headers: [String], body: String?) throws {
        var host = "localhost"
        var target = url
        for scheme in ["http://", "https://"] where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            host = String(rest[..<end])
            target = String(rest[end...])
        }
        if target.isEmpty || target.hasPrefix("?") { target = "/" + target }
        guard target.hasPrefix("/") else { throw ValidationError("the URL is neither absolute nor a path: \(url)") }
        var content: [UInt8] = []
        if let body { content = try Self.content(body) }
        var head = "\(method) \(target) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.lowercased().hasPrefix("host:") }) { head += "Host: \(host)\r\n" }
        for header in headers {
            guard let colon = header.firstIndex(of: ":") else {
                throw ValidationError("a header field is NAME:VALUE, not \(header)")
            }
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            head += "\(header[..<colon]): \(value)\r\n"
        }
        if body != nil { head += "Content-Length: \(content.count)\r\n" }
        bytes = Array((head + "\r\n").utf8) + content
    }

    /// The text itself, or the file behind an `@`.
    private static func content(_ text: String) throws -> [UInt8] {
        guard text.hasPrefix("@") else { return Array(text.utf8) }
        let path = String(text.dropFirst())
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw ValidationError("cannot read \(path)") }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { return content }
            content.append(contentsOf: block[..<count])
        }
    }
}
