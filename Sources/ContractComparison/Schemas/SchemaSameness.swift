import JSONDocuments
import OpenAPIDocuments

/// Tells whether two schemas say the same, with everything behind their references, without walking them again and again.
///
/// Texts for people (`description`, examples) do not count. Schemas that say the same in different words are told apart:
/// the answer "no" means that a comparison is worth while.
struct SchemaSameness {
    /// A schema of the base and one of the revision.
    struct Pair: Hashable {
        /// In the base.
        let base: JSONValue
        /// In the revision.
        let revision: JSONValue
    }

    /// The documents.
    private let base: ComparedDocument
    private let revision: ComparedDocument

    /// Whether a keyword may mean different things on the two sides.
    private let isAcrossDialects: Bool

    /// What is known.
    private var known: [Pair: Bool] = [:]

    /// Pairs of a question that is being answered, taken for the same until shown otherwise: circles are the same if all
    /// that hangs on them is.
    private var assumed: Set<Pair> = []

    /// Nothing is known.
    init(_ base: ComparedDocument, _ revision: ComparedDocument) {
        self.base = base
        self.revision = revision
        isAcrossDialects = base.version.evaluatesReferenceSiblings != revision.version.evaluatesReferenceSiblings
    }

    /// Whether two schemas are the same.
    mutating func holds(_ one: JSONValue, _ other: JSONValue) -> Bool {
        assumed = []
        let answer = isSame(one, other, depth: 0)
        // Of a "no" only the pairs that were refuted are certain, and `isSame` has noted those.
        if answer { for pair in assumed { known[pair] = true } }
        return answer
    }

    /// Compares two schemas.
    private mutating func isSame(_ one: JSONValue, _ other: JSONValue, depth: Int) -> Bool {
        let pair = Pair(base: one, revision: other)
        if let answer = known[pair] { return answer }
        guard !assumed.contains(pair) else { return true }
        guard depth < 200 else { return false }
        guard one.kind == .object, other.kind == .object else { return one.structurallyEquals(other) }
        assumed.insert(pair)
        let answer = hasSameKeywords(one, other, depth)
        if !answer { known[pair] = false }
        return answer
    }

    /// Compares the keywords of two objects.
    private mutating func hasSameKeywords(_ one: JSONValue, _ other: JSONValue, _ depth: Int) -> Bool {
        let references = (one["$ref"], other["$ref"])
        switch references {
        case (let first?, let second?):
            guard let left = base.document.target(of: first), let right = revision.document.target(of: second) else {
                return false
            }
            guard isSame(left, right, depth: depth + 1) else { return false }
            // What stands beside a reference counts since 3.1.
            if !base.version.evaluatesReferenceSiblings, !isAcrossDialects { return true }
        case (nil, nil): break
        default: return false
        }
        for member in one.members where !Self.isAnnotation(member.name) && member.name != "$ref" {
            guard let value = other[member.name], hasSame(member.name, member.value, value, depth) else { return false }
        }
        return other.members.allSatisfy {
            Self.isAnnotation($0.name) || $0.name == "$ref" || one[$0.name] != nil
        }
    }

    /// Compares the values of one keyword.
    private mutating func hasSame(_ keyword: String, _ one: JSONValue, _ other: JSONValue, _ depth: Int) -> Bool {
        if isAcrossDialects, ["nullable", "exclusiveMinimum", "exclusiveMaximum"].contains(keyword) { return false }
        if SchemaKeywords.schemas.contains(keyword) { return isSame(one, other, depth: depth + 1) }
        if SchemaKeywords.maps.contains(keyword), one.kind == .object, other.kind == .object {
            guard one.count == other.count else { return false }
            for member in one.members {
                guard let value = other[member.name], isSame(member.value, value, depth: depth + 1) else {
                    return false
                }
            }
            return true
        }
        if SchemaKeywords.lists.contains(keyword), one.kind == .array, other.kind == .array {
            guard one.count == other.count else { return false }
            for (left, right) in zip(one.elements, other.elements) {
                guard isSame(left, right, depth: depth + 1) else { return false }
            }
            return true
        }
        return one.structurallyEquals(other)
    }

    /// Whether a keyword says nothing about instances, nor about the life of the contract.
    private static func isAnnotation(_ name: String) -> Bool {
        if SchemaKeywords.annotations.contains(name) { return true }
        return name.hasPrefix("x-") && !SchemaKeywords.extensions.contains(name)
    }
}

/// Which keywords hold schemas, and which hold only texts.
enum SchemaKeywords {
    /// Keywords whose value is a schema.
    static let schemas: Set<String> = [
        "items", "additionalItems", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties", "contentSchema",
    ]
    /// Keywords whose value is an object of schemas.
    static let maps: Set<String> = ["properties", "patternProperties", "dependentSchemas"]
    /// Keywords whose value is an array of schemas.
    static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    /// Keywords that constrain nothing. JSON Schema 2020-12 validation §9; OpenAPI 3.1 §4.8.24.
    static let annotations: Set<String> = [
        "title", "description", "summary", "example", "examples", "externalDocs", "$comment", "xml", "$defs",
        "definitions", "components", "$id", "$schema", "$anchor",
    ]
    /// Extensions that tools keep contracts by.
    static let extensions: Set<String> = ["x-sunset", "x-stability-level", "x-extensible-enum", "x-nullable"]

    /// Whether a schema, followed, holds nothing but texts: then a conjunction with it changes nothing.
    static func isAnnotationOnly(_ view: SchemaView) -> Bool {
        let quiet = annotations.union(["default", "deprecated", "readOnly", "writeOnly"])
        return view.constant != false
            && view.conjuncts.allSatisfy { conjunct in
                conjunct.members.allSatisfy { quiet.contains($0.name) || $0.name == "$ref" || $0.name.hasPrefix("x-") }
            }
    }
}
