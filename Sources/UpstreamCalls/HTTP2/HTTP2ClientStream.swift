import DequeModule
import HTTP2Framing
import HTTPExchanges
import NIOCore
import NIOHPACK
import NIOHTTP2
import SocketTransport

/// One call on an HTTP/2 connection, in the shape of a connection of HTTP/1.1 that serves one call: the text of a request
/// is written to it, and the text of a response is what it receives (RFC 9113 §8.1).
///
/// ```
///   POST /p HTTP/1.1 … chunked …   ->  HEADERS, DATA …      content without its framing, trailers as a field list
///   HTTP/1.1 200 … chunked …       <-  HEADERS, DATA …      what has no length gets chunks
/// ```
/// Both texts are our own or parsed by our own parser, so nothing can mean one thing here and another one there.
///
/// | state | event | next |
/// |---|---|---|
/// | new | a request's head | open |
/// | open | final field list, content | open |
/// | open | both sides have ended | over, without a word: the response says where it ends |
/// | open | reset, end of the connection | over; the handler hears that it failed |
/// | any | `close` | over; a call that is not complete is reset |
final class HTTP2ClientStream: ByteStream, HTTP2Sender {
    /// The stream's number, once it has one.
    private(set) var number: HTTP2StreamID?
    private var connection: HTTP2ClientConnection?
    private var handler: (any ByteStreamHandler)?
    private let isOnServedConnection: Bool
    /// Whether the service has said that it did nothing with the request (RFC 9113 §8.7).
    private(set) var isUnprocessed = false

    /// Takes the content out of the request's framing; nil until the head has been written.
    private var reader: ContentReader?
    /// Bytes of a frame of the text that has not come whole.
    private var partial: ByteBuffer?
    /// The request's content on its way to the service.
    var outgoing = OutgoingContent()

    private var answersHEAD = false
    private var hasHead = false
    private var isChunked = false
    private var hasReceivedEnd = false
    private var readsContent = true
    private var held = Deque<(text: ByteBuffer, credit: Int)>()
    /// Bytes the handler has taken and the service has not been given credit for.
    private var uncredited = 0
    /// Whether a write is going on, which must not call back.
    private var isWriting = false

    /// A stream of `connection` for one call.
    init(of connection: HTTP2ClientConnection) {
        self.connection = connection
        isOnServedConnection = connection.hasServed
    }

    /// Whether the connection below has served before: its end then says nothing about the endpoint.
    var isReused: Bool { isOnServedConnection }

    // MARK: ByteStream

    var isOpen: Bool { connection != nil }
    var mayHaveMore: Bool { false }
    var isWritable: Bool { outgoing.takesMore && connection?.link.isWritable ?? false }
    var peerAddress: SocketAddress? { connection?.peerAddress }

    func start(_ handler: any ByteStreamHandler) throws { self.handler = handler }

    func closeOutput() {}

    func setReadsShort(_ isShort: Bool) {}

    func whenFlushed(_ action: @escaping () -> Void) { action() }

    func reset() { close() }

    func close() {
        guard let connection else { return }
        self.connection = nil
        held.removeAll()
        connection.forget(self, outgoing.hasSentEnd && hasReceivedEnd ? nil : .cancel)
        tellEnd(hasFailed: false)
    }

    func write(_ buffer: ByteBuffer, isFollowed: Bool) {
        guard connection != nil, !outgoing.hasEnd else { return }
        isWriting = true
        defer { isWriting = false }
        var bytes = buffer
        if var waiting = partial {
            partial = nil
            waiting.writeBuffer(&bytes)
            bytes = waiting
        }
        if reader == nil {
            guard writeHead(&bytes) else { return }
        }
        takeContent(&bytes)
        if let connection, !outgoing.hasSentEnd { connection.link.send(self) }
    }

    func setReading(_ reads: Bool) {
        guard reads != readsContent else { return }
        readsContent = reads
        while readsContent, let next = held.popFirst() { deliver(next.text, credit: next.credit) }
    }

    // MARK: The request

    /// Turns the head of a request into a field list and sends it.
    ///
    /// - Returns: whether content may follow.
    private func writeHead(_ bytes: inout ByteBuffer) -> Bool {
        guard let connection else { return false }
        let table = connection.requestTable
        var limits = HeadLimits(bytes: bytes.readableBytes, fields: table.capacity)
        limits.target = bytes.readableBytes
        let progress = bytes.withUnsafeReadableBytes {
            HeadParser.parseRequest($0, into: table, limits: limits)
        }
        guard case .complete(let consumed) = progress,
            let fields = bytes.withUnsafeReadableBytes({
                RequestFields.head(table, of: $0, isSecure: connection.isSecure)
            }), let id = connection.register(self)
        else {
            // What cannot be said in HTTP/2 is not sent, rather than sent as something else.
            fail()
            return false
        }
        number = id
        bytes.moveReaderIndex(forwardBy: consumed)
        answersHEAD = fields.first(name: ":method") == "HEAD"
        let reader = ContentReader(table.framing)
        self.reader = reader
        if reader.isAtEnd { outgoing.endWithHead() }
        connection.link.write(fields, on: id, endStream: reader.isAtEnd)
        return !reader.isAtEnd
    }

    private func takeContent(_ bytes: inout ByteBuffer) {
        while !outgoing.hasEnd, let piece = reader?.next(&bytes) {
            switch piece {
            case .content(let content):
                outgoing.append(content)
                if reader?.isAtEnd == true { outgoing.end() }
            case .end(let lines): outgoing.end(trailers: TrailerSection.fields(lines))
            case .needsMore:
                if bytes.readableBytes > 0 { partial = bytes.slice() }
                return
            case .invalid: return fail()
            }
        }
    }

    func sentEnd() {}

    func settleAfterSending() { tellIfWritable() }

    // Whoever calls looks at the time.
    func hasMoved() {}
    func isHeldUp() {}

    /// Tells the writer that it may go on.
    func tellIfWritable() {
        guard outgoing.mayGoOn, let connection, connection.link.isWritable else { return }
        if isWriting { return connection.loop.eventLoop.putOff { [self] in tellIfWritable() } }
        outgoing.goOn()
        handler?.socketIsWritable()
    }

    // MARK: The response

    /// A field list has come.
    func received(_ fields: HPACKHeaders, isLast: Bool) {
        guard connection != nil, !hasReceivedEnd, let limits = connection?.headLimits else { return }
        if hasHead {
            // A field list behind content is the trailer section, and the last word (RFC 9113 §8.1).
            guard isLast, let lines = ResponseText.trailers(fields, limits: limits) else { return fail() }
            return receivedEnd(lines)
        }
        guard let head = ResponseText.head(fields, isLast: isLast, answersHEAD: answersHEAD, limits: limits) else {
            return fail()
        }
        hasHead = head.isFinal
        isChunked = head.isChunked
        hasReceivedEnd = isLast
        deliver(head.text)
    }

    /// Content has come.
    ///
    /// - Parameter length: what it has used up of the window.
    func received(_ bytes: ByteBuffer, length: Int, isLast: Bool) {
        guard connection != nil, hasHead, !hasReceivedEnd else { return }
        let count = bytes.readableBytes
        // Padding is for nobody to take.
        uncredited += length - count
        if count > 0 {
            if isChunked {
                var text = ByteBufferAllocator().buffer(capacity: count + 16)
                text.writeString(String(count, radix: 16))
                text.writeStaticString("\r\n")
                text.writeImmutableBuffer(bytes)
                text.writeStaticString("\r\n")
                deliver(text, credit: count)
            } else {
                deliver(bytes, credit: count)
            }
        }
        if isLast { receivedEnd([]) }
    }

    private func receivedEnd(_ trailers: [UInt8]) {
        guard connection != nil else { return }
        hasReceivedEnd = true
        guard isChunked else { return }
        var text = ByteBufferAllocator().buffer(capacity: trailers.count + 8)
        text.writeStaticString("0\r\n")
        text.writeBytes(trailers)
        text.writeStaticString("\r\n")
        deliver(text)
    }

    /// Hands text over, if it is wanted now; the service gets credit for what was taken.
    ///
    /// - Parameter credit: bytes of content in it.
    private func deliver(_ text: ByteBuffer, credit: Int = 0) {
        guard readsContent else { return held.append((text, credit)) }
        handler?.received(text)
        uncredited += credit
        guard uncredited >= HTTP2ClientConnection.streamWindow / 2, let number, !hasReceivedEnd else { return }
        connection?.link.credit(uncredited, to: number)
        uncredited = 0
    }

    // MARK: The end

    /// The stream is over by the service's doing, or by both sides'.
    func ended(isUnprocessed: Bool) {
        // A response that is whole is at hand, or will be read yet; whoever reads it closes.
        guard let connection, !hasReceivedEnd else { return outgoing.discard() }
        self.isUnprocessed = isUnprocessed && !hasHead
        self.connection = nil
        connection.forget(self, nil)
        tellEnd(hasFailed: true)
    }

    /// The call's time is over. A connection on which nothing has come meanwhile may lead nowhere: it takes no further calls.
    func timedOut(since time: NIODeadline) {
        if let connection, connection.lastReceived < time { connection.endWhenIdle() }
    }

    /// The connection below is gone.
    func connectionEnded() {
        guard connection != nil, !hasReceivedEnd else { return outgoing.discard() }
        connection = nil
        tellEnd(hasFailed: true)
    }

    /// The stream cannot go on: it is reset.
    private func fail() {
        guard let connection else { return }
        self.connection = nil
        held.removeAll()
        connection.forget(self, .protocolError)
        guard isWriting else { return tellEnd(hasFailed: true) }
        connection.loop.eventLoop.putOff { [self] in tellEnd(hasFailed: true) }
    }

    private func tellEnd(hasFailed: Bool) {
        let last = handler
        handler = nil
        last?.socketClosed(hasFailed: hasFailed)
    }
}
