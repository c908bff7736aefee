import JSONDocuments
import SourceDiagnostics

/// Finding what the main document needs of other files.
extension DocumentBundler {
    /// Walks from the root through every reference.
    mutating func survey() {
        waiting = [(document.root, .document)]
        while let next = waiting.popLast() { survey(next.value, next.kind) }
        // By file and place, so that nothing depends on the way that the survey took.
        targets.sort { left, right in
            left.document === right.document
                ? left.index < right.index
                : (addresses[ObjectIdentifier(left.document)] ?? "")
                    < (addresses[ObjectIdentifier(right.document)] ?? "")
        }
    }

    /// Walks one object and notes what it refers to.
    private mutating func survey(_ value: JSONValue, _ kind: ObjectKind) {
        let identity = ObjectIdentifier(value.document)
        guard let address = addresses[identity] else { return }
        let marks = visited.removeValue(forKey: identity) ?? [UInt8](repeating: 0, count: value.document.nodeCount)
        var found: [FoundReference] = []
        var fresh: [Int] = []
        value.document.withView { view in
            var walker = StructureWalker(
                value.document, view: view, address: address, version: document.version, visited: marks)
            walker.visitObject(value.index, kind, field: kind.title, structural: false)
            found = walker.references
            visited[identity] = walker.visited
            let kinds = [ObjectKind.discriminator.rawValue + 1, ObjectKind.link.rawValue + 1]
            for index in value.index..<Int(view[value.index].next) where kinds.contains(walker.visited[index]) {
                fresh.append(index)
            }
        }
        for reference in found { note(reference) }
        for index in fresh { noteNames(JSONValue(document: value.document, index: index)) }
        if document.version >= .version31, value.document !== document.root.document { checkIdentifiers(value) }
    }

    /// Notes where a reference leads.
    private mutating func note(_ reference: FoundReference) {
        let key = ReferenceKey(
            document: ObjectIdentifier(reference.node.document), base: reference.base ?? "", text: reference.text)
        guard let target = document.references.targets[key] ?? anchored(reference) else { return }
        if reference.base != nil {
            // Inside a schema with an `$id`, `#/…` means that schema; the bundle has no name to refer to from there.
            diagnostics.append(
                Diagnostic(
                    .error, "bundle-identified-schema",
                    "`\(reference.text)` stands in a schema with a relative `$id` and leads to a file: drop the `$id`",
                    at: reference.node.range))
            return
        }
        lead(reference.node, to: target, reference.kind)
        guard reference.kind == .pathItem, isMain(reference.node), !isMain(target),
            let owner = Self.soleOwner(of: reference.node)
        else { return }
        replacements[owner] = target
    }

    /// The schema that a plain-name fragment of another file names (JSON Schema 2020-12 §8.2.2).
    private func anchored(_ reference: FoundReference) -> JSONValue? {
        guard reference.kind == .schema, document.version >= .version31, reference.base == nil else { return nil }
        let source = reference.node.document
        let absolute = URIReference(reference.text).resolved(
            against: URIReference(addresses[ObjectIdentifier(source)] ?? ""))
        guard let name = absolute.fragment, !name.isEmpty, name.utf8.first != UInt8(ascii: "/"),
            let file = documents[absolute.withoutFragment], file !== document.root.document
        else { return nil }
        return file.withView { view in
            for index in 0..<view.count where view[index].kind == .object {
                let value = JSONValue(document: file, index: index)
                if value["$anchor"]?.string == name || value["$dynamicAnchor"]?.string == name { return value }
            }
            return nil
        }
    }

    /// Remembers where a string leads; what lies there is walked if it was not.
    private mutating func lead(_ string: JSONValue, to target: JSONValue, _ kind: ObjectKind) {
        leads[string] = target
        guard kinds[target] == nil else { return }
        kinds[target] = kind
        if !isMain(target) {
            targets.append(target)
            // An object that is a reference itself is followed by the grammar of its kind; path items and schemas may
            // have more members and are walked in any case.
            if kind != .schema, kind != .pathItem, let next = target["$ref"], let text = next.string {
                note(FoundReference(node: next, text: text, kind: kind, base: nil))
                return
            }
        }
        waiting.append((target, kind))
    }

    /// Notes where the names of a discriminator and a link lead: strings that may be references.
    private mutating func noteNames(_ value: JSONValue) {
        for member in value.members {
            switch member.name {
            case "mapping": for entry in member.value.members { noteName(entry.value, .schema) }
            case "defaultMapping": noteName(member.value, .schema)
            case "operationRef": noteName(member.value, nil)
            default: break
            }
        }
    }

    /// Notes where a string leads that is a reference or the name of a component.
    private mutating func noteName(_ value: JSONValue, _ kind: ObjectKind?) {
        guard let text = value.string, leads[value] == nil else { return }
        // OpenAPI 3.2 §4.25: what could be both is a name. Names are those of the main document.
        if kind == .schema, document.root["components"]?["schemas"]?[text] != nil { return }
        if text.utf8.first == UInt8(ascii: "#"), isMain(value) { return }
        let base = URIReference(addresses[ObjectIdentifier(value.document)] ?? "")
        let absolute = URIReference(text).resolved(against: base)
        guard let file = documents[absolute.withoutFragment],
            let target = JSONPointer(fragment: absolute.fragment ?? "").flatMap({ file.root.value(at: $0) })
        else {
            if absolute.filePath != nil, text.utf8.contains(UInt8(ascii: "/")) || text.utf8.contains(UInt8(ascii: "#"))
            {
                diagnostics.append(
                    Diagnostic(
                        .warning, "bundle-dangling-name", "`\(text)` leads to nothing in the bundle: it stays as it is",
                        at: value.range))
            }
            return
        }
        if let kind { lead(value, to: target, kind) } else { leads[value] = target }
    }

    /// Refuses names that would mean something else in the bundle.
    private mutating func checkIdentifiers(_ value: JSONValue) {
        guard let marks = visited[ObjectIdentifier(value.document)] else { return }
        for index in value.index..<Int(value.node.next) where marks[index] == ObjectKind.schema.rawValue + 1 {
            let schema = JSONValue(document: value.document, index: index)
            guard schema.kind == .object else { continue }
            if let own = schema["$id"], let text = own.string, URIReference(text).scheme == nil {
                report("bundle-identified-schema", "a relative `$id` would name another schema in the bundle", own)
            }
            if let own = schema["$dynamicAnchor"], schema["$id"] == nil {
                report("bundle-identified-schema", "a `$dynamicAnchor` of a file without `$id` cannot be moved", own)
            }
        }
    }

    /// Adds an error.
    private mutating func report(_ code: String, _ message: String, _ value: JSONValue) {
        let range = value.range
        guard !diagnostics.contains(where: { $0.range == range && $0.code == code }) else { return }
        diagnostics.append(Diagnostic(.error, code, message, at: range))
    }
}
