import JSONDocuments
import SourceDiagnostics

/// Why a file did not become a document: at least one diagnostic, each with its place.
package struct DocumentRejection: Error, Sendable {
    /// What is wrong, in the order of the file.
    package let diagnostics: [Diagnostic]

    /// Makes a rejection.
    package init(diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }
}

/// Reads a file as JSON or YAML, whichever it is: the one way in for specifications, schemas and settings.
///
/// A name that ends in `.json` means JSON, one in `.yaml` or `.yml` means YAML. Otherwise the first byte that is not
/// white space decides: `{` and `[` start JSON, anything else YAML.
package struct DocumentParser {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - file: The file with its bytes.
    ///   - limits: The bounds; JSON files take depth, size and the count of problems from it.
    /// - Returns: The document, or everything that is wrong with the file.
    package static func parse(
        _ file: SourceFile, limits: YAMLLimits = YAMLLimits()
    ) -> Result<JSONDocument, DocumentRejection> {
        guard isJSON(file) else {
            do throws(YAMLSyntaxError) {
                return .success(try YAMLParser.parse(file, limits: limits))
            } catch {
                return .failure(DocumentRejection(diagnostics: error.diagnostics))
            }
        }
        var jsonLimits = JSONLimits(depth: limits.depth, size: limits.size)
        do throws(JSONSyntaxError) {
            return .success(try JSONDocument(parsing: file, limits: jsonLimits))
        } catch {
            guard error.kind == .duplicateKey else {
                return .failure(DocumentRejection(diagnostics: [diagnostic(error, in: file)]))
            }
            // Read once more without the check, to tell all of them; a syntax error further on comes first.
            jsonLimits.duplicateKeys = .allow
            do throws(JSONSyntaxError) {
                let document = try JSONDocument(parsing: file, limits: jsonLimits)
                return .failure(DocumentRejection(diagnostics: duplicateKeys(document, limit: limits.problems)))
            } catch let later {
                let both = [diagnostic(error, in: file), diagnostic(later, in: file)]
                return .failure(DocumentRejection(diagnostics: both))
            }
        }
    }

    /// Reads a file and goes on where its structure is clear in spite of a mistake: for tools that have more to say.
    ///
    /// - Parameters:
    ///   - file: The file with its bytes.
    ///   - limits: The bounds.
    /// - Returns: The document, in which duplicate names are kept, unless nothing can be made of the file; and all
    ///   mistakes.
    package static func parseLeniently(
        _ file: SourceFile, limits: YAMLLimits = YAMLLimits()
    ) -> (document: JSONDocument?, problems: [Diagnostic]) {
        guard isJSON(file) else {
            do throws(YAMLSyntaxError) {
                return try YAMLParser.parseLeniently(file, limits: limits)
            } catch {
                return (nil, error.diagnostics)
            }
        }
        switch parse(file, limits: limits) {
        case .success(let document): return (document, [])
        case .failure(let rejection):
            let lenient = JSONLimits(depth: limits.depth, duplicateKeys: .allow, size: limits.size)
            do throws(JSONSyntaxError) {
                return (try JSONDocument(parsing: file, limits: lenient), rejection.diagnostics)
            } catch {
                return (nil, rejection.diagnostics)
            }
        }
    }

    /// Whether a file is read as JSON.
    package static func isJSON(_ file: SourceFile) -> Bool {
        let path = file.path.lowercased()
        if path.hasSuffix(".json") { return true }
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { return false }
        let first = file.bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// The diagnostic for a JSON error.
    private static func diagnostic(_ error: JSONSyntaxError, in file: SourceFile) -> Diagnostic {
        let range = SourceRange(file: file, lowerBound: error.offset, upperBound: error.offset + 1)
        let notes = error.firstOffset.map {
            [Diagnostic.Note("the first is here", at: SourceRange(file: file, lowerBound: $0, upperBound: $0 + 1))]
        }
        return Diagnostic(.error, error.kind.rawValue, error.message, at: range, notes: notes ?? [])
    }

    /// Diagnostics for all duplicate names of a document.
    private static func duplicateKeys(_ document: JSONDocument, limit: Int) -> [Diagnostic] {
        document.duplicateKeys(limit: limit).map { first, second in
            Diagnostic(
                .error, "duplicate-key", "the key \"\(second.string ?? "")\" is already defined in this object",
                at: second.range, notes: [Diagnostic.Note("the first definition is here", at: first.range)])
        }
    }
}
