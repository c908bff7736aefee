import HTTPExchanges
import NIOCore
import SocketTransport

/// Where a listener binds.
package enum ListenerAddress: Sendable, Hashable {
    /// A host name or address, and a port; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    /// A Unix domain socket.
    case unix(path: String)

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
        let protocols: NIOLoopBoundBox<ListenerProtocols>
        let registry: NIOLoopBound<ConnectionRegistry>

        /// Accepts no further connections.
        func close() async {
            try? await socket.eventLoop.submit { socket.value.close() }.get()
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
    /// - Throws: the system's error when the address cannot be bound; sockets bound before are closed again.
    package static func start(
        on address: ListenerAddress, protocols: ListenerProtocols = ListenerProtocols(), limits: ServingLimits,
        seats: [Seat]
    ) async throws -> Listener {
        var wanted = try address.resolved()
        // TCP only: the file of a Unix domain socket is taken over.
        if let port = wanted.port, port != 0 { try ListeningSocket.refuseIfTaken(wanted) }
        var posts: [Post] = []
        do {
            for seat in seats {
                let (post, bound) = try await bind(wanted, protocols: protocols, limits: limits, seat: seat)
                posts.append(post)
                wanted = bound
                if case .unix = address { break }
            }
        } catch {
            for post in posts { await post.close() }
            throw error
        }
        return Listener(address: wanted, posts: posts)
    }

    /// Binds one socket on the seat's loop.
    private static func bind(
        _ address: SocketAddress, protocols: ListenerProtocols, limits: ServingLimits, seat: Seat
    ) async throws -> (Post, SocketAddress) {
        let eventLoop = seat.loop.eventLoop
        return try await eventLoop.submit {
            let loop = seat.loop.value
            let registry = ConnectionRegistry()
            let current = NIOLoopBoundBox(protocols, eventLoop: eventLoop)
            let socket = try ListeningSocket(on: address, loop: loop.eventLoop) { accepted in
                guard registry.count < limits.connections else { return accepted.close() }
                // The kernel watches no more descriptors: the socket is closed, others go on.
                try? IncomingConnection.serve(
                    accepted, protocols: current.value, loop: loop, limits: limits, provider: seat.provider.value,
                    registry: registry)
            }
            let post = Post(
                socket: NIOLoopBound(socket, eventLoop: eventLoop), protocols: current,
                registry: NIOLoopBound(registry, eventLoop: eventLoop))
            return (post, socket.address)
        }.get()
    }

    /// Lets connections that are accepted from now on have other certificates or protocols; no other is touched.
    package func use(_ protocols: ListenerProtocols) async {
        for post in posts {
            try? await post.protocols.eventLoop.submit { post.protocols.value = protocols }.get()
        }
    }

    /// Accepts no further connections.
    package func stopAccepting() async {
        for post in posts { await post.close() }
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
