import JSONDocuments
import OpenAPIDocuments
import PatternMatching
import SchemaEvaluation

/// Makes shapes of schemas, each once.
struct ValueShapeBuilder {
    /// A list of schemas that hold together, at a depth.
    private struct Key: Hashable {
        /// The schemas.
        let schemas: [JSONValue]
        /// How deep below the value that is read.
        let depth: Int
    }

    /// The version whose rules hold.
    let version: OpenAPIVersion
    /// Where references lead.
    let references: ReferenceTable
    /// Shapes made so far.
    private var known: [Key: ValueShape] = [:]

    /// Text has two levels at most: members of an object, items of a member. What lies below is JSON or nothing.
    private static let deepest = 3

    /// Starts without shapes.
    init(version: OpenAPIVersion, references: ReferenceTable) {
        self.version = version
        self.references = references
    }

    /// The shape of a schema.
    mutating func shape(of schema: JSONValue?) -> ValueShape {
        schema.map { shape(of: [$0], depth: 0) } ?? .any
    }

    /// The default that a schema declares, by itself or through `$ref` and `allOf`; the first one found.
    func defaultValue(of schema: JSONValue?) -> JSONValue? {
        guard let schema else { return nil }
        var parts: [JSONValue] = []
        var seen: Set<JSONValue> = []
        SchemaConjunction.flatten(schema, version: version, references: references, into: &parts, seen: &seen)
        return parts.lazy.compactMap { $0["default"] }.first
    }

    /// The shape of values that keep all of some schemas.
    private mutating func shape(of schemas: [JSONValue], depth: Int) -> ValueShape {
        guard depth <= Self.deepest, !schemas.isEmpty else { return .any }
        let key = Key(schemas: schemas, depth: depth)
        if let shape = known[key] { return shape }
        var parts: [JSONValue] = []
        var seen: Set<JSONValue> = []
        for schema in schemas {
            SchemaConjunction.flatten(schema, version: version, references: references, into: &parts, seen: &seen)
        }
        let isComplete = seen.count < 256 && schemas.allSatisfy { $0.kind == .object || $0.kind == .true }
        let shape = make(parts, depth, isComplete: isComplete)
        known[key] = shape
        return shape
    }

    /// The shape of schemas whose references and `allOf` were followed.
    private mutating func make(_ parts: [JSONValue], _ depth: Int, isComplete: Bool) -> ValueShape {
        var types = TypeSet.all
        var isTyped = false
        for part in parts {
            guard let declared = SchemaConjunction.types(of: part) else { continue }
            types.formIntersection(declared)
            isTyped = true
        }
        var items: [JSONValue] = []
        var prefixes: [[JSONValue]] = []
        var names: [[UInt8]] = []
        var members: [[UInt8]: [JSONValue]] = [:]
        var patterns: [(pattern: Pattern, shape: ValueShape)] = []
        var additional: [JSONValue] = []
        var claims = false
        for part in parts {
            if let schema = part["items"], schema.kind == .object { items.append(schema) }
            if version >= .version31, let list = part["prefixItems"], list.kind == .array {
                for (position, schema) in list.elements.enumerated() where position < 64 {
                    if position == prefixes.count { prefixes.append([]) }
                    prefixes[position].append(schema)
                }
            }
            if let map = part["properties"], map.kind == .object {
                for member in map.members {
                    let name = Array(member.name.utf8)
                    if members[name] == nil { names.append(name) }
                    members[name, default: []].append(member.value)
                }
            }
            if let other = part["additionalProperties"] {
                claims = claims || other.kind != .true
                if other.kind == .object { additional.append(other) }
            }
            if version >= .version31 {
                claims = claims || (part["unevaluatedProperties"].map { $0.kind != .true } ?? false)
                if let map = part["patternProperties"], map.kind == .object {
                    claims = true
                    for member in map.members {
                        // A pattern that is none is reported by the schema compiler.
                        guard let pattern = try? Pattern(member.name) else { continue }
                        patterns.append((pattern, shape(of: [member.value], depth: depth + 1)))
                    }
                }
            }
        }
        let prefix = prefixes.map { shape(of: $0, depth: depth + 1) }
        return ValueShape(
            types: types, isTyped: isTyped, items: items.isEmpty ? nil : shape(of: items, depth: depth + 1),
            prefix: prefix,
            members: names.map { ValueShape.Member(name: $0, shape: shape(of: members[$0] ?? [], depth: depth + 1)) },
            patterns: patterns, additional: additional.isEmpty ? nil : shape(of: additional, depth: depth + 1),
            claimsOtherMembers: claims, isBinary: Self.isBinary(parts),
            acceptsAnyText: isComplete && acceptsAnyText(parts))
    }

    /// OpenAPI 3.0.4 §4.7.14.2 (`format: binary`), 2.0 (`type: file`), 3.1.2 §4.8.14.4 (`contentMediaType` without
    /// `type`).
    private static func isBinary(_ parts: [JSONValue]) -> Bool {
        parts.contains { part in
            if part["type"]?.string == "file" || part["format"]?.string == "binary" { return true }
            return part["contentMediaType"] != nil && part["contentEncoding"] == nil && part["type"] == nil
        }
    }

    /// Keywords that say nothing about the validity of a string, of a schema or of 2.0's Parameter Object.
    private static let silent: Set<String> = [
        "type", "title", "description", "default", "example", "examples", "deprecated", "externalDocs", "xml",
        "$comment",
        "readOnly", "writeOnly", "minimum", "maximum", "properties", "required", "items", "in", "name",
        "allowEmptyValue",
        "collectionFormat", "additionalProperties", "$anchor", "nullable", "$ref", "allOf", "minItems", "maxItems",
        "uniqueItems",
        "multipleOf", "exclusiveMinimum", "exclusiveMaximum",
    ]

    /// Whether every string keeps all of these schemas: only keywords that never refuse one, and types that admit it.
    private func acceptsAnyText(_ parts: [JSONValue]) -> Bool {
        parts.allSatisfy { part in
            if let types = SchemaConjunction.types(of: part), !types.contains(.string) { return false }
            return part.members.allSatisfy { member in
                if member.name == "$ref" {
                    let target = member.value.string.flatMap { references.target(of: $0, in: part.document) }
                    return target?.kind == .object || target?.kind == .true
                }
                if member.name == "allOf" {
                    return member.value.elements.allSatisfy { $0.kind == .object || $0.kind == .true }
                }
                if member.name == "format" {
                    return member.value.string.map { ["binary", "password"].contains($0) } ?? false
                }
                return Self.silent.contains(member.name) || member.name.hasPrefix("x-")
            }
        }
    }
}
