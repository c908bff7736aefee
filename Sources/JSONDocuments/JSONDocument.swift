import SourceDiagnostics

/// A parsed document that owns its bytes and never changes: specifications, schemas, settings.
///
/// Traffic does not use it; messages are parsed into a reused `JSONTape`. Large objects get an index of their names
/// when the document is made, so that a `$ref` into a section of a thousand schemas costs one probe.
package final class JSONDocument: Sendable {
    /// The file that the document was read from, with its bytes.
    package let file: SourceFile

    /// The rows and texts.
    private let tape: JSONTape

    /// Where the names of large objects are found.
    private let nameIndex: JSONNameIndex

    /// Reads a JSON file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - limits: Depth, size, duplicate names.
    /// - Throws: `JSONSyntaxError` with the offset of the first fault.
    package convenience init(parsing file: SourceFile, limits: JSONLimits = .document) throws(JSONSyntaxError) {
        var tape = JSONTape()
        let failure = file.bytes.withUnsafeBytes { bytes -> JSONSyntaxError? in
            do throws(JSONSyntaxError) {
                try tape.parse(bytes, limits: limits)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        self.init(file: file, tape: tape)
    }

    /// Reads a JSON text that stands in memory.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - path: The name to show in diagnostics.
    package convenience init(
        parsing text: String, path: String = "<memory>", limits: JSONLimits = .document
    ) throws(JSONSyntaxError) {
        try self.init(parsing: SourceFile(path: path, bytes: Array(text.utf8)), limits: limits)
    }

    /// Makes a document of a tape that was built or parsed.
    ///
    /// - Parameters:
    ///   - file: The file that the ranges of the rows refer to; for a tape parsed from JSON, the bytes it was parsed
    ///     from.
    ///   - tape: The rows. An empty or unfinished tape becomes the document `null`.
    package init(file: SourceFile, tape: consuming JSONTape) {
        if tape.count == 0 || tape.openContainer != JSONTape.none {
            assertionFailure("a document needs one complete value")
            tape.removeAll()
            tape.appendNull()
        }
        self.file = file
        nameIndex = file.bytes.withUnsafeBufferPointer { JSONNameIndex(tape.view(over: $0.baseAddress)) }
        self.tape = tape
    }

    /// The value of the whole document.
    package var root: JSONValue { JSONValue(document: self, index: 0) }

    /// How many rows the document has: its values and its member names.
    package var nodeCount: Int { tape.count }

    /// Calls a function with a look at the rows, valid for the call.
    package func withView<R>(_ body: (JSONView) throws -> R) rethrows -> R {
        try file.bytes.withUnsafeBufferPointer { try body(tape.view(over: $0.baseAddress)) }
    }

    /// The names that repeat an earlier one of the same object, each with that earlier one, in the order of the file.
    ///
    /// - Parameter limit: How many pairs to look for.
    package func duplicateKeys(limit: Int) -> [(first: JSONValue, second: JSONValue)] {
        var pairs: [(first: JSONValue, second: JSONValue)] = []
        withView { view in
            for index in 0..<view.count where view[index].kind == .object && pairs.count < limit {
                pairs += view.duplicateKeys(inObject: index, limit: limit - pairs.count).map {
                    (JSONValue(document: self, index: $0), JSONValue(document: self, index: $1))
                }
            }
        }
        return pairs.sorted { $0.second.index < $1.second.index }
    }

    /// The index of a member's value, or nil; one probe in large objects.
    func value(forKey key: UnsafeRawBufferPointer, inObject object: Int) -> Int? {
        withView { view in
            nameIndex.covers(object)
                ? nameIndex.value(forKey: key, inObject: object, view)
                : view.value(forKey: key, inObject: object)
        }
    }
}
