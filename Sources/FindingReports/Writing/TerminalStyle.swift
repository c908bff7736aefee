import SourceDiagnostics

/// The looks of text on a terminal: ANSI attributes where colours are on, the text as it is where they are off.
struct TerminalStyle {
    /// Whether escape sequences are written.
    let isOn: Bool

    /// An attribute: the parameter of Select Graphic Rendition (ECMA-48 section 8.3.117).
    enum Attribute: String {
        case bold = "1"
        case dim = "2"
        case underlined = "4"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case cyan = "36"
    }

    /// Text with attributes.
    func callAsFunction(_ text: String, _ attributes: Attribute...) -> String {
        guard isOn, !text.isEmpty else { return text }
        return "\u{1B}[\(attributes.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
    }
}

extension Severity {
    /// The colour that terminals show it in.
    var color: TerminalStyle.Attribute {
        switch self {
        case .error: .red
        case .warning: .yellow
        case .information: .blue
        case .hint: .cyan
        }
    }

    /// The word of Spectral's stylish and text reports.
    var spectralName: String { self == .information ? "information" : description }

    /// The number of Spectral's JSON: 0 for an error.
    var spectralNumber: Int { Severity.error.rawValue - rawValue }
}
