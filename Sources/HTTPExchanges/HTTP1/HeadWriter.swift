/// Writes the parts of an HTTP/1.1 head: status line, forwarded lines, framing.
package enum HeadWriter {
    /// Room for a status line and framing fields, beside the reason phrase.
    package static let fixedRoom = 128

    /// Writes `HTTP/1.1 SP status SP reason CR LF`; our own version whatever the upstream's was (RFC 9112 §2.3).
    package static func writeStatusLine(status: Int, reason: UnsafeRawBufferPointer, into cursor: inout HeadCursor) {
        if status == 200, reason.count == 2 { return cursor.write("HTTP/1.1 200 OK\r\n") }
        cursor.write("HTTP/1.1 ")
        cursor.write(octet: UInt8(truncatingIfNeeded: 0x30 + status / 100 % 10))
        cursor.write(octet: UInt8(truncatingIfNeeded: 0x30 + status / 10 % 10))
        cursor.write(octet: UInt8(truncatingIfNeeded: 0x30 + status % 10))
        cursor.write(octet: 0x20)
        cursor.write(reason)
        cursor.write("\r\n")
    }

    /// Room that the lines of `table` may take: each is written as name, colon, space, value, CR LF.
    package static func room(for table: HeadTable, bytes: UnsafeRawBufferPointer) -> Int {
        // Lines do not overlap, so together they are no longer than the bytes; a line may gain the space.
        bytes.count + table.count
    }

    /// Copies the lines of a received head for which `isForwarded` holds, in their order (RFC 9110 §5.3).
    ///
    /// Lines that stand side by side and are in canonical form (`name: value CR LF`) are copied as one run.
    @inline(__always)
    package static func writeLines(
        of table: HeadTable, bytes: UnsafeRawBufferPointer, into cursor: inout HeadCursor,
        where isForwarded: (FieldLine) -> Bool
    ) {
        var runStart = 0
        var runEnd = 0
        for index in 0..<table.count {
            let line = table[index]
            guard isForwarded(line) else { continue }
            let start = Int(line.name.lower)
            let end = Int(line.value.upper) + 2
            let isCanonical =
                line.value.lower == line.name.upper + 2 && end <= bytes.count
                && bytes[Int(line.name.upper) + 1] == 0x20 && bytes[end - 2] == 0x0D
            if isCanonical, start == runEnd, runEnd > runStart {
                runEnd = end
                continue
            }
            cursor.write(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd]))
            if isCanonical {
                (runStart, runEnd) = (start, end)
            } else {
                (runStart, runEnd) = (0, 0)
                cursor.write(line.name.slice(of: bytes))
                cursor.write(": ")
                cursor.write(line.value.slice(of: bytes))
                cursor.write("\r\n")
            }
        }
        cursor.write(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd]))
    }

    /// Writes the field that delimits the content: `Content-Length` or `Transfer-Encoding: chunked`, never both.
    package static func writeFraming(_ framing: BodyFraming, into cursor: inout HeadCursor) {
        switch framing {
        case .none, .untilClose: break
        case .length(let length): writeContentLength(length, into: &cursor)
        case .chunked: cursor.write("Transfer-Encoding: chunked\r\n")
        }
    }

    /// Writes `Content-Length`.
    package static func writeContentLength(_ length: Int64, into cursor: inout HeadCursor) {
        cursor.write("Content-Length: ")
        cursor.write(decimal: length)
        cursor.write("\r\n")
    }
}
