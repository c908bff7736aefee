import JSONDocuments
import SourceDiagnostics

/// The metaschemas of JSON Schema, so that schemas can refer to them without a download.
///
/// Written for this project from the specifications' keyword definitions: they have the identifiers, anchors and
/// verdicts of the published ones, but none of their annotations.
enum StandardSchemas {
    /// A metaschema and its language.
    struct Standard: Sendable {
        /// The metaschema.
        let document: JSONDocument
        /// Its language.
        let dialect: Dialect
    }

    /// The metaschema of an identifier.
    /// - Parameter uri: Without fragment.
    static func document(for uri: String) -> Standard? { all[uri] }

    /// The metaschemas by identifier.
    private static let all: [String: Standard] = {
        var table: [String: Standard] = [:]
        for (text, dialect) in sources {
            guard let document = try? JSONDocument(parsing: text, path: "standard metaschema") else {
                assertionFailure("a standard metaschema is not JSON")
                continue
            }
            let keyword = dialect.generation == .draft4 ? "id" : "$id"
            guard let identifier = document.root[keyword]?.string else { continue }
            table[URIReference(identifier).withoutFragment] = Standard(document: document, dialect: dialect)
        }
        return table
    }()

    /// The texts of all metaschemas.
    private static var sources: [(String, Dialect)] {
        [(draft4, .draft4), (draft6, .draft6), (draft7, .draft7)]
            + draft2019.map { ($0, .draft2019_09) } + draft2020.map { ($0, .draft2020_12) }
    }
}
