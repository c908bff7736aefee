import HTTPExchanges
import NIOCore
import SocketTransport

/// Where a listener binds.
package enum ListenerAddress: Sendable, Hashable {
    /// A host name or address, and a port; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    /// A Unix domain socket.
    case unix(path: String)

    /// The port; nil where there is none.
    package var port: Int? { if case .tcp(_, let port) = self { port } else { nil } }

    /// The address as the system knows it. Resolving a name may take a while.
    ///
    /// - Throws: the resolver's error, or that the path is too long.
    func resolved() throws -> SocketAddress {
        switch self {
        case .tcp(let host, let port): try SocketAddress.makeAddressResolvingHost(host, port: port)
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }
}

/// A listening socket on each event loop, so that a connection is accepted, read and answered on one thread.
///
/// TCP listeners share their port by SO_REUSEPORT and the kernel spreads connections over the loops; a Unix domain
/// socket has no such option and is accepted on the first loop only.
package final class Listener: Sendable {
    /// The loop's own state and the responders for it.
    package struct Seat: Sendable {
        /// State of the loop.
        package let loop: NIOLoopBound<ExchangeLoop>
        /// Responders of the loop.
        package let provider: NIOLoopBound<any ExchangeResponderProvider>

        /// A seat for `loop`.
        package init(loop: NIOLoopBound<ExchangeLoop>, provider: NIOLoopBound<any ExchangeResponderProvider>) {
            self.loop = loop
            self.provider = provider
        }
    }

    /// One accepting socket with the connections it has accepted.
    private struct Post: Sendable {
        let socket: NIOLoopBound<ListeningSocket>
        let registry: NIOLoopBound<ConnectionRegistry>
        let terms: NIOLoopBound<ListenerTerms>

        /// Accepts no further connections.
        func close() async {
            try? await socket.eventLoop.submit { socket.value.close() }.get()
        }

        /// Accepts who has come, and then no further connections.
        func retire() async {
            let eventLoop = socket.eventLoop
            let done = eventLoop.makePromise(of: Void.self)
            eventLoop.execute { socket.value.retire { done.succeed() } }
            try? await done.futureResult.get()
        }
    }

    /// The address in use, with the port that the system chose.
    package let address: SocketAddress
    private let posts: [Post]

    private init(address: SocketAddress, posts: [Post]) {
        self.address = address
        self.posts = posts
    }

    /// Binds `address` on every loop of `seats`.
    ///
    /// - Parameters:
    ///   - adopted: sockets that listen at the address already, from the process before. They are spread over the loops,
    ///     and closed when the listener cannot be started.
    ///   - sharesPort: whether somebody may listen at the address, because that is this process itself.
    /// - Throws: the system's error when the address cannot be bound; sockets bound before are closed again.
    package static func start(
        on address: ListenerAddress, protocols: ListenerProtocols = ListenerProtocols(), limits: ServingLimits,
        seats: [Seat], adopting adopted: [CInt] = [], sharesPort: Bool = false
    ) async throws -> Listener {
        var remaining = adopted[...]
        var posts: [Post] = []
        let gate = ConnectionGate()
        do {
            var wanted = try address.resolved()
            // TCP only: the file of a Unix domain socket is taken over.
            if adopted.isEmpty, !sharesPort, let port = wanted.port, port != 0 {
                try ListeningSocket.refuseIfTaken(wanted)
            }
            // Each loop has a socket. Each adopted socket needs a loop, or those in its queue would wait for ever.
            for number in 0..<max(seats.count, adopted.count) {
                if case .unix = address, remaining.isEmpty, number > 0 { break }
                let (post, bound) = try await bind(
                    wanted, adopting: remaining.popFirst(), protocols: protocols, limits: limits, gate: gate,
                    seat: seats[number % seats.count])
                posts.append(post)
                wanted = bound
            }
            return Listener(address: wanted, posts: posts)
        } catch {
            for post in posts { await post.close() }
            ListeningSocket.close(remaining)
            throw error
        }
    }

    /// Binds one socket on the seat's loop, or takes one over.
    private static func bind(
        _ address: SocketAddress, adopting descriptor: CInt?, protocols: ListenerProtocols, limits: ServingLimits,
        gate: ConnectionGate, seat: Seat
    ) async throws -> (Post, SocketAddress) {
        let eventLoop = seat.loop.eventLoop
        return try await eventLoop.submit {
            let loop = seat.loop.value
            let registry = ConnectionRegistry()
            let terms = ListenerTerms(protocols, limits, loop: loop)
            let accept = { (accepted: StreamSocket) in
                loop.acceptedConnections &+= 1
                guard registry.count < terms.limits.connections else {
                    return IncomingConnection.refuse(accepted, loop)
                }
                // The kernel watches no more descriptors: the socket is closed, others go on.
                try? IncomingConnection.serve(
                    accepted, protocols: terms.protocols, loop: loop, limits: terms.limits,
                    provider: seat.provider.value, registry: registry, gate: gate)
            }
            let socket =
                try descriptor.map { try ListeningSocket(adopting: $0, loop: loop.eventLoop, accepted: accept) }
                ?? ListeningSocket(on: address, loop: loop.eventLoop, accepted: accept)
            let post = Post(
                socket: NIOLoopBound(socket, eventLoop: eventLoop),
                registry: NIOLoopBound(registry, eventLoop: eventLoop),
                terms: NIOLoopBound(terms, eventLoop: eventLoop))
            return (post, socket.address)
        }.get()
    }

    /// Gives the connections that are accepted from now on other protocols, certificates among them, and limits.
    package func change(_ protocols: ListenerProtocols, limits: ServingLimits) async {
        for post in posts {
            try? await post.terms.eventLoop.submit {
                post.terms.value.protocols = protocols
                post.terms.value.limits = limits
            }.get()
        }
    }

    /// Takes the connections that have come, and then no further ones.
    package func stopAccepting() async {
        await withTaskGroup { group in
            for post in posts { group.addTask { await post.retire() } }
        }
    }

    /// Accepts nothing any more: another process has the sockets now, and everybody who waits.
    package func release() async {
        for post in posts { await post.close() }
    }

    /// Descriptors of the sockets, to be handed to another process. The caller closes them.
    package func descriptors() async -> [CInt] {
        var descriptors: [CInt] = []
        for post in posts {
            if let copy = try? await post.socket.eventLoop.submit({ post.socket.value.duplicate() }).get() {
                descriptors.append(copy)
            }
        }
        return descriptors
    }

    /// Closes idle connections and lets every other one end behind its reply.
    package func drainConnections() async {
        for post in posts {
            try? await post.registry.eventLoop.submit { post.registry.value.drain() }.get()
        }
    }

    /// Number of open connections.
    package func connectionCount() async -> Int {
        var count = 0
        for post in posts {
            count += (try? await post.registry.eventLoop.submit { post.registry.value.count }.get()) ?? 0
        }
        return count
    }
}

/// What a listener allows on one loop: a reload may change it for connections to come.
private final class ListenerTerms {
    /// The most fields of a head for which the loop has room.
    private let fields: Int
    /// What is allowed, as far as the loop has room for it.
    var limits: ServingLimits {
        didSet { limits.head.fields = min(limits.head.fields, fields) }
    }

    /// What connections speak.
    var protocols: ListenerProtocols

    /// Terms on `loop`.
    init(_ protocols: ListenerProtocols, _ limits: ServingLimits, loop: ExchangeLoop) {
        self.protocols = protocols
        fields = loop.requestTable.capacity
        self.limits = limits
        self.limits.head.fields = min(limits.head.fields, fields)
    }
}
