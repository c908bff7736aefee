import DequeModule
import HTTP2Framing
import HTTPExchanges
import NIOCore
import NIOHPACK
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
final class HTTP2ServerStream: ExchangeClient, HTTP2Sender, DeadlineOwner {
    /// How far the stream is on its way to a tunnel.
    private enum Tunnelling { case none, awaited, open }

    /// The stream's number.
    let id: HTTP2StreamID
    var number: HTTP2StreamID? { id }
    let loop: ExchangeLoop
    var contentTimeout: TimeAmount {
        didSet { if contentTimeout != oldValue, hasDeadline, !isRequestComplete { restartContentWindow() } }
    }
    var contentRate: Int
    private var connection: HTTP2ServerConnection?
    private var responder: (any ExchangeResponder)?
    private let limits: ServingLimits
    private var slot = -1
    private var hasDeadline = false

    private let answersHEAD: Bool
    private var awaitsContinue: Bool
    private var isRequestComplete = false
    /// Whether the rest of the request was not waited for.
    private var isGivenUp = false
    private var isHeadSent = false
    private var tunnelling = Tunnelling.none

    /// The response's content on its way to the client.
    var outgoing = OutgoingContent()

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
        outgoing.window = window
        loop = connection.loop
        limits = connection.limits
        contentTimeout = connection.limits.contentTimeout
        contentRate = connection.limits.minimumContentRate
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
    ///
    /// - Parameter length: what it has used up of the window.
    func received(_ bytes: ByteBuffer, length: Int, isLast: Bool) {
        guard !isRequestComplete else { return }
        // Padding is for nobody to take.
        uncredited += length - bytes.readableBytes
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
        contentWindowEnds()
        responder?.contentEnded(trailers: trailers)
        if outgoing.hasSentEnd { connection?.finishIfDone(self) }
    }

    private func deliver(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        contentBytes += Int64(count)
        if count > 0, !outgoing.hasSentEnd || tunnelling == .open { responder?.content(bytes) }
        uncredited += count
        // Credit in large pieces: half a window at a time.
        guard uncredited >= HTTP2ServerConnection.streamWindow / 2 else { return }
        connection?.link.credit(uncredited, to: id)
        uncredited = 0
    }

    func setReadsContent(_ reads: Bool) {
        guard reads != readsContent else { return }
        readsContent = reads
        guard tunnelling != .awaited else { return }
        guard reads else { return contentWindowEnds() }
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

    var isWritable: Bool { outgoing.takesMore && connection?.link.isWritable ?? true }

    func sendContinue() {
        guard awaitsContinue, !isHeadSent else { return }
        awaitsContinue = false
        connection?.link.write([":status": "100"], on: id, endStream: false)
    }

    func sendInterim(_ head: ResponseHead) {
        guard !isHeadSent else { return }
        connection?.link.write(ResponseFields.interim(head, loop: loop), on: id, endStream: false)
    }

    func send(_ head: ResponseHead, content: ByteBuffer?, isComplete: Bool) {
        guard !isHeadSent else { return }
        isHeadSent = true
        // RFC 8441 §5: to the client any 2xx would be an open tunnel.
        if tunnelling == .awaited, (200..<300).contains(head.status) { return refuseTunnel() }
        let content = answersHEAD || head.status == 204 || head.status == 304 ? nil : content
        let isLast = isComplete && content?.readableBytes ?? 0 == 0
        connection?.link.write(
            ResponseFields.head(head, loop: loop, answersHEAD: answersHEAD), on: id, endStream: isLast)
        if isLast {
            outgoing.endWithHead()
            return sentEnd()
        }
        if let content { outgoing.append(content) }
        if isComplete { return endBehindQueue(trailers: nil) }
        setDeadline(nil)
        // What has come with the head does not wait for what comes behind it; and where the connection takes no more, this
        // stream is among those that wait for it.
        connection?.link.send(self)
    }

    func send(content: ByteBuffer) {
        guard isHeadSent, !outgoing.hasEnd, !answersHEAD, content.readableBytes > 0 else { return }
        outgoing.append(content)
        connection?.link.send(self)
    }

    func end(trailers: [UInt8]) {
        guard isHeadSent, !outgoing.hasEnd else { return }
        endBehindQueue(trailers: TrailerSection.fields(trailers))
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
        connection.link.write(ResponseFields.tunnel(head, loop: loop), on: id, endStream: false)
        readsContent = true
        deliverHeld()
    }

    /// Says that there is no tunnel where the answer would have said that there is one.
    private func refuseTunnel() {
        let head = ResponseHead(status: 502, framing: .none)
        connection?.link.write(ResponseFields.head(head, loop: loop, answersHEAD: false), on: id, endStream: true)
        outgoing.endWithHead()
        sentEnd()
    }

    private func endBehindQueue(trailers: HPACKHeaders?) {
        outgoing.end(trailers: trailers)
        if tunnelling != .open { responder = nil }
        connection?.link.send(self)
    }

    /// Notes how the queue stands after a round of sending.
    func settleAfterSending() {
        guard !outgoing.hasSentEnd else { return }
        // The one in the middle of a tunnel looks at the time itself.
        guard tunnelling != .open else { return tellIfWritable() }
        // A client that opens no window takes nothing: it counts as gone after a while (RFC 9113 §10.5).
        if isHeadSent { setDeadline(outgoing.count > 0 ? loop.now + limits.idleTimeout : nil) }
        tellIfWritable()
    }

    func hasMoved() {
        if hasDeadline { setDeadline(loop.now + limits.idleTimeout) }
    }

    func isHeldUp() {
        if isHeadSent, !hasDeadline, tunnelling != .open { setDeadline(loop.now + limits.idleTimeout) }
    }

    /// Tells the responder that it may go on.
    func tellIfWritable() {
        guard outgoing.mayGoOn, connection?.link.isWritable ?? false else { return }
        outgoing.goOn()
        responder?.clientWritabilityChanged(true)
    }

    func sentEnd() {
        if tunnelling != .open { responder = nil }
        setDeadline(nil)
        connection?.finishIfDone(self)
    }

    /// Whether the stream is over. A request that is not over with its response is given up (RFC 9113 §8.1); a tunnel
    /// has two sides.
    var isDone: Bool { outgoing.hasSentEnd && (tunnelling != .open || isRequestComplete) }
    /// Whether the client has sent everything.
    var hasWholeRequest: Bool { isRequestComplete && !isGivenUp || heldTrailers != nil }

    // MARK: The end

    /// The stream is over; the responder hears of it if it still waits.
    ///
    /// - Parameter failure: why, if the exchange has not come to its end.
    func close(_ failure: ExchangeFailure?) {
        if slot >= 0 { loop.deadlines.unregister(slot) }
        slot = -1
        connection = nil
        outgoing.discard()
        held.removeAll()
        isRequestComplete = true
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
        hasDeadline = deadline != nil
        if slot < 0 {
            guard deadline != nil, connection != nil else { return }
            slot = loop.deadlines.register(self)
        }
        loop.deadlines.set(slot, to: deadline)
    }

    /// Content is not waited for any more. Behind the head of the reply it has not been: the time is that of a client who takes
    /// nothing.
    private func contentWindowEnds() {
        if !isHeadSent { setDeadline(nil) }
    }

    private func restartContentWindow() {
        // Behind a reply that has begun, content may be one half of a conversation (gRPC): it comes when it comes.
        guard !isHeadSent else { return }
        contentBytesAtWindow = contentBytes
        setDeadline(loop.now + contentTimeout)
    }

    func deadlinePassed(now: NIODeadline) {
        guard !isRequestComplete, readsContent, !isHeadSent else {
            connection?.reset(self, .cancel)
            return
        }
        let needed = max(1, Int64(contentRate) * max(1, contentTimeout.nanoseconds / 1_000_000_000))
        if contentBytes - contentBytesAtWindow >= needed { return restartContentWindow() }
        (isRequestComplete, isGivenUp) = (true, true)
        responder?.requestFailed(ExchangeFailure(.requestTimeout, retry: .never))
        if !outgoing.hasEnd { connection?.reset(self, .cancel) }
    }
}
