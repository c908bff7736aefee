import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// A batch as far as the called operation alone tells.
struct BatchDraft {
    /// The parameter that takes the keys.
    let into: Parameter
    /// Its API.
    let api: Int
    /// Most keys in a call.
    let size: Int
    /// The way to the array of results.
    let list: [String]
    /// The way to the key in a result.
    let by: [String]
    /// What the key in a result is.
    let keyShape: TypeShape
}

/// `batch: { into, key, size, match: { in, by } }`: one call for several elements of a `forEach`.
extension CompositionCompiler {
    /// Most keys in a call, whatever the document allows: they stand in the target of a request.
    private static let largestBatch = 1000

    /// Reads a batch. What the step gets for an element is then a result in the answer, not the answer.
    mutating func readBatch(_ draft: inout Draft, _ target: (api: Int, operation: Int)) {
        guard let value = draft.value["batch"] else { return }
        guard value.kind == .object else {
            return report(
                "bad-batch", "`batch` is { into: ids, key: $item#/id, size: 50, match: { in: /items, by: /id } }",
                at: value.range)
        }
        checkKeys(value, ["into", "key", "size", "match"], "`batch`")
        if let distinct = draft.value["distinct"] {
            report(
                "bad-batch", "a batch asks for each key once: `distinct` has no use beside it",
                at: distinct.keyRange ?? distinct.range)
        }
        guard let (into, most) = batchParameter(value, target) else { return }
        let size = integer("size", in: value, 1...Self.largestBatch)
        if let size, let most, size > most {
            report(
                "bad-batch", "`\(into.name)` takes at most \(most), and `size` is \(size)",
                at: value["size"]?.range ?? value.range, note: ("`maxItems` is said here", into.node.range))
        }
        guard let match = match(value, draft, target) else { return }
        draft.content = ValueType(match.element)
        draft.batch = BatchDraft(
            into: into, api: target.api, size: size ?? min(most ?? 100, Self.largestBatch), list: match.list,
            by: match.by, keyShape: match.key)
    }

    /// The parameter of `into`, and how many elements it takes.
    private mutating func batchParameter(
        _ value: JSONValue, _ target: (api: Int, operation: Int)
    ) -> (Parameter, Int?)? {
        let operation = operation(target)
        guard let into = value["into"], let name = into.string else {
            report("bad-batch", "`batch` needs `into`: the parameter that takes the keys", at: value.range)
            return nil
        }
        guard let parameter = operation.parameters.first(where: { $0.name == name }) else {
            report(
                "bad-batch", "\(operation.name) has no parameter `\(name)`", at: into.range,
                suggestion: NearestName.suggestion(among: operation.parameters.map(\.name), to: name),
                note: ("the operation", operation.range))
            return nil
        }
        guard case .schema(let schema, let style, _) = parameter.content,
            walker.types(of: .schema(SchemaPlace(api: target.api, node: schema))).contains(.array),
            style == .form || style == .simple, parameter.location != .path
        else {
            report(
                "bad-batch", "`\(name)` is no array in the query or a header field, in the style form or simple",
                at: into.range, note: ("the parameter", parameter.node.range))
            return nil
        }
        return (parameter, walker.mostElements(of: .schema(SchemaPlace(api: target.api, node: schema))))
    }

    /// Where the results stand in the answer, and what tells them apart.
    private mutating func match(
        _ value: JSONValue, _ draft: Draft, _ target: (api: Int, operation: Int)
    ) -> (list: [String], by: [String], element: TypeShape, key: TypeShape)? {
        guard let match = value["match"], match.kind == .object, let by = match["by"] else {
            report(
                "bad-batch",
                "`batch` needs `match: { in: /items, by: /id }`: the array of results, and the key in each",
                at: value["match"]?.range ?? value.range)
            return nil
        }
        checkKeys(match, ["in", "by"], "`match`")
        guard let content = draft.content else {
            report(
                "bad-batch", "\(operation(target).name) answers without JSON content", at: match.range,
                note: ("the operation", operation(target).range))
            return nil
        }
        var list: [String] = []
        var shape = content.shape
        if let place = match["in"] {
            guard let (tokens, found) = walked(place, from: shape) else { return nil }
            (list, shape) = (tokens, found)
        }
        guard let element = walker.element(of: shape) else {
            report(
                "bad-batch", "the results are \(walker.types(of: shape).words), not an array",
                at: (match["in"] ?? match).range, note: walker.place(of: shape).map { ("the schema", $0.range) })
            return nil
        }
        guard let (tokens, key) = walked(by, from: element) else { return nil }
        return (list, tokens, element, key)
    }

    /// Follows a pointer of `match`; nil where the schema cannot have it, which is reported.
    private mutating func walked(_ value: JSONValue, from start: TypeShape) -> ([String], TypeShape)? {
        var text = value.string ?? "?"
        if text.hasPrefix("#") { text.removeFirst() }
        guard let pointer = JSONPointer(text) else {
            report("bad-batch", "`\(text)` is no JSON Pointer: it begins with a slash (RFC 6901)", at: value.range)
            return nil
        }
        var shape = start
        for token in pointer.tokens {
            switch walker.member(token, of: shape) {
            case .found(let inner, _): shape = inner
            case .missing(let place, let names):
                let near = NearestName.among(names, to: token)
                report(
                    "bad-batch", "`\(text)` leads to no field `\(token)`", at: value.range,
                    suggestion: near.map { "did you mean \"\($0)\"?" },
                    note: (place ?? walker.place(of: shape)).map { place in
                        ("the fields are declared here", near.flatMap { place[$0] }?.keyRange ?? place.range)
                    })
                return nil
            }
        }
        return (pointer.tokens, shape)
    }

    /// The finished batch of a step; nil where there is none.
    mutating func batch(_ index: Int, _ scope: Scope) -> PlannedStep.Batch? {
        guard let draft = drafts[index].batch, let value = drafts[index].value["batch"] else { return nil }
        guard let key = value["key"], let text = key.string, text.hasPrefix("$item") else {
            report(
                "bad-batch", "`batch` needs `key`: an expression that begins with $item",
                at: value["key"]?.range ?? value.range)
            return nil
        }
        guard let resolved = resolve(text, at: key.range, scope) else { return nil }
        let type = allowing(resolved, at: key.range)
        let (own, other) = (walker.types(of: type.shape), walker.types(of: draft.keyShape))
        if own.isDisjoint(with: other) {
            report(
                "bad-batch", "the key is \(own.words), and in a result it is \(other.words): they never match",
                at: key.range, note: walker.place(of: draft.keyShape).map { ("the key in a result", $0.range) })
        }
        if case .schema(let schema, _, _) = draft.into.content,
            let wanted = walker.element(of: .schema(SchemaPlace(api: draft.api, node: schema)))
        {
            checkFit(type.shape, wanted, draft.into.name, draft.into.node, at: key.range)
        }
        return PlannedStep.Batch(
            into: draft.into, key: resolved.reference, size: draft.size, list: draft.list.map(PointerToken.init),
            by: draft.by.map(PointerToken.init))
    }
}
