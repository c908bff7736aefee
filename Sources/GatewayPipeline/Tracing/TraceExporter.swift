import GatewayTelemetry
import NIOCore
import NIOPosix
import SecureTransport
import Synchronization

/// Where traces go: a collector that takes OTLP over HTTP.
package struct TraceDestination: Sendable {
    /// A name or an address.
    package let host: String
    /// The port.
    package let port: Int
    /// The path of the request.
    package let path: String
    /// The share of exchanges that is traced where the caller has not decided.
    package let share: Double
    /// Whom TLS believes; nil where the collector is reached in the clear.
    package let trust: ClientTrust?

    /// A destination; without a path of its own it has the one that OTLP names.
    package init(host: String, port: Int, path: String, share: Double, trust: ClientTrust? = nil) {
        self.trust = trust
        self.host = host
        self.port = port
        self.path = path.isEmpty || path == "/" ? "/v1/traces" : path
        self.share = share
    }
}

/// Sends spans to the collector, on a loop that serves no exchange: a batch at a time, each on a connection of its own.
///
/// A batch that the collector does not take in time is lost and counted: what waits is bounded by the queue, and traffic
/// never waits for its traces.
final class TraceExporter: Sendable {
    /// Spans in one request.
    private static let batch = 512
    /// Time for a request and its reply.
    private static let timeout = TimeAmount.seconds(5)

    private let destination: TraceDestination
    private let queue: SpanQueue
    private let notify: @Sendable (String) -> Void
    private let eventLoop: any EventLoop
    private let isSending = Atomic<Bool>(false)
    private let isFailing = Atomic<Bool>(false)
    private let task = Mutex<RepeatedTask?>(nil)

    /// An exporter of what comes into `queue`.
    init(_ destination: TraceDestination, queue: SpanQueue, notify: @escaping @Sendable (String) -> Void) {
        self.destination = destination
        self.queue = queue
        self.notify = notify
        eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    }

    /// Begins to send, once a second.
    func start() {
        let task = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] _ in
            self?.send()
        }
        self.task.withLock { $0 = task }
    }

    /// Sends what is left, and ends. Takes no longer than one request may.
    func stop() async {
        task.withLock { $0?.cancel() }
        let done = eventLoop.makePromise(of: Void.self)
        eventLoop.execute { self.send(done) }
        eventLoop.scheduleTask(in: Self.timeout) { done.succeed() }
        try? await done.futureResult.get()
    }

    /// Sends batches until none is left or one fails.
    private func send(_ done: EventLoopPromise<Void>? = nil) {
        let turn = isSending.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing)
        guard turn.exchanged else {
            // The request under way is about older spans; whoever ends waits for it, and for the rest.
            if let done { eventLoop.scheduleTask(in: .milliseconds(50)) { self.send(done) } }
            return
        }
        let spans = queue.take(atMost: Self.batch)
        guard !spans.isEmpty else {
            isSending.store(false, ordering: .releasing)
            done?.succeed()
            return
        }
        post(SpanEncoding.request(spans, service: "lintel")).whenComplete { [self] result in
            var reason: String?
            switch result {
            case .success(let status): if !(200..<300).contains(status) { reason = "status \(status)" }
            case .failure(let error): reason = "\(error)"
            }
            queue.recordSent(spans.count, hasSucceeded: reason == nil)
            // Told once when it begins and once when it is over, not each second.
            if isFailing.exchange(reason != nil, ordering: .relaxed) != (reason != nil) {
                notify(reason.map { "lintel: traces cannot be sent: \($0)" } ?? "lintel: traces are sent again")
            }
            isSending.store(false, ordering: .releasing)
            if reason == nil { send(done) } else { done?.succeed() }
        }
    }

    /// One POST; the status of its reply.
    private func post(_ content: [UInt8]) -> EventLoopFuture<Int> {
        let promise = eventLoop.makePromise(of: Int.self)
        let host = destination.host.contains(":") ? "[\(destination.host)]" : destination.host
        var request = ByteBuffer(
            string: "POST \(destination.path) HTTP/1.1\r\nHost: \(host):\(destination.port)\r\n"
                + "Content-Type: application/json\r\nUser-Agent: lintel\r\nConnection: close\r\n"
                + "Content-Length: \(content.count)\r\n\r\n")
        request.writeBytes(content)
        let outgoing = request
        let connection = ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.timeout)
            .channelInitializer { [destination] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let trust = destination.trust {
                        try channel.pipeline.syncOperations.addHandler(trust.makeHandler(for: destination.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(PostHandler(outgoing, promise: promise))
                }
            }
            .connect(host: destination.host, port: destination.port)
        connection.whenFailure { promise.fail($0) }
        let deadline = eventLoop.scheduleTask(in: Self.timeout) { promise.fail(PostFailure.timeout) }
        promise.futureResult.whenComplete { _ in
            deadline.cancel()
            connection.whenSuccess { $0.close(promise: nil) }
        }
        return promise.futureResult
    }
}

/// Why a request to the collector failed.
private enum PostFailure: Error {
    /// There was no reply in time.
    case timeout
    /// The reply is not HTTP.
    case malformed
}

/// Sends one request and reads the status of its reply; the rest of the reply tells nobody anything.
private final class PostHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let promise: EventLoopPromise<Int>
    private var received: [UInt8] = []

    init(_ request: ByteBuffer, promise: EventLoopPromise<Int>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // `HTTP/1.1 200`: RFC 9112 §4.
        received += unwrapInboundIn(data).readableBytesView.prefix(12 - min(12, received.count))
        guard received.count >= 12 else { return }
        let text = String(decoding: received, as: UTF8.self)
        if text.hasPrefix("HTTP/1."), let status = Int(text.suffix(3)) {
            promise.succeed(status)
        } else {
            promise.fail(PostFailure.malformed)
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(PostFailure.malformed) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
