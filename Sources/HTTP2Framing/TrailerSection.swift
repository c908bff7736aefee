import NIOHPACK

/// The trailer section of a message between the text of HTTP/1.1 and HTTP/2's field lists (RFC 9110 §6.5, RFC 9113 §8.1).
package enum TrailerSection {
    /// The field list of lines that our own parser has let through, each with its CR LF; nil for none.
    package static func fields(_ lines: [UInt8]) -> HPACKHeaders? {
        var fields = HPACKHeaders()
        lines.withUnsafeBytes { text in
            var start = 0
            while start < text.count {
                let end = text[start...].firstIndex(of: 0x0D) ?? text.count
                if let colon = text[start..<end].firstIndex(of: UInt8(ascii: ":")) {
                    var value = colon + 1
                    while value < end, text[value] == 0x20 || text[value] == 0x09 { value += 1 }
                    fields.add(
                        name: FieldText.lowercased(UnsafeRawBufferPointer(rebasing: text[start..<colon])),
                        value: FieldText.value(UnsafeRawBufferPointer(rebasing: text[value..<end])))
                }
                start = end + 2
            }
        }
        return fields.isEmpty ? nil : fields
    }
}
