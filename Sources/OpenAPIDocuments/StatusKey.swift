/// A key of the Responses Object: which statuses a response describes (OpenAPI 3.1.2 §4.8.16).
package enum StatusKey: Sendable, Hashable {
    /// One status, 100 to 599.
    case exact(Int)
    /// All statuses with this first digit: `2XX`.
    case range(Int)
    /// Every status that no other key covers.
    case `default`

    /// Reads a key. Ranges exist since 3.0 and have a capital X only.
    package init?(_ text: String, version: OpenAPIVersion) {
        let bytes = Array(text.utf8)
        if text == "default" {
            self = .default
        } else if bytes.count == 3, (0x31...0x35).contains(bytes[0]) {
            let first = Int(bytes[0] - 0x30)
            if bytes[1] == UInt8(ascii: "X"), bytes[2] == UInt8(ascii: "X"), version != .version2 {
                self = .range(first)
            } else if (0x30...0x39).contains(bytes[1]), (0x30...0x39).contains(bytes[2]) {
                self = .exact(first * 100 + Int(bytes[1] - 0x30) * 10 + Int(bytes[2] - 0x30))
            } else {
                return nil
            }
        } else {
            return nil
        }
    }
}
