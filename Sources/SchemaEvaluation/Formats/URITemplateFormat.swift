/// `uri-template`: RFC 6570 §2.
enum URITemplateFormat {
    /// Whether a text is a template of any level.
    static func isTemplate(_ text: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "{"):
                guard let next = expression(text, index + 1) else { return false }
                index = next
            case UInt8(ascii: "%"):
                guard let next = URIFormat.character(text, index, false, allowsPrivate: false) else { return false }
                index = next
            // RFC 6570 §2.1: literals exclude CTL, SP, DQUOTE, <, >, \, ^, `, {, |, }; the apostrophe by erratum 6937.
            case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                return false
            case 0x21...0x7E: index += 1
            default:
                guard let (value, next) = UTF8Reader.scalar(text, index),
                    URIFormat.isInternational(value) || URIFormat.isPrivate(value)
                else { return false }
                index = next
            }
        }
        return true
    }

    /// Reads an expression up to and including its brace; the opening brace has been read.
    /// - Returns: Where the text goes on; `nil` if the expression is malformed.
    private static func expression(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var index = start
        guard index < text.count else { return nil }
        switch text[index] {
        case UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ";"),
            UInt8(ascii: "?"), UInt8(ascii: "&"):
            index += 1
        default: break
        }
        while true {
            guard let afterName = variable(text, index) else { return nil }
            index = afterName
            guard index < text.count else { return nil }
            if text[index] == UInt8(ascii: "*") {
                index += 1
            } else if text[index] == UInt8(ascii: ":") {
                guard let afterLength = prefixLength(text, index + 1) else { return nil }
                index = afterLength
            }
            guard index < text.count else { return nil }
            if text[index] == UInt8(ascii: "}") { return index + 1 }
            guard text[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
    }

    /// varname, RFC 6570 §2.3: dots stand between characters, neither first nor last nor side by side.
    private static func variable(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var index = start
        var mayEnd = false
        while index < text.count {
            let byte = text[index]
            if ASCIIClass.isAlphanumeric(byte) || byte == UInt8(ascii: "_") {
                index += 1
                mayEnd = true
            } else if byte == UInt8(ascii: "%") {
                guard let next = URIFormat.character(text, index, false, allowsPrivate: false) else { return nil }
                index = next
                mayEnd = true
            } else if byte == UInt8(ascii: "."), mayEnd {
                index += 1
                mayEnd = false
            } else {
                break
            }
        }
        return mayEnd ? index : nil
    }

    /// max-length, RFC 6570 §2.4.1: 1 to 9999.
    private static func prefixLength(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var index = start
        while index < text.count, ASCIIClass.isDigit(text[index]), index - start < 4 { index += 1 }
        return index > start && text[start] != 0x30 ? index : nil
    }
}
