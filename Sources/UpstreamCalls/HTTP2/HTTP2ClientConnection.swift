import DequeModule
import HTTPExchanges
import NIOCore
import NIOHPACK
import NIOHTTP2
import SocketTransport

/// One HTTP/2 connection to an endpoint (RFC 9113): frames and HPACK by NIO's handler, flow control here.
///
/// ```
///   UpstreamConnection -> HTTP2ClientStream -> frames -> NIOHTTP2Handler -> PipelineChannel -> stream
/// ```
/// Each call has a stream of its own, which looks to its ``UpstreamConnection`` like a connection of HTTP/1.1 that serves
/// one call. So whatever is said about calls, their failures and their repetition is said once.
///
/// Invariant: no frame is written that its windows do not take, so nothing piles up inside the handler.
final class HTTP2ClientConnection: StreamSocketHandler, PipelineOwner, DeadlineOwner {
    /// Bytes of one response that the service may send ahead.
    static let streamWindow = 128 * 1024
    /// Bytes of all responses that the service may send ahead.
    private static let connectionWindow = 4 << 20
    /// Most streams as long as the service has not said how many it takes, and whatever it says.
    private static let mostStreams = 100

    let loop: ExchangeLoop
    let headLimits: HeadLimits
    /// Whether TLS lies below: what `:scheme` says.
    let isSecure: Bool
    /// Working space for the heads of requests.
    let requestTable: HeadTable
    /// Whether a response has come: a connection that has served may end without a word against its endpoint.
    private(set) var hasServed = false
    private let stream: any ByteStream
    private let idleTimeout: TimeAmount
    private let ended: (HTTP2ClientConnection) -> Void
    private var channel: PipelineChannel?
    private let watch = ConnectionErrorWatch()
    private var slot = -1
    private var isClosed = false

    private var streams: [HTTP2StreamID: HTTP2ClientStream] = [:]
    /// Streams that were handed out, with or without a number.
    private var reserved = 0
    private var nextID = HTTP2StreamID(1)
    private var maxStreams = HTTP2ClientConnection.mostStreams
    private var sending = Deque<HTTP2ClientStream>()
    private var window = 65_535
    private var initialWindow = 65_535
    private var uncredited = 0
    private var hasFlushPending = false
    /// Whether no further stream is opened.
    private var isEnding = false

    /// A connection over `stream`.
    ///
    /// - Parameter ended: called once when no further stream can be opened.
    init(
        _ stream: any ByteStream, isSecure: Bool, loop: ExchangeLoop, headLimits: HeadLimits, idleTimeout: TimeAmount,
        ended: @escaping (HTTP2ClientConnection) -> Void
    ) {
        self.stream = stream
        self.isSecure = isSecure
        self.loop = loop
        self.headLimits = headLimits
        self.idleTimeout = idleTimeout
        self.ended = ended
        // A request that a listener has taken is not refused here for its size.
        requestTable = HeadTable(capacity: 2 * max(loop.requestTable.capacity, 64))
    }

    /// Begins to speak.
    ///
    /// - Throws: the system's error when the stream cannot be watched; it is closed then.
    func start() throws {
        try stream.start(self)
        slot = loop.deadlines.register(self)
        let channel = PipelineChannel(over: stream, loop: loop.eventLoop, owner: self)
        self.channel = channel
        try channel.start([NIOHTTP2Handler(mode: .client, frameDelegate: watch, connectionConfiguration: configuration)]
        )
        write(
            HTTP2Frame(
                streamID: .rootStream, payload: .windowUpdate(windowSizeIncrement: Self.connectionWindow - window)))
    }

    private var configuration: NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 0),
            HTTP2Setting(parameter: .maxHeaderListSize, value: headLimits.bytes),
            HTTP2Setting(parameter: .initialWindowSize, value: Self.streamWindow),
            HTTP2Setting(parameter: .enablePush, value: 0),
        ]
        configuration.maximumBufferedControlFrames = 1_000
        return configuration
    }

    // MARK: Streams

    /// The service's address.
    var peerAddress: SocketAddress? { stream.peerAddress }

    /// A stream for one call; nil when the connection takes no more.
    func makeStream() -> HTTP2ClientStream? {
        guard !isEnding, !isClosed, reserved < maxStreams else { return nil }
        reserved += 1
        loop.deadlines.set(slot, to: nil)
        return HTTP2ClientStream(of: self)
    }

    /// The number of a stream whose first frame is written now: numbers only grow (RFC 9113 §5.1.1).
    func register(_ stream: HTTP2ClientStream) -> HTTP2StreamID? {
        guard !isClosed, nextID < .maxID else { return nil }
        let id = nextID
        nextID = nextID.advanced(by: 2)
        streams[id] = stream
        stream.window = initialWindow
        if nextID >= .maxID { endWhenIdle() }
        return id
    }

    /// A stream is over.
    ///
    /// - Parameter code: what the service is told if it goes on; nil where both sides have ended it.
    func forget(_ stream: HTTP2ClientStream, _ code: HTTP2ErrorCode?) {
        if stream.isQueued { sending.removeAll { $0 === stream } }
        if let id = stream.id, streams.removeValue(forKey: id) != nil, let code {
            channel?.pipeline.syncOperations.flush()
            write(HTTP2Frame(streamID: id, payload: .rstStream(code)))
        }
        reserved -= 1
        restIfIdle()
    }

    private func restIfIdle() {
        guard reserved == 0, !isClosed else { return }
        if isEnding { return closeWhenFlushed() }
        loop.deadlines.set(slot, to: loop.now + idleTimeout)
    }

    // MARK: The stream below

    func received(_ bytes: ByteBuffer) {
        loop.readClock()
        channel?.receive(bytes)
    }

    func socketIsWritable() {
        loop.readClock()
        channel?.writabilityChanged()
        sendQueued()
        for stream in Array(streams.values) { stream.tellIfWritable() }
    }

    func socketClosed(hasFailed: Bool) {
        guard !isClosed else { return }
        isClosed = true
        loop.readClock()
        channel?.end()
        channel = nil
        loop.deadlines.unregister(slot)
        slot = -1
        tellEnding()
        sending.removeAll()
        let all = Array(streams.values)
        streams.removeAll()
        for stream in all { stream.connectionEnded() }
    }

    // MARK: Frames from the service

    func pipelineRead(_ data: NIOAny) {
        guard let frame = channel?.tryUnwrapData(data, as: HTTP2Frame.self) else { return }
        switch frame.payload {
        case .headers(let content):
            hasServed = true
            streams[frame.streamID]?.received(content.headers, isLast: content.endStream)
        case .data(let content):
            guard case .byteBuffer(let bytes) = content.data else { return }
            credit(bytes.readableBytes + (content.paddingBytes.map { $0 + 1 } ?? 0))
            streams[frame.streamID]?.received(bytes, isLast: content.endStream)
        case .rstStream(let code): endStream(frame.streamID, code)
        case .windowUpdate(let increment): widen(frame.streamID, by: increment)
        case .settings(.settings(let settings)): take(settings)
        case .goAway(let last, _, _): takeFarewell(last)
        default: break
        }
    }

    func pipelineEvent(_ event: Any) {
        // The handler has reset the stream, or both sides have ended it.
        guard let closed = event as? StreamClosedEvent else { return }
        endStream(closed.streamID, closed.reason ?? .noError)
    }

    func pipelineFailed(_ error: any Error) {
        // Errors of one stream are told by its end. Behind an error of the connection nothing makes sense any more.
        guard watch.hasFailed else { return }
        channel?.pipeline.syncOperations.flush()
        stream.close()
    }

    func pipelineCloses(_ mode: CloseMode) { stream.close() }

    private func endStream(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        guard let stream = streams[id] else { return }
        // RFC 9113 §8.7: nothing of a refused stream has been acted upon.
        stream.ended(isUnprocessed: code == .refusedStream)
    }

    /// The service opens no more, and has not looked at what comes behind `last` (RFC 9113 §6.8).
    private func takeFarewell(_ last: HTTP2StreamID) {
        endWhenIdle()
        for (id, stream) in streams where id > last { stream.ended(isUnprocessed: true) }
    }

    private func widen(_ id: HTTP2StreamID, by increment: Int) {
        if id == .rootStream {
            window += increment
            sendQueued()
        } else if let stream = streams[id] {
            stream.window += increment
            sendQueued(stream)
        }
    }

    private func take(_ settings: HTTP2Settings) {
        for setting in settings {
            switch setting.parameter {
            case .initialWindowSize:
                // RFC 9113 §6.9.2: it changes the windows of streams that are open, too.
                let change = setting.value - initialWindow
                initialWindow = setting.value
                for stream in streams.values {
                    stream.window += change
                    if stream.hasSomethingToSend { queue(stream) }
                }
            case .maxConcurrentStreams: maxStreams = min(setting.value, Self.mostStreams)
            default: break
            }
        }
        sendQueued()
    }

    // MARK: Frames to the service

    /// Whether the socket takes bytes.
    var isWritable: Bool { stream.isWritable }

    /// Writes a field list.
    func write(_ fields: HPACKHeaders, on id: HTTP2StreamID, endStream: Bool) {
        write(HTTP2Frame(streamID: id, payload: .headers(.init(headers: fields, endStream: endStream))))
    }

    /// Writes content that the windows take.
    func write(_ content: ByteBuffer, on id: HTTP2StreamID, endStream: Bool) {
        write(HTTP2Frame(streamID: id, payload: .data(.init(data: .byteBuffer(content), endStream: endStream))))
    }

    /// Writes a frame; frames of one turn go out together.
    private func write(_ frame: HTTP2Frame) {
        guard let channel else { return }
        channel.pipeline.syncOperations.write(NIOAny(frame), promise: nil)
        guard !hasFlushPending else { return }
        hasFlushPending = true
        loop.eventLoop.putOff { [self] in
            hasFlushPending = false
            self.channel?.pipeline.syncOperations.flush()
        }
    }

    /// Sends what `stream` has, in its turn.
    func sendQueued(_ stream: HTTP2ClientStream) {
        guard stream.hasSomethingToSend || !isWritable else { return stream.tellIfWritable() }
        queue(stream)
        sendQueued()
    }

    private func queue(_ stream: HTTP2ClientStream) {
        guard !stream.isQueued else { return }
        stream.isQueued = true
        sending.append(stream)
    }

    /// Sends a frame of each stream that has one, again and again, while windows and socket take them.
    private func sendQueued() {
        while let stream = sending.first, isWritable {
            let sent = stream.sendOne(most: window)
            window -= sent
            guard window > 0 || !stream.hasSomethingToSend else { return }
            if sending.first === stream { sending.removeFirst() }
            stream.isQueued = false
            if stream.hasSomethingToSend { queue(stream) } else { stream.tellIfWritable() }
        }
    }

    /// Gives the service credit for content of the connection.
    private func credit(_ count: Int) {
        uncredited += count
        guard uncredited >= Self.connectionWindow / 2 else { return }
        write(HTTP2Frame(streamID: .rootStream, payload: .windowUpdate(windowSizeIncrement: uncredited)))
        uncredited = 0
    }

    /// Gives the service credit for content of a stream.
    func credit(_ count: Int, to id: HTTP2StreamID) {
        write(HTTP2Frame(streamID: id, payload: .windowUpdate(windowSizeIncrement: count)))
    }

    // MARK: The end

    /// Opens no further streams; closes when the last one is over.
    func endWhenIdle() {
        guard !isEnding, !isClosed else { return }
        tellEnding()
        restIfIdle()
    }

    private func tellEnding() {
        guard !isEnding else { return }
        isEnding = true
        ended(self)
    }

    private func closeWhenFlushed() {
        guard !isClosed else { return }
        write(
            HTTP2Frame(
                streamID: .rootStream,
                payload: .goAway(lastStreamID: .rootStream, errorCode: .noError, opaqueData: nil)))
        channel?.pipeline.syncOperations.flush()
        // Nobody waits for anything: what the socket does not take at once needs not be said.
        stream.whenFlushed { [weak self] in self?.stream.close() }
        loop.deadlines.set(slot, to: .now() + .seconds(1))
    }

    func deadlinePassed(now: NIODeadline) {
        guard reserved == 0 else { return }
        if isEnding { stream.close() } else { endWhenIdle() }
    }
}

/// Sees whether the handler has given the connection up: it then sends GOAWAY with a reason.
private final class ConnectionErrorWatch: NIOHTTP2FrameDelegate {
    /// Whether it has.
    private(set) var hasFailed = false

    func wroteFrame(_ frame: HTTP2Frame) {
        if case .goAway(_, let code, _) = frame.payload, code != .noError { hasFailed = true }
    }
}
