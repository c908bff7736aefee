import JSONDocuments
import SourceDiagnostics

/// Makes one self-contained document of an API description in several files, with the same contract.
///
/// What references of the main document and of everything they lead to need from other files is pulled in, whole
/// targets, as they stand; the references are rewritten to the new places and nothing else is touched:
///
///     survey   walks by the grammar from the root through every reference: targets in other files, what they are
///     place    a component of the main document that is only a reference becomes its target; so does a path item;
///              every other target becomes a component, named after its pointer or its file; a target inside another
///              one that was placed is reached through it
///     write    the main document with those places filled, strings of references replaced
///
/// References stay references, so cycles need no care. Names depend on the documents alone. Discriminator mappings and
/// `operationRef` are rewritten too. Content that the grammar does not reach (examples, extensions, members beside a
/// `$ref` that OpenAPI 3.0 ignores) is copied without a look.
package struct DocumentBundler {
    /// The description.
    let document: OpenAPIDocument
    /// What is wrong.
    var diagnostics: [Diagnostic] = []
    /// Addresses of files by document.
    var addresses: [ObjectIdentifier: String] = [:]
    /// Files by address.
    var documents: [String: JSONDocument] = [:]
    /// Kind + 1 by node of each file, for what the survey visited.
    var visited: [ObjectIdentifier: [UInt8]] = [:]
    /// Places that wait for the survey.
    var waiting: [(value: JSONValue, kind: ObjectKind)] = []
    /// Targets that were met, with what they are.
    var kinds: [JSONValue: ObjectKind] = [:]
    /// Targets in other files, in the order in which they were met.
    var targets: [JSONValue] = []
    /// Strings that lead somewhere, and where to.
    var leads: [JSONValue: JSONValue] = [:]
    /// Objects of the main document that are replaced by what they refer to.
    var replacements: [JSONValue: JSONValue] = [:]
    /// Where targets are placed: pointers into the bundle by target.
    var places: [JSONValue: JSONPointer] = [:]
    /// Placed targets by file.
    var placed: [ObjectIdentifier: [JSONValue]] = [:]
    /// New components by section.
    var sections: [(path: [String], entries: [(name: String, target: JSONValue)])] = []

    /// A bundler for a loaded description. It should have been loaded without errors.
    package init(_ document: OpenAPIDocument) {
        self.document = document
        for file in document.files {
            documents[file.uri] = file.document
            if addresses[ObjectIdentifier(file.document)] == nil {
                addresses[ObjectIdentifier(file.document)] = file.uri
            }
        }
        addresses[ObjectIdentifier(document.root.document)] = document.uri
    }

    /// Makes the bundle.
    ///
    /// - Returns: The document, nil if a diagnostic is an error, and every diagnostic.
    package mutating func bundle() -> (document: JSONDocument?, diagnostics: [Diagnostic]) {
        survey()
        place()
        guard !diagnostics.contains(where: { $0.severity == .error }) else {
            return (nil, Diagnostic.sorted(diagnostics))
        }
        let bundle = write()
        return (bundle, Diagnostic.sorted(diagnostics))
    }

    /// Whether a place is in the main document.
    func isMain(_ value: JSONValue) -> Bool { value.document === document.root.document }

    /// What is around a string under `$ref`, if it has no other member.
    static func soleOwner(of reference: JSONValue) -> JSONValue? {
        // The object, its only name, the string.
        let index = reference.index - 2
        guard index >= 0 else { return nil }
        let owner = JSONValue(document: reference.document, index: index)
        guard owner.kind == .object, owner.count == 1, Int(owner.node.next) == reference.index + 1 else { return nil }
        return owner
    }

    /// Where a kind of object is kept in a document of a version.
    static func section(of kind: ObjectKind, _ version: OpenAPIVersion) -> [String] {
        if version == .version2 {
            switch kind {
            case .schema: return ["definitions"]
            case .parameter: return ["parameters"]
            case .response: return ["responses"]
            default: return ["x-bundled", "pathItems"]
            }
        }
        let name =
            switch kind {
            case .schema: "schemas"
            case .response: "responses"
            case .parameter: "parameters"
            case .example: "examples"
            case .requestBody: "requestBodies"
            case .header: "headers"
            case .securityScheme: "securitySchemes"
            case .link: "links"
            case .callback: "callbacks"
            case .pathItem: "pathItems"
            case .mediaType: "mediaTypes"
            default: "others"
            }
        // Path items are components since 3.1, media types since 3.2; others are never referred to.
        let isKnown =
            switch kind {
            case .pathItem: version >= .version31
            case .mediaType: version >= .version32
            default: name != "others"
            }
        return [isKnown ? "components" : "x-bundled", name]
    }
}
