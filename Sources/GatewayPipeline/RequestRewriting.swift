import HTTPExchanges
import NIOCore
import RequestRouting

/// Writes the request head that a service sees: the matched path, the client's fields, and what a gateway adds.
enum RequestRewriting {
    /// Writes start line and fields, without framing fields and without the final empty line.
    ///
    /// The path that was matched is the path that is sent; the query is not touched (RFC 9110 §7.7).
    static func write(
        _ head: RequestHead, path: UnsafeRawBufferPointer, mountLength: Int, query: UnsafeRawBufferPointer?,
        host: UnsafeRawBufferPointer, row: RouteRow, requestID: [UInt8],
        into buffer: inout ByteBuffer
    ) {
        buffer.writeBytes(head.method)
        buffer.writeInteger(UInt8(0x20))
        row.upstreamPath.joined(with: path, mountLength: mountLength) { prefix, rest in
            buffer.writeBytes(prefix)
            buffer.writeBytes(rest)
        }
        if let query {
            buffer.writeInteger(UInt8(ascii: "?"))
            buffer.writeBytes(query)
        }
        buffer.writeStaticString(" HTTP/1.1\r\nHost: ")
        buffer.writeBytes(host)
        buffer.writeStaticString("\r\n")
        let forwardsMaxForwards = !(head.table.maxForwardsLine >= 0 && head.method.isMethod("OPTIONS"))
        HeadWriter.writeLines(of: head.table, bytes: head.bytes, into: &buffer) { line in
            switch line.token {
            case .other: !line.isNamedByConnection
            case .host, .contentLength, .expect, .impostor, .xRequestID: false
            case .maxForwards: forwardsMaxForwards
            // A reply that has to hold its contract is asked for without a content coding.
            case .acceptEncoding: row.responses != .enforce && !line.isNamedByConnection
            default: !line.token.isHopByHop && !line.token.isForwardingClaim && !line.isNamedByConnection
            }
        }
        if !forwardsMaxForwards { writeMaxForwards(head, into: &buffer) }
        buffer.writeStaticString("X-Forwarded-For: ")
        buffer.writeBytes(head.clientAddress)
        buffer.writeStaticString("\r\nX-Forwarded-Host: ")
        buffer.writeBytes(host)
        buffer.writeStaticString(head.isSecure ? "\r\nX-Forwarded-Proto: https" : "\r\nX-Forwarded-Proto: http")
        buffer.writeStaticString("\r\nX-Request-Id: ")
        buffer.writeBytes(requestID)
        // RFC 9110 §7.6.3: MUST be sent; behind the lines of earlier hops, which are forwarded above.
        buffer.writeStaticString("\r\nVia: 1.1 lintel\r\n")
    }

    /// `Max-Forwards`, one less than received (RFC 9110 §7.6.2); left out when it is no number.
    private static func writeMaxForwards(_ head: RequestHead, into buffer: inout ByteBuffer) {
        let value = head.table[head.table.maxForwardsLine].value.slice(of: head.bytes)
        guard value.count <= 9 else { return }
        var number: Int64 = 0
        for byte in value {
            guard byte &- 0x30 <= 9 else { return }
            number = number * 10 + Int64(byte &- 0x30)
        }
        guard number > 0 else { return }
        buffer.writeStaticString("Max-Forwards: ")
        HeadWriter.writeDecimal(number - 1, into: &buffer)
        buffer.writeStaticString("\r\n")
    }
}
