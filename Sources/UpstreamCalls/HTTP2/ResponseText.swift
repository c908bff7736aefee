import HTTP2Framing
import HTTPExchanges
import NIOCore
import NIOHPACK

/// Turns HTTP/2 field lists of a response into the text that the same response would have in HTTP/1.1, which then goes
/// through the one parser of heads. What could end a line early is refused before it is written (RFC 9113 §8.2.1, §10.3).
enum ResponseText {
    /// The text of a head.
    struct Head {
        /// Status line and fields, the empty line included.
        let text: ByteBuffer
        /// Whether the content that follows is to be written in chunks, since nothing says how long it is.
        let isChunked: Bool
        /// Whether this is the final head, not an interim one.
        let isFinal: Bool
    }

    /// The head of a field list; nil when it is malformed (RFC 9113 §8.1.1).
    ///
    /// - Parameter isLast: the stream has ended with the field list.
    static func head(_ fields: HPACKHeaders, isLast: Bool, answersHEAD: Bool, limits: HeadLimits) -> Head? {
        guard fields.count <= limits.fields + 1, let first = fields.first, first.name == ":status",
            let status = Int(first.value), (100...599).contains(status), first.value.utf8.count == 3,
            // There is no such thing in HTTP/2 (RFC 9113 §8.6).
            status != 101, status >= 200 || !isLast
        else { return nil }
        var text = ByteBufferAllocator().buffer(capacity: 512)
        text.writeStaticString("HTTP/1.1 ")
        text.writeString(String(status))
        text.writeStaticString(" \r\n")
        var hasLength = false
        for (name, value, _) in fields.dropFirst() {
            guard FieldText.isName(name), FieldText.isValue(value) else { return nil }
            switch name {
            // RFC 9113 §8.2.2.
            case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade": return nil
            case "content-length": hasLength = true
            default: break
            }
            text.writeString(name)
            text.writeStaticString(": ")
            text.writeString(value)
            text.writeStaticString("\r\n")
            guard text.readableBytes <= limits.bytes else { return nil }
        }
        let isFinal = status >= 200
        // These have no content, whatever the fields say (RFC 9110 §6.4.1).
        let hasNoContent = !isFinal || answersHEAD || status == 204 || status == 304
        let isChunked = !hasNoContent && !hasLength && !isLast
        if isChunked {
            text.writeStaticString("transfer-encoding: chunked\r\n")
        } else if isLast, !hasLength, !hasNoContent {
            text.writeStaticString("content-length: 0\r\n")
        }
        text.writeStaticString("\r\n")
        return Head(text: text, isChunked: isChunked, isFinal: isFinal)
    }

    /// The lines of a trailer section, each with its CR LF; nil when it is malformed.
    static func trailers(_ fields: HPACKHeaders, limits: HeadLimits) -> [UInt8]? {
        guard fields.count <= limits.fields else { return nil }
        var text: [UInt8] = []
        for (name, value, _) in fields {
            guard FieldText.isName(name), FieldText.isValue(value) else { return nil }
            text += Array(name.utf8) + [0x3A, 0x20] + Array(value.utf8) + [0x0D, 0x0A]
            guard text.count <= limits.bytes else { return nil }
        }
        return text
    }
}
