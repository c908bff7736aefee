import JSONDocuments

/// The files of Swagger UI and Redoc, where somebody has put them: `make docs-assets`.
package struct ViewerAssets: Sendable {
    /// The files that the viewers are made of.
    package static let names = [
        "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-ui.css", "redoc.standalone.js",
    ]

    /// The files that are there, by name.
    let files: [String: [UInt8]]

    /// Takes the files that are there.
    package init(_ files: [String: [UInt8]]) { self.files = files }

    /// No viewers.
    package static let none = ViewerAssets([:])
}

/// A viewer of other makers, in a page of ours: no script stands in it, nothing is loaded from elsewhere.
enum Viewer: String, CaseIterable {
    case swagger
    case redoc

    /// The files that it needs.
    var names: [String] {
        switch self {
        case .swagger: ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"]
        case .redoc: ["redoc.standalone.js"]
        }
    }

    /// What it is called.
    var title: String { self == .swagger ? "Swagger UI" : "Redoc" }

    /// What its page may do beyond the portal's own: both write styles into elements, and Redoc searches in a worker.
    static let policy = Array(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            .utf8)

    /// The page, or how to get one.
    func page(_ frame: PageFrame, _ assets: ViewerAssets, root: String) -> [UInt8] {
        guard names.allSatisfy({ assets.files[$0] != nil }) else {
            return frame.page { page in
                page.element("h1", title)
                page.markup("<p>The files of ")
                page.text(title)
                page.markup(
                    """
                     are not installed. <code>make docs-assets</code> takes them, pinned by their hash, and puts them where \
                    <code>gateway.docs.assets</code> says.</p><p><a href="./">These pages</a> need nothing else.</p>
                    """)
            }
        }
        var page = HTML()
        page.markup("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        page.markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        page.element("title", title)
        for name in names where name.hasSuffix(".css") {
            page.open("link", ("rel", "stylesheet"), ("href", root + "assets/" + name))
        }
        page.markup("</head><body><div id=\"viewer\"></div>")
        for name in names.filter({ $0.hasSuffix(".js") }) + ["\(rawValue)-start.js"] {
            page.open("script", ("src", root + "assets/" + name))
            page.close("script")
        }
        page.markup("</body></html>")
        return page.bytes
    }

    /// The script that starts it.
    func start(_ apis: [DocumentedAPI], root: String) -> [UInt8] {
        var list = JSONWriter()
        list.beginArray()
        for api in apis {
            list.beginObject()
            list.key("name")
            list.string(api.document.title.isEmpty ? api.name : api.document.title)
            list.key("url")
            list.string("\(root)\(PageAddress.encoded(api.name))/openapi.json")
            list.endObject()
        }
        list.endArray()
        // In a script file only the script's own grammar counts; JSON is part of it (ECMA-262 §25.5).
        switch self {
        case .swagger:
            return Array(
                """
                "use strict";
                SwaggerUIBundle({
                  urls: \(list.text), dom_id: "#viewer", deepLinking: true, validatorUrl: null, tryItOutEnabled: true,
                  persistAuthorization: true, presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: "StandaloneLayout",
                });
                """.utf8)
        case .redoc:
            return Array(
                """
                "use strict";
                (() => {
                  const apis = \(list.text), viewer = document.getElementById("viewer");
                  const wanted = new URLSearchParams(location.search).get("api");
                  const api = apis.find((a) => a.name === wanted) ?? apis[0];
                  const bar = document.createElement("p"), choice = document.createElement("select");
                  choice.setAttribute("aria-label", "API");
                  for (const a of apis) choice.append(new Option(a.name, a.name, false, a === api));
                  choice.onchange = () => { location.search = "?api=" + encodeURIComponent(choice.value); };
                  bar.append(choice); document.body.prepend(bar);
                  Redoc.init(api.url, { hideDownloadButton: false }, viewer);
                })();
                """.utf8)
        }
    }
}
