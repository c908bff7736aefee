import Glibc

/// A client of HTTP/2 in the clear that writes its frames by hand (RFC 9113 §4), so that it can break every rule.
///
/// Field blocks are literals without Huffman coding, and only statuses of HPACK's static table are understood.
package final class FrameClient {
    /// Kinds of frames (RFC 9113 §6).
    package enum Kind: UInt8, Sendable {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    /// A received frame.
    package struct Frame: Sendable {
        /// What it is; nil for an unknown kind.
        package let kind: Kind?
        /// Its flags.
        package let flags: UInt8
        /// Its stream.
        package let stream: UInt32
        /// Its payload.
        package let payload: [UInt8]

        /// The code of a GOAWAY or RST_STREAM frame.
        package var errorCode: UInt32? {
            switch kind {
            case .goAway: payload.count >= 8 ? Self.number(payload[4..<8]) : nil
            case .reset: payload.count == 4 ? Self.number(payload[0..<4]) : nil
            default: nil
            }
        }

        /// The status of a response's HEADERS frame, if it is one of the static table or a literal.
        package var status: Int? {
            guard kind == .headers, let first = payload.first else { return nil }
            let known: [UInt8: Int] = [0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500]
            return known[first] ?? -1
        }

        static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
    }

    /// ENHANCE_YOUR_CALM (RFC 9113 §7).
    package static let enhanceYourCalm: UInt32 = 11
    /// The connection.
    package let socket: LoopbackSocket
    private var received: [UInt8] = []
    /// Whether the gateway has closed the connection.
    package private(set) var isClosed = false

    /// Connects and says what every client says first.
    package init(port: Int, sendsPreface: Bool = true) throws {
        socket = try LoopbackSocket(connectingTo: port)
        if sendsPreface {
            try socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(.settings, 0, 0, []))
        }
    }

    /// The bytes of a frame.
    package static func frame(_ kind: Kind, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let length = UInt32(payload.count)
        return [
            UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
            UInt8(truncatingIfNeeded: length),
        ]
            + [kind.rawValue, flags] + bytes(stream) + payload
    }

    /// Four bytes, the highest first.
    package static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// A setting.
    package static func setting(_ name: UInt16, _ value: UInt32) -> [UInt8] {
        [UInt8(truncatingIfNeeded: name >> 8), UInt8(truncatingIfNeeded: name)] + bytes(value)
    }

    /// A literal field, never indexed (RFC 7541 §6.2.3), or indexed when `isIndexed` (§6.2.1).
    package static func field(_ name: String, _ value: String, isIndexed: Bool = false) -> [UInt8] {
        [isIndexed ? 0x40 : 0x10] + literal(name) + literal(value)
    }

    private static func literal(_ text: String) -> [UInt8] { integer(text.utf8.count, prefix: 7) + Array(text.utf8) }

    private static func integer(_ number: Int, prefix: Int) -> [UInt8] {
        let most = (1 << prefix) - 1
        guard number >= most else { return [UInt8(number)] }
        var rest = number - most
        var bytes = [UInt8(most)]
        while rest >= 128 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// The field block of a request.
    package static func request(_ path: String, method: String = "GET", more: [(String, String)] = []) -> [UInt8] {
        ([(":method", method), (":scheme", "http"), (":path", path), (":authority", "gw.test")] + more)
            .flatMap { field($0.0, $0.1) }
    }

    /// The HEADERS frame of a request.
    package static func headers(
        _ stream: UInt32, _ path: String, method: String = "GET", ends: Bool = true, more: [(String, String)] = []
    ) -> [UInt8] {
        frame(.headers, ends ? 0x5 : 0x4, stream, request(path, method: method, more: more))
    }

    /// Sends bytes; false when the gateway takes no more.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        do {
            try socket.send(bytes, within: 5)
            return true
        } catch {
            isClosed = true
            return false
        }
    }

    /// The next frame within `seconds`; nil when none comes or the connection is closed.
    package func next(within seconds: Double = 5) -> Frame? {
        let end = Clock.now + seconds
        while true {
            if let frame = take() { return frame }
            let left = end - Clock.now
            guard left > 0, !isClosed, socket.isReadable(within: left) else { return nil }
            guard let bytes = try? socket.receive(within: left), !bytes.isEmpty else {
                isClosed = true
                return take()
            }
            received += bytes
        }
    }

    private func take() -> Frame? {
        guard received.count >= 9 else { return nil }
        let length = Int(Frame.number(received[0..<3]))
        guard received.count >= 9 + length else { return nil }
        let frame = Frame(
            kind: Kind(rawValue: received[3]), flags: received[4],
            stream: Frame.number(received[5..<9]) & 0x7FFF_FFFF, payload: Array(received[9..<(9 + length)]))
        received.removeFirst(9 + length)
        if frame.kind == .settings, frame.flags & 1 == 0 { send(Self.frame(.settings, 1, 0, [])) }
        return frame
    }

    /// Reads frames until one is wanted; nil when none comes in time.
    package func first(within seconds: Double = 5, where isWanted: (Frame) -> Bool) -> Frame? {
        let end = Clock.now + seconds
        while Clock.now < end, let frame = next(within: end - Clock.now) {
            if isWanted(frame) { return frame }
        }
        return nil
    }

    /// The code of the GOAWAY with which the gateway ends the connection; nil if it does not within `seconds`.
    package func farewell(within seconds: Double = 10) -> UInt32? {
        first(within: seconds) { $0.kind == .goAway && $0.errorCode != 0 }?.errorCode
    }
}
