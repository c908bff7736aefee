import SourceDiagnostics

/// A finding with everything that the formats ask for more than once: positions are counted only here.
struct ReportedFinding: Sendable {
    /// The finding.
    let finding: Finding

    /// The first character of the place, one-based; nil when the whole file is meant.
    let start: SourcePosition?

    /// The character after the place.
    let end: SourcePosition?

    /// What stays the same from run to run, though lines move: see `Fingerprint`.
    var fingerprint = ""

    /// Looks up where a finding stands.
    init(_ finding: Finding) {
        self.finding = finding
        start = finding.range?.start
        end = finding.range?.end
    }

    /// The line to name where a format demands one.
    var line: Int { start?.line ?? 1 }

    /// The column to name where a format demands one.
    var column: Int { start?.column ?? 1 }

    /// The path as a JSON Pointer in a URI fragment, without percent-encoding, as people read it: `#/paths/~1orders`.
    var pointer: String {
        finding.path.reduce(into: "#") { text, name in
            text += "/"
            for character in name.unicodeScalars {
                // RFC 6901 section 3.
                switch character {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(character)
                }
            }
        }
    }

    /// The path with dots and brackets, as Spectral prints it: `paths./orders.get.parameters[0]`.
    var dottedPath: String {
        finding.path.reduce(into: "") { text, name in
            if name.isEmpty || name.contains(where: \.isWhitespace) {
                text += "['\(name)']"
            } else if name.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
                text += "[\(name)]"
            } else {
                text += text.isEmpty ? name : ".\(name)"
            }
        }
    }

    /// Whether one stands before another in a file: by place, then by rule, then by path.
    static func precedes(_ left: ReportedFinding, _ right: ReportedFinding) -> Bool {
        if left.start != right.start {
            guard let one = left.start else { return true }
            guard let other = right.start else { return false }
            return one < other
        }
        if left.finding.rule != right.finding.rule { return left.finding.rule < right.finding.rule }
        return left.finding.path.lexicographicallyPrecedes(right.finding.path)
    }
}

/// A file of a report with what was found in it, nothing for a clean one.
struct ReportedFile: Sendable {
    /// The file as the user named it or as a reference reached it.
    let source: String

    /// What was found, in the order of the file.
    var findings: [ReportedFinding]
}
