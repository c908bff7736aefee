/// A client's connection: sends whatever bytes a test wants, and reads replies one by one.
package final class HTTPClient {
    /// A response, or what came of it.
    package struct Reply: Sendable, CustomStringConvertible {
        /// The status codes and fields of interim responses before it.
        package var interim: [(status: Int, fields: MessageFields)] = []
        /// The status code.
        package var status = 0
        /// The fields.
        package var fields = MessageFields()
        /// The content.
        package var content: [UInt8] = []
        /// The fields behind chunked content.
        package var trailers = MessageFields()

        /// The content as text.
        package var text: String { String(decoding: content, as: UTF8.self) }

        package var description: String { "\(status)\n\(fields)\n\n\(text.prefix(2000))" }
    }

    /// The connection.
    package let socket: LoopbackSocket
    private let stream: MessageStream

    /// Connects to a port of 127.0.0.1.
    ///
    /// - Parameter patience: the longest wait for a piece of a reply, in seconds.
    package init(port: Int, receiveBuffer: Int32? = nil, patience: Double = 20) throws {
        socket = try LoopbackSocket(connectingTo: port, receiveBuffer: receiveBuffer)
        stream = MessageStream(socket, patience: patience)
    }

    /// Sends text as octets.
    package func send(_ text: String) throws { try socket.send(text) }

    /// The next final response, with the interim ones before it.
    ///
    /// - Parameter toHEAD: the request was `HEAD`, so no content follows.
    package func reply(toHEAD: Bool = false) throws -> Reply {
        var reply = Reply()
        while true {
            guard let head = try stream.head() else { throw MessageStream.Malformed(description: "closed, no reply") }
            let parts = head.startLine.split(separator: " ", maxSplits: 2)
            guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
                throw MessageStream.Malformed(description: "no status line: \(head.startLine)")
            }
            if status < 200 {
                reply.interim.append((status, head.fields))
                continue
            }
            reply.status = status
            reply.fields = head.fields
            guard !toHEAD, status != 204, status != 304 else { return reply }
            let found = try stream.content(head.fields, untilClose: true)
            (reply.content, reply.trailers) = (found.bytes, found.trailers)
            return reply
        }
    }

    /// Sends a request and reads the reply.
    package func exchange(_ text: String) throws -> Reply {
        try send(text)
        return try reply(toHEAD: text.hasPrefix("HEAD "))
    }

    /// Whether the gateway closes the connection without a further byte, within the client's patience.
    package func isClosed() -> Bool { (try? stream.isAtEnd()) ?? false }

    /// Sends one request on a connection of its own: `line` is method and target.
    ///
    /// - Parameters:
    ///   - port: the gateway's port on 127.0.0.1.
    ///   - fields: field lines, each `name: value`.
    ///   - content: content, sent with Content-Length.
    package static func send(
        _ line: String, to port: Int, host: String = "localhost", fields: [String] = [], content: String? = nil
    ) throws -> Reply {
        let client = try HTTPClient(port: port)
        defer { client.socket.close() }
        var text = "\(line) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        for field in fields { text += field + "\r\n" }
        if let content { text += "Content-Length: \(content.octets.count)\r\n" }
        return try client.exchange(text + "\r\n" + (content ?? ""))
    }
}
