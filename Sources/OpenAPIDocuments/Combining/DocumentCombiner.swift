import JSONDocuments

/// Makes one document of several APIs: what a gateway fronts, for a client that wants all of it.
///
///     paths        with each API's mount before them; an API with hosts of its own names them at its path items
///     components   one set; a name that APIs use for different things gets the API's name before it (``CombinedNames``)
///     security     what a document asks of all its operations is written at each of them
///     schemas      of OpenAPI 3.0 are rewritten to mean the same in 3.1 (``SchemaUpgrade``)
///
/// The result is OpenAPI 3.2 if a part is, else 3.1. An API that cannot be in it is left out whole, and said so in
/// `info.description`: a document of Swagger 2.0, one with a dialect of its own, a path or an anchor that is another's.
package struct DocumentCombiner {
    /// An API that is not in the document.
    package struct Omission: Sendable {
        /// The API's name.
        package let name: String
        /// Why, as the end of a sentence.
        package let reason: String
    }

    /// The parts that are in it.
    let parts: [CombinedPart]
    /// Their names.
    let names: CombinedNames
    /// The APIs that are not.
    package let omissions: [Omission]

    /// Combines documents; of two that cannot stand side by side the first stays.
    package init(_ candidates: [CombinedPart]) {
        var parts: [CombinedPart] = []
        var omissions: [Omission] = []
        var paths: [String: String] = [:]
        var anchors: Set<String> = []
        for part in candidates {
            let templates = part.document.root["paths"].map { $0.members.map(\.name) } ?? []
            let own = templates.filter { $0.utf8.first == UInt8(ascii: "/") }.map {
                Self.shape(of: part.publicPath($0))
            }
            let clash = zip(templates, own).first { paths[$0.1] != nil }
            if part.version == .version2 {
                omissions.append(Omission(name: part.name, reason: "its document follows Swagger 2.0"))
            } else if part.document.root["jsonSchemaDialect"] != nil {
                omissions.append(Omission(name: part.name, reason: "its schemas follow a dialect of their own"))
            } else if !anchors.isDisjoint(with: part.anchors) {
                omissions.append(Omission(name: part.name, reason: "an anchor of its schemas is another API's as well"))
            } else if let clash {
                let other = paths[clash.1] ?? ""
                omissions.append(
                    Omission(name: part.name, reason: "its path `\(clash.0)` is also one of \(other), on another host"))
            } else {
                parts.append(part)
                anchors.formUnion(part.anchors)
                for path in own { paths[path] = part.name }
            }
        }
        self.parts = parts
        self.omissions = omissions
        names = CombinedNames(parts)
    }

    /// A path template without the names of its expressions: by OpenAPI 3.1 §4.8.8 those that differ in names only are
    /// the same.
    private static func shape(of template: String) -> String {
        var shape = ""
        var isName = false
        for character in template.unicodeScalars {
            if character == "{" { isName = true }
            if !isName || character == "{" { shape.unicodeScalars.append(character) }
            if character == "}" { isName = false }
        }
        return shape
    }

    /// The document as JSON.
    ///
    /// - Parameters:
    ///   - title: `info.title`.
    ///   - version: `info.version`.
    package func json(title: String, version: String) -> [UInt8] {
        var writer = JSONWriter(.pretty)
        writer.beginObject()
        writer.key("openapi")
        writer.string(parts.contains { $0.version == .version32 } ? "3.2.0" : "3.1.2")
        writer.key("info")
        writer.beginObject()
        writer.key("title")
        writer.string(title)
        writer.key("version")
        writer.string(version)
        writer.key("description")
        writer.string(description)
        writer.endObject()
        writer.key("servers")
        writer.beginArray()
        writer.beginObject()
        writer.key("url")
        writer.string("/")
        writer.key("description")
        writer.string("The gateway that serves this document.")
        writer.endObject()
        writer.endArray()
        writeTags(&writer)
        writer.key("paths")
        writer.beginObject()
        for number in parts.indices { writePaths(of: number, &writer) }
        writer.endObject()
        writeWebhooks(&writer)
        writeShared("components", &writer)
        if parts.contains(where: { $0.document.root["x-bundled"] != nil }) { writeShared("x-bundled", &writer) }
        writer.endObject()
        return writer.bytes
    }

    /// `info.description`.
    private var description: String {
        let present = parts.map { "- \($0.name)" }.joined(separator: "\n")
        let absent = omissions.map { "- \($0.name): \($0.reason)" }.joined(separator: "\n")
        return "Everything behind this gateway that fits into one document.\n\n\(present)"
            + (absent.isEmpty ? "" : "\n\nNot in it, each with a document of its own:\n\n\(absent)")
    }

    /// Writes the tags of all parts, each name once, and one for each API whose operations have none.
    private func writeTags(_ writer: inout JSONWriter) {
        writer.key("tags")
        writer.beginArray()
        var seen: Set<String> = []
        for (number, part) in parts.enumerated() {
            for tag in part.document.root["tags"].map({ Array($0.elements) }) ?? [] {
                guard let name = tag["name"]?.string, seen.insert(name).inserted else { continue }
                CombinedWriter(part, number, names).write(tag, &writer)
            }
            if hasUntaggedOperations(part), seen.insert(part.name).inserted {
                writer.beginObject()
                writer.key("name")
                writer.string(part.name)
                writer.key("description")
                writer.string("Operations of the API \(part.name).")
                writer.endObject()
            }
        }
        writer.endArray()
    }

    /// Whether some operation has no tag: it gets the API's name.
    private func hasUntaggedOperations(_ part: CombinedPart) -> Bool {
        part.document.withView { view in
            (0..<view.count).contains { index in
                guard part.isKind(index, .operation) else { return false }
                return JSONValue(document: part.document, index: index)["tags"] == nil
            }
        }
    }

    /// Writes the paths of a part.
    private func writePaths(of number: Int, _ writer: inout JSONWriter) {
        let part = parts[number]
        let content = CombinedWriter(part, number, names)
        for member in part.document.root["paths"].map({ Array($0.members) }) ?? [] {
            guard member.name.utf8.first == UInt8(ascii: "/") else { continue }
            writer.key(part.publicPath(member.name))
            content.writePathItem(member.value, &writer)
        }
    }

    /// Writes the webhooks, with the API's name before the name.
    private func writeWebhooks(_ writer: inout JSONWriter) {
        guard parts.contains(where: { ($0.document.root["webhooks"]?.count ?? 0) > 0 }) else { return }
        writer.key("webhooks")
        writer.beginObject()
        for (number, part) in parts.enumerated() {
            for member in part.document.root["webhooks"].map({ Array($0.members) }) ?? [] {
                writer.key("\(part.name).\(member.name)")
                CombinedWriter(part, number, names).write(member.value, &writer)
            }
        }
        writer.endObject()
    }

    /// Writes what the parts share within themselves, section by section.
    private func writeShared(_ container: String, _ writer: inout JSONWriter) {
        var sections: [String] = []
        let all = parts.map { $0.sections() }
        for section in all.joined() where section.path[0] == container && !sections.contains(section.path[1]) {
            sections.append(section.path[1])
        }
        writer.key(container)
        writer.beginObject()
        for name in sections {
            let path = [container, name]
            writer.key(name)
            writer.beginObject()
            for (number, part) in parts.enumerated() {
                for member in all[number].first(where: { $0.path == path })?.members ?? []
                where !names.isRepeated(member.name, in: path, part: number) {
                    writer.key(names.name(of: member.name, in: path, part: number))
                    CombinedWriter(part, number, names).write(member.value, &writer)
                }
            }
            writer.endObject()
        }
        writer.endObject()
    }
}
