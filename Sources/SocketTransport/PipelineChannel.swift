import NIOCore

/// The one who owns a ``PipelineChannel``: what its handlers have made of the bytes comes out here.
package protocol PipelineOwner: AnyObject {
    /// The last handler passes something on.
    func pipelineRead(_ data: NIOAny)
    /// A handler has noticed an error, which may or may not end the stream.
    func pipelineFailed(_ error: any Error)
    /// A handler tells of something, a handshake that has ended for one.
    func pipelineEvent(_ event: Any)
    /// A handler closes the channel.
    func pipelineCloses(_ mode: CloseMode)
}

/// A NIO channel over a ``ByteStream``, so that protocols which exist as NIO handlers (TLS, HTTP/2) run on it.
///
/// ```
///   stream -> receive -> handler -> handler -> owner          bytes in, whatever the handlers make of them out
///   stream <- write0  <- handler <- handler <- write          the other way round
/// ```
/// The channel never owns the stream: opening and closing are the owner's business, so every handler sees a channel that
/// is registered and active from the start.
///
/// SAFETY: a channel is `Sendable` by its protocol; this one is used on its loop only, where NIO's entry points hop to.
package final class PipelineChannel: Channel, ChannelCore, @unchecked Sendable {
    /// The handlers.
    package private(set) lazy var pipeline = ChannelPipeline(channel: self)
    private let loop: SocketLoop
    private let stream: any ByteStream
    private weak var owner: (any PipelineOwner)?
    private let address: SocketAddress?
    private let closePromise: EventLoopPromise<Void>
    private var outgoing: [ByteBuffer] = []
    private var isEnded = false
    /// Whether what handlers write while they are given bytes goes out behind that, all together.
    private let gathers: Bool
    private var isGathering = false

    /// A channel over `stream`; ``start(_:)`` puts its handlers in.
    ///
    /// - Parameter address: what handlers take for the peer's address; nil for the stream's own.
    /// - Parameter gathers: what handlers write while they are given bytes goes out behind that, all together, or with
    ///   ``flushOut()``.
    package init(
        over stream: any ByteStream, loop: SocketLoop, owner: any PipelineOwner, address: SocketAddress? = nil,
        gathers: Bool = false
    ) {
        self.gathers = gathers
        self.address = address
        self.stream = stream
        self.loop = loop
        self.owner = owner
        closePromise = loop.makePromise()
    }

    /// Puts the handlers in and tells them that the channel is active.
    ///
    /// - Throws: what a handler says when it is added.
    package func start(_ handlers: [any ChannelHandler]) throws {
        // A handler that closes the channel at once ends in the owner's hands like any other.
        try pipeline.syncOperations.addHandlers(handlers + [PipelineEnd(self)])
        pipeline.syncOperations.fireChannelRegistered()
        pipeline.syncOperations.fireChannelActive()
    }

    // MARK: From the stream

    /// Hands received bytes to the handlers.
    package func receive(_ bytes: ByteBuffer) {
        guard !isEnded else { return }
        isGathering = gathers
        pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
        if !isEnded { pipeline.syncOperations.fireChannelReadComplete() }
        guard isGathering else { return }
        isGathering = false
        flushOut()
    }

    /// Tells the handlers that bytes go out again.
    package func writabilityChanged() {
        guard !isEnded else { return }
        pipeline.syncOperations.fireChannelWritabilityChanged()
    }

    /// Tells the handlers that the stream is closed, and takes them out.
    package func end() {
        guard !isEnded else { return }
        isEnded = true
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        // Not in the middle of a handler's call.
        loop.putOff { [self] in
            removeHandlers(pipeline: pipeline)
            closePromise.succeed(())
        }
    }

    // MARK: Channel

    package var eventLoop: any EventLoop { loop }
    package var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    package var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }
    package var localAddress: SocketAddress? { nil }
    package var remoteAddress: SocketAddress? { address ?? stream.peerAddress }
    package var parent: (any Channel)? { nil }
    package var isWritable: Bool { stream.isWritable }
    package var isActive: Bool { !isEnded }
    package var _channelCore: any ChannelCore { self }

    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        loop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        loop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    // MARK: ChannelCore

    package func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }

    package func remoteAddress0() throws -> SocketAddress {
        guard let address = remoteAddress else { throw ChannelError.ioOnClosedChannel }
        return address
    }

    package func register0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    package func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }

    package func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch tryUnwrapData(data, as: IOData.self) {
        // An empty piece (the content of an empty DATA frame) would make the one before it wait for what never follows.
        case .byteBuffer(let buffer)?: if buffer.readableBytes > 0 { outgoing.append(buffer) }
        case .fileRegion?, nil:
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        promise?.succeed(())
    }

    package func flush0() {
        if !isGathering { flushOut() }
    }

    /// Writes what handlers have let go.
    package func flushOut() {
        guard !outgoing.isEmpty else { return }
        let buffers = outgoing
        outgoing.removeAll(keepingCapacity: true)
        for (index, buffer) in buffers.enumerated() {
            stream.write(buffer, isFollowed: index < buffers.count - 1)
        }
    }

    package func read0() {}

    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        flushOut()
        owner?.pipelineCloses(mode)
        promise?.succeed(())
    }

    package func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func channelRead0(_ data: NIOAny) { owner?.pipelineRead(data) }

    package func errorCaught0(error: any Error) { owner?.pipelineFailed(error) }

    /// What a handler tells those behind it.
    fileprivate func tell(_ event: Any) { owner?.pipelineEvent(event) }
}

/// The last handler of a pipeline: NIO drops events that no handler takes, and the owner wants them.
private final class PipelineEnd: ChannelInboundHandler {
    typealias InboundIn = Any
    private unowned let channel: PipelineChannel

    init(_ channel: PipelineChannel) { self.channel = channel }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { channel.tell(event) }
}
