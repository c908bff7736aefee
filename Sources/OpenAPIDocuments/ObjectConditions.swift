import JSONDocuments
import SourceDiagnostics

/// The conditions between the fields of one object, for tools that look at objects one at a time.
///
/// The loader checks the same conditions by the same code while it walks a document.
package enum ObjectConditions {
    /// What is wrong with an object whose fields have the right types.
    ///
    /// - Parameters:
    ///   - value: The object.
    ///   - kind: What it is.
    ///   - version: The version that it is read by.
    /// - Returns: Diagnostics at the fields at fault; at the object for absent ones.
    package static func faults(of value: JSONValue, as kind: ObjectKind, version: OpenAPIVersion) -> [Diagnostic] {
        value.document.withView { view in
            var walker = StructureWalker(value.document, view: view, address: "", version: version, visited: [])
            walker.checkRules(value.index, kind)
            return walker.diagnostics
        }
    }

    /// Whether a text can be the name of a header field (RFC 9110 §5.1: a token).
    package static func isFieldName(_ name: JSONValue) -> Bool {
        name.document.withView { view in
            var walker = StructureWalker(name.document, view: view, address: "", version: .version31, visited: [])
            walker.checkFieldName(name.index)
            return walker.diagnostics.isEmpty
        }
    }
}
