import JSONDocuments
import OpenAPIDocuments

/// What the schemas of a file call themselves (JSON Schema 2020-12 §8.2): `$id`, `$anchor`, `$dynamicAnchor`.
struct SchemaNames {
    /// Schemas by absolute URI.
    var schemas: [String: JSONValue] = [:]
    /// Schemas by plain-name fragment.
    var anchors: [String: JSONValue] = [:]
    /// Nodes inside schemas with an `$id`, outer ones first.
    var bases: [(nodes: Range<Int>, uri: String)] = []

    /// The base that the innermost `$id` around a node sets.
    func base(of node: Int) -> String? {
        bases.isEmpty ? nil : bases.last { $0.nodes.contains(node) }?.uri
    }
}

/// One pass over the rows of a file that finds every `$ref` and every name of a schema, wherever it stands.
struct ReferenceSurvey {
    /// The nodes of the strings after `$ref`, in order.
    private(set) var references: [Int] = []
    /// What schemas call themselves.
    private(set) var names = SchemaNames()

    /// Surveys a file.
    init(_ document: JSONDocument, address: String) {
        var identifiers: [(object: Int, node: Int)] = []
        document.withView { view in
            // The containers that are open, by index.
            var open: [Int] = []
            for index in 0..<view.count {
                while let last = open.last, Int(view[last].next) <= index { open.removeLast() }
                let node = view[index]
                if node.kind == .object || node.kind == .array { open.append(index) }
                guard node.flags.contains(.key), let object = open.last, view[index + 1].kind == .string else {
                    continue
                }
                let name = view.text(of: node)
                guard name.first == UInt8(ascii: "$") else { continue }
                if name.elementsEqual("$ref".utf8) {
                    references.append(index + 1)
                } else if name.elementsEqual("$id".utf8) {
                    identifiers.append((object, index + 1))
                } else if name.elementsEqual("$anchor".utf8) || name.elementsEqual("$dynamicAnchor".utf8) {
                    let anchor = String(decoding: view.text(of: index + 1), as: UTF8.self)
                    names.anchors[anchor] = JSONValue(document: document, index: object)
                }
            }
        }
        for (object, node) in identifiers.sorted(by: { $0.object < $1.object }) {
            let text = JSONValue(document: document, index: node).string ?? ""
            let reference = URIReference(text)
            guard !reference.withoutFragment.isEmpty else { continue }
            let schema = JSONValue(document: document, index: object)
            let uri = reference.resolved(against: URIReference(names.base(of: object) ?? address)).withoutFragment
            names.schemas[uri] = schema
            names.bases.append((object..<Int(schema.node.next), uri))
        }
    }
}
