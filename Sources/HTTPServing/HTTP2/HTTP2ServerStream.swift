import DequeModule
import HTTPExchanges
import NIOCore
import NIOHTTP2
import SocketTransport

/// One exchange on an HTTP/2 connection (RFC 9113 §5, §8).
///
/// Content of the response waits here until both windows and the socket take it, content of the request until the
/// responder wants it; the client is given credit for what the responder has taken. So a stream holds at most a window
/// in the one direction, and what its responder writes beyond the mark in the other.
///
/// A stream that asks for a tunnel (RFC 8441) is a request without content until the tunnel is open; what the client sends
/// before that waits, and there is at most a window of it.
final class HTTP2ServerStream: ExchangeClient, DeadlineOwner {
    /// Queued bytes above which the responder should stop, and down to which it waits then.
    private static let marks = (low: 16 * 1024, high: 64 * 1024)
    /// Largest DATA frame that is sent: what every peer accepts (RFC 9113 §4.2).
    private static let frameSize = 16_384

    /// How far the stream is on its way to a tunnel.
    private enum Tunnelling { case none, awaited, open }

    /// The stream's number.
    let id: HTTP2StreamID
    let loop: ExchangeLoop
    var contentTimeout: TimeAmount
    private var connection: HTTP2ServerConnection?
    private var responder: (any ExchangeResponder)?
    private let limits: ServingLimits
    private var slot = -1

    private let answersHEAD: Bool
    private var awaitsContinue: Bool
    private var isRequestComplete = false
    private var isHeadSent = false
    private var isResponseComplete = false
    private var tunnelling = Tunnelling.none

    /// Bytes that the client still takes on this stream; may be negative (RFC 9113 §6.9.2).
    var window: Int
    private var outgoing = Deque<ByteBuffer>()
    private var outgoingBytes = 0
    private var endsBehindQueue = false
    private var trailers: [UInt8] = []
    private var wasUnwritable = false
    /// Whether the stream stands in the connection's queue of those that have something to send.
    var isQueued = false

    private var readsContent = true
    private var held = Deque<ByteBuffer>()
    private var heldTrailers: [UInt8]?
    private var contentBytes: Int64 = 0
    private var contentBytesAtWindow: Int64 = 0
    /// Bytes the responder has taken and the client has not been given credit for.
    private var uncredited = 0

    /// A stream of `connection` whose request `responder` answers.
    init(
        _ id: HTTP2StreamID, of connection: HTTP2ServerConnection, responder: any ExchangeResponder,
        answersHEAD: Bool, awaitsContinue: Bool, window: Int
    ) {
        self.id = id
        self.connection = connection
        self.responder = responder
        self.answersHEAD = answersHEAD
        self.awaitsContinue = awaitsContinue
        self.window = window
        loop = connection.loop
        limits = connection.limits
        contentTimeout = connection.limits.contentTimeout
    }

    // MARK: The request

    /// Hands the head over.
    func begin(_ head: RequestHead, isComplete: Bool) {
        isRequestComplete = isComplete
        if head.opensTunnel {
            tunnelling = .awaited
        } else if !isComplete {
            restartContentWindow()
        }
        responder?.begin(head, client: self)
        if isComplete || head.opensTunnel { responder?.contentEnded(trailers: []) }
    }

    /// Has the head refused.
    func refuse(status: Int, detail: StaticString, isComplete: Bool) {
        isRequestComplete = isComplete
        responder?.refuse(status: status, detail: detail, client: self)
    }

    /// Content has come.
    func received(_ bytes: ByteBuffer, isLast: Bool) {
        guard !isRequestComplete else { return }
        awaitsContinue = false
        if readsContent, held.isEmpty, tunnelling != .awaited {
            deliver(bytes)
        } else if bytes.readableBytes > 0 {
            held.append(bytes)
        }
        if isLast { receivedEnd(trailers: []) }
    }

    /// The request has ended.
    func receivedEnd(trailers: [UInt8]) {
        guard !isRequestComplete else { return }
        guard held.isEmpty, tunnelling != .awaited else {
            heldTrailers = trailers
            return
        }
        isRequestComplete = true
        setDeadline(nil)
        responder?.contentEnded(trailers: trailers)
        if isResponseComplete { connection?.finishIfDone(self) }
    }

    private func deliver(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        contentBytes += Int64(count)
        if count > 0, !isResponseComplete || tunnelling == .open { responder?.content(bytes) }
        uncredited += count
        // Credit in large pieces: half a window at a time.
        guard uncredited >= HTTP2ServerConnection.streamWindow / 2 else { return }
        connection?.credit(uncredited, to: id)
        uncredited = 0
    }

    func setReadsContent(_ reads: Bool) {
        guard reads != readsContent else { return }
        readsContent = reads
        guard tunnelling != .awaited else { return }
        guard reads else { return setDeadline(nil) }
        if !isRequestComplete, tunnelling == .none { restartContentWindow() }
        deliverHeld()
    }

    /// Delivers what has waited, as far as it is wanted.
    private func deliverHeld() {
        while readsContent, let bytes = held.popFirst() { deliver(bytes) }
        if held.isEmpty, let trailers = heldTrailers {
            heldTrailers = nil
            receivedEnd(trailers: trailers)
        }
    }

    // MARK: The response

    var isWritable: Bool { outgoingBytes < Self.marks.high && connection?.isWritable ?? true }

    func sendContinue() {
        guard awaitsContinue, !isHeadSent else { return }
        awaitsContinue = false
        connection?.write([(":status", "100")], on: id)
    }

    func sendInterim(_ head: ResponseHead) {
        guard !isHeadSent else { return }
        connection?.write(ResponseFields.interim(head, loop: loop), on: id, endStream: false)
    }

    func send(_ head: ResponseHead, content: ByteBuffer?, isComplete: Bool) {
        guard !isHeadSent else { return }
        isHeadSent = true
        // RFC 8441 §5: to the client any 2xx would be an open tunnel.
        if tunnelling == .awaited, (200..<300).contains(head.status) { return refuseTunnel() }
        let content = answersHEAD || head.status == 204 || head.status == 304 ? nil : content
        let isLast = isComplete && content?.readableBytes ?? 0 == 0
        connection?.write(
            ResponseFields.head(head, loop: loop, answersHEAD: answersHEAD), on: id, endStream: isLast)
        if let content, content.readableBytes > 0 { enqueue(content) }
        guard isComplete else {
            // What has come with the head does not wait for what comes behind it.
            if outgoingBytes > 0 { connection?.sendQueued(self) }
            return
        }
        if isLast { complete() } else { endBehindQueue() }
    }

    func send(content: ByteBuffer) {
        guard isHeadSent, !isResponseComplete, !endsBehindQueue, !answersHEAD, content.readableBytes > 0 else { return }
        enqueue(content)
        connection?.sendQueued(self)
    }

    func end(trailers: [UInt8]) {
        guard isHeadSent, !isResponseComplete, !endsBehindQueue else { return }
        self.trailers = trailers
        endBehindQueue()
    }

    func abort() {
        // RFC 8441 §5: a connection that breaks is CANCEL.
        connection?.reset(self, tunnelling == .open ? .cancel : .internalError)
    }

    func openTunnel(_ head: ResponseHead, to tunnel: any ExchangeResponder) {
        guard tunnelling == .awaited, !isHeadSent, let connection else { return }
        isHeadSent = true
        tunnelling = .open
        responder = tunnel
        setDeadline(nil)
        connection.write(ResponseFields.tunnel(head, loop: loop), on: id, endStream: false)
        readsContent = true
        deliverHeld()
    }

    /// Says that there is no tunnel where the answer would have said that there is one.
    private func refuseTunnel() {
        let head = ResponseHead(status: 502, framing: .none)
        connection?.write(ResponseFields.head(head, loop: loop, answersHEAD: false), on: id, endStream: true)
        complete()
    }

    private func enqueue(_ content: ByteBuffer) {
        outgoing.append(content)
        outgoingBytes += content.readableBytes
        if outgoingBytes >= Self.marks.high { wasUnwritable = true }
    }

    private func endBehindQueue() {
        endsBehindQueue = true
        if tunnelling != .open { responder = nil }
        connection?.sendQueued(self)
    }

    /// Whether something could go out if the connection took it.
    var hasSomethingToSend: Bool {
        outgoingBytes > 0 ? window > 0 : endsBehindQueue && !isResponseComplete
    }

    /// Sends one frame of what is queued.
    ///
    /// - Returns: bytes sent.
    func sendOne(most: Int) -> Int {
        guard let connection else { return 0 }
        var sent = 0
        if let first = outgoing.first {
            sent = min(min(first.readableBytes, Self.frameSize), min(window, most))
            guard sent > 0 else { return 0 }
            var piece = first
            if sent == first.readableBytes {
                outgoing.removeFirst()
            } else {
                piece = first.getSlice(at: first.readerIndex, length: sent) ?? first
                outgoing[0].moveReaderIndex(forwardBy: sent)
            }
            outgoingBytes -= sent
            window -= sent
            let isLast = outgoing.isEmpty && endsBehindQueue && trailers.isEmpty
            connection.write(piece, on: id, endStream: isLast)
            if isLast { complete() }
        }
        if outgoing.isEmpty, endsBehindQueue, !isResponseComplete {
            if trailers.isEmpty {
                connection.write(ByteBuffer(), on: id, endStream: true)
            } else {
                connection.write(ResponseFields.trailers(trailers), on: id, endStream: true)
            }
            complete()
        }
        return sent
    }

    /// Notes how the queue stands after a round of sending.
    func settleAfterSending() {
        guard !isResponseComplete else { return }
        // The one in the middle of a tunnel looks at the time itself.
        guard tunnelling != .open else { return tellIfWritable() }
        // A client that opens no window takes nothing: it counts as gone after a while (RFC 9113 §10.5).
        if outgoingBytes > 0, isRequestComplete || !readsContent || tunnelling == .awaited {
            setDeadline(loop.now + limits.idleTimeout)
        } else if isRequestComplete {
            setDeadline(nil)
        }
        tellIfWritable()
    }

    /// Tells the responder that it may go on.
    func tellIfWritable() {
        guard wasUnwritable, outgoingBytes <= Self.marks.low, connection?.isWritable ?? false else { return }
        wasUnwritable = false
        responder?.clientWritabilityChanged(true)
    }

    /// Notes that the socket takes no more.
    func socketIsFull() { wasUnwritable = true }

    private func complete() {
        isResponseComplete = true
        if tunnelling != .open { responder = nil }
        setDeadline(nil)
        connection?.finishIfDone(self)
    }

    /// Whether the stream is over. A request that is not over with its response is given up (RFC 9113 §8.1); a tunnel
    /// has two sides.
    var isDone: Bool { isResponseComplete && (tunnelling != .open || isRequestComplete) }
    /// Whether the client has sent everything.
    var hasWholeRequest: Bool { isRequestComplete || heldTrailers != nil }

    // MARK: The end

    /// The stream is over; the responder hears of it if it still waits.
    ///
    /// - Parameter failure: why, if the exchange has not come to its end.
    func close(_ failure: ExchangeFailure?) {
        if slot >= 0 { loop.deadlines.unregister(slot) }
        slot = -1
        connection = nil
        outgoing.removeAll()
        outgoingBytes = 0
        held.removeAll()
        isRequestComplete = true
        isResponseComplete = true
        isHeadSent = true
        let answering = responder
        responder = nil
        if let failure {
            answering?.requestFailed(failure)
        } else if tunnelling == .open {
            answering?.requestFailed(ExchangeFailure(.clientGone, retry: .never))
        }
    }

    // MARK: Time

    private func setDeadline(_ deadline: NIODeadline?) {
        if slot < 0 {
            guard deadline != nil, connection != nil else { return }
            slot = loop.deadlines.register(self)
        }
        loop.deadlines.set(slot, to: deadline)
    }

    private func restartContentWindow() {
        contentBytesAtWindow = contentBytes
        setDeadline(loop.now + contentTimeout)
    }

    func deadlinePassed(now: NIODeadline) {
        guard !isRequestComplete, readsContent, outgoingBytes == 0 else {
            connection?.reset(self, .cancel)
            return
        }
        let needed = Int64(limits.minimumContentRate) * max(1, contentTimeout.nanoseconds / 1_000_000_000)
        if contentBytes - contentBytesAtWindow >= needed { return restartContentWindow() }
        isRequestComplete = true
        responder?.requestFailed(ExchangeFailure(.requestTimeout, retry: .never))
        if !isResponseComplete, !endsBehindQueue { connection?.reset(self, .cancel) }
    }
}
