import JSONDocuments
import OpenAPIDocuments

/// Parts of a document that the grammar does not know: fragments, misspelt sections, drafts of somebody's own.
///
/// What looks like a schema or like something with examples is visited as such, so that a rule speaks about it all the
/// same. There are no problems of structure here: the one that led here was told.
extension LintWalker {
    /// Visits a value that the grammar does not know.
    ///
    /// - Parameter outer: The object that has it, which may itself be a schema in the wrong place; nil if nobody asks.
    func visitUnexplained(_ index: Int, below outer: Int?) {
        if let outer, !context.isUnexplained, looksLikeSchema(outer) { unexplained { visitObject(outer, .schema) } }
        unexplained { visitAny(index) }
    }

    /// Visits a value of any kind.
    private func visitAny(_ index: Int) {
        switch view[index].kind {
        case .array: forEachElement(of: index) { visitAny($0) }
        case .object: visitAnyObject(index)
        default: break
        }
    }

    /// Visits an object by its looks.
    private func visitAnyObject(_ index: Int) {
        if let reference = member(index, Self.referenceHash), view[reference].kind == .string {
            visitReference(index, reference, nil, isPermitted: false)
        }
        if looksLikeSchema(index) { return visitObject(index, .schema) }
        if has(index, "schema"), has(index, "example") || has(index, "examples") {
            return visitObject(index, .mediaType)
        }
        forEachMember(of: index) { key, value in
            if !Self.isExtension(view.text(of: key)) { visitAny(value) }
        }
    }

    /// Whether an object has a keyword with a value that it has in schemas only.
    private func looksLikeSchema(_ index: Int) -> Bool {
        var found = false
        forEachMember(of: index) { key, value in
            guard !found else { return }
            let name = view.text(of: key)
            switch view[value].kind {
            case .string: found = name.elementsEqual("type".utf8) && isTypeName(view.text(of: value))
            case .array: found = ["enum", "allOf", "anyOf", "oneOf"].contains { name.elementsEqual($0.utf8) }
            case .object: found = name.elementsEqual("properties".utf8)
            default: break
            }
        }
        return found
    }

    /// Whether a text is the name of a type of JSON Schema.
    private func isTypeName(_ text: UnsafeRawBufferPointer) -> Bool {
        ["string", "object", "array", "integer", "number", "boolean", "null"].contains { text.elementsEqual($0.utf8) }
    }

    /// Whether an object has a member.
    private func has(_ index: Int, _ name: String) -> Bool { member(index, FieldHash.of(name)) != nil }
}
