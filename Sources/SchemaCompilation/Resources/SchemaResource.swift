import JSONDocuments

/// A schema with an identifier of its own, and what its anchors name (2020-12 core §4.3.5, §8.2).
struct SchemaResource: Sendable {
    /// The identifier without fragment: the base of relative references inside.
    let uri: String
    /// The root.
    let root: JSONValue
    /// The language.
    let dialect: Dialect
    /// The identifier of the metaschema, if it is nobody's we know.
    let metaschema: String?
    /// Number of the document.
    let document: Int
    /// Nodes by plain name (`$anchor`, `$dynamicAnchor`, `$id: "#name"`).
    var anchors: [String: Int] = [:]
    /// Nodes by dynamic name.
    var dynamicAnchors: [String: Int] = [:]
    /// Whether the root has `$recursiveAnchor: true`.
    var isRecursive = false
}
