/// A page that grows: markup is static text of the program, everything else is escaped. There is no way to write a
/// document's text as markup.
struct HTML {
    /// What has been written.
    private(set) var bytes: [UInt8] = []

    /// An attribute; nil writes none, an empty text only the name.
    typealias Attribute = (name: StaticString, value: String?)

    /// How much has been written.
    var size: Int { bytes.count }

    /// Writes markup of the program.
    mutating func markup(_ text: StaticString) {
        text.withUTF8Buffer { bytes += $0 }
    }

    /// Writes text, escaped for content and for attributes in quotes (HTML §13.1.2.6).
    mutating func text(_ text: some StringProtocol) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): markup("&amp;")
            case UInt8(ascii: "<"): markup("&lt;")
            case UInt8(ascii: ">"): markup("&gt;")
            case UInt8(ascii: "\""): markup("&quot;")
            case UInt8(ascii: "'"): markup("&#39;")
            // HTML §13.2.3.5: what is no character of documents becomes the replacement character.
            case 0: markup("\u{FFFD}")
            default: bytes.append(byte)
            }
        }
    }

    /// Adds what another page holds.
    mutating func append(_ other: HTML) { bytes += other.bytes }

    /// Opens an element.
    mutating func open(_ tag: StaticString, _ attributes: Attribute...) { open(tag, attributes) }

    /// Opens an element.
    private mutating func open(_ tag: StaticString, _ attributes: [Attribute]) {
        markup("<")
        markup(tag)
        for (name, value) in attributes {
            guard let value else { continue }
            markup(" ")
            markup(name)
            if value.isEmpty { continue }
            markup("=\"")
            text(value)
            markup("\"")
        }
        markup(">")
    }

    /// Closes an element.
    mutating func close(_ tag: StaticString) {
        markup("</")
        markup(tag)
        markup(">")
    }

    /// Writes an element that holds text.
    mutating func element(_ tag: StaticString, _ text: some StringProtocol, _ attributes: Attribute...) {
        open(tag, attributes)
        self.text(text)
        close(tag)
    }

    /// Writes an element with what a function puts into it.
    mutating func element(_ tag: StaticString, _ attributes: Attribute..., content: (inout HTML) -> Void) {
        open(tag, attributes)
        content(&self)
        close(tag)
    }

    /// Writes a link.
    mutating func link(_ address: String, _ text: String, class name: String? = nil) {
        element("a", text, ("href", address), ("class", name))
    }
}
