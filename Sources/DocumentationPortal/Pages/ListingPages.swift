import JSONDocuments
import OpenAPIDocuments

/// The pages that list: all APIs, one API, its schemas.
struct ListingPages {
    /// The APIs.
    let apis: [DocumentedAPI]
    /// Whether readers may see how operations fare.
    var tellsInsights = false
    /// Makes frames.
    let frame: (_ title: String, _ api: DocumentedAPI?) -> PageFrame

    /// All APIs.
    func index() -> [UInt8] {
        frame("APIs", nil).page { page in
            page.markup("<h1>APIs</h1><p class=\"lead\">")
            let count = apis.reduce(0) { $0 + $1.document.operations.count }
            page.text("\(apis.count) APIs with \(count) operations behind this gateway. ")
            page.markup(
                "Every request is checked against its contract before a service sees it.</p><p class=\"actions\">")
            page.link("openapi.yaml", "openapi.yaml of all", class: "button")
            page.link("openapi.json", "openapi.json of all", class: "button")
            if tellsInsights { page.link("insights/", "Traffic and findings", class: "button") }
            page.markup("</p><ul class=\"cards\">")
            for api in apis {
                page.markup("<li>")
                page.element("a", ("href", PageAddress.encoded(api.name) + "/"), ("class", "card")) { page in
                    page.element("strong", api.document.title.isEmpty ? api.name : api.document.title)
                    page.element("span", api.document.apiVersion, ("class", "version"))
                    let info = api.document.root["info"]
                    let words = info?["summary"]?.string ?? info?["description"]?.string.map(Markdown.firstLine) ?? ""
                    page.element("span", words, ("class", "words"))
                    page.element(
                        "span", "\(api.document.operations.count) operations at \(api.mount)", ("class", "at"))
                }
                page.markup("</li>")
            }
            page.markup("</ul>")
        }
    }

    /// One API.
    func overview(_ api: DocumentedAPI) -> [UInt8] {
        let title = api.document.title.isEmpty ? api.name : api.document.title
        return frame(title, api).page { page in
            let info = api.document.root["info"]
            page.markup("<h1>")
            page.text(title)
            page.text(" ")
            page.element("span", api.document.apiVersion, ("class", "version"))
            page.markup("</h1>")
            if let summary = info?["summary"]?.string { page.element("p", summary, ("class", "lead")) }
            page.markup("<p class=\"actions\">")
            page.link("openapi.yaml", "openapi.yaml", class: "button")
            page.link("openapi.json", "openapi.json", class: "button")
            page.link("schemas/", "Schemas", class: "button")
            page.markup("</p>")
            if let text = info?["description"]?.string { Markdown.render(text, into: &page, headingsFrom: 2) }
            security(api, into: &page)
            for group in api.groups {
                page.element("h2", group.name, ("id", PageAddress.encoded(group.name)))
                if let text = group.description { Markdown.render(text, into: &page) }
                page.markup("<ul class=\"list\">")
                for (_, operation) in group.members {
                    page.markup("<li>")
                    page.element("a", ("href", PageAddress.operation(operation))) { page in
                        MethodBadge.write(operation.method, into: &page)
                        page.element("code", api.publicPath(operation))
                        page.text(" " + (operation.node["summary"]?.string ?? ""))
                        if operation.node["deprecated"]?.bool == true { page.text(" (deprecated)") }
                    }
                    page.markup("</li>")
                }
                page.markup("</ul>")
            }
        }
    }

    /// Writes the ways in which callers identify themselves.
    private func security(_ api: DocumentedAPI, into page: inout HTML) {
        let schemes = api.document.securitySchemes.values.sorted { $0.name < $1.name }
        guard !schemes.isEmpty else { return }
        page.markup("<h2 id=\"authentication\">Authentication</h2><dl class=\"facts\">")
        for scheme in schemes {
            page.element("dt", scheme.name)
            page.markup("<dd>")
            page.text(scheme.words)
            if let text = scheme.node["description"]?.string { Markdown.render(text, into: &page, headingsFrom: 4) }
            page.markup("</dd>")
        }
        page.markup("</dl>")
    }

    /// The shared schemas of an API.
    func schemas(_ api: DocumentedAPI) -> [UInt8] {
        frame("Schemas", api).page { page in
            page.markup("<h1>Schemas</h1><ul class=\"list\">")
            let all = api.document.root["components"]?["schemas"] ?? api.document.root["definitions"]
            for member in all.map({ Array($0.members) }) ?? [] {
                page.markup("<li>")
                page.element("a", ("href", PageAddress.encoded(member.name))) { page in
                    page.element("code", member.name)
                    let reading = SchemaReading(member.value, api.document)
                    page.text(
                        " " + (reading["description"]?.string.map(Markdown.firstLine) ?? reading.words(api.document)))
                }
                page.markup("</li>")
            }
            page.markup("</ul>")
        }
    }

    /// One schema, with the operations of its API around it.
    func schema(_ schema: JSONValue, named name: String, of api: DocumentedAPI, base: String) -> [UInt8] {
        frame(name, api).page { page in
            page.markup("<h1><code>")
            page.text(name)
            page.markup("</code></h1>")
            var tree = SchemaTree(api, base: base)
            tree.write(schema, into: &page)
            page.markup("<h2>Example</h2>")
            page.element("pre", ("tabindex", "0")) {
                $0.element("code", ExampleValue.text(of: schema, in: api.document, isRequest: false))
            }
        }
    }
}

extension SecurityScheme {
    /// How a caller identifies himself, in words.
    var words: String {
        switch type {
        case "apiKey": "API key in the \(location ?? "header") `\(parameterName ?? "")`"
        case "http": "HTTP \(scheme ?? "")\(node["bearerFormat"]?.string.map { " (\($0))" } ?? "")"
        case "oauth2": "OAuth 2.0"
        case "openIdConnect": "OpenID Connect"
        case "mutualTLS": "client certificate (mutual TLS)"
        default: type
        }
    }
}
