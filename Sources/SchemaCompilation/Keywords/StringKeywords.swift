import JSONDocuments
import PatternMatching
import SchemaEvaluation
import SourceDiagnostics

/// `minLength`, `maxLength`, `pattern`.
extension SchemaCompiler {
    /// Compiles the keywords of strings.
    mutating func compileStrings(_ unit: inout SchemaUnit) {
        if let length = count(.minLength, unit), let value = unit[.minLength], length > 0 {
            unit.strings.append(Instruction(.minLength, a: length, location: location(of: value)))
        }
        if let length = count(.maxLength, unit), let value = unit[.maxLength], length < .max {
            unit.strings.append(Instruction(.maxLength, a: length, location: location(of: value)))
        }
        guard let value = unit[.pattern] else { return }
        guard value.kind == .string else {
            reportValue(.pattern, "a string", value)
            return
        }
        guard let pattern = pattern(value) else {
            // A pattern that cannot be run refuses every text.
            unit.strings.append(Instruction(.never, location: location(of: value)))
            return
        }
        unit.strings.append(Instruction(.pattern, a: pattern, location: location(of: value)))
    }

    /// The number of a pattern, compiled once for each source; `nil` if it does not compile, which is reported.
    /// - Parameter value: The string node, or a member's name.
    mutating func pattern(_ value: JSONValue) -> UInt32? {
        guard let source = value.string else { return nil }
        if let known = patternNumbers[source], known != nil { return known }
        do {
            parts.patterns.append(try Pattern(source))
            let number = UInt32(clamping: parts.patterns.count - 1)
            patternNumbers[source] = number
            return number
        } catch {
            report(error, source, at: value)
            patternNumbers[source] = .some(nil)
            return nil
        }
    }

    /// Reports a pattern with the place of the mistake, as far as the document spells it without escapes.
    private mutating func report(_ error: PatternError, _ source: String, at value: JSONValue) {
        let message = "the pattern is not ECMA-262: \(error.message) (character \(error.position + 1))"
        let code = error.kind == .syntax ? "bad-pattern" : "unsupported-pattern"
        let offset = source.unicodeScalars.prefix(error.position).reduce(0) { $0 + UTF8.width($1) }
        let range = value.range
        // Quotation marks are part of the range; escapes make the text shorter than its source.
        let isVerbatim = range.upperBound - range.lowerBound == source.utf8.count + 2
        guard isVerbatim else {
            self.report(.error, code, message, at: range)
            return
        }
        let start = min(range.lowerBound + 1 + offset, range.upperBound)
        self.report(
            .error, code, message,
            at: SourceRange(file: range.file, lowerBound: start, upperBound: range.upperBound))
    }
}
