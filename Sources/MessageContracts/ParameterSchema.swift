import JSONDocuments

/// The schema that a Parameter Object of version 2.0 is, besides being a parameter.
package enum ParameterSchema {
    /// A copy of a Parameter Object without `required`, which means another thing in a schema; ranges stay those of the
    /// file. Nil if the object can be used as it is.
    package static func cutOut(of parameter: JSONValue) -> JSONDocument? {
        guard parameter["required"] != nil else { return nil }
        var tape = JSONTape()
        parameter.document.withView { view in
            let object = view[parameter.index]
            tape.beginObject(at: Int(object.lower))
            var key = parameter.index + 1
            while key < Int(object.next) {
                if !view.text(of: key).elementsEqual("required".utf8) {
                    tape.appendKey(view.text(of: key), range(view[key]))
                    copy(view, key + 1, to: &tape)
                }
                key = Int(view[key + 1].next)
            }
            tape.endObject(at: Int(object.upper))
        }
        return JSONDocument(file: parameter.document.file, tape: tape)
    }

    /// Where a node stands.
    private static func range(_ node: JSONNode) -> Range<Int> {
        Int(node.lower)..<max(Int(node.lower), Int(node.upper))
    }

    /// Copies a subtree with its ranges. Documents are nested 256 deep at most.
    private static func copy(_ view: JSONView, _ index: Int, to tape: inout JSONTape) {
        let node = view[index]
        switch node.kind {
        case .null: tape.appendNull(range(node))
        case .true: tape.appendBool(true, range(node))
        case .false: tape.appendBool(false, range(node))
        case .number: tape.appendNumber(view.text(of: node), range(node))
        case .string: tape.appendString(view.text(of: node), range(node))
        case .array:
            tape.beginArray(at: Int(node.lower))
            var child = index + 1
            while child < Int(node.next) {
                copy(view, child, to: &tape)
                child = Int(view[child].next)
            }
            tape.endArray(at: Int(node.upper))
        case .object:
            tape.beginObject(at: Int(node.lower))
            var key = index + 1
            while key < Int(node.next) {
                tape.appendKey(view.text(of: key), range(view[key]))
                copy(view, key + 1, to: &tape)
                key = Int(view[key + 1].next)
            }
            tape.endObject(at: Int(node.upper))
        }
    }
}
