import HTTPExchanges
import Synchronization

/// Most connections of a listener, in total and of one address.
package struct ConnectionQuota: Sendable, Equatable {
    /// Most open connections; nil where nothing is said.
    package var total: Int?
    /// Most open connections of one client (``ClientAddress/customer``); nil where nothing is said.
    package var perAddress: Int?

    /// No quota.
    package init() {}

    /// Whether connections are counted at all.
    var isCounting: Bool { total != nil || perAddress != nil }
}

/// Counts the open connections of a listener over all event loops of the process.
///
/// The total is one atomic number; addresses lie in sixteen tables with a lock each, which is held for a look-up when a
/// connection begins and when it ends, and never for a request. A table has an entry for an address as long as it has a
/// connection, so there are never more entries than open connections. Connections that were open before there was a quota
/// are not counted.
final class ConnectionGate: Sendable {
    /// Clients that are counted together.
    fileprivate struct Client: Hashable, Sendable {
        private let isLong: Bool
        private let number: UInt64

        /// The client at an address; nil where nobody knows it.
        init?(_ address: ClientAddress) {
            guard !address.bytes.isEmpty else { return nil }
            isLong = address.bytes.count == 16
            number = address.customer.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// A lock with its clients. A class, because a lock cannot be moved.
    private final class Shard: Sendable {
        let clients = Mutex<[Client: Int]>([:])
    }

    private let open = Atomic<Int>(0)
    private let shards = (0..<16).map { _ in Shard() }

    /// Lets a connection in; nil when there are `limit` already.
    fileprivate func enter(_ limit: Int?) -> Bool {
        let count = open.wrappingAdd(1, ordering: .relaxed).newValue
        guard let limit, count > limit else { return true }
        leave()
        return false
    }

    fileprivate func leave() { open.wrappingSubtract(1, ordering: .relaxed) }

    fileprivate func enter(_ client: Client, _ limit: Int) -> Bool {
        shard(of: client).clients.withLock { clients in
            let count = clients[client, default: 0]
            guard count < limit else { return false }
            clients[client] = count + 1
            return true
        }
    }

    fileprivate func leave(_ client: Client) {
        shard(of: client).clients.withLock { clients in
            guard let count = clients[client] else { return }
            clients[client] = count > 1 ? count - 1 : nil
        }
    }

    /// Hashes are seeded anew by each process: nobody can choose addresses that meet.
    private func shard(of client: Client) -> Shard { shards[client.hashValue & (shards.count - 1)] }
}

/// A connection's place behind a ``ConnectionGate``: its socket holds it, and when the socket is closed the place is free.
final class ConnectionPlace {
    private let gate: ConnectionGate
    private let quota: ConnectionQuota
    private var client: ConnectionGate.Client?

    /// A place among all connections; nil when there is none left.
    init?(_ gate: ConnectionGate, _ quota: ConnectionQuota) {
        guard gate.enter(quota.total) else { return nil }
        self.gate = gate
        self.quota = quota
    }

    /// Counts the connection for its client; false when that has too many. One without an address is not counted.
    func count(for address: ClientAddress) -> Bool {
        guard let limit = quota.perAddress, client == nil, let client = ConnectionGate.Client(address) else {
            return true
        }
        guard gate.enter(client, limit) else { return false }
        self.client = client
        return true
    }

    deinit {
        if let client { gate.leave(client) }
        gate.leave()
    }
}
