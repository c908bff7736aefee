import NIOCore
import ResponseCaching

/// Which request fields select the replies of a key, as octets for the second level: what stands under the key's name where
/// replies stand under those of their selections.
///
/// ```
///   LTLV  (length 2  name) for each
/// ```
/// Nothing in it is trusted: it only says where to look, and a reply is compared with the request all the same.
enum SharedSelection {
    private static let mark = "LTLV"
    /// Most names.
    static let limit = 64

    /// Writes the names.
    static func octets(_ vary: VaryNames) -> ByteBuffer {
        var buffer = ByteBuffer(string: mark)
        for name in vary.names {
            buffer.writeInteger(UInt16(clamping: name.count))
            buffer.writeBytes(name.prefix(Int(UInt16.max)))
        }
        return buffer
    }

    /// Reads them; nil for octets that are something else.
    static func names(in octets: ByteBuffer) -> VaryNames? {
        var rest = octets
        guard rest.readString(length: mark.utf8.count) == mark else { return nil }
        var names: [[UInt8]] = []
        while rest.readableBytes > 0 {
            guard names.count < limit, let length = rest.readInteger(as: UInt16.self), length > 0,
                let name = rest.readBytes(length: Int(length))
            else { return nil }
            names.append(name)
        }
        return names.isEmpty ? nil : VaryNames(names: names)
    }
}
