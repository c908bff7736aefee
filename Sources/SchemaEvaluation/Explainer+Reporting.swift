import JSONDocuments

/// How violations are worded and placed.
extension Explainer {
    /// Adds a violation of a keyword at the value at hand.
    /// - Parameters:
    ///   - location: The keyword, as an index of the locations.
    ///   - steps: Further steps to the place of the violation.
    ///   - message: What was expected and what was found.
    mutating func report(_ location: UInt32, at steps: [PathStep] = [], _ message: String) {
        guard !isDone else { return }
        let place = program.place(of: location)
        violations.append(
            SchemaViolation(
                instancePointer: pointer(to: steps), keyword: place.keyword, schemaPointer: place.pointer,
                schemaDocument: place.document, message: message))
    }

    /// The pointer from the root to the value at hand, and further.
    private func pointer(to steps: [PathStep]) -> String {
        var text = ""
        for step in path + steps {
            switch step {
            case .member(let node): text += "/" + JSONPointer.escaped(name(of: node))
            case .element(let number): text += "/\(number)"
            }
        }
        return text
    }

    /// The name of a member.
    /// - Parameter node: The name's node.
    func name(of node: Int) -> String { String(decoding: view.text(of: node), as: UTF8.self) }

    /// Reports a value of the wrong kind.
    mutating func reportType(_ header: SchemaHeader, _ index: Int) {
        report(header.typeLocation, "expected \(Self.describe(header.types)), found \(describeKind(of: index))")
    }

    /// A set of kinds in words.
    static func describe(_ types: TypeSet) -> String {
        var names: [String] = []
        if types.contains(.string) { names.append("a string") }
        if types.contains(.number) {
            names.append("a number")
        } else if types.contains(.integer) {
            names.append("an integer")
        }
        if types.contains(.boolean) { names.append("a boolean") }
        if types.contains(.object) { names.append("an object") }
        if types.contains(.array) { names.append("an array") }
        if types.contains(.null) { names.append("null") }
        guard let last = names.popLast() else { return "nothing" }
        return names.isEmpty ? last : names.joined(separator: ", ") + " or " + last
    }

    /// The kind of a value in words.
    func describeKind(of index: Int) -> String {
        switch view.nodes[index].kind {
        case .null: "null"
        case .false, .true: "a boolean"
        case .number:
            ExactNumber.isMathematicalInteger(view.text(of: index)) ? "an integer" : "a number with a fraction"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// A scalar of the message, if messages may repeat values; led by a comma.
    func echo(_ index: Int) -> String {
        guard echoesValues else { return "" }
        let text = String(decoding: view.text(of: index).prefix(200), as: UTF8.self)
        return view.nodes[index].kind == .string ? ", found \"\(text)\"" : ", found \(text)"
    }

    /// A number and a noun.
    static func count(_ number: Int, _ singular: String, _ plural: String) -> String {
        number == 1 ? "1 \(singular)" : "\(number) \(plural)"
    }

    /// The likeliest meaning of a misspelt name; led by a semicolon.
    func suggestion(for name: String, in table: NameTable) -> String {
        let declared = (0..<Int(table.count)).lazy.compactMap { number -> String? in
            let entry = tables.names[Int(table.entries) + number]
            guard entry.schema != SchemaProgram.noSchema else { return nil }
            return String(decoding: tables.text(of: entry), as: UTF8.self)
        }
        guard let nearest = NameSimilarity.nearest(to: name, among: declared) else { return "" }
        return "; did you mean \"\(nearest)\"?"
    }
}

extension SchemaProgram {
    /// Where a keyword stands.
    /// - Parameter location: Index of the location.
    func place(of location: UInt32) -> (keyword: String, pointer: String, document: String) {
        guard Int(location) < locations.count else { return ("", "", "") }
        let place = locations[Int(location)]
        guard Int(place.document) < sources.count else { return ("", "", "") }
        let source = sources[Int(place.document)]
        let value = JSONValue(document: source.document, index: Int(place.node))
        let pointer = value.pointer.description
        guard value.node.flags.contains(.key) else { return ("false", pointer, source.uri) }
        return (value.string ?? "", pointer, source.uri)
    }
}
