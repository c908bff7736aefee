import JSONDocuments
import SourceDiagnostics

/// Writing the bundle.
extension DocumentBundler {
    /// The main document with every place filled.
    mutating func write() -> JSONDocument {
        let texts = rewritten()
        var tape = JSONTape()
        write(document.root, at: [], texts, into: &tape)
        return JSONDocument(file: SourceFile(path: document.root.document.file.path, bytes: []), tape: tape)
    }

    /// New texts of strings that lead somewhere.
    private mutating func rewritten() -> [JSONValue: String] {
        var texts: [JSONValue: String] = [:]
        for (string, target) in leads {
            // What stays in the main document and was right there stays as it is written.
            if isMain(string), isMain(target), string.string?.utf8.first == UInt8(ascii: "#") { continue }
            guard let pointer = pointer(to: target) else {
                diagnostics.append(
                    Diagnostic(
                        .warning, "bundle-dangling-name", "`\(string.string ?? "")` leads to nothing in the bundle",
                        at: string.range))
                continue
            }
            texts[string] = "#" + pointer.fragment
        }
        return texts
    }

    /// Writes a value of any file.
    ///
    /// - Parameter path: Where it stands, for objects of the main document that may have to take components; else nil.
    private func write(
        _ value: JSONValue, at path: [String]?, _ texts: [JSONValue: String], into tape: inout JSONTape
    ) {
        value.document.withView { view in
            write(view, value.index, of: value.document, at: path, texts, into: &tape)
        }
    }

    /// Writes a node. The nesting is that of the files, at most 256, and twice that with what replaces a reference.
    private func write(
        _ view: JSONView, _ index: Int, of source: JSONDocument, at path: [String]?, _ texts: [JSONValue: String],
        into tape: inout JSONTape
    ) {
        let node = view[index]
        switch node.kind {
        case .null: tape.appendNull()
        case .true: tape.appendBool(true)
        case .false: tape.appendBool(false)
        case .number: tape.appendNumber(view.text(of: index))
        case .string:
            if let text = texts[JSONValue(document: source, index: index)] {
                tape.appendString(text)
            } else {
                tape.appendString(view.text(of: index))
            }
        case .array:
            tape.beginArray()
            var element = index + 1
            while element < Int(node.next) {
                write(view, element, of: source, at: nil, texts, into: &tape)
                element = Int(view[element].next)
            }
            tape.endArray()
        case .object:
            if source === document.root.document,
                let target = replacements[JSONValue(document: source, index: index)]
            {
                return write(target, at: nil, texts, into: &tape)
            }
            writeObject(view, index, of: source, at: path, texts, into: &tape)
        }
    }

    /// Writes an object, with the components that it has to take.
    private func writeObject(
        _ view: JSONView, _ index: Int, of source: JSONDocument, at path: [String]?, _ texts: [JSONValue: String],
        into tape: inout JSONTape
    ) {
        let dropsAnchors = source !== document.root.document && isSchema(source, index)
        var names: Set<String> = []
        tape.beginObject()
        var key = index + 1
        while key < Int(view[index].next) {
            defer { key = Int(view[key + 1].next) }
            let text = view.text(of: key)
            // References to anchors of other files were made pointers; two files may use the same name.
            if dropsAnchors, text.elementsEqual("$anchor".utf8) { continue }
            var inner: [String]?
            if let path, sections.contains(where: { $0.path.starts(with: path) }) {
                let name = String(decoding: text, as: UTF8.self)
                names.insert(name)
                inner = path + [name]
            }
            tape.appendKey(text)
            write(view, key + 1, of: source, at: inner, texts, into: &tape)
        }
        if let path { writeAdditions(at: path, besides: names, texts, into: &tape) }
        tape.endObject()
    }

    /// Writes the components that belong below a path and have no place there yet.
    private func writeAdditions(
        at path: [String], besides names: Set<String>, _ texts: [JSONValue: String], into tape: inout JSONTape
    ) {
        var opened = names
        for section in sections where section.path.starts(with: path) {
            guard section.path.count > path.count else {
                for entry in section.entries {
                    tape.appendKey(entry.name)
                    write(entry.target, at: nil, texts, into: &tape)
                }
                continue
            }
            let next = section.path[path.count]
            guard opened.insert(next).inserted else { continue }
            tape.appendKey(next)
            tape.beginObject()
            writeAdditions(at: path + [next], besides: [], texts, into: &tape)
            tape.endObject()
        }
    }

    /// Whether the survey met a schema at a node that has no identifier of its own.
    private func isSchema(_ source: JSONDocument, _ index: Int) -> Bool {
        guard let marks = visited[ObjectIdentifier(source)], document.version >= .version31 else { return false }
        return marks[index] == ObjectKind.schema.rawValue + 1
            && JSONValue(document: source, index: index)["$id"] == nil
    }
}
