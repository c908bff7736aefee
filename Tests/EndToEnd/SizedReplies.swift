import TestSupport

/// Replies of many sizes for clients that read late. How much the kernel takes off the gateway's hands is not known, so
/// only a range of sizes makes sure that some replies end in the gateway's own buffers.
enum SizedReplies {
    /// Sizes in bytes: from what any kernel holds to more than it does.
    static let sizes = Array(stride(from: 128 << 10, through: 8 << 20, by: 96 << 10))

    /// A service that sends as many bytes as the last part of the target says.
    static func backend() throws -> RecordingBackend {
        let block = [UInt8](repeating: 0x61, count: 1 << 16)
        return try RecordingBackend { request, socket in
            let size = request.target.split(separator: "/").last.flatMap { Int($0) } ?? 0
            try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            var left = size
            while left > 0 {
                let count = min(left, block.count)
                try socket.send(count == block.count ? block : Array(block[..<count]), within: 60)
                left -= count
            }
        }
    }

    /// A client that has asked for a reply and reads it when it is told to.
    struct Reader {
        /// Bytes of content asked for.
        let size: Int
        private let client: HTTPClient

        /// Asks for `size` bytes.
        init(_ gateway: RunningGateway, size: Int, fields: String = "") throws {
            self.size = size
            client = try HTTPClient(port: gateway.port, receiveBuffer: 4096)
            try client.send("GET /t/\(size) HTTP/1.1\r\nHost: gw.test\r\n\(fields)\r\n")
        }

        /// Whether the reply has begun.
        var isAnswered: Bool { client.socket.isReadable(within: 10) }

        /// Whether the gateway closes the connection within `seconds`.
        func isClosed(within seconds: Double) -> Bool {
            guard client.socket.isReadable(within: seconds) else { return false }
            return (try? client.socket.receive(within: 1))?.isEmpty ?? true
        }

        /// Reads the reply; bytes of content that did not come.
        func missing() -> Int {
            var count = -1
            var previous: [UInt8] = []
            while count < size, let bytes = try? client.socket.receive(atMost: 1 << 18, within: 10), !bytes.isEmpty {
                if count >= 0 {
                    count += bytes.count
                    continue
                }
                previous += bytes
                let end = "\r\n\r\n".octets
                for index in previous.indices where previous[index...].starts(with: end) {
                    count = previous.count - index - end.count
                    break
                }
            }
            return size - max(0, count)
        }
    }
}
