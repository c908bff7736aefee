import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Templates of JSON: the reply, and what is sent to services.
extension CompositionCompiler {
    /// Keys that make a map more than a map.
    private static let templateKeys = [
        "$from", "$pick", "$omit", "$rename", "$merge", "$onConflict", "$each", "$item", "$literal",
    ]

    /// Whether a template is a plain map, which is an object in any case.
    static func isObjectTemplate(_ value: JSONValue) -> Bool {
        value.kind == .object && !value.members.contains { templateKeys.contains($0.name) }
    }

    /// Reads a template; mistakes are reported and make it an unknown value.
    mutating func template(_ value: JSONValue, _ scope: Scope) -> (ReplyTemplate, ValueType) {
        switch value.kind {
        case .string: return stringTemplate(value, scope)
        case .array:
            let parts = value.elements.map(\.self).map { template($0, scope) }
            return (.array(parts.map(\.0)), ValueType(.array(.either(parts.map(\.1.shape)))))
        case .object: return objectTemplate(value, scope)
        default: return (.literal(JSONWriter.bytes(of: value)), ValueType(.constant(value)))
        }
    }

    /// What stands in for a template that could not be read.
    private var unreadable: (ReplyTemplate, ValueType) { (.literal(Array("null".utf8)), ValueType(.unknown)) }

    /// A string: an expression, a text with expressions, or itself.
    private mutating func stringTemplate(_ value: JSONValue, _ scope: Scope) -> (ReplyTemplate, ValueType) {
        let text = value.string ?? ""
        if text.hasPrefix("$") {
            guard let resolved = resolve(text, at: value.range, scope) else { return unreadable }
            return (.reference(resolved.reference), allowing(resolved, at: value.range))
        }
        guard InterpolatedText.pieces(of: text) != nil else {
            return (.literal(JSONWriter.bytes(of: value)), ValueType(.constant(value)))
        }
        guard let (template, type) = self.text(text, at: value.range, scope) else { return unreadable }
        return (.text(template), type)
    }

    /// A map: plain, or with one of the keys that mean something.
    private mutating func objectTemplate(_ value: JSONValue, _ scope: Scope) -> (ReplyTemplate, ValueType) {
        if let literal = value["$literal"] {
            checkKeys(value, ["$literal"], "a literal")
            return (.literal(JSONWriter.bytes(of: literal)), ValueType(.constant(literal)))
        }
        if let from = value["$from"] { return selection(value, from, scope) }
        if let parts = value["$merge"] { return merge(value, parts, scope) }
        if let array = value["$each"] { return each(value, array, scope) }
        var members: [(key: [UInt8], value: ReplyTemplate)] = []
        var shapes: [ShapeMember] = []
        var isCertain = value.count == 0
        for member in value.members {
            if Self.templateKeys.contains(member.name) {
                report(
                    "bad-template", "`\(member.name)` does not stand alone", at: member.key.range,
                    suggestion: "write it beside `$from`, `$merge` or `$each`")
                continue
            }
            let (template, type) = template(member.value, scope)
            members.append((Self.key(member.name), template))
            shapes.append(ShapeMember(name: member.name, shape: type.shape, isCertain: type.isCertain))
            isCertain = isCertain || type.isCertain
        }
        return (.object(members), ValueType(.object(shapes), isCertain: isCertain, isDeclared: true))
    }

    /// `"name":` as it stands in JSON.
    private static func key(_ name: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(name)
        return writer.bytes + [UInt8(ascii: ":")]
    }

    /// `$from` with `$pick`, `$omit`, `$rename`.
    private mutating func selection(
        _ value: JSONValue, _ from: JSONValue, _ scope: Scope
    ) -> (ReplyTemplate, ValueType) {
        checkKeys(value, ["$from", "$pick", "$omit", "$rename"], "a selection")
        guard let text = from.string, text.hasPrefix("$") else {
            report("bad-template", "`$from` is an expression", at: from.range)
            return unreadable
        }
        guard let resolved = resolve(text, at: from.range, scope) else { return unreadable }
        let type = allowing(resolved, at: from.range)
        guard value["$pick"] != nil || value["$omit"] != nil || value["$rename"] != nil else {
            return (.reference(resolved.reference), type)
        }
        guard walker.types(of: type.shape).contains(.object) else {
            report(
                "type-mismatch",
                "`\(text)` is \(walker.types(of: type.shape).words): only an object has fields to choose",
                at: from.range)
            return unreadable
        }
        let renamed = value["$rename"]?.members.map { ($0.name, $0.value.string ?? "", $0.key.range) } ?? []
        let names = chosenNames(value, type, from.range)
        var chosen: [(source: [UInt8], key: [UInt8])] = []
        var shapes: [ShapeMember] = []
        for (name, range) in names {
            guard case .found(let shape, let isCertain) = member(name, type, text, at: range) else { continue }
            let key = renamed.first { $0.0 == name }?.1 ?? name
            if shapes.contains(where: { $0.name == key }) {
                report("merge-collision", "two fields become `\(key)`", at: range)
            }
            chosen.append((Array(name.utf8), Self.key(key)))
            shapes.append(ShapeMember(name: key, shape: shape, isCertain: isCertain))
        }
        for (name, _, range) in renamed where !names.contains(where: { $0.0 == name }) {
            report(
                "unknown-field", "`$rename` names `\(name)`, which is not among the fields", at: range,
                suggestion: NearestName.suggestion(among: names.map(\.0), to: name))
        }
        // Null stays null, as the fallback of a step or by the schema; anything else that is no object is left out.
        let types = walker.types(of: type.shape)
        let shape = types.contains(.null) ? TypeShape.either([.object(shapes), .null]) : .object(shapes)
        return (
            .selection(resolved.reference, chosen),
            ValueType(
                shape, isCertain: type.isCertain && types.isSubset(of: [.object, .null]), isDeclared: type.isDeclared)
        )
    }

    /// The fields that a selection takes: those named, or those declared but for some.
    private mutating func chosenNames(
        _ value: JSONValue, _ type: ValueType, _ range: SourceRange
    ) -> [(String, SourceRange)] {
        if let pick = value["$pick"] {
            return pick.elements.map { ($0.string ?? "", $0.range) }
        }
        let omitted = value["$omit"]?.elements.map { ($0.string ?? "", $0.range) } ?? []
        guard let declared = walker.declaredNames(of: type.shape) else {
            report("bad-template", "no fields are declared here: `$pick` those that are wanted", at: range)
            return []
        }
        for (name, range) in omitted where !declared.contains(name) {
            report(
                "unknown-field", "`$omit` names `\(name)`, which is not among the fields", at: range,
                suggestion: NearestName.suggestion(among: declared, to: name))
        }
        return declared.filter { name in !omitted.contains { $0.0 == name } }.map { ($0, range) }
    }

    /// The member of a value, reported where there is none.
    private mutating func member(
        _ name: String, _ type: ValueType, _ text: String, at range: SourceRange
    ) -> ShapeWalker.Member {
        let found = walker.member(name, of: type.shape)
        if case .missing(let place, let names) = found {
            let near = NearestName.among(names, to: name)
            report(
                "unknown-field", "`\(text)` has no field `\(name)`", at: range,
                suggestion: near.map { "did you mean \"\($0)\"?" },
                note: (place ?? walker.place(of: type.shape)).map { place in
                    let nearest = near.flatMap { place[$0] }?.keyRange
                    return ("the fields are declared here", nearest ?? place.keyRange ?? place.range)
                })
        }
        return found
    }

    /// `$merge`: the declared fields of several objects.
    private mutating func merge(_ value: JSONValue, _ parts: JSONValue, _ scope: Scope) -> (ReplyTemplate, ValueType) {
        checkKeys(value, ["$merge", "$onConflict"], "a merge")
        let word = value["$onConflict"]?.string
        if let conflict = value["$onConflict"], word != "left", word != "right" {
            report("bad-template", "`$onConflict` is left or right", at: conflict.range)
        }
        var taken: [(template: ReplyTemplate, members: [ShapeMember])] = []
        for part in parts.elements {
            let (template, type) = template(part, scope)
            guard let closed = closed(template, type) else {
                report("bad-template", "only objects with declared fields can be merged", at: part.range)
                continue
            }
            for member in closed.members {
                guard let other = taken.firstIndex(where: { $0.members.contains { $0.name == member.name } }) else {
                    continue
                }
                if word == nil {
                    report(
                        "merge-collision", "`\(member.name)` comes from two parts", at: part.range,
                        suggestion: "say `$onConflict: left` or `right`, or choose fields with `$pick`")
                }
                if word == "right" { taken[other] = Self.without(member.name, taken[other]) }
            }
            let known = taken.flatMap { $0.members.map(\.name) }
            taken.append(closed.members.filter { known.contains($0.name) }.reduce(closed) { Self.without($1.name, $0) })
        }
        return (
            .merged(taken.map(\.template)),
            ValueType(.object(taken.flatMap(\.members)), isCertain: true)
        )
    }

    /// A template as one whose members are all known.
    private func closed(
        _ template: ReplyTemplate, _ type: ValueType
    ) -> (template: ReplyTemplate, members: [ShapeMember])? {
        let optional = !type.isCertain
        switch (template, type.shape) {
        case (.object, .object(let members)): return (template, members)
        case (.selection, .object(let members)), (.merged, .object(let members)):
            return (
                template,
                members.map { ShapeMember(name: $0.name, shape: $0.shape, isCertain: $0.isCertain && !optional) }
            )
        case (.selection, .any(let shapes)):
            // What may be null as a whole gives no members then.
            let members = shapes.compactMap { if case .object(let members) = $0 { members } else { nil } }
            guard members.count == 1 else { return nil }
            return (template, members[0].map { ShapeMember(name: $0.name, shape: $0.shape, isCertain: false) })
        case (.reference(let reference), _):
            guard let names = walker.declaredNames(of: type.shape) else { return nil }
            var chosen: [(source: [UInt8], key: [UInt8])] = []
            var members: [ShapeMember] = []
            for name in names {
                guard case .found(let shape, let isCertain) = walker.member(name, of: type.shape) else { continue }
                chosen.append((Array(name.utf8), Self.key(name)))
                members.append(ShapeMember(name: name, shape: shape, isCertain: isCertain && !optional))
            }
            return (.selection(reference, chosen), members)
        default: return nil
        }
    }

    /// The same without one member.
    private static func without(
        _ name: String, _ part: (template: ReplyTemplate, members: [ShapeMember])
    ) -> (template: ReplyTemplate, members: [ShapeMember]) {
        let members = part.members.filter { $0.name != name }
        let key = key(name)
        switch part.template {
        case .object(let all): return (.object(all.filter { $0.key != key }), members)
        case .selection(let reference, let all): return (.selection(reference, all.filter { $0.key != key }), members)
        case .merged(let inner):
            // A merge within a merge: the name is written by whichever of its parts has it.
            return (.merged(inner.map { without(name, ($0, [])).template }), members)
        default: return (part.template, members)
        }
    }

    /// `$each`: a value for each element.
    private mutating func each(_ value: JSONValue, _ array: JSONValue, _ scope: Scope) -> (ReplyTemplate, ValueType) {
        checkKeys(value, ["$each", "$item"], "`$each`")
        guard let text = array.string, let item = value["$item"] else {
            report(
                "bad-template", "`$each` is an expression, and `$item` beside it the template of an element",
                at: array.range)
            return unreadable
        }
        guard let resolved = resolve(text, at: array.range, scope) else { return unreadable }
        let type = allowing(resolved, at: array.range)
        guard let element = walker.element(of: type.shape) else {
            report(
                "type-mismatch", "`\(text)` is \(walker.types(of: type.shape).words), not an array", at: array.range,
                note: walker.place(of: type.shape).map { ("the schema", $0.range) })
            return unreadable
        }
        let inner = Scope(item: element, array: Self.canonical(text), step: scope.step)
        let (template, itemType) = template(item, inner)
        // What may be null or no array at all makes the whole absent.
        let isArray = walker.types(of: type.shape) == .array
        return (
            .each(resolved.reference, template),
            ValueType(.array(itemType.shape), isCertain: type.isCertain && isArray, isDeclared: type.isDeclared)
        )
    }

    /// An expression without its mark for absence.
    static func canonical(_ text: String) -> String { text.hasSuffix("?") ? String(text.dropLast()) : text }
}
