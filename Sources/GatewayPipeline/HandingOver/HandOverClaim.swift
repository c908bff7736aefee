import SocketTransport

/// The listening sockets of the process before, for the one that follows it (see ``HandOverPoint``).
package final class HandOverClaim {
    /// Why nothing could be taken over.
    package struct Failure: Error, CustomStringConvertible {
        /// In words.
        package let description: String
    }

    /// The sockets by the name of their listener.
    package let sockets: [String: [CInt]]
    private let connection: MessageSocket

    /// Asks for the sockets at `path`; nil where no process offers any. Blocks for 30 s at most.
    ///
    /// - Throws: the system's error, or what is wrong with who is there.
    package init?(_ path: String) throws {
        guard let connection = try MessageSocket.connected(to: path) else { return nil }
        guard connection.peerIsTrusted else {
            throw Failure(description: "the process at \(path) is another user's")
        }
        self.connection = connection
        connection.setPatience(seconds: 30)
        try connection.send(DescriptorMessage(HandOverPoint.greeting))
        var sockets: [String: [CInt]] = [:]
        while true {
            guard let message = try connection.receive() else {
                for descriptors in sockets.values { ListeningSocket.close(descriptors) }
                throw Failure(description: "the process at \(path) has not handed over its sockets")
            }
            if message.text == HandOverPoint.end { break }
            sockets[String(decoding: message.text, as: UTF8.self), default: []] += message.descriptors
        }
        self.sockets = sockets
    }

    /// Tells the process before that this one serves: it accepts nothing more. Sockets of listeners that are none of
    /// `taken` are closed here.
    ///
    /// - Throws: the system's error.
    package func complete(taking taken: Set<String>) throws {
        for (name, descriptors) in sockets where !taken.contains(name) { ListeningSocket.close(descriptors) }
        let lines = [HandOverPoint.ready] + taken.intersection(sockets.keys).sorted()
        try connection.send(DescriptorMessage(lines.joined(separator: "\n").utf8))
    }
}
