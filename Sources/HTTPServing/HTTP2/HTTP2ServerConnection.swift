import HTTP2Framing
import HTTPExchanges
import NIOCore
import NIOHPACK
import NIOHTTP2
import SocketTransport

/// One HTTP/2 connection to a client (RFC 9113).
///
/// ```
///   stream -> HTTP2Link -> frames -> HTTP2ServerStream -> responder
/// ```
/// The handler guards against floods of frames, field lists and resets; this class bounds what the streams hold.
final class HTTP2ServerConnection: ByteStreamHandler, PipelineOwner, DeadlineOwner, ServerConnection {
    /// Bytes of one request that a client may send ahead.
    static let streamWindow = 65_535
    /// Bytes of all requests that a client may send ahead.
    private static let connectionWindow = 1 << 20
    /// Most requests at a time.
    private static let concurrentStreams = 100
    /// Most bytes that are read behind an error of the connection, so that the client gets to know of it.
    private static let mostDiscarded = 64 * 1024
    /// Frames in one read from which on reads are kept short.
    private static let manyFrames = 32
    /// Most requests that begin in one turn of the loop.
    private static let mostBegun = 4
    /// Turns of the loop for which a request waits for what has come behind it.
    private static let mostTurns = 8
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
    /// Frames in both directions.
    let link: HTTP2Link
    private var clientAddress: [UInt8] = []
    private var slot = -1
    private var isClosed = false

    private var streams: [HTTP2StreamID: HTTP2ServerStream] = [:]
    /// Requests that begin when all that has come is read: what has been reset by then never begins (CVE-2023-44487,
    /// CVE-2025-8671).
    private var opening: [Opening] = []
    /// Frames of the bytes that are being read.
    private var frames = 0
    /// Bytes that have come behind an error of the connection.
    private var discarded = 0
    /// Turns of the loop after which they begin all the same.
    private var turnsToWait = 0
    private var lastStream = HTTP2StreamID.rootStream
    /// Whether the client has been told that the connection ends.
    private var isEnding = false

    /// A request that has not begun.
    private struct Opening {
        let id: HTTP2StreamID
        let fields: HPACKHeaders
        let isComplete: Bool
        /// What the client takes beyond the window of every stream.
        var widening = 0
    }

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
        link = HTTP2Link(over: stream, loop: loop.eventLoop, receiveWindow: Self.connectionWindow)
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
        try link.start(.server, settings: settings, for: self)
        if loop.isDraining { drain() }
    }

    private var settings: [HTTP2Setting] {
        var settings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.concurrentStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.head.bytes),
            HTTP2Setting(parameter: .initialWindowSize, value: Self.streamWindow),
            HTTP2Setting(parameter: .enablePush, value: 0),
        ]
        // Without it the handler refuses `:protocol` as malformed (RFC 8441 §3).
        if offersWebSockets { settings.append(HTTP2Setting(parameter: .enableConnectProtocol, value: 1)) }
        return settings
    }

    // MARK: The stream below

    func received(_ bytes: ByteBuffer) {
        loop.readClock()
        guard !link.hasFailed else { return discard(bytes.readableBytes) }
        frames = 0
        link.receive(bytes)
        // Large frames are content, and cheap; a crowd of small ones is not.
        stream.setReadsShort(frames > Self.manyFrames)
        if !opening.isEmpty { beginWhenRead() }
    }

    /// Lets go what comes behind an error of the connection, until there is so much of it that nobody can be listening.
    private func discard(_ count: Int) {
        discarded += count
        if discarded > Self.mostDiscarded { stream.close() }
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
        loop.openConnections -= 1
        registry.remove(self)
        opening.removeAll()
        let all = streams.values
        streams.removeAll()
        for stream in all { stream.close(ExchangeFailure(.clientGone, retry: .never)) }
    }

    // MARK: Frames from the client

    func pipelineRead(_ data: NIOAny) {
        guard let frame = link.frame(data) else { return }
        frames += 1
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
        if link.takeWindow(event) { return }
        // The handler has reset the stream, or both sides have ended it.
        guard let closed = event as? StreamClosedEvent else { return }
        forget(closed.streamID, ExchangeFailure(.clientGone, retry: .never))
    }

    func pipelineFailed(_ error: any Error) {
        frames += 1
        // Errors of one stream are told by its end. Behind an error of the connection nothing makes sense any more.
        guard link.hasFailed else { return }
        closeWhenFlushed()
    }

    func pipelineCloses(_ mode: CloseMode) { closeWhenFlushed() }

    /// A request begins, or its trailers have come.
    private func takeFields(_ content: HTTP2Frame.FramePayload.Headers, on id: HTTP2StreamID) {
        let wasOpening = beginIfOpening(id)
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
        // It has been answered, or refused, without its trailers.
        if wasOpening { return }
        if id > lastStream { lastStream = id }
        // The last word of farewell has been said: what comes now is not answered (RFC 9113 §6.8).
        guard !isEnding else { return writeReset(id, .refusedStream) }
        opening.append(Opening(id: id, fields: content.headers, isComplete: content.endStream))
    }

    /// Begins the requests that have come when everything that has come with them is read, or after a few turns.
    private func beginWhenRead() {
        guard stream.mayHaveMore else { return beginOpened() }
        guard turnsToWait == 0 else { return }
        turnsToWait = Self.mostTurns
        waitATurn()
    }

    private func waitATurn() {
        loop.eventLoop.putOff { [self] in
            guard turnsToWait > 0 else { return }
            turnsToWait -= 1
            if turnsToWait == 0 || !stream.mayHaveMore { beginOpened() } else { waitATurn() }
        }
    }

    /// Begins the requests that have come.
    private func beginOpened() {
        turnsToWait = 0
        // One by one: the connection is not idle as long as there is another.
        for _ in 0..<Self.mostBegun where !opening.isEmpty { begin(opening.removeFirst()) }
        // The others in the turns to come: one client's crowd does not keep the others' requests from theirs.
        if !opening.isEmpty { loop.eventLoop.putOff { [self] in beginOpened() } }
    }

    /// Begins a request that goes on in the bytes which have brought its head, and those before it.
    ///
    /// - Returns: whether there is such a request.
    @discardableResult
    private func beginIfOpening(_ id: HTTP2StreamID) -> Bool {
        guard !opening.isEmpty, opening.contains(where: { $0.id == id }) else { return false }
        while opening.contains(where: { $0.id == id }) { begin(opening.removeFirst()) }
        return true
    }

    /// Begins an exchange.
    private func begin(_ request: Opening) {
        let (fields, id, isComplete) = (request.fields, request.id, request.isComplete)
        var buffer = loop.heads.take()
        defer { loop.heads.give(buffer) }
        let opensTunnel: Bool
        do {
            opensTunnel = try RequestHeadTranslation.write(
                fields, hasContent: !isComplete, limits: limits.head, into: &buffer)
        } catch {
            switch error {
            case .malformed: return writeReset(id, .protocolError)
            case .tunnel: return refuse(request, .method)
            case .tooLarge: return refuse(request, .tooManyFields)
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
        case .refused(let defect): refuse(request, defect)
        case .complete:
            // More content than none was announced, or the other way round (RFC 9113 §8.1.1).
            if isComplete, case .length = table.framing { return writeReset(id, .protocolError) }
            // A tunnel that is closed before it is open, or that is said to be content (RFC 9110 §9.3.6).
            if opensTunnel, isComplete || table.framing != .none { return writeReset(id, .protocolError) }
            let method = fields.first(name: ":method") ?? ""
            let stream = open(
                request, answersHEAD: method == "HEAD", awaitsContinue: table.expectsContinue && !isComplete)
            buffer.withUnsafeReadableBytes { bytes in
                stream.begin(
                    RequestHead(
                        bytes: bytes, table: table, buffer: buffer, clientAddress: clientAddress, isSecure: isSecure,
                        opensTunnel: opensTunnel, peer: peer),
                    isComplete: isComplete)
            }
        }
    }

    /// Has a request refused that is one, but not one that is taken.
    private func refuse(_ request: Opening, _ defect: HeadDefect) {
        open(request, answersHEAD: false, awaitsContinue: false)
            .refuse(
                status: defect == .method ? 501 : defect.status, detail: defect.detail, isComplete: request.isComplete)
    }

    @discardableResult
    private func open(_ request: Opening, answersHEAD: Bool, awaitsContinue: Bool) -> HTTP2ServerStream {
        let id = request.id
        let stream = HTTP2ServerStream(
            id, of: self, responder: provider.responder(), answersHEAD: answersHEAD, awaitsContinue: awaitsContinue,
            window: link.initialWindow + request.widening)
        streams[id] = stream
        loop.deadlines.set(slot, to: nil)
        return stream
    }

    private func takeContent(_ content: HTTP2Frame.FramePayload.Data, on id: HTTP2StreamID) {
        guard case .byteBuffer(let bytes) = content.data else { return }
        beginIfOpening(id)
        streams[id]?.received(bytes, length: HTTP2Link.length(of: content), isLast: content.endStream)
    }

    /// The client takes more.
    private func widen(_ id: HTTP2StreamID, by increment: Int) {
        if id == .rootStream { return link.widen(by: increment) }
        if let stream = streams[id] { return link.widen(stream, by: increment) }
        if let position = opening.lastIndex(where: { $0.id == id }) { opening[position].widening += increment }
    }

    private func take(_ settings: HTTP2Settings) {
        for setting in settings where setting.parameter == .initialWindowSize {
            link.setInitialWindow(setting.value, for: streams.values.map { $0 })
        }
    }

    // MARK: Ends of streams

    private func writeReset(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        link.reset(id, code)
        restIfIdle()
    }

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
        guard let stream = streams.removeValue(forKey: id) else {
            if let position = opening.lastIndex(where: { $0.id == id }) {
                opening.remove(at: position)
                restIfIdle()
            }
            return
        }
        link.remove(stream)
        stream.close(failure)
        restIfIdle()
    }

    /// Begins to wait for the next request, or ends.
    private func restIfIdle() {
        guard streams.isEmpty, opening.isEmpty, !isClosed else { return }
        if isEnding { return closeWhenFlushed() }
        loop.deadlines.set(slot, to: loop.now + limits.idleTimeout)
    }

    // MARK: The end

    /// Tells the client that no request will be answered that it has not sent yet; closes behind the last response.
    func drain() {
        guard !isEnding, !isClosed else { return }
        link.goAway(last: .maxID)
        let connection = NIOLoopBound(self, eventLoop: loop.eventLoop)
        _ = loop.eventLoop.scheduleTask(in: Self.farewell) { connection.value.endWhenIdle() }
    }

    /// Takes no further requests, and closes when there are none.
    private func endWhenIdle() {
        guard !isEnding, !isClosed else { return }
        isEnding = true
        link.goAway(last: lastStream)
        restIfIdle()
    }

    private func closeWhenFlushed() {
        link.flush()
        // Whoever breaks the protocol is not waited for; others get what was written for them.
        loop.deadlines.set(slot, to: loop.now + (link.hasFailed ? limits.lingerTimeout : limits.idleTimeout))
        isEnding = true
        opening.removeAll()
        stream.whenFlushed { [weak self] in
            guard let self, !isClosed else { return }
            loop.deadlines.set(slot, to: .now() + limits.lingerTimeout)
            stream.closeOutput()
        }
        for id in Array(streams.keys) { forget(id, ExchangeFailure(.clientGone, retry: .never)) }
    }

    func deadlinePassed(now: NIODeadline) {
        guard !isEnding else { return stream.close() }
        isEnding = true
        link.goAway(last: lastStream)
        closeWhenFlushed()
    }
}
