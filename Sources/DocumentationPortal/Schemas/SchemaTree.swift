import JSONDocuments
import OpenAPIDocuments

/// A schema as a tree that opens level by level: without a script, and without end for circular ones.
///
/// The first levels are on the page; a reference below them is a link to the schema's own page, and so is what would make
/// the page long. So the size of a page does not depend on the size of the document.
struct SchemaTree {
    /// The document.
    let api: DocumentedAPI
    /// Where the API's pages are, with a slash at its end.
    let base: String
    /// How large a page may be before parts are left to pages of their own.
    private static let pageSize = 90_000

    /// How many rows may still be written.
    private var budget = 400
    /// The schemas around the one being written.
    private var around: [JSONValue] = []

    /// A tree of one API's schemas.
    init(_ api: DocumentedAPI, base: String) {
        self.api = api
        self.base = base
    }

    /// Writes a schema with its parts.
    mutating func write(_ schema: JSONValue, into page: inout HTML) {
        let reading = SchemaReading(schema, api.document)
        head(reading, into: &page)
        parts(of: reading, depth: 0, into: &page)
    }

    /// Writes the first line of a schema: what it is.
    private func head(_ reading: SchemaReading, into page: inout HTML) {
        page.open("p", ("class", "type"))
        typeWords(reading, into: &page)
        facts(reading, into: &page)
        page.close("p")
        if let text = reading["description"]?.string { Markdown.render(text, into: &page, headingsFrom: 5) }
    }

    /// Writes what a schema is; a link where it has a name.
    ///
    /// - Parameter isLinked: Whether it may be a link: not in the head of a fold, which is itself something to press.
    private func typeWords(_ reading: SchemaReading, isLinked: Bool = true, into page: inout HTML) {
        if !isLinked, reading.isReference, let name = reading.name {
            page.element("span", name, ("class", "ref"))
            page.text(" ")
        } else if reading.isReference, let name = reading.name,
            let address = PageAddress.schema(reading.target, in: api)
        {
            page.link(base + address, name, class: "ref")
            page.text(" ")
        }
        page.element("span", reading.words(api.document), ("class", "what"))
    }

    /// Writes constraints, marks and values.
    private func facts(_ reading: SchemaReading, into page: inout HTML) {
        for mark in reading.marks {
            page.text(" ")
            page.element("span", mark, ("class", "mark"))
        }
        for constraint in reading.constraints.prefix(12) {
            page.text(" ")
            page.element("span", constraint, ("class", "limit"))
        }
        let values = reading.values
        if !values.isEmpty {
            page.markup(" <span class=\"values\">")
            for value in values.prefix(40) {
                page.element("code", value)
                page.text(" ")
            }
            if values.count > 40 { page.text("and \(values.count - 40) more") }
            page.markup("</span>")
        }
    }

    // MARK: - Parts

    /// Writes the members, elements and alternatives of a schema.
    private mutating func parts(of reading: SchemaReading, depth: Int, into page: inout HTML) {
        around.append(reading.target)
        defer { around.removeLast() }
        let target = reading.target
        let required = Set(target["required"].map { $0.elements.compactMap(\.string) } ?? [])
        if let properties = target["properties"], properties.count > 0 {
            page.markup("<ul class=\"tree\">")
            for member in properties.members {
                row(member.name, member.value, isRequired: required.contains(member.name), depth: depth, into: &page)
            }
            page.markup("</ul>")
        }
        for (keyword, words) in [
            ("items", "each item"), ("additionalProperties", "any other member"), ("contains", "some item"),
            ("propertyNames", "names of members"), ("not", "never"), ("if", "if"), ("then", "then"), ("else", "else"),
        ] {
            guard let part = target[keyword], part.kind == .object, part.count > 0 else { continue }
            page.markup("<ul class=\"tree\">")
            row(words, part, isRequired: false, depth: depth, isName: false, into: &page)
            page.markup("</ul>")
        }
        for (keyword, words) in [
            ("allOf", "all of"), ("oneOf", "one of"), ("anyOf", "any of"), ("prefixItems", "first items"),
        ] {
            guard let list = target[keyword], list.count > 0 else { continue }
            alternatives(list, words, target["discriminator"], depth: depth, into: &page)
        }
        if let patterns = target["patternProperties"], patterns.count > 0 {
            page.markup("<ul class=\"tree\">")
            for member in patterns.members {
                row("/\(member.name)/", member.value, isRequired: false, depth: depth, into: &page)
            }
            page.markup("</ul>")
        }
    }

    /// Writes a list of subschemas.
    private mutating func alternatives(
        _ list: JSONValue, _ words: String, _ discriminator: JSONValue?, depth: Int, into page: inout HTML
    ) {
        page.markup("<p class=\"note\">")
        page.text(words)
        if let name = discriminator?["propertyName"]?.string ?? discriminator?.string, words != "all of" {
            page.text(", told apart by ")
            page.element("code", name)
        }
        page.markup("</p><ul class=\"tree\">")
        for (number, member) in list.elements.enumerated() {
            let name = SchemaReading(member, api.document).name
            row(name ?? "\(number + 1)", member, isRequired: false, depth: depth, isName: false, into: &page)
        }
        page.markup("</ul>")
    }

    /// Writes a part: one line, and what is in it behind a fold.
    private mutating func row(
        _ name: String, _ schema: JSONValue, isRequired: Bool, depth: Int, isName: Bool = true, into page: inout HTML
    ) {
        guard budget > 0, page.size < Self.pageSize else {
            if budget >= 0 { page.element("li", "… more than this page shows", ("class", "note")) }
            budget = -1
            return
        }
        budget -= 1
        let reading = SchemaReading(schema, api.document)
        page.markup("<li>")
        let isOpenable = depth < 3 && hasParts(reading.target) && !around.contains(reading.target)
        if isOpenable {
            page.open("details", ("open", depth == 0 && !reading.isReference ? "" : nil))
            page.markup("<summary>")
        }
        page.element(isName ? "code" : "em", name, ("class", "name"))
        if isRequired { page.markup(" <span class=\"must\">required</span>") }
        page.text(" ")
        typeWords(reading, isLinked: !isOpenable, into: &page)
        facts(reading, into: &page)
        if around.contains(reading.target) { page.markup(" <span class=\"mark\">circular</span>") }
        if isOpenable { page.markup("</summary>") }
        if let text = reading["description"]?.string {
            page.markup("<div class=\"said\">")
            Markdown.render(text, into: &page, headingsFrom: 6)
            page.markup("</div>")
        }
        if isOpenable, reading.isReference, let address = PageAddress.schema(reading.target, in: api) {
            page.link(base + address, "\(reading.name ?? "schema") on a page of its own", class: "more")
        }
        if isOpenable {
            parts(of: reading, depth: depth + 1, into: &page)
            page.markup("</details>")
        } else if hasParts(reading.target), !reading.isReference,
            let address = PageAddress.schema(reading.target, in: api)
        {
            page.text(" ")
            page.link(base + address, "open", class: "more")
        }
        page.markup("</li>")
    }

    /// Whether a schema has anything to open.
    private func hasParts(_ schema: JSONValue) -> Bool {
        guard schema.kind == .object else { return false }
        return ["properties", "items", "allOf", "oneOf", "anyOf", "prefixItems", "patternProperties"].contains {
            (schema[$0]?.count ?? 0) > 0
        } || schema["additionalProperties"]?.kind == .object
    }
}
