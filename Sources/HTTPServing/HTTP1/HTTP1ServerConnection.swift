import HTTPExchanges
import NIOCore
import SocketTransport

/// One HTTP/1.1 connection to a client: takes requests out of the received bytes, one at a time, and writes replies.
///
/// One object does all of it; nothing is parsed twice and nothing passes through a chain.
///
/// | phase | event | next |
/// |---|---|---|
/// | head | a complete head | content, or reply when there is none |
/// | head | a head that is refused | linger, after the reply |
/// | content | its end | reply |
/// | content | broken framing, too slow | linger, after the reply |
/// | reply | the response's end | head (persistent), flushing (the client reads too slowly), linger |
/// | flushing | the client has read enough | head |
/// | reply | 101 for which the client has asked | tunnel |
/// | tunnel | the end of both sides | closed |
/// | linger | end of input, or time over | closed |
///
/// Requests behind a `Connection: close` are not processed, and no request is processed before the content of the
/// one before it has been read to its end (RFC 9112 §9.3, §9.6).
final class HTTP1ServerConnection: ByteStreamHandler, ExchangeClient, DeadlineOwner, ServerConnection {
    /// What the connection is waiting for.
    enum Phase { case head, content, reply, tunnel, flushing, linger, closed }

    let loop: ExchangeLoop
    var contentTimeout: TimeAmount {
        didSet { if contentTimeout != oldValue, phase == .content, readsContent { restartContentWindow() } }
    }
    var contentRate: Int
    /// Whether the client has taken something since the window of content began.
    private var hasTaken = false
    private let limits: ServingLimits
    private let provider: any ExchangeResponderProvider
    private let registry: ConnectionRegistry
    let socket: any ByteStream
    private let isSecure: Bool
    /// What is known of the other end beside its address.
    private let peer: ConnectionPeer?
    private var clientAddress: [UInt8] = []
    private(set) var slot = -1

    var phase = Phase.head
    var responder: (any ExchangeResponder)?
    private var reader = ContentReader(.none)
    /// Received and not yet used: part of a head, content that nobody wants yet, or requests sent ahead.
    private var pending: ByteBuffer?
    /// Length of a partial head when it was last looked at.
    private var examined = 0
    private var isProcessing = false
    var readsContent = true
    private var contentBytes: Int64 = 0
    private var contentBytesAtWindow: Int64 = 0

    private var answersHEAD = false
    private var isHTTP10 = false
    private var isPersistent = true
    /// Whether the listener is closed and the connection has to end.
    private var isEnding = false
    private var awaitsContinue = false
    var isHeadSent = false
    private var isChunked = false
    var endsWithConnection = false
    private var isResponseComplete = false

    /// A connection over `socket` whose requests `provider`'s responders answer.
    init(
        _ socket: any ByteStream, isSecure: Bool = false, peer: ConnectionPeer? = nil, loop: ExchangeLoop,
        limits: ServingLimits,
        provider: any ExchangeResponderProvider,
        registry: ConnectionRegistry
    ) {
        self.socket = socket
        self.isSecure = isSecure
        self.peer = peer
        self.loop = loop
        self.limits = limits
        self.provider = provider
        self.registry = registry
        self.contentTimeout = limits.contentTimeout
        contentRate = limits.minimumContentRate
    }

    // MARK: The socket

    /// Begins to read requests.
    ///
    /// - Throws: the system's error when the socket cannot be watched; it is closed then.
    func start() throws {
        try socket.start(self)
        clientAddress = peer?.address ?? Array((socket.peerAddress?.ipAddress ?? "unknown").utf8)
        slot = loop.deadlines.register(self)
        registry.insert(self)
        loop.openConnections += 1
        loop.deadlines.set(slot, to: .now() + limits.headTimeout)
    }

    func received(_ bytes: ByteBuffer) {
        loop.readClock()
        guard phase != .linger, phase != .closed else { return }
        if var held = pending {
            pending = nil
            held.writeImmutableBuffer(bytes)
            process(held)
        } else {
            process(bytes)
        }
    }

    // MARK: Requests

    /// Uses what can be used of `received` and keeps the rest.
    private func process(_ received: ByteBuffer) {
        guard !isProcessing else {
            pending = received
            return
        }
        isProcessing = true
        defer { isProcessing = false }
        var buffer = received
        while true {
            switch phase {
            case .head:
                guard buffer.readableBytes > 0, takeHead(&buffer) else { return keep(buffer) }
            case .content:
                guard readsContent, takeContent(&buffer) else { return keep(buffer) }
            case .reply, .flushing:
                return keep(buffer)
            case .tunnel:
                if buffer.readableBytes > 0 { responder?.content(buffer) }
                return
            case .linger, .closed:
                pending = nil
                return
            }
        }
    }

    /// Keeps unused bytes; stops reading when a client sends too far ahead.
    private func keep(_ buffer: ByteBuffer) {
        guard phase != .linger, phase != .closed else { return }
        guard buffer.readableBytes > 0 else {
            pending = nil
            return
        }
        // A few bytes do not keep a whole read's storage: thousands of clients may be waiting in the middle of a head.
        pending = buffer.readableBytes < buffer.capacity / 4 ? buffer.compacted() : buffer
        if phase != .head, buffer.readableBytes > limits.pipelinedBytes { socket.setReading(false) }
    }

    /// Parses a head and begins its exchange; false when more bytes are needed or the connection ends.
    private func takeHead(_ buffer: inout ByteBuffer) -> Bool {
        // A head that arrives in small pieces is looked at again when it has grown by half, or when its end has
        // come: linear work however it is cut.
        if examined > 0, buffer.readableBytes < examined + examined / 2, !endsHead(buffer) { return false }
        if examined == 0 { loop.deadlines.set(slot, to: loop.now + limits.headTimeout) }
        let progress = buffer.withUnsafeReadableBytes {
            HeadParser.parseRequest($0, into: loop.requestTable, limits: limits.head)
        }
        switch progress {
        case .incomplete:
            examined = max(buffer.readableBytes, 1)
            return false
        case .refused(let defect):
            refuse(status: defect.status, detail: defect.detail)
            return false
        case .complete(let consumed):
            examined = 0
            begin(buffer, consumed: consumed)
            buffer.moveReaderIndex(forwardBy: consumed)
            return true
        }
    }

    /// Whether the end of a head stands among the bytes that have not been looked at.
    private func endsHead(_ buffer: ByteBuffer) -> Bool {
        buffer.withUnsafeReadableBytes { bytes in
            var index = max(3, examined)
            while index < bytes.count {
                if bytes[index] == 0x0A, bytes[index - 2] == 0x0A || bytes[index - 1] == 0x0A { return true }
                index += 1
            }
            return false
        }
    }

    /// Hands the request over.
    private func begin(_ buffer: ByteBuffer, consumed: Int) {
        let table = loop.requestTable
        let connection = table.connection
        isHTTP10 = table.minorVersion == 0
        isPersistent = isHTTP10 ? connection.contains(.keepAlive) : !connection.contains(.close)
        if isHTTP10, connection.contains(.close) { isPersistent = false }
        awaitsContinue = table.expectsContinue && table.framing != .none
        isHeadSent = false
        isChunked = false
        endsWithConnection = false
        isResponseComplete = false
        readsContent = true
        contentTimeout = limits.contentTimeout
        contentRate = limits.minimumContentRate
        contentBytes = 0
        if table.framing == .none {
            phase = .reply
            loop.deadlines.set(slot, to: nil)
        } else {
            phase = .content
            reader = ContentReader(table.framing)
            restartContentWindow()
        }
        let isComplete = table.framing == .none
        let answering = provider.responder()
        responder = answering
        buffer.withUnsafeReadableBytes { bytes in
            let head = RequestHead(
                bytes: bytes, table: table, buffer: buffer, clientAddress: clientAddress, isSecure: isSecure, peer: peer
            )
            answersHEAD = head.method.count == 4 && head.method.elementsEqual([0x48, 0x45, 0x41, 0x44])
            answering.begin(head, client: self)
        }
        if isComplete, !isResponseComplete { responder?.contentEnded(trailers: []) }
    }

    /// Delivers content; false when more bytes are needed or the connection ends.
    private func takeContent(_ buffer: inout ByteBuffer) -> Bool {
        switch reader.next(&buffer) {
        case .content(let bytes):
            awaitsContinue = false
            contentBytes += Int64(bytes.readableBytes)
            if !isResponseComplete { responder?.content(bytes) }
            // The end is known with the last piece: it must not wait for bytes that will never come.
            if phase == .content, reader.isAtEnd { contentEnded(trailers: []) }
            return true
        case .needsMore:
            return false
        case .end(let trailers):
            contentEnded(trailers: trailers)
            return true
        case .invalid:
            isPersistent = false
            fail(ExchangeFailure(.malformedRequestContent, retry: .never))
            return false
        }
    }

    /// The request is complete.
    private func contentEnded(trailers: [UInt8]) {
        contentWindowEnds()
        phase = .reply
        if isResponseComplete { finish() } else { responder?.contentEnded(trailers: trailers) }
    }

    /// Tells the responder that the request will not be completed, and closes when it has nothing to say.
    private func fail(_ failure: ExchangeFailure) {
        isPersistent = false
        responder?.requestFailed(failure)
        guard phase != .closed, phase != .linger else { return }
        if isResponseComplete { linger() } else { abort() }
    }

    /// Has a head refused that is no request, or did not come in time.
    private func refuse(status: Int, detail: StaticString) {
        isPersistent = false
        isHTTP10 = false
        answersHEAD = false
        isHeadSent = false
        isChunked = false
        awaitsContinue = false
        isResponseComplete = false
        phase = .reply
        loop.deadlines.set(slot, to: nil)
        let answering = provider.responder()
        responder = answering
        answering.refuse(status: status, detail: detail, client: self)
    }

    // MARK: ExchangeClient

    var isWritable: Bool { socket.isWritable }

    func sendContinue() {
        guard awaitsContinue, !isHeadSent, phase != .closed else { return }
        awaitsContinue = false
        var buffer = loop.heads.take()
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        write(buffer)
    }

    func sendInterim(_ head: ResponseHead) {
        // RFC 9110 §15.2: never to an HTTP/1.0 client.
        guard !isHTTP10, !isHeadSent, phase != .closed else { return }
        var buffer = loop.heads.take()
        buffer.writeHead(room: room(for: head)) { cursor in
            HeadWriter.writeStatusLine(status: head.status, reason: head.reason, into: &cursor)
            writeReceivedLines(head, into: &cursor)
            cursor.write("\r\n")
        }
        write(buffer)
    }

    func send(_ head: ResponseHead, content: ByteBuffer?, isComplete: Bool) {
        guard !isHeadSent, phase != .closed, phase != .linger else { return }
        isHeadSent = true
        if loop.isDraining || isEnding || head.closes { isPersistent = false }
        // RFC 9112 §9.3: the content of an answered request is read to its end, or the connection ends.
        if phase == .content, awaitsContinue || !reader.endsWithin(limits.pipelinedBytes) { isPersistent = false }
        var buffer = loop.heads.take()
        buffer.writeHead(room: room(for: head)) { cursor in
            writeStatusLine(head, into: &cursor)
            writeReceivedLines(head, into: &cursor)
            cursor.write(loop.additions.text)
            writeFraming(head, into: &cursor)
            if !isPersistent {
                cursor.write("Connection: close\r\n")
            } else if isHTTP10 {
                cursor.write("Connection: keep-alive\r\n")
            }
            cursor.write("\r\n")
        }
        if let content, content.readableBytes > 0, !answersHEAD {
            append(content, to: &buffer)
        }
        if isComplete, isChunked { buffer.writeStaticString("0\r\n\r\n") }
        write(buffer)
        if isComplete { complete() }
    }

    func send(content: ByteBuffer) {
        guard isHeadSent, !isResponseComplete, !answersHEAD, content.readableBytes > 0 else { return }
        defer { if !isWritable, phase == .reply { loop.deadlines.set(slot, to: loop.now + limits.idleTimeout) } }
        if isChunked {
            var buffer = loop.heads.take()
            append(content, to: &buffer)
            write(buffer)
        } else {
            socket.write(content)
        }
    }

    func end(trailers: [UInt8]) {
        guard isHeadSent, !isResponseComplete else { return }
        if phase == .tunnel {
            isResponseComplete = true
            return socket.closeOutput()
        }
        if isChunked {
            var buffer = loop.heads.take()
            buffer.writeStaticString("0\r\n")
            buffer.writeBytes(trailers)
            buffer.writeStaticString("\r\n")
            write(buffer)
        }
        complete()
    }

    func abort() {
        guard phase != .closed else { return }
        responder = nil
        // Where only the end of the connection ends the content, an orderly end would make it look complete.
        if endsWithConnection { socket.reset() } else { socket.close() }
    }

    func setReadsContent(_ reads: Bool) {
        guard reads != readsContent else { return }
        readsContent = reads
        if phase == .content { contentWindowEnds() }
        if reads {
            socket.setReading(true)
            if phase == .content { restartContentWindow() }
            resume()
        } else {
            socket.setReading(false)
        }
    }

    // MARK: Replies

    /// Room for a head with everything that may stand in it.
    func room(for head: ResponseHead) -> Int {
        let lines = head.received.map { HeadWriter.room(for: loop.responseTable, bytes: $0) } ?? 0
        return HeadWriter.fixedRoom + head.reason.count + lines + loop.additions.text.count
    }

    /// The status line, with the standard phrase where none was received.
    func writeStatusLine(_ head: ResponseHead, into cursor: inout HeadCursor) {
        guard head.reason.isEmpty else {
            return HeadWriter.writeStatusLine(status: head.status, reason: head.reason, into: &cursor)
        }
        let phrase = ReasonPhrase.standard(head.status)
        HeadWriter.writeStatusLine(
            status: head.status,
            reason: UnsafeRawBufferPointer(start: phrase.utf8Start, count: phrase.utf8CodeUnitCount), into: &cursor)
    }

    /// The lines of the upstream's head that go on.
    func writeReceivedLines(_ head: ResponseHead, into cursor: inout HeadCursor) {
        guard let received = head.received else { return }
        HeadWriter.writeLines(
            of: loop.responseTable, bytes: received, into: &cursor, where: head.forwards)
    }

    /// The fields that delimit the content towards this client.
    private func writeFraming(_ head: ResponseHead, into cursor: inout HeadCursor) {
        let hasNoContent = head.status == 204 || head.status == 304 || answersHEAD
        if hasNoContent {
            if let length = head.statedLength, head.status != 204 {
                HeadWriter.writeContentLength(length, into: &cursor)
            }
            return
        }
        switch head.framing {
        case .none: cursor.write("Content-Length: 0\r\n")
        case .length: HeadWriter.writeFraming(head.framing, into: &cursor)
        case .chunked, .untilClose:
            if isHTTP10 {
                isPersistent = false
                endsWithConnection = true
            } else {
                isChunked = true
                HeadWriter.writeFraming(.chunked, into: &cursor)
            }
        }
    }

    /// Puts content behind what `buffer` holds: copied when it is short, else written as it is after `buffer`.
    private func append(_ content: ByteBuffer, to buffer: inout ByteBuffer) {
        if isChunked {
            buffer.writeHead(room: 24) { cursor in
                cursor.write(hexadecimal: content.readableBytes)
                cursor.write("\r\n")
            }
        }
        if content.readableBytes <= 16_384 {
            buffer.writeImmutableBuffer(content)
        } else {
            socket.write(buffer, isFollowed: true)
            socket.write(content, isFollowed: isChunked)
            loop.heads.give(buffer)
            buffer = loop.heads.take()
        }
        if isChunked { buffer.writeStaticString("\r\n") }
    }

    /// Writes `buffer` and gives it back for the next head.
    func write(_ buffer: ByteBuffer) {
        if buffer.readableBytes > 0 { socket.write(buffer) }
        loop.heads.give(buffer)
    }

    /// The response is out.
    private func complete() {
        isResponseComplete = true
        responder = nil
        if phase == .reply {
            finish()
        } else if phase == .content {
            if isPersistent { setReadsContent(true) } else { linger() }
        }
    }

    /// Both halves of the exchange are over.
    private func finish() {
        responder = nil
        // A reply that was begun before the drain has not said that the connection ends: the next one will.
        guard isPersistent else { return linger() }
        guard isWritable else {
            // A client that sends requests and reads no replies would make them pile up.
            phase = .flushing
            socket.setReading(false)
            loop.deadlines.set(slot, to: loop.now + limits.idleTimeout)
            return
        }
        phase = .head
        examined = 0
        socket.setReading(true)
        let isAhead = pending.map { $0.readableBytes > 0 } ?? false
        let isLast = loop.isDraining || isEnding
        let patience = isAhead ? limits.headTimeout : isLast ? Self.lastPatience : limits.idleTimeout
        loop.deadlines.set(slot, to: loop.now + patience)
        resume()
    }

    /// Goes on with bytes that were kept.
    func resume() {
        guard !isProcessing, let held = pending else { return }
        pending = nil
        process(held)
    }

    /// Closes the sending side and reads on for a while, so that the reply is not lost in a reset (RFC 9112 §9.6).
    private func linger() {
        guard phase != .linger, phase != .closed else { return }
        phase = .linger
        responder = nil
        pending = nil
        socket.setReading(true)
        loop.deadlines.set(slot, to: loop.now + limits.idleTimeout)
        socket.whenFlushed { [weak self] in
            guard let self, phase == .linger else { return }
            loop.deadlines.set(slot, to: .now() + limits.lingerTimeout)
            socket.closeOutput()
        }
    }

    // MARK: Time and flow

    func socketIsWritable() {
        loop.readClock()
        switch phase {
        case .flushing: finish()
        case .content: hasTaken = true
        case .reply: loop.deadlines.set(slot, to: nil)
        case .head, .tunnel, .linger, .closed: break
        }
        responder?.clientWritabilityChanged(true)
    }

    func deadlinePassed(now: NIODeadline) {
        switch phase {
        case .head:
            if pending == nil {
                socket.close()
            } else {
                refuse(status: 408, detail: "The header section did not arrive in time.")
            }
        case .content:
            guard readsContent, isWritable || hasTaken else { return abortAsGone() }
            let needed = max(1, Int64(contentRate) * max(1, contentTimeout.nanoseconds / 1_000_000_000))
            // Behind a reply that has begun, content may be one half of a conversation: it comes when it comes.
            if isHeadSent && !isResponseComplete || contentBytes - contentBytesAtWindow >= needed {
                restartContentWindow()
            } else {
                fail(ExchangeFailure(.requestTimeout, retry: .never))
            }
        case .reply: abortAsGone()
        case .flushing: socket.close()
        case .linger: socket.close()
        case .tunnel, .closed: break
        }
    }

    /// The client takes nothing: it counts as gone.
    private func abortAsGone() {
        let answering = responder
        responder = nil
        answering?.requestFailed(ExchangeFailure(.clientGone, retry: .never))
        socket.close()
    }

    /// Content is not waited for any more. A client that has taken nothing of its reply is.
    private func contentWindowEnds() {
        loop.deadlines.set(slot, to: isHeadSent && !isWritable ? loop.now + limits.idleTimeout : nil)
    }

    /// Begins a new window in which content has to make progress.
    private func restartContentWindow() {
        contentBytesAtWindow = contentBytes
        hasTaken = false
        loop.deadlines.set(slot, to: loop.now + contentTimeout)
    }

    /// Time for the last request of a connection that has to end.
    private static let lastPatience = TimeAmount.seconds(1)

    /// Ends the connection behind its next reply; an idle one when no request comes within a second.
    ///
    /// Closing an idle connection at once would cut off the request that is already on its way.
    func drain() {
        isEnding = true
        guard phase == .head, pending == nil else { return }
        loop.deadlines.set(slot, to: .now() + Self.lastPatience)
    }

    func socketClosed(hasFailed: Bool) {
        guard phase != .closed else { return }
        // TLS ends both directions at once; that is an end all the same.
        let isOrderlyEnd = phase == .tunnel && !hasFailed
        phase = .closed
        pending = nil
        loop.deadlines.unregister(slot)
        slot = -1
        loop.openConnections -= 1
        registry.remove(self)
        let answering = responder
        responder = nil
        if isOrderlyEnd { answering?.contentEnded(trailers: []) }
        answering?.requestFailed(ExchangeFailure(.clientGone, retry: .never))
    }
}
