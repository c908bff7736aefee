import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Whether what is known of a value fits what a parameter or content asks for.
extension CompositionCompiler {
    /// Reports a value that can never be what a parameter asks for; one that may be something else is a warning.
    mutating func checkFit(
        _ given: TypeShape, _ wanted: TypeShape, _ name: String, _ place: JSONValue, at range: SourceRange
    ) {
        let (own, other) = (walker.types(of: given), walker.types(of: wanted))
        if own == .all || other == .all { return }
        let note = ("`\(name)` is declared here", place.range)
        // Text that stands in the settings is text on the wire too, whatever it means there.
        if case .constant(let value) = given, value.kind == .string, other.isDisjoint(with: .string) {
            return checkLiteral(value, other, name, note, at: range)
        }
        guard !own.isDisjoint(with: other) else {
            return report(
                "type-mismatch", "`\(name)` is \(other.words), and this is \(own.words)", at: range, note: note)
        }
        if let reason = disjointReason(given, wanted) {
            return report("type-mismatch", "`\(name)` never takes this value: \(reason)", at: range, note: note)
        }
        if !own.subtracting(.null).isSubset(of: other) {
            report(
                .warning, "type-mismatch", "`\(name)` is \(other.words), and this may be \(own.words)", at: range,
                note: note)
        }
    }

    /// A text for a parameter that is no string.
    private mutating func checkLiteral(
        _ value: JSONValue, _ wanted: JSONTypes, _ name: String, _ note: (String, SourceRange?), at range: SourceRange
    ) {
        report("type-mismatch", "`\(name)` is \(wanted.words), and this is a string", at: range, note: note)
    }

    /// Why no value can keep both schemas, though their types agree.
    private func disjointReason(_ given: TypeShape, _ wanted: TypeShape) -> String? {
        let allowed = walker.keyword("enum", of: wanted)?.elements.map { JSONWriter.text(of: $0) }
        if let allowed {
            var values = walker.keyword("enum", of: given)?.elements.map { JSONWriter.text(of: $0) }
            if case .constant(let value) = given { values = [JSONWriter.text(of: value)] }
            if let values, Set(values).isDisjoint(with: allowed) {
                return "\(values.joined(separator: ", ")) is none of \(allowed.joined(separator: ", "))"
            }
        }
        if let own = walker.keyword("format", of: given)?.string,
            let other = walker.keyword("format", of: wanted)?.string,
            own != other, walker.types(of: given) == .string, walker.types(of: wanted) == .string
        {
            return "its format is \(own), not \(other)"
        }
        for (upper, lower) in [("maximum", "minimum"), ("maxLength", "minLength")] {
            if let most = walker.keyword(upper, of: given)?.double,
                let least = walker.keyword(lower, of: wanted)?.double,
                most < least
            {
                return "it is at most \(most), and at least \(least) is asked for"
            }
            if let least = walker.keyword(lower, of: given)?.double,
                let most = walker.keyword(upper, of: wanted)?.double,
                least > most
            {
                return "it is at least \(least), and at most \(most) is asked for"
            }
        }
        return nil
    }

    /// Compares content with its schema, member by member where both are objects.
    mutating func checkContent(_ given: TypeShape, _ wanted: TypeShape, at value: JSONValue) {
        guard case .object(let members) = given else {
            if let place = walker.place(of: wanted) { checkFit(given, wanted, "body", place, at: value.range) }
            return
        }
        for member in members {
            guard let place = value[member.name] else { continue }
            switch walker.member(member.name, of: wanted) {
            case .found(let shape, _): checkContent(member.shape, shape, at: place)
            case .missing(let schema, let names):
                report(
                    "unknown-field", "the content has no field `\(member.name)`", at: place.keyRange ?? place.range,
                    suggestion: NearestName.suggestion(among: names, to: member.name),
                    note: schema.map { ("the fields are declared here", $0.range) })
            }
        }
        for name in requiredNames(of: wanted) where !members.contains(where: { $0.name == name && $0.isCertain }) {
            let isThere = members.contains { $0.name == name }
            report(
                isThere ? "maybe-absent" : "missing-parameter",
                isThere ? "`\(name)` is required and may be absent" : "the content needs the field `\(name)`",
                at: value[name]?.range ?? value.range,
                note: walker.place(of: wanted).map { ("the schema", $0.range) })
        }
    }

    /// The names that `required` lists, as far as one schema says so.
    private func requiredNames(of shape: TypeShape) -> [String] {
        walker.keyword("required", of: shape)?.elements.compactMap(\.string) ?? []
    }
}
