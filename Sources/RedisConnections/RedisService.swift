import NIOCore
import NIOPosix
import Synchronization

/// A ``RedisClient`` on a loop of NIO's own, for callers on other loops.
package final class RedisService: Sendable {
    private let client: NIOLoopBound<RedisClient>
    private let isUp: Flag

    /// Whether commands are taken, shared with the client's loop.
    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
    }

    /// A service; ``start()`` connects.
    ///
    /// - Parameters:
    ///   - subscription: a channel whose messages go to `received`, on the client's loop.
    ///   - changed: told when commands are taken, and when no longer, on the client's loop.
    /// - Throws: where TLS cannot be set up.
    package init(
        _ address: RedisAddress, subscription: [UInt8]?, received: @escaping @Sendable ([UInt8]) -> Void,
        changed: @escaping @Sendable (Bool) -> Void
    ) throws {
        let flag = Flag()
        isUp = flag
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        client = try eventLoop.submit {
            let client = try RedisClient(
                address, on: eventLoop, subscription: subscription, received: received,
                changed: { isReady in
                    flag.value.store(isReady, ordering: .releasing)
                    changed(isReady)
                })
            return NIOLoopBound(client, eventLoop: eventLoop)
        }.wait()
    }

    /// Whether commands are taken.
    package var isReady: Bool { isUp.value.load(ordering: .acquiring) }

    /// Connects, and again whenever the connection is lost.
    package func start() { client.eventLoop.execute { [client] in client.value.start() } }

    /// Ends for good.
    package func stop() { client.eventLoop.execute { [client] in client.value.stop() } }

    /// Sends a command.
    fileprivate func send(
        _ words: [ByteBuffer], within time: TimeAmount, reply: @escaping @Sendable (RESPValue?) -> Void
    ) {
        client.eventLoop.execute { [client] in client.value.send(words, within: time, reply: reply) }
    }
}

/// The way from one loop to the service: replies come back on that loop.
package struct RedisLine {
    private let service: RedisService
    private let loop: any EventLoop

    /// A line for callers on `loop`.
    package init(_ service: RedisService, loop: any EventLoop) {
        self.service = service
        self.loop = loop
    }

    /// Whether commands are taken.
    package var isReady: Bool { service.isReady }

    /// Sends a command; `reply` is told on the caller's loop, nil where nothing came in time.
    package func send(_ words: [ByteBuffer], within time: TimeAmount, reply: @escaping RedisClient.Reply = { _ in }) {
        let bound = NIOLoopBound(reply, eventLoop: loop)
        service.send(words, within: time) { value in
            bound.eventLoop.execute { bound.value(value) }
        }
    }
}
