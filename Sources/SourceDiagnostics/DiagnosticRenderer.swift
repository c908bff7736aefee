/// Turns diagnostics into text for people, one form for logs and one with an excerpt of the file.
///
/// Whether to colour is the caller's knowledge (a terminal, `NO_COLOR`), so it is a flag here and nothing is guessed.
package struct DiagnosticRenderer: Sendable {
    /// How much of the file is shown.
    package enum Form: Sendable {
        /// One line for each diagnostic, its suggestion and its notes.
        case lines

        /// The same, each followed by the line of the file with the stretch underlined.
        case excerpts
    }

    /// How much of the file is shown.
    package let form: Form

    /// Whether ANSI escape sequences colour the output.
    package let isColored: Bool

    /// Makes a renderer.
    package init(form: Form = .lines, isColored: Bool = false) {
        self.form = form
        self.isColored = isColored
    }

    /// Renders diagnostics in the order given, each ended by a line break.
    package func render(_ diagnostics: some Sequence<Diagnostic>) -> String {
        diagnostics.map(render).joined()
    }

    /// Renders one diagnostic with its suggestion and notes, ended by a line break.
    ///
    /// The first line is `path:line:column: error: message [code]`, the form that editors and CI systems recognise.
    package func render(_ diagnostic: Diagnostic) -> String {
        let word = colored(diagnostic.severity.description, diagnostic.severity.color)
        var text = place(diagnostic.range)
        text += "\(word): \(colored(oneLine(diagnostic.message), .bold)) [\(oneLine(diagnostic.code))]\n"
        text += excerpt(diagnostic.range, diagnostic.severity.color)
        if let suggestion = diagnostic.suggestion {
            text += place(diagnostic.range) + "\(colored("help", .green)): \(oneLine(suggestion))\n"
        }
        for note in diagnostic.notes {
            text += place(note.range ?? diagnostic.range) + "\(colored("note", .cyan)): \(oneLine(note.message))\n"
            text += excerpt(note.range, .cyan)
        }
        return text
    }

    /// `path:line:column: `, or nothing where there is no place.
    private func place(_ range: SourceRange?) -> String {
        guard let range else { return "" }
        return "\(oneLine(range.file.path)):\(range.start): "
    }

    /// The line of the file with its number, and a line that underlines the stretch. Empty in the short form.
    private func excerpt(_ range: SourceRange?, _ color: Color) -> String {
        guard form == .excerpts, let range, !range.file.bytes.isEmpty else { return "" }
        let start = range.start
        let end = range.end
        let line = Array(range.file.text(ofLine: start.line).unicodeScalars)
        let first = min(start.column - 1, line.count)
        let last = end.line == start.line ? min(end.column - 1, line.count) : line.count
        // A long line (minified JSON) is shown around the place only.
        let window = max(0, first - Self.contextWidth)..<min(line.count, max(first + Self.contextWidth, first + 1))
        let prefix = window.lowerBound > 0 ? "…" : ""
        let suffix = window.upperBound < line.count ? "…" : ""
        let number = "\(start.line)"
        let blank = String(repeating: " ", count: number.count)
        let shown = line[window].map(Self.visible).joined()
        let indent = String(repeating: " ", count: prefix.count + first - window.lowerBound)
        let width = max(1, min(last, window.upperBound) - first)
        let caret = "^" + String(repeating: "~", count: width - 1)
        return " \(number) | \(prefix)\(shown)\(suffix)\n \(blank) | \(indent)\(colored(caret, color))\n"
    }

    /// How many scalars of a line are shown on either side of a place.
    private static let contextWidth = 80

    /// One scalar in one column: tabs become spaces, control characters are replaced, so that no file can move the
    /// cursor of a terminal.
    private static func visible(_ scalar: Unicode.Scalar) -> String {
        if scalar == "\t" { return " " }
        return isControl(scalar) ? "\u{FFFD}" : String(scalar)
    }

    /// A message with its control characters replaced: a diagnostic is one line, whatever a document says.
    private func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: Self.isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || scalar == "\r" {
                result.append(" ")
            } else {
                result.append(Self.isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(result)
    }

    /// Whether a scalar is a C0 or C1 control, a line separator, or changes the direction of text.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Text in a colour, or as it is where colours are off.
    private func colored(_ text: String, _ color: Color) -> String {
        isColored ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// The ANSI attributes in use: the parameter of Select Graphic Rendition (ECMA-48 section 8.3.117).
private enum Color: String {
    /// A message.
    case bold = "1"

    /// An error.
    case red = "1;31"

    /// Advice.
    case green = "1;32"

    /// A warning.
    case yellow = "1;33"

    /// An information.
    case blue = "1;34"

    /// A hint or a note.
    case cyan = "1;36"
}

extension Severity {
    /// The colour of the severity's word and underline.
    fileprivate var color: Color {
        switch self {
        case .error: .red
        case .warning: .yellow
        case .information: .blue
        case .hint: .cyan
        }
    }
}
