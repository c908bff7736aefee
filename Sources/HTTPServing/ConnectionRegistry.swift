/// A connection to a client, whatever it speaks.
protocol ServerConnection: AnyObject {
    /// Ends the connection behind what is being answered; an idle one after a moment.
    func drain()
}

/// The open client connections of one loop, so that a drain can reach them.
final class ConnectionRegistry {
    private var connections: [ObjectIdentifier: any ServerConnection] = [:]

    /// Number of open connections.
    var count: Int { connections.count }

    /// Notes a connection.
    func insert(_ connection: any ServerConnection) { connections[ObjectIdentifier(connection)] = connection }

    /// Forgets a connection.
    func remove(_ connection: any ServerConnection) { connections[ObjectIdentifier(connection)] = nil }

    /// Closes idle connections and lets every other one end behind its reply.
    func drain() {
        for connection in Array(connections.values) { connection.drain() }
    }
}
