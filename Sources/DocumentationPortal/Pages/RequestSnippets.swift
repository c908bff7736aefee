import JSONDocuments
import OpenAPIDocuments

/// A request for an operation in the words of common tools.
struct RequestSnippets {
    /// The method.
    private let method: String
    /// The path with its examples, and the query.
    private let target: String
    /// Fields with their examples.
    private let fields: [(name: String, value: String)]
    /// The content.
    private let body: String?

    /// Makes the request of an operation.
    init(api: DocumentedAPI, operation: Operation) {
        method = operation.method
        var path = api.publicPath(operation)
        var query: [String] = []
        var fields: [(String, String)] = []
        for parameter in operation.parameters {
            let example = ExampleValue.text(of: parameter, in: api.document)
            switch parameter.location {
            case .path: path = path.replacing("{\(parameter.name)}", with: PageAddress.encoded(example))
            case .query where parameter.isRequired:
                query.append("\(PageAddress.encoded(parameter.name))=\(PageAddress.encoded(example))")
            case .header where parameter.isRequired: fields.append((parameter.name, example))
            default: break
            }
        }
        for need in operation.security.first?.needs ?? [] {
            guard let scheme = api.document.securitySchemes[need.scheme] else { continue }
            switch (scheme.type, scheme.location) {
            case ("apiKey", "header"?): fields.append((scheme.parameterName ?? "", "YOUR_KEY"))
            case ("apiKey", "query"?): query.append("\(PageAddress.encoded(scheme.parameterName ?? ""))=YOUR_KEY")
            case ("http", _) where scheme.scheme == "basic":
                fields.append(("Authorization", "Basic dXNlcjpwYXNzd29yZA=="))
            case ("http", _), ("oauth2", _), ("openIdConnect", _): fields.append(("Authorization", "Bearer YOUR_TOKEN"))
            default: break
            }
        }
        if let media = operation.requestBody?.content.first {
            fields.append(("Content-Type", media.key))
            body = ExampleValue.text(of: media, in: api.document, isRequest: true)
        } else {
            body = nil
        }
        self.fields = fields
        target = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// Writes the snippets, one open at a time.
    func write(into page: inout HTML) {
        page.markup("<section class=\"snippets\" aria-label=\"Examples of requests\">")
        for (place, snippet) in [("curl", curl), ("JavaScript", javaScript), ("Python", python), ("Swift", swift)]
            .enumerated()
        {
            page.open("details", ("name", "snippet"), ("open", place == 0 ? "" : nil))
            page.element("summary", snippet.0)
            page.element("pre", ("tabindex", "0")) { $0.element("code", snippet.1, ("data-origin", "")) }
            page.markup("</details>")
        }
        page.markup("</section>")
    }

    /// The place that a script replaces by where the page came from.
    private static let origin = "http://localhost:8080"

    /// For a shell.
    private var curl: String {
        func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }
        var lines = ["curl \(method == "GET" ? "" : "-X \(method) ")\(quoted(Self.origin + target))"]
        lines += fields.map { "-H \(quoted("\($0.name): \($0.value)"))" }
        if let body { lines.append("-d \(quoted(body))") }
        return lines.joined(separator: " \\\n  ")
    }

    /// For browsers and Node.
    private var javaScript: String {
        var text =
            "const reply = await fetch(\(Self.string(Self.origin + target)), {\n  method: \(Self.string(method)),\n"
        if !fields.isEmpty {
            text +=
                "  headers: {"
                + fields.map { "\(Self.string($0.name)): \(Self.string($0.value))" }.joined(separator: ", ") + "},\n"
        }
        if let body { text += "  body: \(Self.string(body)),\n" }
        return text + "});\nconsole.log(reply.status, await reply.text());"
    }

    /// For Python's standard library.
    private var python: String {
        var text =
            "import urllib.request\n\nrequest = urllib.request.Request(\n    \(Self.string(Self.origin + target)),\n    method=\(Self.string(method)),\n"
        if !fields.isEmpty {
            text +=
                "    headers={"
                + fields.map { "\(Self.string($0.name)): \(Self.string($0.value))" }.joined(separator: ", ") + "},\n"
        }
        if let body { text += "    data=\(Self.string(body)).encode(),\n" }
        return text
            + ")\nwith urllib.request.urlopen(request) as reply:\n    print(reply.status, reply.read().decode())"
    }

    /// For Foundation.
    private var swift: String {
        var text =
            "import Foundation\n\nvar request = URLRequest(url: URL(string: \(Self.string(Self.origin + target)))!)\nrequest.httpMethod = \(Self.string(method))\n"
        for field in fields {
            text += "request.setValue(\(Self.string(field.value)), forHTTPHeaderField: \(Self.string(field.name)))\n"
        }
        if let body { text += "request.httpBody = Data(\(Self.string(body, isSwift: true)).utf8)\n" }
        return text + "let (data, reply) = try await URLSession.shared.data(for: request)"
    }

    /// A text in quotes, as all these languages read it.
    private static func string(_ text: String, isSwift: Bool = false) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                quoted += isSwift ? "\\u{\(hex)}" : "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
