/// Turns diagnostics into JSON for programs: one array, one object for each diagnostic.
///
/// This module stands below the JSON module, so it escapes its strings itself.
package struct DiagnosticJSON: Sendable {
    /// Makes a renderer.
    package init() {}

    /// Renders diagnostics as one JSON array, in the order given, ended by a line break.
    ///
    /// Members of an object: `severity`, `code`, `message`; where there is a place `path`, `line`, `column`, `endLine`,
    /// `endColumn` (one-based, columns in Unicode scalars, the end exclusive); where there are any `suggestion` and
    /// `notes`, each with `message` and a place.
    package func render(_ diagnostics: some Sequence<Diagnostic>) -> String {
        let objects = diagnostics.map(object)
        return objects.isEmpty ? "[]\n" : "[\n" + objects.map { "  \($0)" }.joined(separator: ",\n") + "\n]\n"
    }

    /// One diagnostic as an object on one line.
    private func object(_ diagnostic: Diagnostic) -> String {
        var members = [
            member("severity", diagnostic.severity.description),
            member("code", diagnostic.code),
            member("message", diagnostic.message),
        ]
        members += place(diagnostic.range)
        if let suggestion = diagnostic.suggestion { members.append(member("suggestion", suggestion)) }
        if !diagnostic.notes.isEmpty {
            let notes = diagnostic.notes.map { note in
                "{" + ([member("message", note.message)] + place(note.range)).joined(separator: ",") + "}"
            }
            members.append("\"notes\":[\(notes.joined(separator: ","))]")
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// The members that say where.
    private func place(_ range: SourceRange?) -> [String] {
        guard let range else { return [] }
        let (start, end) = (range.start, range.end)
        return [
            member("path", range.file.path),
            "\"line\":\(start.line)", "\"column\":\(start.column)",
            "\"endLine\":\(end.line)", "\"endColumn\":\(end.column)",
        ]
    }

    /// One member with a string value.
    private func member(_ name: String, _ value: String) -> String {
        var text = "\"\(name)\":\""
        for scalar in value.unicodeScalars {
            // RFC 8259 section 7: quotation mark, reverse solidus and the control characters are escaped.
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
