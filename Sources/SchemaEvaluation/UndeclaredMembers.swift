import JSONDocuments

/// Which members of a document no schema describes: what `unevaluatedProperties` would see at every level at once.
///
/// The fast executor runs once with notes at all levels: each value that a schema evaluated through `properties`,
/// `patternProperties`, `additionalProperties` or `unevaluatedProperties` is noted, and what a failed branch had noted
/// is forgotten, exactly as for the keyword `unevaluatedProperties`. A schema that says something about the members of
/// an object notes the object too, by its first name's node, which is nobody's value. What is left over:
///
///     schema   {properties: {a: {}, o: {type: object}}}
///     value    {"a": {"x": 1}, "b": 2, "o": {"y": 3}}
///     undeclared          ^ b
///
/// Below `a` and `o` nothing is undeclared, because no schema says there what members there are.
extension SchemaProgram {
    /// The names of members that no applicable schema describes, as nodes, in the order of the document. Of an undeclared
    /// member nothing below is listed.
    ///
    /// - Parameters:
    ///   - entry: The schema.
    ///   - view: The document; its root is the value.
    ///   - workspace: The thread's own memory.
    /// - Returns: nil for a value that breaks the schema, or where a limit was hit: nothing is known then.
    /// - Complexity: That of `accepts`, without its shortcuts through `anyOf` and `contains`.
    package func undeclaredMembers(
        _ entry: SchemaEntry, _ view: JSONView, using workspace: inout EvaluationWorkspace
    ) -> [Int]? {
        guard Int(entry.index) < tables.headerCount, view.count > 0 else {
            assertionFailure("an entry of another program, or a document without a value")
            return nil
        }
        let holds = constants.withView { constants in
            withUnsafeMutablePointer(to: &workspace) { workspace in
                workspace.pointee.evaluated.truncate(to: 0)
                var acceptor = Acceptor(tables, view, constants, workspace)
                acceptor.tracks = true
                acceptor.tracksBelow = true
                return acceptor.check(entry.index, 0) && acceptor.halted == nil
            }
        }
        defer { workspace.evaluated.truncate(to: 0) }
        return holds ? workspace.undeclaredMembers(in: view) : nil
    }
}

extension EvaluationWorkspace {
    /// The names of members without a note in objects whose first name has one.
    fileprivate mutating func undeclaredMembers(in view: JSONView) -> [Int] {
        let undeclared = nextStamp(nodes: view.count)
        let noted = nextStamp(nodes: view.count)
        for place in 0..<evaluated.count { stamps.elements[Int(evaluated.elements[place])] = noted }
        var found: [Int] = []
        var node = 0
        while node < view.count {
            // An object is met before its members, so a name is marked when it is met.
            if stamps.elements[node] == undeclared {
                found.append(node)
                node = Int(view[node + 1].next)
                continue
            }
            if view[node].kind == .object, view[node].childCount > 0, stamps.elements[node + 1] == noted {
                mark(undeclared, unless: noted, membersOf: node, view)
            }
            node += 1
        }
        return found
    }

    /// Marks the names of an object's members whose values have no note.
    private mutating func mark(_ undeclared: UInt32, unless noted: UInt32, membersOf object: Int, _ view: JSONView) {
        var name = object + 1
        let end = Int(view[object].next)
        while name < end {
            if stamps.elements[name + 1] != noted { stamps.elements[name] = undeclared }
            name = Int(view[name + 1].next)
        }
    }
}
