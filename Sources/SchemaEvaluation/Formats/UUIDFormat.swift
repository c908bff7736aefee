/// `uuid`: RFC 4122 §3, of any version, digits in either case.
enum UUIDFormat {
    /// Whether a text is a UUID.
    static func isUUID(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count == 36 else { return false }
        for (offset, byte) in text.enumerated() {
            switch offset {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return false }
            default: guard ASCIIClass.isHexDigit(byte) else { return false }
            }
        }
        return true
    }
}
