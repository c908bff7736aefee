import ContractLinting
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// One of the two documents of a comparison.
struct ComparedDocument {
    /// The document with all its files.
    let document: LintDocument
    /// The version that it is read by.
    let version: OpenAPIVersion

    /// Takes a document; one of an unknown version is read as 3.1.
    init(_ document: LintDocument) {
        self.document = document
        version = document.version ?? .version31
    }

    /// The value of the whole document.
    var root: JSONValue { document.root }

    /// Follows `$ref`s from an object; nil where they lead nowhere.
    func followed(_ value: JSONValue) -> JSONValue? { document.followed(value) }

    /// A member of the document, or of a section of it, followed.
    func member(_ names: String...) -> JSONValue? {
        var value: JSONValue? = root
        for name in names { value = value.flatMap { $0[name] }.flatMap(followed) }
        return value
    }
}
