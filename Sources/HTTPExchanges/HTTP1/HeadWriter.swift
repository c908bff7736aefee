import NIOCore

/// Writes HTTP/1.1 heads into a buffer: start line, forwarded lines, added lines, framing.
package enum HeadWriter {
    /// Writes `method SP target SP HTTP/1.1 CR LF`.
    package static func writeRequestLine(
        method: UnsafeRawBufferPointer, target: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) {
        buffer.writeBytes(method)
        buffer.writeInteger(UInt8(0x20))
        buffer.writeBytes(target)
        buffer.writeStaticString(" HTTP/1.1\r\n")
    }

    /// Writes `HTTP/1.1 SP status SP reason CR LF`; our own version whatever the upstream's was (RFC 9112 §2.3).
    package static func writeStatusLine(
        status: Int, reason: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) {
        if status == 200, reason.count == 2 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeInteger(UInt8(truncatingIfNeeded: 0x30 + status / 100 % 10))
        buffer.writeInteger(UInt8(truncatingIfNeeded: 0x30 + status / 10 % 10))
        buffer.writeInteger(UInt8(truncatingIfNeeded: 0x30 + status % 10))
        buffer.writeInteger(UInt8(0x20))
        buffer.writeBytes(reason)
        buffer.writeStaticString("\r\n")
    }

    /// Copies the lines of a received head for which `isForwarded` holds, in their order (RFC 9110 §5.3).
    ///
    /// Lines that stand side by side and are in canonical form (`name: value CR LF`) are copied as one run.
    @inline(__always)
    package static func writeLines(
        of table: HeadTable, bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer,
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
            guard isCanonical else {
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd]))
                (runStart, runEnd) = (0, 0)
                buffer.writeBytes(line.name.slice(of: bytes))
                buffer.writeStaticString(": ")
                buffer.writeBytes(line.value.slice(of: bytes))
                buffer.writeStaticString("\r\n")
                continue
            }
            if start == runEnd, runEnd > runStart {
                runEnd = end
            } else {
                if runEnd > runStart { buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd])) }
                (runStart, runEnd) = (start, end)
            }
        }
        if runEnd > runStart { buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd])) }
    }

    /// Writes the fields that delimit the content: `Content-Length` or `Transfer-Encoding: chunked`, never both.
    package static func writeFraming(_ framing: BodyFraming, into buffer: inout ByteBuffer) {
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            buffer.writeStaticString("Content-Length: ")
            writeDecimal(length, into: &buffer)
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
    }

    /// Writes a number that is not negative, in decimal.
    package static func writeDecimal(_ number: Int64, into buffer: inout ByteBuffer) {
        guard number > 0 else {
            buffer.writeInteger(UInt8(ascii: "0"))
            return
        }
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var rest = number
            var index = 20
            while rest > 0 {
                index -= 1
                digits[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: digits[index..<20]))
        }
    }

    /// Writes the size line of a chunk (RFC 9112 §7.1).
    package static func writeChunkSize(_ size: Int, into buffer: inout ByteBuffer) {
        var shift = 60
        while shift > 0, size >> shift & 0xF == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: size >> shift & 0xF)
            buffer.writeInteger(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        buffer.writeStaticString("\r\n")
    }
}
