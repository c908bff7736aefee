import HTTPExchanges
import NIOCore
import RequestRouting

/// Writes the request head that a service sees: the matched path, the client's fields, and what a gateway adds.
enum RequestRewriting {
    /// Writes start line and fields, without framing fields and without the final empty line.
    ///
    /// The path that was matched is the path that is sent; the query is not touched (RFC 9110 §7.7), except on cached
    /// routes, where the caller gives the form that the key has.
    ///
    /// - Parameters:
    ///   - asksForWhole: whether the client's conditions and ranges stay here, since the reply is to be stored.
    ///   - hidesTrace: whether `traceparent` stays here, since each attempt has its own.
    static func write(
        _ head: RequestHead, path: UnsafeRawBufferPointer, mountLength: Int, query: UnsafeRawBufferPointer?,
        host: UnsafeRawBufferPointer, row: RouteRow, requestID: [UInt8],
        asksForWhole: Bool = false, hidesTrace: Bool = false, into buffer: inout ByteBuffer
    ) {
        let room =
            256 + HeadWriter.room(for: head.table, bytes: head.bytes) + row.upstreamPath.bytes.count + path.count
            + (query?.count ?? 0) + 2 * host.count + head.clientAddress.count + requestID.count
            + (row.headers?.request.room ?? 0)
        buffer.writeHead(room: room) { cursor in
            cursor.write(head.method)
            cursor.write(octet: 0x20)
            row.upstreamPath.joined(with: path, mountLength: mountLength) { prefix, rest in
                cursor.write(prefix)
                cursor.write(rest)
            }
            if let query {
                cursor.write(octet: UInt8(ascii: "?"))
                cursor.write(query)
            }
            cursor.write(" HTTP/1.1\r\nHost: ")
            cursor.write(host)
            cursor.write("\r\n")
            writeLines(head, row: row, asksForWhole: asksForWhole, hidesTrace: hidesTrace, into: &cursor)
            cursor.write("X-Forwarded-For: ")
            cursor.write(head.clientAddress)
            cursor.write("\r\nX-Forwarded-Host: ")
            cursor.write(head.forwardedHost ?? host)
            cursor.write(head.isSecure ? "\r\nX-Forwarded-Proto: https" : "\r\nX-Forwarded-Proto: http")
            cursor.write("\r\nX-Request-Id: ")
            cursor.write(requestID)
            // RFC 9110 §7.6.3: MUST be sent; behind the lines of earlier hops, which are forwarded above.
            cursor.write("\r\nVia: 1.1 lintel\r\n")
        }
    }

    /// The client's lines that go on.
    private static func writeLines(
        _ head: RequestHead, row: RouteRow, asksForWhole: Bool, hidesTrace: Bool, into cursor: inout HeadCursor
    ) {
        let decrements = head.table.maxForwardsLine >= 0 && head.method.isMethod("OPTIONS")
        let limitsCodings = row.holdsResponses
        let edits = row.headers?.request
        HeadWriter.writeLines(of: head.table, bytes: head.bytes, into: &cursor) { line in
            if let edits, edits.hides(line.name.slice(of: head.bytes)) { return false }
            return switch line.token {
            case .other:
                !line.isNamedByConnection
                    && !(asksForWhole && CacheTurn.isConditional(line.name.slice(of: head.bytes)))
                    && !(hidesTrace && WorkerTracer.isTraceParent(line, of: head.bytes))
            case .host, .contentLength, .expect, .impostor, .xRequestID, .lintelCheck: false
            case .maxForwards: !decrements
            case .acceptEncoding: !limitsCodings && !line.isNamedByConnection
            default: !line.token.isHopByHop && !line.token.isForwardingClaim && !line.isNamedByConnection
            }
        }
        if let edits {
            for line in edits.added {
                cursor.write(line.name)
                cursor.write(": ")
                cursor.write(line.value)
                cursor.write("\r\n")
            }
        }
        if limitsCodings { writeAcceptedCodings(head, row: row, into: &cursor) }
        if decrements { writeMaxForwards(head, into: &cursor) }
    }

    /// `Accept-Encoding` towards a service whose reply is held back until it has been looked at.
    private static func writeAcceptedCodings(_ head: RequestHead, row: RouteRow, into cursor: inout HeadCursor) {
        if row.undeclaredFields == .strip {
            // Nothing can be taken out of coded content. RFC 9110 §12.5.3: without the field any coding would be accepted.
            cursor.write("Accept-Encoding: identity\r\n")
        } else if row.contract?.streamsItems != true {
            // A coded stream could not be checked item by item: none is asked for.
            AcceptedCodings.write(head, into: &cursor)
        }
    }

    /// `Max-Forwards`, one less than received (RFC 9110 §7.6.2); left out when it is no number.
    private static func writeMaxForwards(_ head: RequestHead, into cursor: inout HeadCursor) {
        let value = head.table[head.table.maxForwardsLine].value.slice(of: head.bytes)
        guard value.count <= 9 else { return }
        var number: Int64 = 0
        for byte in value {
            guard byte &- 0x30 <= 9 else { return }
            number = number * 10 + Int64(byte &- 0x30)
        }
        guard number > 0 else { return }
        cursor.write("Max-Forwards: ")
        cursor.write(decimal: number - 1)
        cursor.write("\r\n")
    }
}
