import Glibc
import HTTPExchanges
import NIOCore
import NIOPosix

/// Where a listener binds.
package enum ListenerAddress: Sendable, Hashable {
    /// A host name or address, and a port; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    /// A Unix domain socket.
    case unix(path: String)
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
        let channel: any Channel
        let registry: NIOLoopBound<ConnectionRegistry>
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
        on address: ListenerAddress, limits: ServingLimits, seats: [Seat]
    ) async throws -> Listener {
        if let loop = seats.first?.loop.eventLoop { try await refuseIfTaken(address, on: loop) }
        var posts: [Post] = []
        var bound: SocketAddress?
        do {
            for seat in seats {
                let post = try await bind(address, port: bound?.port, limits: limits, seat: seat)
                bound = bound ?? post.channel.localAddress
                posts.append(post)
                if case .unix = address { break }
            }
        } catch {
            for post in posts { try? await post.channel.close() }
            throw error
        }
        guard let bound else { throw ChannelError.unknownLocalAddress }
        return Listener(address: bound, posts: posts)
    }

    /// Throws when another process listens on `address`. SO_REUSEPORT would let this one take half of its connections
    /// without a word.
    private static func refuseIfTaken(_ address: ListenerAddress, on eventLoop: any EventLoop) async throws {
        guard case .tcp(let host, let port) = address, port != 0 else { return }
        let probe = try await ServerBootstrap(group: eventLoop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port).get()
        try await probe.close()
    }

    /// Binds one socket on the seat's loop.
    private static func bind(
        _ address: ListenerAddress, port: Int?, limits: ServingLimits, seat: Seat
    ) async throws -> Post {
        let eventLoop = seat.loop.eventLoop
        let registry = try await eventLoop.submit { NIOLoopBound(ConnectionRegistry(), eventLoop: eventLoop) }.get()
        var bootstrap = ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.maxMessagesPerRead, value: 256)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 2048, maximum: 65_536)
            )
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .childChannelInitializer { channel in
                let loop = seat.loop.value
                guard registry.value.count < limits.connections else { return channel.close() }
                let connection = HTTP1ServerConnection(
                    loop: loop, limits: limits, provider: seat.provider.value, registry: registry.value)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        switch address {
        case .tcp(let host, let wantedPort):
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            return Post(
                channel: try await bootstrap.bind(host: host, port: port ?? wantedPort).get(), registry: registry)
        case .unix(let path):
            return Post(
                channel: try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get(),
                registry: registry)
        }
    }

    /// Accepts no further connections.
    package func stopAccepting() async {
        for post in posts { try? await post.channel.close() }
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
