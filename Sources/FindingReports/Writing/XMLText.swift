/// Text as part of XML 1.0 or HTML.
struct XMLText {
    /// The value of an attribute in double quotation marks, or text between tags.
    ///
    /// Line breaks and tabs are written as references, since a parser makes spaces of them in attributes (XML 1.0 section
    /// 3.3.3). Characters that XML has no way to write (section 2.2), and those that turn the direction of text, become
    /// U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            case "\n": result.append(contentsOf: "&#10;".unicodeScalars)
            case "\r": result.append(contentsOf: "&#13;".unicodeScalars)
            case "\t": result.append(contentsOf: "&#9;".unicodeScalars)
            default: result.append(shown(scalar))
            }
        }
        return String(result)
    }

    /// A CDATA section, split where the text holds what would end it (section 2.7).
    static func section(_ text: String) -> String {
        var result = "<![CDATA["
        for scalar in text.unicodeScalars {
            if scalar == ">", result.hasSuffix("]]") { result += "]]><![CDATA[" }
            result.unicodeScalars.append(scalar == "\n" || scalar == "\t" ? scalar : shown(scalar))
        }
        return result + "]]>"
    }

    /// A scalar, or U+FFFD for one that cannot stand in XML or should not be seen.
    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let isNone = scalar.value & 0xFFFE == 0xFFFE
        return isNone || PrintableText.isControl(scalar) ? "\u{FFFD}" : scalar
    }
}
