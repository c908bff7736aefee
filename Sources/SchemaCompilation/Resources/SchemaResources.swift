import JSONDocuments
import SourceDiagnostics

/// The documents that references may lead to. Nothing else is ever looked at: no file is opened, no socket.
///
/// The standard metaschemas need not be registered; they are there as soon as a reference names them.
package struct SchemaResources: Sendable {
    /// A registered document.
    struct Entry: Sendable {
        /// The document.
        let document: JSONDocument
        /// What it was registered under.
        let uri: String
        /// Its resources, outer ones first: numbers and ranges of nodes.
        var resources: [(number: Int, nodes: Range<Int>)]
    }

    /// All resources.
    private(set) var resources: [SchemaResource] = []
    /// Registered documents.
    private(set) var documents: [Entry] = []
    /// Numbers of resources by identifier.
    private var numbers: [String: Int] = [:]
    /// Numbers of documents.
    private var documentNumbers: [ObjectIdentifier: Int] = [:]
    /// Mistakes found while registering.
    private(set) var diagnostics: [Diagnostic] = []

    /// No documents.
    package init() {}

    /// Registers a document.
    /// - Parameters:
    ///   - document: A schema, or an OpenAPI document: references may lead to any place in it.
    ///   - uri: Its identifier: the base of relative references.
    ///   - dialect: The language of schemas in it that name none.
    package mutating func register(_ document: JSONDocument, uri: String, dialect: Dialect) {
        let identity = ObjectIdentifier(document)
        guard documentNumbers[identity] == nil else { return }
        documentNumbers[identity] = documents.count
        documents.append(Entry(document: document, uri: uri, resources: []))
        var scanner = ResourceScanner(document: documents.count - 1, uri: uri, dialect: dialect)
        scanner.scan(document.root)
        for found in scanner.found {
            let number = resources.count
            resources.append(found.resource)
            documents[documents.count - 1].resources.append((number, found.nodes))
            let name = found.resource.uri
            if let other = numbers[name], !found.isDocumentRoot, resources[other].root != found.resource.root {
                diagnostics.append(
                    Diagnostic(
                        .error, "duplicate-schema-id", "two schemas have the identifier \(name)",
                        at: found.resource.root.range))
            } else if numbers[name] == nil {
                numbers[name] = number
            }
            if found.isDocumentRoot, numbers[URIReference(uri).withoutFragment] == nil {
                numbers[URIReference(uri).withoutFragment] = number
            }
        }
        diagnostics += scanner.diagnostics
    }

    /// Number of a registered document.
    func documentNumber(of document: JSONDocument) -> Int? { documentNumbers[ObjectIdentifier(document)] }

    /// Number of the innermost resource around a place of a registered document.
    func resource(around value: JSONValue) -> Int? {
        guard let number = documentNumber(of: value.document) else { return nil }
        let candidates = documents[number].resources
        if candidates.count == 1 { return candidates[0].number }
        // Inner resources come after outer ones.
        return candidates.last { $0.nodes.contains(value.index) }?.number
    }

    /// Number of the resource with an identifier; the standard metaschemas are registered when they are asked for.
    /// - Parameter uri: Without fragment.
    mutating func resource(named uri: String) -> Int? {
        if let number = numbers[uri] { return number }
        guard let standard = StandardSchemas.document(for: uri) else { return nil }
        register(standard.document, uri: uri, dialect: standard.dialect)
        return numbers[uri]
    }

    /// Every identifier, for suggestions.
    var identifiers: [String] { Array(numbers.keys) }
}
