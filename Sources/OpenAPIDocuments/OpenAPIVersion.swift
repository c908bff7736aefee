import JSONDocuments

/// A minor version of the OpenAPI Specification.
///
/// Patch versions change wording, never the meaning of a document (OpenAPI 3.1.2 §4.1), so they are not kept apart.
package enum OpenAPIVersion: Int, Sendable, Comparable, CaseIterable {
    /// Swagger 2.0.
    case version2
    /// OpenAPI 3.0.x.
    case version30
    /// OpenAPI 3.1.x.
    case version31
    /// OpenAPI 3.2.x.
    case version32

    /// Reads the value of an `openapi` or `swagger` field; nil for versions that are unknown.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.dropFirst().allSatisfy({ !$0.isEmpty }) else { return nil }
        switch (Array(parts[0]), Array(parts[1])) {
        case ([0x32], [0x30]): self = .version2
        case ([0x33], [0x30]): self = .version30
        case ([0x33], [0x31]): self = .version31
        case ([0x33], [0x32]): self = .version32
        default: return nil
        }
    }

    /// The version as people write it: `3.1`.
    package var name: String {
        switch self {
        case .version2: "2.0"
        case .version30: "3.0"
        case .version31: "3.1"
        case .version32: "3.2"
        }
    }

    /// Whether what stands beside `$ref` in a schema is evaluated (OpenAPI 3.1 §4.8.24, JSON Schema 2020-12 §8.2.3.1).
    package var evaluatesReferenceSiblings: Bool { self >= .version31 }

    /// Earlier versions come first.
    package static func < (left: OpenAPIVersion, right: OpenAPIVersion) -> Bool { left.rawValue < right.rawValue }
}
