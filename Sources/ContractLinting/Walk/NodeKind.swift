import OpenAPIDocuments

/// What a place in a document is, as far as rules ask: an object of the specification, or one of a few further things.
package enum NodeKind: UInt8, Sendable, CaseIterable {
    /// Objects of the specification, in the order of `ObjectKind`.
    case document, info, contact, license, server, serverVariable, components, paths, pathItem, operation
    /// More of them.
    case externalDocumentation, parameter, requestBody, mediaType, encoding, responses, response, callback, example
    /// More of them; `items` is 2.0's Items Object.
    case link, header, tag, schema, discriminator, xml, securityScheme, flows, flow, items
    /// Any object with a string `$ref`. The node is the object; `context.referencedKind` is what should be behind it.
    case reference
    /// One entry of `security`: an object from names of schemes to scopes.
    case requirement
    /// A string that people read: a `description`, `title` or `summary` anywhere in the description.
    case prose

    /// The kind of an object of the specification.
    package init(_ kind: ObjectKind) {
        // Both enumerations begin with the same cases in the same order; Tests/ContractLinting holds them together.
        self = NodeKind(rawValue: kind.rawValue) ?? .document
    }

    /// The object of the specification; nil for the further kinds.
    package var object: ObjectKind? { ObjectKind(rawValue: rawValue) }
}

/// A place that a rule looks at.
package struct NodeInterest: Sendable {
    /// The kind of node.
    package let kind: NodeKind
    /// Only nodes with one of these members; empty: every node of the kind.
    package let fields: [String]

    /// Every node of a kind.
    package static func every(_ kind: NodeKind) -> NodeInterest { NodeInterest(kind: kind, fields: []) }

    /// Nodes of a kind that have at least one of the named members: the cheap way, since the walk reads names once for
    /// all rules.
    package static func having(_ fields: String..., in kind: NodeKind) -> NodeInterest {
        NodeInterest(kind: kind, fields: fields)
    }
}
