import OpenAPIDocuments

/// What every page has around its content: head, search, navigation.
struct PageFrame {
    /// The portal's path with a slash at its end.
    let root: String
    /// Addresses of style and script, which change with their content.
    let assets: PortalAssets
    /// The title of the page.
    let title: String
    /// The API that the page is about.
    var api: DocumentedAPI?
    /// The operation that the page is about.
    var operation: Operation?

    /// Writes a page.
    func page(_ content: (inout HTML) -> Void) -> [UInt8] {
        var page = HTML()
        page.markup("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        page.markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        page.markup("<meta name=\"color-scheme\" content=\"light dark\">")
        page.element("title", title)
        page.open("link", ("rel", "icon"), ("href", root + "assets/icon.svg"), ("type", "image/svg+xml"))
        page.open("link", ("rel", "stylesheet"), ("href", root + assets.style))
        page.open("script", ("src", root + assets.script), ("defer", ""))
        page.close("script")
        page.markup("</head>")
        page.open("body", ("data-root", root))
        page.markup("<a class=\"skip\" href=\"#content\">Skip to content</a>")
        header(into: &page)
        page.markup("<div class=\"layout\">")
        if let api { navigation(api, into: &page) }
        page.markup("<main id=\"content\">")
        content(&page)
        page.markup("</main></div></body></html>")
        return page.bytes
    }

    /// Writes the bar at the top.
    private func header(into page: inout HTML) {
        page.markup("<header><div class=\"bar\">")
        page.link(root, "APIs", class: "home")
        if let api {
            page.markup("<span class=\"sep\" aria-hidden=\"true\">/</span>")
            page.link(
                root + PageAddress.encoded(api.name) + "/", api.document.title.isEmpty ? api.name : api.document.title,
                class: "here")
        }
        page.markup(
            """
            <div class="find" role="search"><input id="find" type="search" placeholder="Search  /" aria-label="Search operations" \
            autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="found" hidden>\
            <ul id="found" role="listbox" aria-label="Operations found" hidden></ul></div>\
            <button id="theme" type="button" aria-label="Light or dark" hidden>◐</button></div></header>
            """)
    }

    /// Writes the operations of the API: all names of sections, and the operations of the one that is open.
    private func navigation(_ api: DocumentedAPI, into page: inout HTML) {
        let base = root + PageAddress.encoded(api.name) + "/"
        page.markup("<nav aria-label=\"Operations\"><ul>")
        let groups = api.groups
        for group in groups {
            let isOpen =
                groups.count == 1
                || operation.map { operation in
                    group.members.contains { $0.operation.node == operation.node }
                } ?? false
            page.markup("<li>")
            page.link(base + "#" + PageAddress.encoded(group.name), group.name, class: isOpen ? "group open" : "group")
            if isOpen {
                page.markup("<ul>")
                for (_, member) in group.members {
                    let isHere = member.node == operation?.node
                    page.markup("<li>")
                    page.open(
                        "a", ("href", base + PageAddress.operation(member)), ("aria-current", isHere ? "page" : nil))
                    MethodBadge.write(member.method, into: &page)
                    page.text(member.node["summary"]?.string ?? member.pathTemplate)
                    page.close("a")
                    page.markup("</li>")
                }
                page.markup("</ul>")
            }
            page.markup("</li>")
        }
        page.markup("<li>")
        page.link(base + "schemas/", "Schemas", class: "group")
        page.markup("</li></ul></nav>")
    }
}

/// The coloured name of a method.
enum MethodBadge {
    /// Writes a badge.
    static func write(_ method: String, into page: inout HTML) {
        let known = ["get", "post", "put", "patch", "delete", "head", "options", "query", "trace"]
        let name = method.lowercased()
        page.element("b", method, ("class", "m m-" + (known.contains(name) ? name : "other")))
    }
}

/// Operations under one heading: those whose first tag it is.
struct OperationGroup: Sendable {
    /// The tag, or a word for operations without.
    let name: String
    /// What the document says of the tag.
    let description: String?
    /// The operations with their numbers in the document.
    let members: [(number: Int, operation: Operation)]

    /// All groups of an API, in the order of the document's tags, then of the operations.
    static func all(of document: OpenAPIDocument) -> [OperationGroup] {
        var names: [String] = []
        var members: [String: [(number: Int, operation: Operation)]] = [:]
        let declared = document.root["tags"].map { Array($0.elements) } ?? []
        for tag in declared { if let name = tag["name"]?.string, !names.contains(name) { names.append(name) } }
        var known = Set(names)
        for (number, operation) in document.operations.enumerated() {
            let name = operation.tags.first ?? "Operations"
            if known.insert(name).inserted { names.append(name) }
            members[name, default: []].append((number, operation))
        }
        return names.compactMap { name in
            guard let found = members[name] else { return nil }
            let description = declared.first { $0["name"]?.string == name }?["description"]?.string
            return OperationGroup(name: name, description: description, members: found)
        }
    }
}
