import JSONDocuments

/// A self-contained document that takes part in a combined one, with what its grammar says of every node.
package struct CombinedPart {
    /// The name of the API, which goes before names that several APIs use.
    let name: String
    /// The document, in one file.
    package let document: JSONDocument
    /// Its version.
    let version: OpenAPIVersion
    /// The public prefix: `/`, or a path without a slash at its end.
    let mount: String
    /// The hosts that it answers; none: any.
    let hosts: [String]
    /// Kind + 1 by node, as the walk by the grammar left it.
    let kinds: [UInt8]
    /// The strings of references within the document, by node.
    let references: Set<Int>
    /// Names that schemas give themselves.
    let anchors: Set<String>

    /// Looks over a document.
    ///
    /// - Parameters:
    ///   - name: The API's name: `[A-Za-z0-9._-]+`.
    ///   - document: The document; every reference in it stays within it.
    package init(name: String, document: JSONDocument, version: OpenAPIVersion, mount: String, hosts: [String]) {
        self.name = name
        self.document = document
        self.version = version
        self.mount = mount
        self.hosts = hosts
        var found: Set<Int> = []
        let (kinds, anchors) = document.withView { view -> ([UInt8], Set<String>) in
            var walker = StructureWalker(
                document, view: view, address: "file:///\(name)", version: version,
                visited: [UInt8](repeating: 0, count: document.nodeCount))
            walker.visitObject(0, .document, field: "", structural: false)
            // What only a reference leads to is walked as what the reference wants there.
            var next = 0
            while next < walker.references.count {
                let reference = walker.references[next]
                next += 1
                guard reference.base == nil, reference.text.utf8.first == UInt8(ascii: "#") else { continue }
                found.insert(reference.node.index)
                guard let pointer = JSONPointer(fragment: String(reference.text.dropFirst())),
                    let target = document.root.value(at: pointer)
                else { continue }
                walker.visitObject(target.index, reference.kind, field: "", structural: false)
            }
            return (walker.visited, walker.anchors)
        }
        self.kinds = kinds
        self.references = found
        self.anchors = anchors
    }

    /// What the grammar takes a node for.
    func isKind(_ index: Int, _ kind: ObjectKind) -> Bool { kinds[index] == kind.rawValue + 1 }

    /// The public path of a template.
    func publicPath(_ template: String) -> String { mount == "/" ? template : mount + template }

    /// The containers of what documents share, with their sections.
    func sections() -> [(path: [String], members: [(name: String, value: JSONValue)])] {
        ["components", "x-bundled"].flatMap { container in
            (document.root[container].map { Array($0.members) } ?? []).filter { $0.value.kind == .object }.map {
                section in
                (
                    path: [container, section.name],
                    members: section.value.members.map { (name: $0.name, value: $0.value) }
                )
            }
        }
    }

    /// `operationId` by operation, in the order of the document.
    func operationIDs() -> [String] {
        (document.root["paths"].map { Array($0.members) } ?? []).flatMap { path in
            path.value.kind == .object ? path.value.members.compactMap { $0.value["operationId"]?.string } : []
        }
    }
}
