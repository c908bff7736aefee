import JSONDocuments
import SourceDiagnostics

/// Reads YAML files into the same documents as JSON files.
///
/// libyaml scans the characters; this module decides what they mean, by YAML 1.2 with its core schema (RFC 9512 section
/// 3.4 recommends it, OpenAPI 3.1 section 4.3 requires it):
///
/// - One document a file, UTF-8, with or without a byte order mark.
/// - Scalars as `YAMLScalar` says. Tags other than those of the core schema are errors.
/// - Scalar keys become strings by their literal text, so `200:` is `"200"`; other keys are errors, and so are
///   duplicate ones.
/// - The merge key `<<` is an error: YAML 1.2 has none, and taking it for an ordinary name would silently drop members
///   that the author counts on. In quotation marks it is a name like any other.
/// - Aliases are copies of what they name, within `YAMLLimits.expandedNodes`; one inside its own anchor is an error.
///
/// Ranges: a node starts at its tag or anchor if it has one. A block scalar ends with its last character that is not
/// white space, a block collection with its last child. An alias has the range of the alias; what is below it has the
/// ranges of the anchored original.
package struct YAMLParser {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - limits: Depth, size, alias expansion.
    /// - Throws: `YAMLSyntaxError` with everything that was found, positions included.
    package static func parse(
        _ file: SourceFile, limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLSyntaxError) -> JSONDocument {
        try read(file, limits, isStrict: true).document
    }

    /// Reads a file and goes on after mistakes that leave its structure intact, such as duplicate keys: for tools that
    /// have more to say about the file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - limits: Depth, size, alias expansion.
    /// - Returns: The document, in which duplicate names are kept, and those mistakes.
    /// - Throws: `YAMLSyntaxError` where nothing can be made of the file.
    package static func parseLeniently(
        _ file: SourceFile, limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLSyntaxError) -> (document: JSONDocument, problems: [Diagnostic]) {
        try read(file, limits, isStrict: false)
    }

    /// Reads a file.
    private static func read(
        _ file: SourceFile, _ limits: YAMLLimits, isStrict: Bool
    ) throws(YAMLSyntaxError) -> (document: JSONDocument, problems: [Diagnostic]) {
        func failure(_ code: String, _ message: String, _ range: Range<Int>) -> YAMLSyntaxError {
            YAMLSyntaxError(Diagnostic(.error, code, message, at: SourceRange(file: file, range)))
        }
        guard file.bytes.count <= limits.size, file.bytes.count < Int(UInt32.max) else {
            throw failure("too-large", "the file is larger than \(limits.size) bytes", 0..<0)
        }
        if let offset = file.bytes.withUnsafeBytes({ UTF8Sequence.firstFault(in: $0) }) {
            throw failure("invalid-utf8", "the bytes are not valid UTF-8", offset..<(offset + 1))
        }
        // libyaml gives offsets without the byte order mark, so it never sees one.
        let base = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        typealias Reading = Result<(JSONDocument, [Diagnostic]), YAMLSyntaxError>
        let result = file.bytes.withUnsafeBufferPointer { bytes -> Reading in
            let text = UnsafeBufferPointer(rebasing: bytes[base...])
            guard let events = YAMLEventStream(text) else {
                return .failure(failure("yaml-syntax", "there is not enough memory", 0..<0))
            }
            var composer = YAMLComposer(
                events: events, translator: YAMLMarkTranslator(text, base: base), file: file, limits: limits,
                isStrict: isStrict)
            do throws(YAMLSyntaxError) {
                try composer.compose()
            } catch {
                return .failure(error)
            }
            let problems = composer.problems
            return .success((JSONDocument(file: file, tape: composer.finish()), problems))
        }
        switch result {
        case .success(let success): return success
        case .failure(let error): throw error
        }
    }
}
