import JSONDocuments
import SourceDiagnostics

/// Why a scalar is not what it should be.
struct ScalarObjection: Error, Sendable {
    /// What is wrong, where "must be …" does not say it already.
    var reason: String?
    /// What to write instead.
    var suggestion: String?
}

extension ValueForm {
    /// A scalar written as text, with its references replaced before it is read.
    ///
    /// Diagnostics quote the text of the settings file, never what a reference stands for.
    ///
    /// - Parameters:
    ///   - schema: what the JSON Schema says.
    ///   - expected: what it has to be, for the sentence "… must be".
    ///   - code: the diagnostic's code.
    ///   - takesNumbers: whether a plain number may stand for its digits.
    ///   - show: the value in the words of the files.
    ///   - parse: reads the text.
    static func scalar(
        _ schema: ValueSchema, expected: String, code: String, takesNumbers: Bool = false,
        show: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) throws(ScalarObjection) -> Value
    ) -> ValueForm {
        .single(schema, show: show) { value, context in
            let text: String
            if let literal = value.numberLiteral, takesNumbers {
                text = literal
            } else if let string = value.string {
                guard let expanded = ReferenceExpansion.expand(string, at: value.range, context) else { return nil }
                text = String(decoding: expanded.bytes, as: UTF8.self)
            } else {
                context.wrongType(value, expected: expected)
                return nil
            }
            do throws(ScalarObjection) {
                return try parse(text)
            } catch {
                let written = value.string ?? value.numberLiteral ?? ""
                // A suggestion quotes what was read, which after a reference is not what the file says.
                let isLiteral = !written.contains("${")
                context.run.report(
                    code,
                    "\(context.path) must be \(expected), not \"\(written)\"" + (error.reason.map { ": " + $0 } ?? ""),
                    at: value.range, suggestion: isLiteral ? error.suggestion : nil)
                return nil
            }
        }
    }
}

extension ValueForm where Value == String {
    /// Any text that is not empty.
    static func text(expected: String = "text", examples: [String] = []) -> ValueForm {
        .scalar(.text(pattern: nil, examples: examples), expected: expected, code: "bad-text", show: { $0 }) {
            text throws(ScalarObjection) in
            guard !text.isEmpty else { throw ScalarObjection(reason: "it is empty") }
            return text
        }
    }

    /// A token of HTTP: a field name, a cookie name, a method (RFC 9110 §5.6.2).
    static func token(expected: String) -> ValueForm {
        .scalar(
            .text(pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", examples: []), expected: expected, code: "bad-token",
            show: { $0 }
        ) { text throws(ScalarObjection) in
            guard !text.isEmpty, text.utf8.allSatisfy(\.isTokenCharacter) else { throw ScalarObjection() }
            return text
        }
    }

    /// The name of something defined elsewhere; whether it exists is checked when everything is read.
    static func reference(_ kind: SettingsRun.Reference.Kind) -> ValueForm {
        .single(.text(pattern: nil, examples: []), show: { $0 }) { value, context in
            guard let name = value.string else {
                context.wrongType(value, expected: "the name of \(kind == .upstream ? "an upstream" : "a policy")")
                return nil
            }
            context.run.references.append(.init(kind: kind, name: name, range: value.range))
            return name
        }
    }
}

extension ValueForm where Value == Bool {
    /// `true` or `false`; no other word stands for a truth value.
    static func boolean() -> ValueForm {
        .single(.boolean, show: { $0 ? "true" : "false" }) { value, context in
            if let truth = value.bool { return truth }
            if let string = value.string, string.contains("${") {
                guard let expanded = ReferenceExpansion.expand(string, at: value.range, context) else { return nil }
                if expanded.bytes == Array("true".utf8) { return true }
                if expanded.bytes == Array("false".utf8) { return false }
            }
            context.wrongType(value, expected: "true or false")
            return nil
        }
    }
}

extension ValueForm where Value == Int {
    /// A whole number within bounds.
    static func integer(_ bounds: ClosedRange<Int>) -> ValueForm {
        let expected = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        return .single(
            .integer(minimum: bounds.lowerBound, maximum: bounds.upperBound), show: { String($0) }
        ) { value, context in
            let number: Int?
            if value.kind == .number {
                number = value.int
            } else if let string = value.string, string.contains("${") {
                guard let expanded = ReferenceExpansion.expand(string, at: value.range, context) else { return nil }
                number = Int(String(decoding: expanded.bytes, as: UTF8.self))
            } else {
                context.wrongType(value, expected: expected)
                return nil
            }
            guard let number, bounds.contains(number) else {
                context.run.report(
                    "out-of-range",
                    "\(context.path) must be \(expected), not \(value.numberLiteral ?? "\"\(value.string ?? "")\"")",
                    at: value.range)
                return nil
            }
            return number
        }
    }
}

extension ValueForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static func choice() -> ValueForm {
        let words = Value.allCases.map(\.rawValue)
        let last = words.last ?? ""
        let expected = words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " + last : last
        return .scalar(.choice(words), expected: expected, code: "bad-choice", show: { $0.rawValue }) {
            text throws(ScalarObjection) in
            guard let value = Value(rawValue: text) else {
                throw ScalarObjection(suggestion: NearestName.suggestion(among: words, to: text))
            }
            return value
        }
    }
}

extension ValueForm where Value == JSONValue {
    /// A map whose keys are checked here and whose values a later part of the gateway reads.
    ///
    /// - Parameters:
    ///   - title: name of the definition in the JSON Schema.
    ///   - summary: what it is, one sentence.
    ///   - keys: the known keys.
    static func shallow(_ title: String, _ summary: String, keys: [String]) -> ValueForm {
        .single(.shallow(title: title, summary: summary, keys: keys), show: nil) { value, context in
            guard value.kind == .object else {
                context.wrongType(value, expected: "a map")
                return nil
            }
            for member in value.members where !keys.contains(member.name) {
                context.run.report(
                    "unknown-key", "\(context.path) has no key \"\(member.name)\"", at: member.key.range,
                    suggestion: NearestName.suggestion(among: keys, to: member.name)
                        ?? "its keys are \(keys.joined(separator: ", "))")
            }
            return value
        }
    }
}
