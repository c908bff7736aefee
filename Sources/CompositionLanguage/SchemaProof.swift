import JSONDocuments
import OpenAPIDocuments

/// Proves that every value which one schema accepts is accepted by another one too, keyword by keyword.
///
/// The proof is sound and not complete: what it does not know how to prove it names, with the pointer into the value. The
/// schemas may stand in different documents and circle; a pair that is being looked at is taken for proven, which is
/// sound because values are finite.
struct SchemaProof {
    /// A schema with the document that its references mean.
    struct Side {
        /// The schema.
        let node: JSONValue
        /// The document.
        let document: OpenAPIDocument

        /// Another schema of the document.
        func with(_ node: JSONValue) -> Side { Side(node: node, document: document) }

        /// The schema behind a reference alone; nil where that leads nowhere.
        var followed: JSONValue? { document.references.followed(node) }

        /// A keyword that counts although a reference stands beside it; nil where there is none.
        var keywordBesideReference: String? {
            guard node["$ref"] != nil, document.version.evaluatesReferenceSiblings else { return nil }
            return node.members.lazy.map(\.name).first { $0 != "$ref" && !SchemaProof.annotations.contains($0) }
        }
    }

    /// What could not be proven.
    struct Gap {
        /// The pointer into the value; `*` stands for every element.
        let pointer: String
        /// Why, in words.
        let reason: String
        /// The keyword of the wider schema.
        let place: JSONValue
    }

    /// Pairs that are looked at, or were.
    private var visited: Set<[JSONValue]> = []
    /// How deep schemas are followed.
    private static let depth = 64

    /// What keeps the proof from being one; nil where everything is proven.
    mutating func gap(from narrow: Side, to wide: Side, at pointer: String = "", depth: Int = 0) -> Gap? {
        guard depth < Self.depth else {
            return Gap(pointer: pointer, reason: "it is nested too deeply", place: wide.node)
        }
        guard let schema = wide.followed else {
            return Gap(pointer: pointer, reason: "a reference leads nowhere", place: wide.node)
        }
        if let keyword = wide.keywordBesideReference {
            return Gap(
                pointer: pointer, reason: "a reference with `\(keyword)` beside it is not looked into", place: wide.node
            )
        }
        if schema.kind == .true || schema.kind == .object && schema.count == 0 { return nil }
        guard visited.insert([narrow.node, wide.node]).inserted else { return nil }
        let facts = NarrowFacts(narrow)
        if facts.isImpossible { return nil }
        // One of several things: each has to fit.
        if let branches = facts.alternatives, !branches.isEmpty {
            for branch in branches {
                if let gap = gap(from: branch, to: wide, at: pointer, depth: depth + 1) { return gap }
            }
            return nil
        }
        guard schema.kind == .object else {
            return Gap(pointer: pointer, reason: "nothing is accepted here", place: schema)
        }
        return gap(facts, wide.with(schema), pointer, depth)
    }

    /// Every keyword of the wider schema.
    private mutating func gap(_ facts: NarrowFacts, _ wide: Side, _ pointer: String, _ depth: Int) -> Gap? {
        let node = wide.node
        if node["type"] != nil {
            let types = ShapeWalker.declaredTypes(node)
            guard facts.types.isSubset(of: types) else {
                return Gap(
                    pointer: pointer, reason: "it may be \(facts.types.words), not \(types.words)",
                    place: node["type"] ?? node)
            }
        }
        for member in node.members {
            if let reason = scalarGap(member, facts, node) {
                return Gap(pointer: pointer, reason: reason, place: member.value)
            }
            if let gap = structureGap(member, facts, wide, pointer, depth) { return gap }
        }
        return nil
    }

    // MARK: Objects, arrays, combinations

    private mutating func structureGap(
        _ member: JSONMember, _ facts: NarrowFacts, _ wide: Side, _ pointer: String, _ depth: Int
    ) -> Gap? {
        let value = member.value
        switch member.name {
        case "allOf":
            for part in value.elements {
                if let gap = gap(facts, wide.with(part), at: pointer, depth) { return gap }
            }
        case "anyOf", "oneOf": return alternativeGap(member, facts, wide, pointer, depth)
        case "properties":
            guard facts.types.contains(.object) else { return nil }
            for property in value.members {
                let below = pointer + "/" + JSONPointer.escaped(property.name)
                if let gap = propertyGap(property.name, property.value, facts, wide, below, depth) { return gap }
            }
        case "required":
            guard facts.types.contains(.object) else { return nil }
            for name in value.elements.compactMap(\.string) where !facts.required.contains(name) {
                let below = pointer + "/" + JSONPointer.escaped(name)
                return Gap(pointer: below, reason: "it may be absent, and is required", place: value)
            }
        case "additionalProperties":
            guard facts.types.contains(.object), value.kind != .true else { return nil }
            return additionalGap(value, facts, wide, pointer, depth)
        case "items":
            guard facts.types.contains(.array), value.kind == .object || value.kind == .false else { return nil }
            guard let items = facts.items else {
                return Gap(pointer: pointer + "/*", reason: "nothing is known of the elements", place: value)
            }
            return gap(from: items, to: wide.with(value), at: pointer + "/*", depth: depth + 1)
        default: break
        }
        return nil
    }

    /// A part of an `allOf`, which may be a reference.
    private mutating func gap(_ facts: NarrowFacts, _ wide: Side, at pointer: String, _ depth: Int) -> Gap? {
        guard depth < Self.depth else {
            return Gap(pointer: pointer, reason: "it is nested too deeply", place: wide.node)
        }
        guard let schema = wide.followed else {
            return Gap(pointer: pointer, reason: "a reference leads nowhere", place: wide.node)
        }
        if let keyword = wide.keywordBesideReference {
            return Gap(
                pointer: pointer, reason: "a reference with `\(keyword)` beside it is not looked into", place: wide.node
            )
        }
        if schema.kind == .true { return nil }
        guard schema.kind == .object else {
            return Gap(pointer: pointer, reason: "nothing is accepted here", place: schema)
        }
        return gap(facts, wide.with(schema), pointer, depth + 1)
    }

    /// One of the wider alternatives takes everything; of `oneOf`, the others take nothing of it.
    private mutating func alternativeGap(
        _ member: JSONMember, _ facts: NarrowFacts, _ wide: Side, _ pointer: String, _ depth: Int
    ) -> Gap? {
        let branches = member.value.elements.map { wide.with($0) }
        var nearest: Gap?
        for (index, branch) in branches.enumerated() {
            // What is assumed while a branch is tried must not outlive the try.
            let before = visited
            let found = gap(facts, branch, at: pointer, depth)
            visited = before
            if let found {
                nearest = nearest ?? found
                continue
            }
            if member.name == "anyOf" { return nil }
            let others = branches.enumerated().filter { $0.offset != index }.map(\.element)
            let areDisjoint = others.allSatisfy { other in
                guard let schema = other.followed, schema.kind == .object else { return other.followed?.kind == .false }
                return ShapeWalker.declaredTypes(schema).isDisjoint(with: facts.types)
            }
            if areDisjoint { return nil }
            nearest = Gap(pointer: pointer, reason: "more than one alternative may take it", place: member.value)
        }
        return nearest ?? Gap(pointer: pointer, reason: "no alternative takes it", place: member.value)
    }

    /// One declared property of the wider schema.
    private mutating func propertyGap(
        _ name: String, _ schema: JSONValue, _ facts: NarrowFacts, _ wide: Side, _ pointer: String, _ depth: Int
    ) -> Gap? {
        if let own = facts.property(name) {
            // Of several schemas for one property each alone may be the proof.
            var nearest: Gap?
            for side in own {
                let before = visited
                guard let found = gap(from: side, to: wide.with(schema), at: pointer, depth: depth + 1) else {
                    return nil
                }
                visited = before
                nearest = nearest ?? found
            }
            return nearest
        }
        if facts.isClosed { return nil }
        guard let followed = wide.with(schema).followed, followed.kind == .true || followed.count == 0 else {
            return Gap(pointer: pointer, reason: "nothing is known of it", place: schema)
        }
        return nil
    }

    /// `additionalProperties` of the wider schema.
    private mutating func additionalGap(
        _ value: JSONValue, _ facts: NarrowFacts, _ wide: Side, _ pointer: String, _ depth: Int
    ) -> Gap? {
        guard facts.isClosed else {
            return Gap(pointer: pointer, reason: "it may have further fields", place: value)
        }
        guard wide.node["patternProperties"] == nil else {
            return Gap(pointer: pointer, reason: "`patternProperties` is not looked into", place: value)
        }
        let declared = Set(wide.node["properties"]?.members.map(\.name) ?? [])
        for name in facts.propertyNames where !declared.contains(name) {
            let below = pointer + "/" + JSONPointer.escaped(name)
            guard value.kind == .object else {
                return Gap(pointer: below, reason: "no such field is declared", place: value)
            }
            if let gap = propertyGap(name, value, facts, wide, below, depth) { return gap }
        }
        return nil
    }

    // MARK: Scalars

    /// Keywords that say nothing about values.
    fileprivate static let annotations: Set<String> = [
        "title", "description", "summary", "default", "example", "examples", "deprecated", "readOnly", "writeOnly",
        "externalDocs", "xml", "discriminator", "nullable", "x-nullable", "$comment", "$defs", "definitions", "$id",
        "$schema", "$anchor", "contentEncoding", "contentMediaType",
    ]
    /// Keywords that are looked at elsewhere.
    private static let structures: Set<String> = [
        "type", "allOf", "anyOf", "oneOf", "properties", "required", "additionalProperties", "items",
    ]

    /// Why a keyword about scalars is not known to hold.
    private func scalarGap(_ member: JSONMember, _ facts: NarrowFacts, _ node: JSONValue) -> String? {
        let name = member.name
        if Self.annotations.contains(name) || Self.structures.contains(name) || name.hasPrefix("x-") { return nil }
        switch name {
        case "enum", "const":
            let allowed = name == "const" ? [member.value] : Array(member.value.elements)
            guard let values = facts.values else { return "it is not among the values that are listed" }
            let other = values.first { value in !allowed.contains { $0.structurallyEquals(value) } }
            return other.map { "it may be \(JSONWriter.text(of: $0)), which is not among the values that are listed" }
        case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
            if facts.types.isDisjoint(with: .number) { return nil }
            return boundGap(name, facts, node)
        case "minLength", "maxLength":
            if !facts.types.contains(.string) { return nil }
            return sizeGap(name, member.value, facts)
        case "minItems", "maxItems":
            if !facts.types.contains(.array) { return nil }
            return sizeGap(name, member.value, facts)
        case "minProperties":
            if !facts.types.contains(.object) || facts.required.count >= member.value.int ?? .max { return nil }
        case "maxProperties":
            let count = facts.propertyNames.count
            if !facts.types.contains(.object) || facts.isClosed && count <= member.value.int ?? -1 { return nil }
        case "pattern", "format":
            if !facts.types.contains(.string) { return nil }
        case "multipleOf":
            if facts.types.isDisjoint(with: .number) { return nil }
            if member.value.double == 1, facts.types.isDisjoint(with: .fraction) { return nil }
        case "uniqueItems":
            if member.value.bool == false || !facts.types.contains(.array) { return nil }
        case "unevaluatedProperties", "unevaluatedItems": return "`\(name)` is not looked into"
        default: break
        }
        // The same words mean the same, if no reference is among them.
        if !name.hasPrefix("$"), facts.says(name, member.value), !Self.holdsReference(member.value) { return nil }
        return "`\(name)` is not known to hold"
    }

    /// Whether a value refers to something else.
    private static func holdsReference(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .object:
            value.members.contains { $0.name.hasPrefix("$") || holdsReference($0.value) }
        case .array: value.elements.contains { holdsReference($0) }
        default: false
        }
    }

    /// Why a bound is not known to hold.
    private func boundGap(_ name: String, _ facts: NarrowFacts, _ node: JSONValue) -> String? {
        let isLower = name == "minimum" || name == "exclusiveMinimum"
        let plain = isLower ? "minimum" : "maximum"
        let exclusive = isLower ? "exclusiveMinimum" : "exclusiveMaximum"
        // 3.0 says by a truth value that the bound itself is out.
        if node[exclusive]?.bool != nil, name == exclusive { return nil }
        guard let bound = node[name]?.double else { return "`\(name)` is not known to hold" }
        let isStrict = name == exclusive || node[exclusive]?.bool == true
        let holds = { (value: Double, isOwnStrict: Bool) in
            let inside = isLower ? value > bound : value < bound
            return inside || value == bound && (!isStrict || isOwnStrict)
        }
        if let values = facts.values, values.allSatisfy({ $0.double.map { holds($0, false) } ?? true }) { return nil }
        for conjunct in facts.conjuncts {
            if let own = conjunct.node[plain]?.double, holds(own, conjunct.node[exclusive]?.bool == true) { return nil }
            if let own = conjunct.node[exclusive]?.double, holds(own, true) { return nil }
        }
        return "it is not known to be \(isLower ? "at least" : "at most") \(JSONWriter.text(of: node[name] ?? node))"
    }

    /// Why a size is not known to hold.
    private func sizeGap(_ name: String, _ bound: JSONValue, _ facts: NarrowFacts) -> String? {
        guard let limit = bound.int else { return "`\(name)` is not known to hold" }
        let isLower = name.hasPrefix("min")
        if isLower, limit <= 0 { return nil }
        if let values = facts.values {
            let sizes = values.map { $0.kind == .string ? $0.string?.unicodeScalars.count ?? 0 : $0.count }
            if sizes.allSatisfy({ isLower ? $0 >= limit : $0 <= limit }) { return nil }
        }
        for conjunct in facts.conjuncts {
            if let own = conjunct.node[name]?.int, isLower ? own >= limit : own <= limit { return nil }
        }
        return "`\(name)` \(limit) is not known to hold"
    }
}
