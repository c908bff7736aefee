import JSONDocuments
import SchemaEvaluation
import SourceDiagnostics

/// `$ref`, `$dynamicRef` and `$recursiveRef`.
extension SchemaCompiler {
    /// Compiles the references of a schema.
    mutating func compileReferences(_ unit: inout SchemaUnit) {
        if let reference = unit[.ref] { compileReference(reference, &unit) }
        if let reference = unit[.dynamicRef] { compileDynamicReference(reference, &unit) }
        if let reference = unit[.recursiveRef] { compileRecursiveReference(reference, &unit) }
    }

    /// Compiles a plain reference.
    private mutating func compileReference(_ reference: JSONValue, _ unit: inout SchemaUnit) {
        guard let text = reference.string else {
            report("bad-reference", "a reference is a string", at: reference)
            refuse(reference, &unit)
            return
        }
        guard let target = resolve(text, at: reference, from: unit) else {
            refuse(reference, &unit)
            return
        }
        apply(target, reference, &unit)
    }

    /// `$dynamicRef`: as `$ref`, but an anchor that was made dynamic goes to the outermost resource that has it
    /// (2020-12 core §8.2.3.2).
    private mutating func compileDynamicReference(_ reference: JSONValue, _ unit: inout SchemaUnit) {
        guard let text = reference.string else {
            report("bad-reference", "a reference is a string", at: reference)
            refuse(reference, &unit)
            return
        }
        guard var target = resolve(text, at: reference, from: unit) else {
            refuse(reference, &unit)
            return
        }
        let fragment = URIReference(text).fragment ?? ""
        if let resource = resources.resource(around: target),
            resources.resources[resource].dynamicAnchors[fragment] == target.index,
            let bound = scopes.target(of: fragment, in: unit.pending.scope)
        {
            target = JSONValue(document: resources.resources[bound.resource].root.document, index: bound.node)
        }
        apply(target, reference, &unit)
    }

    /// `$recursiveRef`: to the resource's root, or the outermost recursive one if that root is recursive
    /// (2019-09 core §8.2.4.2).
    private mutating func compileRecursiveReference(_ reference: JSONValue, _ unit: inout SchemaUnit) {
        guard reference.string == "#" else {
            report("bad-reference", "`$recursiveRef` is always \"#\"", at: reference)
            refuse(reference, &unit)
            return
        }
        let own = resources.resources[unit.pending.resource]
        var target = own.root
        if own.isRecursive, let bound = scopes.target(of: DynamicScopes.recursive, in: unit.pending.scope) {
            target = JSONValue(document: resources.resources[bound.resource].root.document, index: bound.node)
        }
        apply(target, reference, &unit)
    }

    /// Lets a schema hold for the same value.
    private mutating func apply(_ target: JSONValue, _ reference: JSONValue, _ unit: inout SchemaUnit) {
        let schema = branch(target, of: unit)
        unit.any.append(Instruction(.apply, a: schema, location: location(of: reference)))
    }

    /// Refuses every value: a reference that leads nowhere must not open the gate.
    private mutating func refuse(_ reference: JSONValue, _ unit: inout SchemaUnit) {
        unit.any.append(Instruction(.never, location: location(of: reference)))
    }

    /// Finds what a reference leads to, and reports one that leads nowhere.
    mutating func resolve(_ reference: String, at place: JSONValue, from unit: SchemaUnit) -> JSONValue? {
        let base = resources.resources[unit.pending.resource]
        let (uri, fragment) = URIReference.resolve(reference, against: base.uri)
        let number = uri == base.uri ? unit.pending.resource : resources.resource(named: uri)
        guard let number else {
            report(
                "unresolved-reference", "no document is known as \(uri)", at: place,
                suggestion: NearestName.among(resources.identifiers, to: uri))
            return nil
        }
        let resource = resources.resources[number]
        if fragment.isEmpty { return resource.root }
        if let node = resource.anchors[fragment] {
            return JSONValue(document: resource.root.document, index: node)
        }
        guard let pointer = JSONPointer(fragment: fragment) else {
            report(
                "unresolved-reference", "\(uri) has no anchor named `\(fragment)`", at: place,
                suggestion: NearestName.among(resource.anchors.keys, to: fragment))
            return nil
        }
        if let target = resource.root.value(at: pointer) { return target }
        reportMissing(pointer, in: resource.root, at: place, reference)
        return nil
    }

    /// Reports a pointer that leads nowhere, with the nearest name at the place where the way ends.
    private mutating func reportMissing(
        _ pointer: JSONPointer, in root: JSONValue, at place: JSONValue, _ reference: String
    ) {
        var value = root
        for (depth, token) in pointer.tokens.enumerated() {
            if let next = value.value(at: JSONPointer(tokens: [token])) {
                value = next
                continue
            }
            let nearest = NearestName.among(value.members.map(\.name), to: token)
            let way = pointer.tokens.prefix(depth)
            let suggestion = nearest.map { "#" + JSONPointer(tokens: way + [$0]).fragment }
            report(
                "unresolved-reference", "nothing is found at \(reference): there is no `\(token)`", at: place,
                suggestion: suggestion)
            return
        }
    }
}
