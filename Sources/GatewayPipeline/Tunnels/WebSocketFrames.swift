import NIOCore

/// Follows the frames of one direction of a WebSocket (RFC 6455 §5.2), only to know where one ends: there the gateway may
/// put in a frame of its own, and nowhere else.
///
/// ```
///   octet 0      octet 1                2, 8 octets or none   4 octets or none   payload
///   FIN opcode   MASK length of 7 bits  extended length       masking key        …
/// ```
/// Payloads are skipped. What cannot be a frame is none of the gateway's business: it is passed on, but nothing is put in
/// any more.
package struct WebSocketFrames: Sendable {
    /// Octets of the frame's head so far, and how many it has; 2 until the second is there.
    private var seen = 0
    private var headLength = 2
    private var lengthOctets = 0
    /// Octets of the payload that are still to come.
    private var missing: UInt64 = 0
    private var isLost = false
    /// Whether a close frame has passed: nothing may follow it (RFC 6455 §5.5.1).
    private var hasClosed = false

    /// The beginning of a tunnel.
    package init() {}

    /// Whether a frame may be put in here.
    package var takesFrame: Bool { seen == 0 && missing == 0 && !isLost && !hasClosed }

    /// Notes that these octets pass.
    package mutating func pass(_ octets: UnsafeRawBufferPointer) {
        var index = 0
        while index < octets.count, !isLost {
            if seen == 0, missing > 0 {
                let skipped = min(missing, UInt64(octets.count - index))
                missing -= skipped
                index += Int(skipped)
            } else {
                takeHead(octets[index])
                index += 1
            }
        }
    }

    private mutating func takeHead(_ octet: UInt8) {
        switch seen {
        case 0:
            if octet & 0x0F == 8 { hasClosed = true }
        case 1:
            let short = octet & 0x7F
            lengthOctets = short == 126 ? 2 : short == 127 ? 8 : 0
            headLength = 2 + lengthOctets + (octet & 0x80 == 0 ? 0 : 4)
            missing = lengthOctets == 0 ? UInt64(short) : 0
        case 2..<(2 + lengthOctets):
            missing = missing << 8 | UInt64(octet)
            // The highest bit of a length MUST be 0.
            if missing > UInt64(Int64.max) { isLost = true }
        default: break
        }
        seen += 1
        guard seen > 1, seen == headLength else { return }
        seen = 0
        headLength = 2
    }

    /// A close frame with a code (RFC 6455 §7.4); one for the service is masked, as a client's have to be.
    package static func close(code: UInt16, isMasked: Bool) -> ByteBuffer {
        let payload = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
        guard isMasked else { return ByteBuffer(bytes: [0x88, 2] + payload) }
        let key = (0..<4).map { _ in UInt8.random(in: 0...255) }
        return ByteBuffer(bytes: [0x88, 0x82] + key + [payload[0] ^ key[0], payload[1] ^ key[1]])
    }
}
