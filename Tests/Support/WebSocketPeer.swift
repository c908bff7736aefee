import Crypto

/// One end of a WebSocket on a raw socket (RFC 6455), plain and independent of the code under test.
package final class WebSocketPeer {
    /// What a peer may not do.
    package struct Broken: Error, CustomStringConvertible {
        /// What it has done.
        package let description: String

        /// Says what.
        package init(description: String) { self.description = description }
    }

    /// Kinds of frames (RFC 6455 §5.2).
    package enum Opcode: UInt8, Sendable { case more = 0, text, binary, close = 8, ping, pong }

    /// A frame.
    package struct Frame: Sendable, Equatable {
        /// What it is.
        package let opcode: Opcode
        /// Whether its message ends with it.
        package let isFinal: Bool
        /// Whether it came masked.
        package let isMasked: Bool
        /// Its payload, unmasked.
        package let payload: [UInt8]

        /// The code of a close frame.
        package var code: Int? { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    }

    /// The key of ``handshake(_:fields:)``: the one of RFC 6455 §1.3.
    package static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    /// The fields of a handshake.
    package static let fields = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)",
    ]

    /// The socket.
    package let socket: LoopbackSocket
    private let masks: Bool
    private var buffer: [UInt8]

    /// One end.
    ///
    /// - Parameters:
    ///   - masks: whether it is the client's, whose frames are masked.
    ///   - received: what has been read already.
    package init(_ socket: LoopbackSocket, masks: Bool, received: [UInt8] = []) {
        (self.socket, self.masks, buffer) = (socket, masks, received)
    }

    /// The text of a handshake for `target`.
    package static func handshake(
        _ target: String, host: String = "gw.test", fields: [String] = fields, more: [String] = []
    ) -> String {
        "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n" + (fields + more).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// What answers a key (RFC 6455 §4.2.2).
    package static func accept(_ key: String) -> String {
        var hash = Insecure.SHA1()
        Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        let digest = Array(hash.finalize())
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits = digest.flatMap { octet in (0..<8).map { octet >> (7 - $0) & 1 } }
        bits += [UInt8](repeating: 0, count: (6 - bits.count % 6) % 6)
        let text = stride(from: 0, to: bits.count, by: 6).map { start in
            alphabet[bits[start..<(start + 6)].reduce(0) { $0 << 1 | Int($1) }]
        }
        return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    /// Connects to a gateway and opens a WebSocket there.
    ///
    /// - Throws: ``Broken`` when the gateway does not agree.
    package static func connect(
        to port: Int, _ target: String, receiveBuffer: Int32? = nil, more: [String] = []
    ) throws -> (peer: WebSocketPeer, fields: MessageFields) {
        let socket = try LoopbackSocket(connectingTo: port, receiveBuffer: receiveBuffer)
        try socket.send(handshake(target, more: more))
        var received: [UInt8] = []
        while true {
            if let end = received.indices.first(where: { received[$0...].starts(with: "\r\n\r\n".utf8) }) {
                let lines = String(octets: Array(received[..<end])).split(separator: "\r\n").map(String.init)
                let fields = try MessageFields(lines.dropFirst())
                guard lines.first?.hasPrefix("HTTP/1.1 101 ") == true, fields["Sec-WebSocket-Accept"] == accept(key)
                else { throw Broken(description: lines.joined(separator: "\n")) }
                return (WebSocketPeer(socket, masks: true, received: Array(received[(end + 4)...])), fields)
            }
            let piece = try socket.receive()
            guard !piece.isEmpty else { throw Broken(description: "closed within the head") }
            received += piece
        }
    }

    /// Agrees to a handshake as a service does.
    package static func agree(
        to request: RecordingBackend.Request, on socket: LoopbackSocket, more: String = "", behind: [UInt8] = []
    ) throws -> WebSocketPeer {
        guard let key = request.fields["Sec-WebSocket-Key"] else { throw Broken(description: "no key") }
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: \(accept(key))\r\n\(more)\r\n"
        try socket.send(head.octets + behind)
        return WebSocketPeer(socket, masks: false)
    }

    /// A service that sends every frame back, and ends when the client does.
    package static let echo: RecordingBackend.Answer = { request, socket in
        let peer = try agree(to: request, on: socket)
        while let frame = try peer.next(within: 30) {
            try peer.send(frame.opcode, frame.payload, isFinal: frame.isFinal)
            if frame.opcode == .close { break }
        }
        throw RecordingBackend.Hangup.close
    }

    /// The octets of a frame.
    ///
    /// - Parameter key: the masking key, where it masks; zeros make a long payload quick.
    package static func frame(
        _ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, masks: Bool,
        key: [UInt8] = [0x11, 0x22, 0x33, 0x44]
    ) -> [UInt8] {
        let mask = masks ? key : []
        let bit: UInt8 = masks ? 0x80 : 0
        let count = payload.count
        var octets: [UInt8] = [(isFinal ? 0x80 : 0) | opcode.rawValue]
        func length(_ number: Int) -> [UInt8] {
            (0..<number).map { UInt8(truncatingIfNeeded: count >> (8 * (number - 1 - $0))) }
        }
        switch count {
        case ..<126: octets += [bit | UInt8(count)]
        case ..<65_536: octets += [bit | 126] + length(2)
        default: octets += [bit | 127] + length(8)
        }
        octets += mask
        guard mask.contains(where: { $0 != 0 }) else { return octets + payload }
        return octets + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    /// Sends a frame.
    package func send(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, within seconds: Double = 20) throws {
        try socket.send(Self.frame(opcode, payload, isFinal: isFinal, masks: masks), within: seconds)
    }

    /// Sends text.
    package func send(_ text: String) throws { try send(.text, Array(text.utf8)) }

    /// The next frame; nil at the end of input between two frames.
    ///
    /// - Throws: when nothing comes in time, or the end comes within a frame.
    package func next(within seconds: Double = 10) throws -> Frame? {
        while true {
            if let frame = take() { return frame }
            let piece = try socket.receive(within: seconds)
            guard !piece.isEmpty else {
                guard buffer.isEmpty else { throw Broken(description: "the end came within a frame") }
                return nil
            }
            buffer += piece
        }
    }

    /// The payload of the next frame as text.
    package func text(within seconds: Double = 10) throws -> String? {
        try next(within: seconds).map { String(decoding: $0.payload, as: UTF8.self) }
    }

    private func take() -> Frame? {
        guard buffer.count >= 2, let opcode = Opcode(rawValue: buffer[0] & 15) else { return nil }
        var start = 2
        var length = Int(buffer[1] & 127)
        let octets = length == 126 ? 2 : length == 127 ? 8 : 0
        guard buffer.count >= start + octets else { return nil }
        if octets > 0 { length = buffer[2..<(2 + octets)].reduce(0) { $0 << 8 | Int($1) } }
        start += octets
        let isMasked = buffer[1] & 128 != 0
        let key = isMasked ? Array(buffer[start...].prefix(4)) : []
        if isMasked { start += 4 }
        guard buffer.count >= start + length else { return nil }
        var payload = Array(buffer[start..<(start + length)])
        if key.contains(where: { $0 != 0 }) { for index in payload.indices { payload[index] ^= key[index & 3] } }
        let frame = Frame(opcode: opcode, isFinal: buffer[0] & 128 != 0, isMasked: isMasked, payload: payload)
        buffer.removeFirst(start + length)
        return frame
    }
}
