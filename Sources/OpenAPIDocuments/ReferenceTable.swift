import JSONDocuments
import SourceDiagnostics

/// A `$ref` by where it stands and what it says.
struct ReferenceKey: Hashable, Sendable {
    /// The file.
    let document: ObjectIdentifier
    /// The base that an `$id` set; empty without one.
    let base: String
    /// The text of the reference.
    let text: String
}

/// Every reference of a loaded description that leads to a node, resolved.
package struct ReferenceTable: Sendable {
    /// Targets by reference.
    let targets: [ReferenceKey: JSONValue]

    /// Follows `$ref`s from an object until one without is reached.
    ///
    /// - Returns: The object itself if it has no `$ref`, the end of the chain if it has, nil where the chain is broken,
    ///   circular, or leads through an `$id` that only the schema compiler knows.
    package func followed(_ node: JSONValue) -> JSONValue? {
        var current = node
        for _ in 0..<64 {
            guard current.kind == .object, let text = current["$ref"]?.string else { return current }
            guard let next = target(of: text, in: current.document) else { return nil }
            current = next
        }
        return nil
    }

    /// The node that a reference text in a file leads to.
    package func target(of text: String, in document: JSONDocument) -> JSONValue? {
        targets[ReferenceKey(document: ObjectIdentifier(document), base: "", text: text)]
    }
}

/// Resolution of references while loading.
extension DocumentLoading {
    /// Finds the target of a reference, loads its file if need be, and makes the target a task.
    mutating func resolve(_ reference: FoundReference, _ roots: [String]) {
        let source = reference.node.document
        let key = ReferenceKey(document: ObjectIdentifier(source), base: reference.base ?? "", text: reference.text)
        if let known = targets[key] {
            return enqueue(known, reference.kind)
        }
        guard let home = entryByDocument[key.document] else { return }
        let base = URIReference(reference.base ?? entries[home].address)
        let absolute = URIReference(reference.text).resolved(against: base)
        let address = absolute.withoutFragment
        let range = reference.node.range
        if reference.kind == .schema, identifiers.contains(address) {
            return  // An `$id`: the schema compiler resolves what lies behind it.
        }
        guard let index = entry(for: address, roots: roots, at: range) else {
            if let failure = failures[address] {
                report(Diagnostic(.error, failure.code, "`$ref`: \(failure.message)", at: range))
            }
            return
        }
        guard let target = node(for: absolute.fragment, in: entries[index].document, reference) else { return }
        targets[key] = target
        if closesCircle(target) {
            return report(
                Diagnostic(
                    .error, "circular-reference", "`\(reference.text)` leads back to itself and to nothing else",
                    at: range))
        }
        enqueue(target, reference.kind)
    }

    /// Whether following references alone from a target comes back to it. Seen at the last reference of the circle.
    private func closesCircle(_ target: JSONValue) -> Bool {
        var current = target
        for _ in 0..<64 {
            guard current.kind == .object, let text = current["$ref"]?.string else { return false }
            let key = ReferenceKey(document: ObjectIdentifier(current.document), base: "", text: text)
            guard let next = targets[key] else { return false }
            if next == target { return true }
            current = next
        }
        return true
    }

    /// Adds a walk unless the target was walked.
    private mutating func enqueue(_ target: JSONValue, _ kind: ObjectKind) {
        guard let index = entryByDocument[ObjectIdentifier(target.document)] else { return }
        if entries[index].visited[target.index] == kind.rawValue + 1 { return }
        // A Reference Object at the other end is followed in its turn.
        if kind != .schema, kind != .pathItem, target.kind == .object, let next = target["$ref"], let text = next.string
        {
            postponed.append(FoundReference(node: next, text: text, kind: kind, base: nil))
            entries[index].visited[target.index] = kind.rawValue + 1
            return
        }
        tasks.append(Task(entry: index, index: target.index, kind: kind))
    }

    /// The node that a fragment names; reports where there is none.
    private mutating func node(
        for fragment: String?, in document: JSONDocument, _ reference: FoundReference
    ) -> JSONValue? {
        let range = reference.node.range
        guard let fragment, !fragment.isEmpty else { return document.root }
        guard fragment.utf8.first == UInt8(ascii: "/") else {
            if reference.kind == .schema, version >= .version31, anchors.contains(fragment) { return nil }
            report(
                Diagnostic(
                    .error, "unresolved-reference", "`\(reference.text)` leads nowhere: no anchor `\(fragment)`",
                    at: range,
                    suggestion: NearestName.among(anchors, to: fragment).map { "did you mean `#\($0)`?" }))
            return nil
        }
        guard let pointer = JSONPointer(fragment: fragment) else {
            report(Diagnostic(.error, "unresolved-reference", "`\(reference.text)` holds no JSON Pointer", at: range))
            return nil
        }
        if let found = document.root.value(at: pointer) { return found }
        reportUnresolved(pointer, in: document, reference)
        return nil
    }

    /// Says where on its way a pointer ends, and what comes nearest there.
    private mutating func reportUnresolved(
        _ pointer: JSONPointer, in document: JSONDocument, _ reference: FoundReference
    ) {
        var current = document.root
        var walked = ""
        for token in pointer.tokens {
            if let next = current.kind == .array ? Int(token).flatMap({ current[$0] }) : current[token] {
                current = next
                walked += "/" + token
                continue
            }
            let names = current.kind == .object ? current.members.map(\.name) : []
            let near = NearestName.among(names, to: token)
            let place = walked.isEmpty ? "the document" : "`\(walked)`"
            let suggestion = near.map { name in
                "did you mean `\(String(reference.text.prefix { $0 != "#" }))#\(walked)/\(name)`?"
            }
            return report(
                Diagnostic(
                    .error, "unresolved-reference", "`\(reference.text)` leads nowhere: \(place) has no `\(token)`",
                    at: reference.node.range, suggestion: suggestion))
        }
    }
}
