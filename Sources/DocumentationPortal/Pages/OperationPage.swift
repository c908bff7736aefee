import JSONDocuments
import OpenAPIDocuments

/// The page of one operation.
struct OperationPage {
    /// The API.
    let api: DocumentedAPI
    /// The operation.
    let operation: Operation
    /// Its number in the document.
    let number: Int
    /// The address of the API's pages, with a slash at its end.
    let base: String
    /// The address of the page that tells how the operation fares; nil where readers may not see it.
    var insight: String?

    /// The page.
    func bytes(in frame: PageFrame) -> [UInt8] {
        frame.page { page in
            heading(into: &page)
            page.markup("<div class=\"columns\"><div class=\"reading\">")
            if let text = operation.node["description"]?.string { Markdown.render(text, into: &page) }
            edge(into: &page)
            parameters(into: &page)
            body(into: &page)
            responses(into: &page)
            page.markup("</div><aside class=\"doing\">")
            RequestSnippets(api: api, operation: operation).write(into: &page)
            TryItForm(api: api, operation: operation).write(into: &page)
            page.markup("</aside></div>")
        }
    }

    /// Writes the method, the path and the summary.
    private func heading(into page: inout HTML) {
        let summary = operation.node["summary"]?.string
        page.element("h1", summary ?? operation.name)
        page.markup("<p class=\"request\">")
        MethodBadge.write(operation.method, into: &page)
        page.element("code", api.publicPath(operation))
        page.markup("</p>")
        if operation.node["deprecated"]?.bool == true {
            page.markup("<p class=\"warning\">Deprecated")
            if let day = operation.node["x-sunset"]?.string { page.text(": it goes on \(day)") }
            page.markup("</p>")
        }
    }

    /// Writes what the gateway does for the operation.
    private func edge(into page: inout HTML) {
        guard let treatment = api.treatment(number) else { return }
        page.markup("<ul class=\"chips\">")
        page.element("li", treatment.enforcesRequests ? "requests are checked" : "requests are not refused")
        if treatment.enforcesResponses { page.markup("<li>replies are checked</li>") }
        for requirement in operation.security where !requirement.needs.isEmpty {
            page.markup("<li>")
            page.text(requirement.needs.map(\.scheme).joined(separator: " and "))
            page.markup("</li>")
        }
        if operation.requestBody != nil { page.element("li", "up to \(Self.size(treatment.requestBodyLimit))") }
        page.element("li", "answers within \(Self.time(treatment.timeout))")
        if treatment.limitsRate { page.markup("<li>limited rate</li>") }
        if let lifetime = treatment.cacheLifetime {
            let limit = treatment.storedParts == nil ? "as the reply says" : "as long as its parts are fresh"
            let time = lifetime > 0 ? "stored for \(Self.time(lifetime))" : "stored \(limit)"
            page.element("li", time + (treatment.storesPerCaller ? ", for each caller" : ""))
        }
        if let parts = treatment.storedParts, !parts.isEmpty {
            page.element("li", "from the store: \(parts.joined(separator: ", "))")
        }
        page.markup("</ul>")
        if let insight {
            page.element("p", ("class", "actions")) {
                $0.element("a", "Traffic and findings", ("id", "insight"), ("class", "button"), ("href", insight))
            }
        }
    }

    // MARK: - Parameters

    /// Writes the parameters by place.
    private func parameters(into page: inout HTML) {
        let fields = operation.parameters + (operation.requestBody?.formFields ?? [])
        for (location, title) in [
            (ParameterLocation.path, "Path parameters"), (.query, "Query parameters"),
            (.querystring, "Query string"), (.header, "Header parameters"), (.cookie, "Cookies"),
            (.formData, "Form fields"),
        ] {
            let all = fields.filter { $0.location == location }
            guard !all.isEmpty else { continue }
            page.element("h2", title)
            page.markup("<dl class=\"params\">")
            for parameter in all { self.parameter(parameter, into: &page) }
            page.markup("</dl>")
        }
    }

    /// Writes a parameter.
    private func parameter(_ parameter: Parameter, into page: inout HTML) {
        page.markup("<dt>")
        page.element("code", parameter.name, ("class", "name"))
        if parameter.isRequired { page.markup(" <span class=\"must\">required</span>") }
        if parameter.node["deprecated"]?.bool == true { page.markup(" <span class=\"mark\">deprecated</span>") }
        page.markup("</dt><dd>")
        if let text = parameter.node["description"]?.string { Markdown.render(text, into: &page, headingsFrom: 5) }
        switch parameter.content {
        case .schema(let schema, let style, let explode):
            var tree = SchemaTree(api, base: base)
            tree.write(schema, into: &page)
            let types = SchemaReading(schema, api.document).target["type"]?.string
            if types == "array" || types == "object" {
                page.element("p", "written as \(style.rawValue)\(explode ? ", exploded" : "")", ("class", "note"))
            }
        case .media(let media):
            page.element("p", "written as \(media.key)", ("class", "note"))
            if let schema = media.schema {
                var tree = SchemaTree(api, base: base)
                tree.write(schema, into: &page)
            }
        case .unspecified: break
        }
        page.markup("</dd>")
    }

    // MARK: - Content

    /// Writes the content of requests.
    private func body(into page: inout HTML) {
        guard let body = operation.requestBody, !body.content.isEmpty else { return }
        page.markup("<h2>Request body")
        if body.isRequired { page.markup(" <span class=\"must\">required</span>") }
        page.markup("</h2>")
        if body.node["in"] == nil, let text = body.node["description"]?.string { Markdown.render(text, into: &page) }
        contents(body.content, isRequest: true, into: &page)
    }

    /// Writes content by media type.
    private func contents(_ contents: [MediaType], isRequest: Bool, into page: inout HTML) {
        for (place, media) in contents.prefix(10).enumerated() {
            page.open("details", ("class", "media"), ("open", place == 0 ? "" : nil))
            page.element("summary", media.key)
            if let schema = media.schema ?? media.itemSchema {
                if media.schema == nil { page.markup("<p class=\"note\">A sequence; each item:</p>") }
                var tree = SchemaTree(api, base: base)
                tree.write(schema, into: &page)
            }
            if let example = ExampleValue.text(of: media, in: api.document, isRequest: isRequest) {
                page.markup("<p class=\"note\">Example</p>")
                page.element("pre", ("tabindex", "0")) { $0.element("code", example) }
            }
            page.markup("</details>")
        }
    }

    /// Writes the responses: the service's, then those of the gateway.
    private func responses(into page: inout HTML) {
        page.markup("<h2>Responses</h2>")
        for response in operation.responses ?? [] {
            let isFirst = response.key.isSuccess
            page.open("details", ("class", "response"), ("open", isFirst ? "" : nil))
            page.markup("<summary>")
            page.element("b", response.key.text, ("class", "status s" + String(response.key.text.prefix(1))))
            page.text(" " + (response.node["description"]?.string.map(Markdown.firstLine) ?? ""))
            page.markup("</summary>")
            if let text = response.node["description"]?.string, text.contains("\n") {
                Markdown.render(text, into: &page)
            }
            if !response.headers.isEmpty {
                page.markup("<p class=\"note\">Headers</p><dl class=\"params\">")
                for header in response.headers { parameter(header, into: &page) }
                page.markup("</dl>")
            }
            contents(response.content, isRequest: false, into: &page)
            page.markup("</details>")
        }
        gatewayReplies(into: &page)
    }

    /// Writes the replies that the gateway itself may give.
    private func gatewayReplies(into page: inout HTML) {
        guard let replies = api.treatment(number)?.replies(for: operation), !replies.isEmpty else { return }
        page.markup("<details class=\"response\"><summary><b class=\"status s5\">")
        page.text(replies.map { String($0.rawValue) }.joined(separator: " "))
        page.markup("</b> from the gateway, as application/problem+json</summary><dl class=\"facts\">")
        for reply in replies {
            page.element("dt", String(reply.rawValue))
            page.element("dd", reply.summary)
        }
        page.markup("</dl></details>")
    }

    /// Bytes in words.
    private static func size(_ bytes: Int64) -> String {
        switch bytes {
        case (1 << 20)...: "\(bytes >> 20) MiB"
        case 1024...: "\(bytes >> 10) KiB"
        default: "\(bytes) bytes"
        }
    }

    /// Milliseconds in words.
    private static func time(_ milliseconds: Int64) -> String {
        milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }
}

extension StatusKey {
    /// The key as the document writes it.
    var text: String {
        switch self {
        case .exact(let status): String(status)
        case .range(let first): "\(first)XX"
        case .default: "default"
        }
    }

    /// Whether it is about success.
    var isSuccess: Bool { text.hasPrefix("2") }
}
