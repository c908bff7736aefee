/// Text of documents and messages, made safe to show: no document can move the cursor of a terminal, break a line of a
/// report, or turn the direction of what stands around it.
struct PrintableText {
    /// A text on one line: line breaks and tabs become spaces, other controls U+FFFD.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\r": continue
            case "\n", "\t", "\u{2028}", "\u{2029}": result.append(" ")
            default: result.append(isControl(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(result)
    }

    /// A stretch of a file: tabs become spaces up to the next multiple of four columns, controls U+FFFD.
    ///
    /// - Parameters:
    ///   - text: A stretch of one line.
    ///   - column: How many columns stand before it.
    static func excerpt(_ text: some StringProtocol, after column: Int) -> String {
        var result = ""
        var column = column
        for character in text {
            if character == "\t" {
                let width = tabWidth - column % tabWidth
                result += String(repeating: " ", count: width)
                column += width
            } else {
                let shown = character.unicodeScalars.contains(where: isControl) ? "\u{FFFD}" : String(character)
                result += shown
                column += DisplayWidth.of(shown)
            }
        }
        return result
    }

    /// Whether a scalar is a C0 or C1 control, a line separator, or changes the direction of text.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// How far apart the stops of tabs are, in columns.
    private static let tabWidth = 4
}
