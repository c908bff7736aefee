import HTTPExchanges

/// Names and values of fields as strings, as HPACK has them, on their way from and to the text of HTTP/1.1.
package enum FieldText {
    /// Whether a field name is a token in lower case (RFC 9113 §8.2.1).
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { OctetClass.isToken($0) && !($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")) }
    }

    /// Whether a field value can stand in a line. A replacement character says that its octets were not UTF-8, and that
    /// nobody knows any more what they were.
    package static func isValue(_ value: String) -> Bool {
        var hasReplacement = false
        var last: UInt8 = 0
        var beforeLast: UInt8 = 0
        for byte in value.utf8 {
            guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { return false }
            if byte == 0xBD, last == 0xBF, beforeLast == 0xEF { hasReplacement = true }
            (beforeLast, last) = (last, byte)
        }
        return !hasReplacement
    }

    /// A field name in lower case.
    package static func lowercased(_ name: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: name.count) { space in
            for (index, byte) in name.enumerated() {
                space[index] = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
            }
            return name.count
        }
    }

    /// A field value as HPACK's strings can hold it: octets that are not UTF-8 are read as ISO-8859-1, which is what they
    /// meant in HTTP (RFC 9110 §5.5).
    package static func value(_ octets: UnsafeRawBufferPointer) -> String {
        String(validating: octets, as: UTF8.self) ?? String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
    }
}
