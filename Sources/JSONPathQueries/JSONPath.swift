import JSONDocuments

/// A JSONPath as rulesets write them, ready to be run over documents.
///
/// The language is Goessner's, as jsonpath-plus and nimma extended it, rather than RFC 9535: rulesets rely on `~` for a
/// member's name, `^` for what is around, names without quotation marks in brackets, and filters in a part of JavaScript:
///
///     $.paths[*][get,put,post].responses[?(@property >= 400)]
///     $..[?(@ && @.type === "array" && @.items === void 0)]
///     $.components.schemas[*]~
///
/// References are followed, each where it stands, by a function of the caller: a path goes on behind a `$ref`.
package struct JSONPath: Sendable {
    /// The text.
    package let text: String
    /// The steps from the root.
    let steps: [PathStep]

    /// Reads a path.
    ///
    /// - Throws: Where the text is no path, with the position.
    package init(_ text: String) throws(JSONPathError) {
        self.text = text
        var parser = PathParser(text)
        steps = try parser.path()
    }

    /// The places that the path leads to, in the order of the document, each once.
    ///
    /// - Parameters:
    ///   - root: Where `$` is.
    ///   - limit: The most steps that are taken; a document cannot make a path run for ever.
    ///   - follow: What is behind a value: the end of its `$ref`s, or the value itself.
    /// - Returns: The places, and whether they are all.
    package func matches(
        in root: JSONValue, limit: Int = 5_000_000, follow: @escaping (JSONValue) -> JSONValue = { $0 }
    ) -> (places: [PathMatch], isComplete: Bool) {
        var walk = PathWalk(steps, root: root, limit: limit, follow: follow)
        walk.run()
        return (walk.matches, walk.isComplete)
    }
}

/// A place that a path leads to.
package struct PathMatch: Sendable {
    /// The value, behind its references; for a name, the value that has it.
    package let value: JSONValue
    /// Whether the name of the value is meant, not the value: the path ends with `~`.
    package let isName: Bool
    /// The name or index under which the way came to the value: for a referenced one, that of the reference. Nil for the
    /// root.
    package let name: String?
    /// The values on the way that stood for others: the objects with `$ref`, outermost first.
    package let references: [JSONValue]
}
