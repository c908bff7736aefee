import DequeModule
import NIOCore
import NIOHPACK
import NIOHTTP2
import SocketTransport

/// What the connections of both ends have in common (RFC 9113): NIO's handler over a stream, the connection's windows, and
/// the turns of those streams that have something to send.
///
/// ```
///   bytes  -> PipelineChannel -> NIOHTTP2Handler -> owner.pipelineRead
///   frames <- sendQueued <- streams in turn, a frame each
/// ```
/// Frames of one turn of the loop go out together.
///
/// Invariant: no DATA frame is written that its windows do not take, so nothing piles up inside the handler.
package final class HTTP2Link {
    private let stream: any ByteStream
    private let loop: SocketLoop
    private let watch = FrameWatch()
    private var channel: PipelineChannel?

    private var sending = Deque<any HTTP2Sender>()
    /// Bytes that the peer still takes on all streams together.
    private var window = 65_535
    /// Bytes that the peer takes at first on a stream.
    package private(set) var initialWindow = 65_535
    /// Bytes that the peer may send ahead on all streams together.
    private let receiveWindow: Int
    private var uncredited = 0
    private var hasFlushPending = false

    /// A link over `stream`; ``start(_:settings:for:)`` lets it speak.
    ///
    /// - Parameter receiveWindow: bytes that the peer may send ahead on all streams together; at least 65,535.
    package init(over stream: any ByteStream, loop: SocketLoop, receiveWindow: Int) {
        self.stream = stream
        self.loop = loop
        self.receiveWindow = receiveWindow
    }

    /// Begins to speak.
    ///
    /// - Throws: what the handler says when it is added.
    package func start(
        _ mode: NIOHTTP2Handler.ParserMode, settings: [HTTP2Setting], for owner: any PipelineOwner
    ) throws {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = settings
        configuration.maximumBufferedControlFrames = 1_000
        // Content that is on its way to streams which were reset here may come for a while, and of many of them.
        configuration.maximumRecentlyResetStreams = 1_000
        // Peers that measure the way by pings (gRPC's do with each batch of content) are no flood.
        configuration.controlFrameRateLimit.maximumCount = 1_000
        let channel = PipelineChannel(over: stream, loop: loop, owner: owner, gathers: true)
        self.channel = channel
        try channel.start([NIOHTTP2Handler(mode: mode, frameDelegate: watch, connectionConfiguration: configuration)])
        write(.rootStream, .windowUpdate(windowSizeIncrement: receiveWindow - window))
    }

    /// Whether the handler has given the connection up: errors of one stream are told by its end.
    package var hasFailed: Bool { watch.hasFailed }

    /// Whether the socket takes bytes.
    package var isWritable: Bool { stream.isWritable }

    // MARK: From the stream below

    /// Hands received bytes to the handler; behind an error of the connection nothing makes sense any more, and each frame
    /// would be another error.
    package func receive(_ bytes: ByteBuffer) {
        guard !hasFailed else { return }
        channel?.receive(bytes)
        giveCredit()
    }

    /// The socket takes bytes again.
    package func socketIsWritable() {
        channel?.writabilityChanged()
        sendQueued()
    }

    /// The stream is closed.
    package func end() {
        channel?.end()
        channel = nil
        sending.removeAll()
    }

    /// The frame in what the handler passes on.
    package func frame(_ data: NIOAny) -> HTTP2Frame? { channel?.tryUnwrapData(data, as: HTTP2Frame.self) }

    // MARK: Frames to the peer

    /// Writes a field list.
    package func write(_ fields: HPACKHeaders, on id: HTTP2StreamID, endStream: Bool) {
        write(id, .headers(.init(headers: fields, endStream: endStream)))
    }

    /// Resets a stream.
    package func reset(_ id: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        // What was written before the reset is not to be lost with it: the handler drops what it still holds.
        flush()
        write(id, .rstStream(code))
    }

    /// Says that streams behind `last` are not looked at (RFC 9113 §6.8).
    package func goAway(last: HTTP2StreamID) {
        write(.rootStream, .goAway(lastStreamID: last, errorCode: .noError, opaqueData: nil))
    }

    /// Takes what the handler says of windows: the peer gets credit on all streams together for whatever has come, content
    /// of streams that are no more among it, which the handler hands to nobody.
    ///
    /// - Returns: whether the event was about windows.
    package func takeWindow(_ event: Any) -> Bool {
        guard let update = event as? NIOHTTP2WindowUpdatedEvent else { return false }
        guard update.streamID == .rootStream, let size = update.inboundWindowSize else { return true }
        if size < watch.receivable { uncredited += watch.receivable - size }
        watch.receivable = size
        return true
    }

    /// Gives the peer credit on all streams together, in large pieces: half a window at a time. Behind the bytes that have
    /// brought the content, when no word of an older window is on its way from the handler.
    private func giveCredit() {
        guard uncredited >= receiveWindow / 2 else { return }
        let count = uncredited
        uncredited = 0
        credit(count, to: .rootStream)
    }

    /// What the content of a frame has used up of the windows (RFC 9113 §6.1: padding counts).
    package static func length(of content: HTTP2Frame.FramePayload.Data) -> Int {
        content.data.readableBytes + (content.paddingBytes.map { $0 + 1 } ?? 0)
    }

    /// Gives the peer credit for content of a stream that has been taken.
    package func credit(_ count: Int, to id: HTTP2StreamID) {
        write(id, .windowUpdate(windowSizeIncrement: count))
    }

    /// Lets go out what the turn has written so far.
    package func flush() {
        channel?.pipeline.syncOperations.flush()
        channel?.flushOut()
    }

    private func write(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload) {
        guard let channel else { return }
        channel.pipeline.syncOperations.write(NIOAny(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
        guard !hasFlushPending else { return }
        hasFlushPending = true
        loop.putOff { [self] in
            hasFlushPending = false
            flush()
        }
    }

    // MARK: Windows

    /// The peer takes more on all streams together.
    package func widen(by increment: Int) {
        window += increment
        sendQueued()
    }

    /// The peer takes more on `sender`'s stream.
    package func widen(_ sender: any HTTP2Sender, by increment: Int) {
        sender.outgoing.window += increment
        send(sender)
    }

    /// The peer takes more or less at first: it changes the windows of open streams, too (RFC 9113 §6.9.2).
    package func setInitialWindow(_ size: Int, for open: some Sequence<any HTTP2Sender>) {
        let change = size - initialWindow
        initialWindow = size
        for sender in open {
            sender.outgoing.window += change
            if sender.outgoing.hasSomethingToSend { queue(sender) }
        }
        sendQueued()
    }

    // MARK: Turns

    /// Sends what `sender` has, in its turn.
    package func send(_ sender: any HTTP2Sender) {
        guard sender.outgoing.hasSomethingToSend || !isWritable else { return sender.settleAfterSending() }
        queue(sender)
        sendQueued()
    }

    /// Takes `sender` out of the queue: its stream is over.
    package func remove(_ sender: any HTTP2Sender) {
        guard sender.outgoing.isQueued else { return }
        sender.outgoing.isQueued = false
        sending.removeAll { $0 === sender }
    }

    private func queue(_ sender: any HTTP2Sender) {
        guard !sender.outgoing.isQueued else { return }
        sender.outgoing.isQueued = true
        sending.append(sender)
    }

    /// Sends a frame of each stream that has one, again and again, while windows and socket take them.
    private func sendQueued() {
        while let sender = sending.first {
            guard isWritable else {
                for waiting in sending {
                    waiting.outgoing.holdBack()
                    waiting.isHeldUp()
                }
                return
            }
            sendOne(of: sender)
            // The connection's window is used up; those that wait keep their places.
            guard window > 0 || !sender.outgoing.hasSomethingToSend else {
                for waiting in sending { waiting.isHeldUp() }
                return
            }
            // Its end may have taken it out of the queue.
            if sending.first === sender { sending.removeFirst() }
            sender.outgoing.isQueued = false
            if sender.outgoing.hasSomethingToSend { queue(sender) } else { sender.settleAfterSending() }
        }
    }

    /// Sends one frame of content, and the end if nothing stands before it.
    private func sendOne(of sender: any HTTP2Sender) {
        guard let id = sender.number else { return }
        var hasEnded = false
        if let next = sender.outgoing.nextContent(most: window) {
            window -= next.content.readableBytes
            hasEnded = next.isLast
            sender.hasMoved()
            write(id, .data(.init(data: .byteBuffer(next.content), endStream: next.isLast)))
        }
        if let end = sender.outgoing.nextEnd() {
            hasEnded = true
            switch end {
            case .trailers(let trailers): write(trailers, on: id, endStream: true)
            case .bare: write(id, .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)))
            }
        }
        if hasEnded { sender.sentEnd() }
    }
}

/// Sees what the handler writes, which tells what it does not: that it has given the connection up, and what the peer may
/// send by then.
private final class FrameWatch: NIOHTTP2FrameDelegate {
    /// Whether GOAWAY has gone out with a reason.
    private(set) var hasFailed = false
    /// Bytes that the peer may send on all streams together. The handler tells how much is left behind each frame of
    /// content, and not that credit was given.
    var receivable = 65_535

    func wroteFrame(_ frame: HTTP2Frame) {
        switch frame.payload {
        case .goAway(_, let code, _): if code != .noError { hasFailed = true }
        case .windowUpdate(let increment): if frame.streamID == .rootStream { receivable += increment }
        default: break
        }
    }
}
