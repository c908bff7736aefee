import DequeModule
import HTTPExchanges
import NIOCore
import NIOHPACK
import NIOHTTP2
import SocketTransport

/// One HTTP/2 connection to a client (RFC 9113): frames and HPACK by NIO's handler, exchanges and flow control here.
///
/// ```
///   stream -> PipelineChannel -> NIOHTTP2Handler -> frames -> HTTP2ServerStream -> responder
/// ```
/// The handler guards against floods of frames, field lists and resets; this class bounds what the streams hold.
///
/// Invariant: no frame is written that its windows do not take, so nothing piles up inside the handler.
final class HTTP2ServerConnection: StreamSocketHandler, PipelineOwner, DeadlineOwner, ServerConnection {
    /// Bytes of one request that a client may send ahead.
    static let streamWindow = 65_535
    /// Bytes of all requests that a client may send ahead.
    private static let connectionWindow = 1 << 20
    /// Most requests at a time.
    private static let concurrentStreams = 100
    /// Time between the two words of farewell, so that requests on their way arrive (RFC 9113 §6.8).
    private static let farewell = TimeAmount.seconds(1)

    let loop: ExchangeLoop
    let limits: ServingLimits
    private let stream: any ByteStream
    private let isSecure: Bool
    private let offersWebSockets: Bool
    /// What is known of the other end beside its address.
    private let peer: ConnectionPeer?
    private let provider: any ExchangeResponderProvider
    private let registry: ConnectionRegistry
    private var channel: PipelineChannel?
    private let watch = ConnectionErrorWatch()
    private var clientAddress: [UInt8] = []
    private var slot = -1
    private var isClosed = false

    private var streams: [HTTP2StreamID: HTTP2ServerStream] = [:]
    private var sending = Deque<HTTP2ServerStream>()
    private var window = 65_535
    private var initialWindow = 65_535
    private var uncredited = 0
    private var lastStream = HTTP2StreamID.rootStream
    private var hasFlushPending = false
    /// Whether the client has been told that the connection ends.
    private var isEnding = false

    /// A connection over `stream` whose requests `provider`'s responders answer.
    ///
    /// - Parameter offersWebSockets: whether clients are told that they may ask for WebSockets (RFC 8441).
    init(
        _ stream: any ByteStream, isSecure: Bool, offersWebSockets: Bool, peer: ConnectionPeer? = nil,
        loop: ExchangeLoop, limits: ServingLimits,
        provider: any ExchangeResponderProvider, registry: ConnectionRegistry
    ) {
        self.stream = stream
        self.isSecure = isSecure
        self.offersWebSockets = offersWebSockets
        self.peer = peer
        self.loop = loop
        self.limits = limits
        self.provider = provider
        self.registry = registry
    }

    /// Begins to read requests.
    ///
    /// - Throws: the system's error when the stream cannot be watched; it is closed then.
    func start() throws {
        try stream.start(self)
        clientAddress = peer?.address ?? Array((stream.peerAddress?.ipAddress ?? "unknown").utf8)
        slot = loop.deadlines.register(self)
        registry.insert(self)
        loop.openConnections += 1
        loop.deadlines.set(slot, to: .now() + limits.headTimeout)
        let channel = PipelineChannel(over: stream, loop: loop.eventLoop, owner: self)
        self.channel = channel
        try channel.start([NIOHTTP2Handler(mode: .server, frameDelegate: watch, connectionConfiguration: configuration)]
        )
        write(
            HTTP2Frame(
                streamID: .rootStream, payload: .windowUpdate(windowSizeIncrement: Self.connectionWindow - window)))
    }

    private var configuration: NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.concurrentStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.head.bytes),
            HTTP2Setting(parameter: .initialWindowSize, value: Self.streamWindow),
            HTTP2Setting(parameter: .enablePush, value: 0),
        ]
        // Without it the handler refuses `:protocol` as malformed (RFC 8441 §3).
        if offersWebSockets {
            configuration.initialSettings.append(HTTP2Setting(parameter: .enableConnectProtocol, value: 1))
        }
        configuration.maximumBufferedControlFrames = 1_000
        return configuration
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
        loop.openConnections -= 1
        registry.remove(self)
        sending.removeAll()
        let all = streams.values
        streams.removeAll()
        for stream in all { stream.close(ExchangeFailure(.clientGone, retry: .never)) }
    }

    // MARK: Frames from the client

    func pipelineRead(_ data: NIOAny) {
        guard let frame = channel?.tryUnwrapData(data, as: HTTP2Frame.self) else { return }
        switch frame.payload {
        case .headers(let content): takeFields(content, on: frame.streamID)
        case .data(let content): takeContent(content, on: frame.streamID)
        case .rstStream: forget(frame.streamID, ExchangeFailure(.clientGone, retry: .never))
        case .windowUpdate(let increment): widen(frame.streamID, by: increment)
        case .settings(.settings(let settings)): take(settings)
        case .goAway: endWhenIdle()
        default: break
        }
    }

    func pipelineEvent(_ event: Any) {
        // The handler has reset the stream, or both sides have ended it.
        guard let closed = event as? StreamClosedEvent else { return }
        forget(closed.streamID, ExchangeFailure(.clientGone, retry: .never))
    }

    func pipelineFailed(_ error: any Error) {
        // Errors of one stream are told by its end. Behind an error of the connection nothing makes sense any more.
        guard watch.hasFailed else { return }
        closeWhenFlushed()
    }

    func pipelineCloses(_ mode: CloseMode) { closeWhenFlushed() }

    /// A request begins, or its trailers have come.
    private func takeFields(_ content: HTTP2Frame.FramePayload.Headers, on id: HTTP2StreamID) {
        if let stream = streams[id] {
            do {
                let trailers = try RequestHeadTranslation.trailers(content.headers, limits: limits.head)
                // A field list in the middle of content is none (RFC 9113 §8.1).
                guard content.endStream else { return reset(stream, .protocolError) }
                stream.receivedEnd(trailers: trailers)
            } catch {
                reset(stream, .protocolError)
            }
            return
        }
        if id > lastStream { lastStream = id }
        // The last word of farewell has been said: what comes now is not answered (RFC 9113 §6.8).
        guard !isEnding else { return writeReset(id, .refusedStream) }
        begin(content.headers, on: id, isComplete: content.endStream)
    }

    /// Begins an exchange.
    private func begin(_ fields: HPACKHeaders, on id: HTTP2StreamID, isComplete: Bool) {
        var buffer = loop.heads.take()
        let opensTunnel: Bool
        do {
            opensTunnel = try RequestHeadTranslation.write(
                fields, hasContent: !isComplete, limits: limits.head, into: &buffer)
        } catch {
            switch error {
            case .malformed: return writeReset(id, .protocolError)
            case .tunnel: return refuse(id, .method, isComplete: isComplete)
            case .tooLarge: return refuse(id, .tooManyFields, isComplete: isComplete)
            }
        }
        let table = loop.requestTable
        let progress = buffer.withUnsafeReadableBytes {
            HeadParser.parseRequest($0, into: table, limits: limits.head)
        }
        switch progress {
        case .incomplete: writeReset(id, .protocolError)
        // What HTTP/1.1 calls broken framing is a malformed request here.
        case .refused(let defect) where defect.status == 400: writeReset(id, .protocolError)
        case .refused(let defect): refuse(id, defect, isComplete: isComplete)
        case .complete:
            // More content than none was announced, or the other way round (RFC 9113 §8.1.1).
            if isComplete, case .length = table.framing { return writeReset(id, .protocolError) }
            // A tunnel that is closed before it is open, or that is said to be content (RFC 9110 §9.3.6).
            if opensTunnel, isComplete || table.framing != .none { return writeReset(id, .protocolError) }
            let method = fields.first(name: ":method") ?? ""
            let stream = open(id, answersHEAD: method == "HEAD", awaitsContinue: table.expectsContinue && !isComplete)
            buffer.withUnsafeReadableBytes { bytes in
                stream.begin(
                    RequestHead(
                        bytes: bytes, table: table, buffer: buffer, clientAddress: clientAddress, isSecure: isSecure,
                        opensTunnel: opensTunnel, peer: peer),
                    isComplete: isComplete)
            }
        }
        loop.heads.give(buffer)
    }

    /// Has a request refused that is one, but not one that is taken.
    private func refuse(_ id: HTTP2StreamID, _ defect: HeadDefect, isComplete: Bool) {
        open(id, answersHEAD: false, awaitsContinue: false)
            .refuse(status: defect == .method ? 501 : defect.status, detail: defect.detail, isComplete: isComplete)
    }

    @discardableResult
    private func open(_ id: HTTP2StreamID, answersHEAD: Bool, awaitsContinue: Bool) -> HTTP2ServerStream {
        let stream = HTTP2ServerStream(
            id, of: self, responder: provider.responder(), answersHEAD: answersHEAD, awaitsContinue: awaitsContinue,
            window: initialWindow)
        streams[id] = stream
        loop.deadlines.set(slot, to: nil)
        return stream
    }

    private func takeContent(_ content: HTTP2Frame.FramePayload.Data, on id: HTTP2StreamID) {
        guard case .byteBuffer(let bytes) = content.data else { return }
        credit(bytes.readableBytes + (content.paddingBytes.map { $0 + 1 } ?? 0))
        streams[id]?.received(bytes, isLast: content.endStream)
    }

    /// The client takes more.
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
        for setting in settings where setting.parameter == .initialWindowSize {
            // RFC 9113 §6.9.2: it changes the windows of streams that are open, too.
            let change = setting.value - initialWindow
            initialWindow = setting.value
            for stream in streams.values {
                stream.window += change
                if stream.hasSomethingToSend { queue(stream) }
            }
        }
        sendQueued()
    }

    // MARK: Frames to the client

    /// Whether the socket takes bytes.
    var isWritable: Bool { stream.isWritable }

    /// Writes a field list.
    func write(_ fields: HPACKHeaders, on id: HTTP2StreamID, endStream: Bool) {
        write(HTTP2Frame(streamID: id, payload: .headers(.init(headers: fields, endStream: endStream))))
    }

    /// Writes an interim field list.
    func write(_ fields: [(String, String)], on id: HTTP2StreamID) {
        write(HPACKHeaders(fields), on: id, endStream: false)
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
    func sendQueued(_ stream: HTTP2ServerStream) {
        guard stream.hasSomethingToSend || !isWritable else { return stream.settleAfterSending() }
        queue(stream)
        sendQueued()
    }

    private func queue(_ stream: HTTP2ServerStream) {
        guard !stream.isQueued else { return }
        stream.isQueued = true
        sending.append(stream)
    }

    /// Sends a frame of each stream that has one, again and again, while windows and socket take them.
    private func sendQueued() {
        while let stream = sending.first {
            guard isWritable else {
                for waiting in sending { waiting.socketIsFull() }
                return
            }
            let sent = stream.sendOne(most: window)
            window -= sent
            guard window > 0 || !stream.hasSomethingToSend else { return }
            if sending.first === stream { sending.removeFirst() }
            stream.isQueued = false
            if stream.hasSomethingToSend { queue(stream) } else { stream.settleAfterSending() }
        }
    }

    /// Gives the client credit for content of the connection.
    private func credit(_ count: Int) {
        uncredited += count
        guard uncredited >= Self.connectionWindow / 2 else { return }
        write(HTTP2Frame(streamID: .rootStream, payload: .windowUpdate(windowSizeIncrement: uncredited)))
        uncredited = 0
    }

    /// Gives the client credit for content of a stream.
    func credit(_ count: Int, to id: HTTP2StreamID) {
        write(HTTP2Frame(streamID: id, payload: .windowUpdate(windowSizeIncrement: count)))
    }

    private func writeReset(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        // What was written before the reset is not to be lost with it: the handler drops what it still holds.
        channel?.pipeline.syncOperations.flush()
        write(HTTP2Frame(streamID: id, payload: .rstStream(code)))
        restIfIdle()
    }

    // MARK: Ends of streams

    /// Resets a stream.
    func reset(_ stream: HTTP2ServerStream, _ code: HTTP2ErrorCode) {
        guard streams[stream.id] != nil else { return }
        forget(stream.id, ExchangeFailure(.clientGone, retry: .never))
        writeReset(stream.id, code)
    }

    /// Forgets a stream whose response is out; a request that goes on is told to stop (RFC 9113 §8.1).
    func finishIfDone(_ stream: HTTP2ServerStream) {
        guard stream.isDone, streams[stream.id] != nil else { return }
        let isWhole = stream.hasWholeRequest
        forget(stream.id, nil)
        if !isWhole { writeReset(stream.id, .noError) }
    }

    private func forget(_ id: HTTP2StreamID, _ failure: ExchangeFailure?) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        if stream.isQueued { sending.removeAll { $0 === stream } }
        stream.close(failure)
        restIfIdle()
    }

    /// Begins to wait for the next request, or ends.
    private func restIfIdle() {
        guard streams.isEmpty, !isClosed else { return }
        if isEnding { return closeWhenFlushed() }
        loop.deadlines.set(slot, to: loop.now + limits.idleTimeout)
    }

    // MARK: The end

    /// Tells the client that no request will be answered that it has not sent yet; closes behind the last response.
    func drain() {
        guard !isEnding, !isClosed else { return }
        goAway(lastStream: .maxID)
        let connection = NIOLoopBound(self, eventLoop: loop.eventLoop)
        _ = loop.eventLoop.scheduleTask(in: Self.farewell) { connection.value.endWhenIdle() }
    }

    /// Takes no further requests, and closes when there are none.
    private func endWhenIdle() {
        guard !isEnding, !isClosed else { return }
        isEnding = true
        goAway(lastStream: lastStream)
        restIfIdle()
    }

    private func goAway(lastStream: HTTP2StreamID) {
        write(
            HTTP2Frame(
                streamID: .rootStream,
                payload: .goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil)))
    }

    private func closeWhenFlushed() {
        channel?.pipeline.syncOperations.flush()
        loop.deadlines.set(slot, to: .now() + limits.lingerTimeout)
        isEnding = true
        stream.whenFlushed { [weak self] in self?.stream.closeOutput() }
        for id in Array(streams.keys) { forget(id, ExchangeFailure(.clientGone, retry: .never)) }
    }

    func deadlinePassed(now: NIODeadline) {
        guard !isEnding else { return stream.close() }
        isEnding = true
        goAway(lastStream: lastStream)
        closeWhenFlushed()
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
