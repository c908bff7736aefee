/// Text as part of GitHub Flavored Markdown, on one line and in a cell of a table.
struct MarkdownText {
    /// Text that shows as it is: no emphasis, links, mentions, formulas, tags or cells come of it.
    static func escaped(_ text: String) -> String {
        PrintableText.line(text).reduce(into: "") { result, character in
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            // An empty comment keeps a name from being mentioned; a backslash does not.
            case "@": result += "@<!-- -->"
            case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "$", "!": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }

    /// Text in a code span. HTML's element needs no fence longer than any in the text.
    static func code(_ text: String) -> String {
        let shown = XMLText.escaped(PrintableText.line(text)).reduce(into: "") { result, character in
            switch character {
            case "@": result += "@<!-- -->"
            // Inside an element Markdown still reads its own signs.
            case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "!": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return "<code>\(shown)</code>"
    }
}
