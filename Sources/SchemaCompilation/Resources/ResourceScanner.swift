import JSONDocuments
import SourceDiagnostics

/// Finds the resources and anchors of a document: in schemas only, never in `enum`, `const`, examples or unknown
/// keywords.
struct ResourceScanner {
    /// A resource and its extent.
    struct Found {
        /// The resource.
        var resource: SchemaResource
        /// Its nodes.
        let nodes: Range<Int>
        /// Whether it is the whole document.
        let isDocumentRoot: Bool
    }

    /// Number of the document.
    let document: Int
    /// What the document was registered under.
    let uri: String
    /// The language of schemas that name none.
    let dialect: Dialect
    /// Resources, outer ones first.
    private(set) var found: [Found] = []
    /// Mistakes.
    private(set) var diagnostics: [Diagnostic] = []
    /// Schemas to look at, with the number of their resource among `found`.
    private var pending: [(value: JSONValue, resource: Int)] = []

    /// A scanner for one document.
    init(document: Int, uri: String, dialect: Dialect) {
        self.document = document
        self.uri = uri
        self.dialect = dialect
    }

    /// Scans the document.
    mutating func scan(_ root: JSONValue) {
        let base = URIReference(uri).withoutFragment
        guard !dialect.isOpenAPI else { return scanOpenAPI(root, base) }
        addResource(root, base: base, inherited: dialect, isDocumentRoot: true)
        pending.append((root, 0))
        drain()
    }

    /// Scans an OpenAPI document: schemas are where the specification puts them.
    private mutating func scanOpenAPI(_ root: JSONValue, _ base: String) {
        var base = base
        var language = dialect
        if dialect.hasIdentifiers {
            // OpenAPI 3.2 §4.1: $self is the base of references, relative to where the document was found.
            if let own = root["$self"]?.string { base = URIReference.resolve(own, against: base).uri }
            if let named = root["jsonSchemaDialect"]?.string, let known = Dialect(identifier: named) {
                language = known
            }
        }
        let resource = SchemaResource(
            uri: base, root: root, dialect: language, metaschema: nil, document: document)
        found.append(Found(resource: resource, nodes: 0..<Int(root.node.next), isDocumentRoot: true))
        guard dialect.hasIdentifiers else { return }
        collectSchemas(root)
        drain()
    }

    /// Collects the values of `schema` and `itemSchema`, and the members of `schemas`.
    private mutating func collectSchemas(_ root: JSONValue) {
        var waiting = [root]
        while let value = waiting.popLast() {
            switch value.kind {
            case .array: waiting += value.elements
            case .object:
                for member in value.members {
                    switch member.name {
                    case "schema", "itemSchema": pending.append((member.value, 0))
                    case "schemas": for schema in member.value.members { pending.append((schema.value, 0)) }
                    case "example", "examples", "default", "value", "dataValue": break
                    default:
                        if !member.name.hasPrefix("x-"), member.value.kind == .object || member.value.kind == .array {
                            waiting.append(member.value)
                        }
                    }
                }
            default: break
            }
        }
    }

    /// Looks at all pending schemas and what is in them.
    private mutating func drain() {
        while let (value, resource) = pending.popLast() { scanSchema(value, resource) }
        // Enclosing resources first: a range that holds another one begins earlier or ends later.
        found.sort { ($0.nodes.lowerBound, -$0.nodes.upperBound) < ($1.nodes.lowerBound, -$1.nodes.upperBound) }
    }

    /// Adds a resource.
    private mutating func addResource(_ value: JSONValue, base: String, inherited: Dialect, isDocumentRoot: Bool) {
        var language = inherited
        var metaschema: String?
        if let named = value["$schema"]?.string {
            if let known = Dialect(identifier: named) { language = known } else { metaschema = named }
        }
        var uri = base
        let keyword = language.generation == .draft4 ? "id" : "$id"
        let isHidden = language.ignoresReferenceSiblings && value["$ref"] != nil
        if !isHidden, let own = value[keyword]?.string {
            let (resolved, fragment) = URIReference.resolve(own, against: base)
            if !own.hasPrefix("#") { uri = resolved }
            if !fragment.isEmpty, language.generation >= .draft2019_09, let range = value[keyword]?.range {
                diagnostics.append(
                    Diagnostic(.error, "bad-schema-id", "an identifier has no fragment; use $anchor", at: range))
            }
        }
        let resource = SchemaResource(
            uri: uri, root: value, dialect: language, metaschema: metaschema, document: document)
        found.append(
            Found(resource: resource, nodes: value.index..<Int(value.node.next), isDocumentRoot: isDocumentRoot))
    }

    /// Looks for identifiers in a schema, and puts the schemas in it among the pending ones.
    private mutating func scanSchema(_ value: JSONValue, _ outer: Int) {
        guard value.kind == .object else { return }
        var current = outer
        let isRoot = found[outer].resource.root == value
        let inherited = found[outer].resource.dialect
        let hidesSiblings = inherited.ignoresReferenceSiblings && value["$ref"] != nil
        if !isRoot, beginsResource(value, inherited, hidesSiblings) {
            addResource(value, base: found[outer].resource.uri, inherited: inherited, isDocumentRoot: false)
            current = found.count - 1
        }
        let language = found[current].resource.dialect
        if !(language.ignoresReferenceSiblings && value["$ref"] != nil) {
            readAnchors(value, current, language)
        } else {
            // Definitions beside a reference can still be referred to.
            for name in ["definitions", "$defs"] {
                if let map = value[name] { for member in map.members { pending.append((member.value, current)) } }
            }
            return
        }
        for member in value.members {
            guard let keyword = Keyword.byName[member.name], keyword.exists(in: language) else { continue }
            switch keyword.content {
            case .none: break
            case .schema: pending.append((member.value, current))
            case .list: for element in member.value.elements { pending.append((element, current)) }
            case .map, .dependencies: for child in member.value.members { pending.append((child.value, current)) }
            case .schemaOrList:
                if member.value.kind == .array {
                    for element in member.value.elements { pending.append((element, current)) }
                } else {
                    pending.append((member.value, current))
                }
            }
        }
    }

    /// Whether a schema has an identifier that is more than a name within its resource.
    private func beginsResource(_ value: JSONValue, _ inherited: Dialect, _ hidesSiblings: Bool) -> Bool {
        var language = inherited
        if let named = value["$schema"]?.string, let known = Dialect(identifier: named) { language = known }
        if language.ignoresReferenceSiblings, value["$ref"] != nil { return false }
        let keyword = language.generation == .draft4 ? "id" : "$id"
        guard let own = value[keyword]?.string else { return false }
        return !own.hasPrefix("#")
    }

    /// Notes the names within a resource.
    private mutating func readAnchors(_ value: JSONValue, _ resource: Int, _ language: Dialect) {
        let generation = language.generation
        if generation < .draft2019_09 {
            let keyword = generation == .draft4 ? "id" : "$id"
            if let own = value[keyword]?.string {
                let fragment = URIReference(own).fragment ?? ""
                if !fragment.isEmpty { found[resource].resource.anchors[fragment] = value.index }
            }
            return
        }
        if let name = value["$anchor"]?.string { found[resource].resource.anchors[name] = value.index }
        if generation == .draft2020_12, let name = value["$dynamicAnchor"]?.string {
            found[resource].resource.anchors[name] = value.index
            found[resource].resource.dynamicAnchors[name] = value.index
        }
        if generation == .draft2019_09, value["$recursiveAnchor"]?.bool == true,
            found[resource].resource.root == value
        {
            found[resource].resource.isRecursive = true
        }
    }
}
