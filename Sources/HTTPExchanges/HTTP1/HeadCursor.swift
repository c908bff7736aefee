import Glibc
import NIOCore

/// Writes text into memory that was reserved for a whole head: a copy and an addition per piece, nothing else.
///
/// A head is put together from some twenty pieces. Through a growable buffer each would be checked for ownership and
/// capacity; here the room is reserved once and each piece is only held against it. What does not fit is not written,
/// and ``isOverfull`` says so; whoever reserves too little gets no head, never a write out of bounds.
package struct HeadCursor {
    private let start: UnsafeMutableRawPointer?
    private let capacity: Int
    /// Bytes written so far.
    package private(set) var count = 0
    /// Whether something did not fit.
    package private(set) var isOverfull = false

    /// A cursor at the start of `room`.
    package init(_ room: UnsafeMutableRawBufferPointer) {
        start = room.baseAddress
        capacity = room.count
    }

    /// Writes bytes.
    @inline(__always)
    package mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, let start, bytes.count <= capacity &- count else {
            isOverfull = isOverfull || !bytes.isEmpty
            return
        }
        memcpy(start + count, source, bytes.count)
        count &+= bytes.count
    }

    /// Writes bytes.
    @inline(__always)
    package mutating func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    /// Writes text.
    @inline(__always)
    package mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes one octet.
    @inline(__always)
    package mutating func write(octet: UInt8) {
        guard let start, count < capacity else {
            isOverfull = true
            return
        }
        start.storeBytes(of: octet, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    /// Writes a number that is not negative, in decimal.
    package mutating func write(decimal number: Int64) {
        var rest = number
        var divisor: Int64 = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            write(octet: UInt8(truncatingIfNeeded: 0x30 + rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Writes a number that is not negative, in lower-case hexadecimal.
    package mutating func write(hexadecimal number: Int) {
        var shift = 60
        while shift > 0, number >> shift & 0xF == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> shift & 0xF)
            write(octet: digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
    }
}

extension ByteBuffer {
    /// Appends what `body` writes into `room` reserved bytes.
    @inline(__always)
    package mutating func writeHead(room: Int, _ body: (inout HeadCursor) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var cursor = HeadCursor(memory)
            body(&cursor)
            assert(!cursor.isOverfull, "the room reserved for a head was too small")
            return cursor.isOverfull ? 0 : cursor.count
        }
    }
}
