import NIOCore
import NIOPosix
import NIOSSL

/// One connection to Redis that is kept up, on one event loop and confined to it: commands are pipelined, each has a
/// deadline, and nobody ever waits for a server that is away.
///
/// ```
/// away ── connect ──> greeting ── HELLO, PING are answered ──> ready ── a failure, silence, garbage ──> away
///   ^ each time twice as long, 50 ms to 2 s                                                       │
///   └─────────────────────────────────────────────────────────────────────────────────────────────┘
/// ```
/// Invariants: every callback is called exactly once; replies belong to commands in their order (`pending`); at most
/// ``queueLimit`` commands are under way.
package final class RedisClient {
    /// Told a reply; nil where none came in time, or none can come.
    package typealias Reply = (RESPValue?) -> Void

    /// A command under way. It stays in the queue after its deadline, so that a late reply is not taken for another's.
    final class Pending {
        var reply: Reply?
        var deadline: Scheduled<Void>?

        init(_ reply: Reply?) { self.reply = reply }

        /// Calls back, the first time.
        func settle(_ value: RESPValue?) {
            deadline?.cancel()
            deadline = nil
            let reply = reply
            self.reply = nil
            reply?(value)
        }
    }

    /// Most commands under way.
    static let queueLimit = 1024
    /// Most bytes that wait to be written.
    static let unwrittenLimit = 8 << 20
    /// Commands in a row without a reply in time after which the server counts as away.
    static let patience = 8

    private let address: RedisAddress
    private let eventLoop: any EventLoop
    private let security: NIOSSLContext?
    /// A channel to listen to.
    private let subscription: [UInt8]?
    private let received: ([UInt8]) -> Void
    private let changed: (Bool) -> Void
    private var channel: (any Channel)?
    private var pending: [Pending] = []
    private var settled = 0
    private var backoff = 50
    private var silent = 0
    private var isEnded = false
    private var isWatched = false
    /// Whether commands are taken.
    package private(set) var isReady = false

    /// A client; ``start()`` connects.
    ///
    /// - Parameters:
    ///   - subscription: a channel whose messages go to `received`.
    ///   - changed: told when commands are taken, and when no longer.
    /// - Throws: where TLS cannot be set up.
    package init(
        _ address: RedisAddress, on eventLoop: any EventLoop, subscription: [UInt8]? = nil,
        received: @escaping ([UInt8]) -> Void = { _ in }, changed: @escaping (Bool) -> Void = { _ in }
    ) throws {
        self.address = address
        self.eventLoop = eventLoop
        self.subscription = subscription
        self.received = received
        self.changed = changed
        if address.isSecure {
            // Verification of chain and name is NIOSSL's default for clients.
            var configuration = TLSConfiguration.makeClientConfiguration()
            // RFC 9325 §3.1.1: nothing below TLS 1.2.
            configuration.minimumTLSVersion = .tlsv12
            if let authorities = address.authorities {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
            }
            security = try NIOSSLContext(configuration: configuration)
        } else {
            security = nil
        }
    }

    // MARK: Commands

    /// Sends a command, or calls back at once with nil where it cannot be sent.
    ///
    /// - Parameter time: how long a reply may take.
    package func send(_ words: [ByteBuffer], within time: TimeAmount, reply: @escaping Reply = { _ in }) {
        guard isReady, let channel, pending.count - settled < Self.queueLimit, channel.isWritable else {
            return reply(nil)
        }
        write(words, to: channel, within: time, reply: reply)
    }

    private func write(_ words: [ByteBuffer], to channel: any Channel, within time: TimeAmount, reply: @escaping Reply)
    {
        let command = Pending(reply)
        pending.append(command)
        let bound = NIOLoopBound((self, command), eventLoop: eventLoop)
        command.deadline = eventLoop.scheduleTask(in: time) {
            let (client, command) = bound.value
            client.wasSilent(command)
        }
        var buffer = channel.allocator.buffer(capacity: words.reduce(16) { $0 + $1.readableBytes + 16 })
        buffer.writeCommand(words)
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// A reply did not come in time.
    private func wasSilent(_ command: Pending) {
        guard command.reply != nil else { return }
        command.settle(nil)
        silent += 1
        if silent >= Self.patience || !isReady { lose() }
    }

    // MARK: The connection

    /// Connects, and again whenever the connection is lost.
    package func start() {
        guard !isEnded, channel == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let name = (try? SocketAddress(ipAddress: address.host, port: address.port)) == nil ? address.host : nil
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(1))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .writeBufferWaterMark, value: .init(low: Self.unwrittenLimit / 2, high: Self.unwrittenLimit)
            )
            .channelInitializer { [security] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security {
                        try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: name))
                    }
                    try pipeline.addHandler(RedisReceiver(client: bound.value))
                }
            }
        let connection: EventLoopFuture<any Channel>
        if let number = try? SocketAddress(ipAddress: address.host, port: address.port) {
            connection = bootstrap.connect(to: number)
        } else {
            connection = bootstrap.connect(host: address.host, port: address.port)
        }
        connection.whenComplete { result in
            switch result {
            case .success(let channel): bound.value.connected(channel)
            case .failure: bound.value.tryLater()
            }
        }
    }

    /// Ends for good.
    package func stop() {
        isEnded = true
        lose()
    }

    private func connected(_ channel: any Channel) {
        guard !isEnded else { return channel.close(promise: nil) }
        self.channel = channel
        var hello = ["HELLO", "3"]
        if let password = address.password { hello += ["AUTH", address.user, password] }
        let isBound = NIOLoopBound(self, eventLoop: eventLoop)
        write(hello.map { ByteBuffer(string: $0) }, to: channel, within: .seconds(1)) { reply in
            let client = isBound.value
            guard case .array = reply else { return client.lose() }
            client.greeted()
        }
    }

    private func greeted() {
        guard let channel else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        if address.database != 0 {
            write(
                [ByteBuffer(string: "SELECT"), ByteBuffer(string: "\(address.database)")], to: channel,
                within: .seconds(1)
            ) { reply in
                if case .simple = reply { return }
                bound.value.lose()
            }
        }
        if let subscription {
            var buffer = channel.allocator.buffer(capacity: 64)
            buffer.writeCommand([ByteBuffer(string: "SUBSCRIBE"), ByteBuffer(bytes: subscription)])
            channel.writeAndFlush(buffer, promise: nil)
        }
        // RESP3: what answers SUBSCRIBE is a push, and takes no place among the replies. A refusal does, and would shift
        // those of all that follows: it lands on this command, and the server is of no use.
        write([ByteBuffer(string: "PING")], to: channel, within: .seconds(1)) { reply in
            guard case .simple = reply else { return bound.value.lose() }
            bound.value.listening()
        }
    }

    /// All is said: commands are taken.
    private func listening() {
        guard channel != nil, !isReady else { return }
        isReady = true
        backoff = 50
        silent = 0
        changed(true)
    }

    /// The connection is of no more use.
    fileprivate func lose() {
        let channel = channel
        let wasReady = isReady
        self.channel = nil
        isReady = false
        let waiting = pending[settled...]
        pending = []
        settled = 0
        for command in waiting { command.settle(nil) }
        channel?.close(promise: nil)
        if wasReady { changed(false) }
        if channel != nil { tryLater() }
    }

    /// Connects again after a while.
    private func tryLater() {
        guard !isEnded, !isWatched else { return }
        isWatched = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: .milliseconds(Int64(backoff + Int.random(in: 0...backoff / 4)))) {
            bound.value.isWatched = false
            bound.value.start()
        }
        backoff = min(2000, backoff * 2)
    }

    /// A value has come on `channel`.
    fileprivate func take(_ value: RESPValue, on channel: any Channel) {
        guard self.channel === channel else { return }
        if case .push(let values) = value {
            if values.count == 3, case .bulk(let kind) = values[0], case .bulk(let content) = values[2],
                kind.readableBytesView.elementsEqual("message".utf8)
            {
                received(Array(content.readableBytesView))
            }
            return
        }
        guard settled < pending.count else { return lose() }
        let command = pending[settled]
        settled += 1
        if settled == pending.count {
            pending.removeAll(keepingCapacity: true)
            settled = 0
        } else if settled >= 4096 {
            pending.removeFirst(settled)
            settled = 0
        }
        silent = 0
        command.settle(value)
    }

    /// `channel` has ended.
    fileprivate func ended(_ channel: any Channel) {
        if self.channel === channel { lose() }
    }
}

/// Takes values off the bytes of one connection.
private final class RedisReceiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: RedisClient
    private var gathered = ByteBuffer()

    init(client: RedisClient) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if gathered.readableBytes == 0 { gathered = bytes } else { gathered.writeBuffer(&bytes) }
        do throws(RESPFailure) {
            while let value = try RESPParser.next(&gathered) { client.take(value, on: context.channel) }
            gathered.discardReadBytes()
        } catch {
            gathered.clear()
            context.close(promise: nil)
            client.ended(context.channel)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { client.ended(context.channel) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
        client.ended(context.channel)
    }
}
