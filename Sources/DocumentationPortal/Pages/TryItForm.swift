import JSONDocuments
import OpenAPIDocuments

/// A form that sends a request to the gateway that serves the page. It needs a script, which makes it visible.
struct TryItForm {
    /// The API.
    let api: DocumentedAPI
    /// The operation.
    let operation: Operation

    /// Writes the form. The script reads `data-in` and `data-name` of the fields; nothing is ever evaluated.
    func write(into page: inout HTML) {
        page.open(
            "form", ("class", "try"), ("data-method", operation.method), ("data-path", api.publicPath(operation)),
            ("hidden", ""))
        page.markup("<h2>Try it</h2>")
        for parameter in operation.parameters + (operation.requestBody?.formFields ?? []) {
            field(
                parameter.name, in: parameter.location.rawValue, isRequired: parameter.isRequired,
                value: parameter.isRequired ? ExampleValue.text(of: parameter, in: api.document) : "",
                hint: parameter.isRequired ? "" : ExampleValue.text(of: parameter, in: api.document), into: &page)
        }
        var seen: Set<String> = []
        for need in operation.security.flatMap(\.needs) where seen.insert(need.scheme).inserted {
            guard let scheme = api.document.securitySchemes[need.scheme] else { continue }
            SignIn.write(scheme, scopes: need.scopes, into: &page)
            credential(scheme, into: &page)
        }
        if let media = operation.requestBody?.content.first, operation.requestBody?.formFields.isEmpty ?? true {
            page.open("label")
            page.text("Body, \(media.key)")
            page.open(
                "textarea", ("data-in", "body"), ("data-type", media.key), ("rows", "9"), ("spellcheck", "false"))
            // A line break right after the tag would be dropped (HTML §13.1.2.5).
            page.text(ExampleValue.text(of: media, in: api.document, isRequest: true) ?? "")
            page.close("textarea")
            page.close("label")
        }
        page.markup(
            """
            <p class="actions"><button type="submit">Send</button></p>\
            <output class="result" aria-live="polite"></output></form>
            """)
    }

    /// Writes a field for a parameter.
    private func field(
        _ name: String, in location: String, isRequired: Bool, value: String, hint: String, isSecret: Bool = false,
        into page: inout HTML
    ) {
        page.open("label")
        page.text(name)
        page.element("small", " \(location)\(isRequired ? ", required" : "")")
        page.open(
            "input", ("data-in", location), ("data-name", name), ("value", value), ("placeholder", hint),
            ("type", isSecret ? "password" : "text"), ("autocomplete", "off"), ("spellcheck", "false"))
        page.close("label")
    }

    /// Writes the fields for a credential; the script keeps them for the session.
    private func credential(_ scheme: SecurityScheme, into page: inout HTML) {
        switch (scheme.type, scheme.location) {
        case ("apiKey", let location?):
            field(
                scheme.parameterName ?? "", in: location, isRequired: false, value: "", hint: scheme.name,
                isSecret: true,
                into: &page)
        case ("http", _) where scheme.scheme == "basic":
            field(
                "user:password", in: "basic", isRequired: false, value: "", hint: scheme.name, isSecret: true,
                into: &page)
        case ("http", _), ("oauth2", _), ("openIdConnect", _):
            field("token", in: "bearer", isRequired: false, value: "", hint: scheme.name, isSecret: true, into: &page)
        default: break
        }
    }
}
