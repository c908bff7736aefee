import Glibc

/// Keeps further connections from a listening socket while those that were begun still arrive.
///
/// A listening socket that is closed resets every connection that waits in its queue, and every handshake under way. With
/// the filter (SO_ATTACH_FILTER, socket(7)) the kernel drops opening segments as if they were lost: a client sends its own
/// again after a second, and finds whoever listens then, or is refused. What is in the queue can meanwhile be accepted.
enum SynFilter {
    /// `sock_filter` of linux/filter.h.
    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var operand: UInt32
    }

    /// `sock_fprog` of linux/filter.h.
    private struct Program {
        var count: UInt16
        var instructions: UnsafeMutablePointer<Instruction>?
    }

    /// Drops segments that have SYN and not ACK among their flags, the fourteenth octet (RFC 9293 §3.1).
    private static let instructions = [
        // Load the octet, keep the two bits, compare.
        Instruction(code: 0x30, operand: 13),
        Instruction(code: 0x54, operand: 0x12),
        Instruction(code: 0x15, ifTrue: 0, ifFalse: 1, operand: 0x02),
        // Take nothing of the segment, or all of it.
        Instruction(code: 0x06, operand: 0),
        Instruction(code: 0x06, operand: .max),
    ]

    /// Attaches the filter to a TCP socket; false where the system does not have it.
    static func attach(to descriptor: CInt) -> Bool {
        var copy = instructions
        return copy.withUnsafeMutableBufferPointer { buffer in
            var program = Program(count: UInt16(buffer.count), instructions: buffer.baseAddress)
            return setsockopt(
                descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<Program>.size)) == 0
        }
    }
}
