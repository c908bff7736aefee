import HTTPExchanges
import NIOCore
import ResponseCaching

/// Heads of stored replies in the form that they have on a wire, in storage of their own.
enum CacheWire {
    /// Status line, fields, empty line.
    static func head(status: Int, reason: [UInt8], fields: FieldList) -> ByteBuffer {
        let size = fields.lines.reduce(32 + reason.count) { $0 + $1.name.count + $1.value.count + 4 }
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        buffer.writeString("HTTP/1.1 \(status) ")
        buffer.writeBytes(reason)
        buffer.writeStaticString("\r\n")
        for line in fields.lines {
            buffer.writeBytes(line.name)
            buffer.writeStaticString(": ")
            buffer.writeBytes(line.value)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        return buffer
    }

    /// Parses such a head; false for one that does not parse, which is none of ours.
    static func parse(_ bytes: UnsafeRawBufferPointer, into table: HeadTable) -> Bool {
        let found = HeadParser.parseResponse(
            bytes, into: table, limits: HeadLimits(bytes: .max / 2, fields: 1024), answersHEAD: false)
        if case .complete = found { return true }
        return false
    }
}

/// The strong entity tag of content that came without one.
enum OwnEntityTag {
    /// How it begins, so that the service is not asked about a tag that it does not know.
    static let prefix = Array("\"lintel-".utf8)

    /// The tag of some content.
    static func tag(of content: ByteBuffer) -> [UInt8] {
        var digest = ContentDigest()
        digest.update(Array(content.readableBytesView))
        return prefix + Array(digest.text.utf8) + [0x22]
    }
}
