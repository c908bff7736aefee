import HTTP2Framing
import HTTPExchanges
import NIOCore
import NIOHTTP2
import SocketTransport

/// One HTTP/2 connection to an endpoint (RFC 9113).
///
/// ```
///   UpstreamConnection -> HTTP2ClientStream -> HTTP2Link -> frames
/// ```
/// Each call has a stream of its own, which looks to its ``UpstreamConnection`` like a connection of HTTP/1.1 that serves
/// one call. So whatever is said about calls, their failures and their repetition is said once.
final class HTTP2ClientConnection: ByteStreamHandler, PipelineOwner, DeadlineOwner {
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
    /// When something has come last.
    private(set) var lastReceived = NIODeadline.now()
    private let stream: any ByteStream
    private let idleTimeout: TimeAmount
    private let ended: (HTTP2ClientConnection) -> Void
    /// Frames in both directions.
    let link: HTTP2Link
    private var slot = -1
    private var isClosed = false

    private var streams: [HTTP2StreamID: HTTP2ClientStream] = [:]
    /// Streams that were handed out, with or without a number.
    private var reserved = 0
    private var nextID = HTTP2StreamID(1)
    private var maxStreams = HTTP2ClientConnection.mostStreams
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
        link = HTTP2Link(over: stream, loop: loop.eventLoop, receiveWindow: Self.connectionWindow)
        // A request that a listener has taken is not refused here for its size.
        requestTable = HeadTable(capacity: 2 * max(loop.requestTable.capacity, 64))
    }

    /// Begins to speak.
    ///
    /// - Throws: the system's error when the stream cannot be watched; it is closed then.
    func start() throws {
        try stream.start(self)
        slot = loop.deadlines.register(self)
        try link.start(
            .client,
            settings: [
                HTTP2Setting(parameter: .maxConcurrentStreams, value: 0),
                HTTP2Setting(parameter: .maxHeaderListSize, value: headLimits.bytes),
                HTTP2Setting(parameter: .initialWindowSize, value: Self.streamWindow),
                HTTP2Setting(parameter: .enablePush, value: 0),
            ], for: self)
    }

    // MARK: Streams

    /// The service's address.
    var peerAddress: SocketAddress? { stream.peerAddress }

    /// Whether one more call can be made.
    var takesCalls: Bool { !isEnding && !isClosed && reserved < maxStreams }

    /// A stream for one call; nil when the connection takes no more.
    func makeStream() -> HTTP2ClientStream? {
        guard takesCalls else { return nil }
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
        stream.outgoing.window = link.initialWindow
        if nextID >= .maxID { endWhenIdle() }
        return id
    }

    /// A stream is over.
    ///
    /// - Parameter code: what the service is told if it goes on; nil where both sides have ended it.
    func forget(_ stream: HTTP2ClientStream, _ code: HTTP2ErrorCode?) {
        link.remove(stream)
        if let id = stream.number, streams.removeValue(forKey: id) != nil, let code { link.reset(id, code) }
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
        lastReceived = loop.now
        link.receive(bytes)
    }

    func socketIsWritable() {
        loop.readClock()
        link.socketIsWritable()
        for stream in Array(streams.values) { stream.tellIfWritable() }
    }

    func socketClosed(hasFailed: Bool) {
        guard !isClosed else { return }
        isClosed = true
        loop.readClock()
        link.end()
        loop.deadlines.unregister(slot)
        slot = -1
        tellEnding()
        let all = Array(streams.values)
        streams.removeAll()
        for stream in all { stream.connectionEnded() }
    }

    // MARK: Frames from the service

    func pipelineRead(_ data: NIOAny) {
        guard let frame = link.frame(data) else { return }
        switch frame.payload {
        case .headers(let content):
            hasServed = true
            streams[frame.streamID]?.received(content.headers, isLast: content.endStream)
        case .data(let content):
            guard case .byteBuffer(let bytes) = content.data else { return }
            streams[frame.streamID]?.received(bytes, length: HTTP2Link.length(of: content), isLast: content.endStream)
        case .rstStream(let code): endStream(frame.streamID, code)
        case .windowUpdate(let increment): widen(frame.streamID, by: increment)
        case .settings(.settings(let settings)): take(settings)
        case .goAway(let last, _, _): takeFarewell(last)
        default: break
        }
    }

    func pipelineEvent(_ event: Any) {
        if link.takeWindow(event) { return }
        // The handler has reset the stream, or both sides have ended it.
        guard let closed = event as? StreamClosedEvent else { return }
        endStream(closed.streamID, closed.reason ?? .noError)
    }

    func pipelineFailed(_ error: any Error) {
        // Errors of one stream are told by its end. Behind an error of the connection nothing makes sense any more.
        guard link.hasFailed else { return }
        link.flush()
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
        if id == .rootStream { return link.widen(by: increment) }
        if let stream = streams[id] { link.widen(stream, by: increment) }
    }

    private func take(_ settings: HTTP2Settings) {
        for setting in settings {
            switch setting.parameter {
            case .initialWindowSize: link.setInitialWindow(setting.value, for: streams.values.map { $0 })
            case .maxConcurrentStreams: maxStreams = min(setting.value, Self.mostStreams)
            default: break
            }
        }
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
        link.goAway(last: .rootStream)
        link.flush()
        // Nobody waits for anything: what the socket does not take at once needs not be said.
        stream.whenFlushed { [weak self] in self?.stream.close() }
        loop.deadlines.set(slot, to: .now() + .seconds(1))
    }

    func deadlinePassed(now: NIODeadline) {
        guard reserved == 0 else { return }
        if isEnding { stream.close() } else { endWhenIdle() }
    }
}
