import DequeModule
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
final class HTTP2ClientStream: ByteStream {
    /// Queued bytes above which the writer should stop, and down to which it waits then.
    private static let marks = (low: 16 * 1024, high: 64 * 1024)
    /// Largest DATA frame that is sent: what every peer accepts (RFC 9113 §4.2).
    private static let frameSize = 16_384

    /// The stream's number, once it has one.
    private(set) var id: HTTP2StreamID?
    private var connection: HTTP2ClientConnection?
    private var handler: (any StreamSocketHandler)?
    private let isOnServedConnection: Bool
    /// Whether the service has said that it did nothing with the request (RFC 9113 §8.7).
    private(set) var isUnprocessed = false

    /// Takes the content out of the request's framing; nil until the head has been written.
    private var reader: ContentReader?
    /// Bytes of a frame of the text that has not come whole.
    private var partial: ByteBuffer?
    /// Bytes that the service still takes on this stream; may be negative (RFC 9113 §6.9.2).
    var window = 0
    /// Whether the stream stands in the connection's queue of those that have something to send.
    var isQueued = false
    private var outgoing = Deque<ByteBuffer>()
    private var outgoingBytes = 0
    private var endsBehindQueue = false
    private var trailers: HPACKHeaders?
    private var hasSentEnd = false
    private var wasUnwritable = false

    private var answersHEAD = false
    private var hasHead = false
    private var isChunked = false
    private var hasReceivedEnd = false
    private var readsContent = true
    private var held = Deque<ByteBuffer>()
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
    var isWritable: Bool { outgoingBytes < Self.marks.high && connection?.isWritable ?? false }
    var peerAddress: SocketAddress? { connection?.peerAddress }

    func start(_ handler: any StreamSocketHandler) throws { self.handler = handler }

    func closeOutput() {}

    func whenFlushed(_ action: @escaping () -> Void) { action() }

    func reset() { close() }

    func close() {
        guard let connection else { return }
        self.connection = nil
        held.removeAll()
        connection.forget(self, hasSentEnd && hasReceivedEnd ? nil : .cancel)
        tellEnd(hasFailed: false)
    }

    func write(_ buffer: ByteBuffer, isFollowed: Bool) {
        guard connection != nil, !endsBehindQueue else { return }
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
        if let connection, !hasSentEnd { connection.sendQueued(self) }
    }

    func setReading(_ reads: Bool) {
        guard reads != readsContent else { return }
        readsContent = reads
        while readsContent, !held.isEmpty { deliver(held.removeFirst()) }
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
        self.id = id
        bytes.moveReaderIndex(forwardBy: consumed)
        answersHEAD = fields.first(name: ":method") == "HEAD"
        let reader = ContentReader(table.framing)
        self.reader = reader
        hasSentEnd = reader.isAtEnd
        endsBehindQueue = hasSentEnd
        connection.write(fields, on: id, endStream: hasSentEnd)
        return !hasSentEnd
    }

    private func takeContent(_ bytes: inout ByteBuffer) {
        while !endsBehindQueue, let piece = reader?.next(&bytes) {
            switch piece {
            case .content(let content):
                outgoing.append(content)
                outgoingBytes += content.readableBytes
                if outgoingBytes >= Self.marks.high { wasUnwritable = true }
                if reader?.isAtEnd == true { endsBehindQueue = true }
            case .end(let lines):
                endsBehindQueue = true
                if !lines.isEmpty { trailers = RequestFields.trailers(lines) }
            case .needsMore:
                if bytes.readableBytes > 0 { partial = bytes.slice() }
                return
            case .invalid: return fail()
            }
        }
    }

    /// Whether something could go out if the connection took it.
    var hasSomethingToSend: Bool { outgoingBytes > 0 ? window > 0 : endsBehindQueue && !hasSentEnd }

    /// Sends one frame of what is queued.
    ///
    /// - Returns: bytes sent.
    func sendOne(most: Int) -> Int {
        guard let connection, let id else { return 0 }
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
            hasSentEnd = outgoing.isEmpty && endsBehindQueue && trailers == nil
            connection.write(piece, on: id, endStream: hasSentEnd)
        }
        if outgoing.isEmpty, endsBehindQueue, !hasSentEnd {
            hasSentEnd = true
            if let trailers {
                connection.write(trailers, on: id, endStream: true)
            } else {
                connection.write(ByteBuffer(), on: id, endStream: true)
            }
        }
        return sent
    }

    /// Tells the writer that it may go on.
    func tellIfWritable() {
        guard wasUnwritable, outgoingBytes <= Self.marks.low, connection?.isWritable ?? false else { return }
        if isWriting, let loop = connection?.loop.eventLoop { return loop.putOff { [self] in tellIfWritable() } }
        wasUnwritable = false
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
    func received(_ bytes: ByteBuffer, isLast: Bool) {
        guard connection != nil, hasHead, !hasReceivedEnd else { return }
        let count = bytes.readableBytes
        if count > 0 {
            if isChunked {
                var text = ByteBufferAllocator().buffer(capacity: count + 16)
                text.writeString(String(count, radix: 16))
                text.writeStaticString("\r\n")
                text.writeImmutableBuffer(bytes)
                text.writeStaticString("\r\n")
                deliver(text)
            } else {
                deliver(bytes)
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
    private func deliver(_ text: ByteBuffer) {
        guard readsContent else { return held.append(text) }
        handler?.received(text)
        uncredited += text.readableBytes
        guard uncredited >= HTTP2ClientConnection.streamWindow / 2, let id, !hasReceivedEnd else { return }
        connection?.credit(uncredited, to: id)
        uncredited = 0
    }

    // MARK: The end

    /// The stream is over by the service's doing, or by both sides'.
    func ended(isUnprocessed: Bool) {
        // A response that is whole is at hand, or will be read yet; whoever reads it closes.
        guard let connection, !hasReceivedEnd else { return hasSentEnd = true }
        self.isUnprocessed = isUnprocessed && !hasHead
        self.connection = nil
        connection.forget(self, nil)
        tellEnd(hasFailed: true)
    }

    /// The connection below is gone.
    func connectionEnded() {
        guard connection != nil, !hasReceivedEnd else { return hasSentEnd = true }
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
