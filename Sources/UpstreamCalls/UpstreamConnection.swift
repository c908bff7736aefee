import HTTPExchanges
import NIOCore
import SocketTransport

/// One HTTP/1.1 connection to an upstream's endpoint: writes a request, takes the response out of the received bytes.
///
/// | phase | event | next |
/// |---|---|---|
/// | idle | a call leases it | head |
/// | idle | any byte, end of input | closed (nobody asked: RFC 9112 §9.2) |
/// | head | interim response | head |
/// | head | final head | content, or done when there is none |
/// | head | closed before a byte | closed; the call may be retried |
/// | head | 101 that the caller has asked for | tunnel |
/// | tunnel | the end of both sides | closed |
/// | content | end of content | done |
/// | content | closed, broken framing | closed; the call fails |
/// | done | request complete, persistent, nothing left over | idle |
/// | done | otherwise | closed |
package final class UpstreamConnection: ByteStreamHandler, DeadlineOwner {
    /// What the connection is doing.
    private enum Phase { case idle, head, content, tunnel, closed }

    /// The endpoint's place in the pool.
    let seat: PoolSeat
    private let loop: ExchangeLoop
    private let headLimits: HeadLimits
    private let pool: UpstreamPool
    private let stream: any ByteStream
    /// The stream, where it is one of HTTP/2: it serves one call.
    private let multiplexed: HTTP2ClientStream?
    private var slot = -1

    private var phase = Phase.idle
    private var caller: (any UpstreamCaller)?
    private var reader = ContentReader(.none)
    private var pending: ByteBuffer?
    /// Trailers that came in one read with the head, until the content before them is handed over.
    private var heldTrailers: [UInt8]?
    private var answersHEAD = false
    private var isRequestComplete = false
    private var isPersistent = true
    private var hasReceivedBytes = false
    /// When the call at hand began.
    private var leasedAt = NIODeadline.uptimeNanoseconds(0)
    /// Whether the endpoint has been blamed for the call at hand.
    private var isBlamed = false
    /// Whether an earlier exchange has used this connection: then its end without a byte says nothing about the call.
    package private(set) var isReused: Bool

    /// A connection over `stream` that belongs to `pool`.
    init(
        _ stream: any ByteStream, seat: PoolSeat, loop: ExchangeLoop, headLimits: HeadLimits, pool: UpstreamPool
    ) {
        self.stream = stream
        multiplexed = stream as? HTTP2ClientStream
        isReused = multiplexed?.isReused ?? false
        self.seat = seat
        self.loop = loop
        self.headLimits = headLimits
        self.pool = pool
    }

    /// Set once the connection is established: from then on the pool counts it until it is removed.
    var isEstablished = false

    // MARK: Calls

    /// The endpoint at the other end.
    package var endpoint: UpstreamEndpoint { seat.state.endpoint }

    /// What all loops know of the endpoint at the other end.
    package var endpointState: EndpointState { seat.state }

    /// Whether bytes sent now would go out without piling up.
    package var isWritable: Bool { stream.isWritable }

    /// Whether the connection is over behind the first call.
    var isForOneCall: Bool { multiplexed != nil }

    /// Whether a request could be sent.
    var isUsable: Bool { phase == .idle && stream.isOpen }

    /// Notes that nobody uses the connection: it may be closed after a while.
    func restUntil(_ deadline: NIODeadline) { loop.deadlines.set(slot, to: deadline) }

    /// Begins a call: the next response belongs to `caller`.
    func lease(to caller: any UpstreamCaller) {
        self.caller = caller
        phase = .head
        isRequestComplete = false
        isPersistent = !isForOneCall
        hasReceivedBytes = false
        heldTrailers = nil
        leasedAt = loop.now
        isBlamed = false
        loop.deadlines.set(slot, to: nil)
    }

    /// Lets another hear of the response from here on; nothing of it must have been handed over yet.
    package func handOver(to caller: any UpstreamCaller) {
        if self.caller != nil { self.caller = caller }
    }

    /// Sends the request's head with whatever content is at hand.
    ///
    /// - Parameter answersHEAD: the method is `HEAD`, so the response has no content.
    /// - Parameter isComplete: nothing follows.
    package func send(head: ByteBuffer, content: ByteBuffer? = nil, answersHEAD: Bool, isComplete: Bool) {
        guard phase == .head else { return }
        self.answersHEAD = answersHEAD
        isRequestComplete = isComplete
        stream.write(head, isFollowed: content != nil)
        if let content { stream.write(content) }
    }

    /// Sends content that is already framed.
    ///
    /// - Parameter isFollowed: more is sent at once.
    package func send(content: ByteBuffer, isComplete: Bool, isFollowed: Bool = false) {
        guard phase == .head || phase == .content || phase == .tunnel else { return }
        if isComplete { isRequestComplete = true }
        if content.readableBytes > 0 { stream.write(content, isFollowed: isFollowed) }
    }

    /// Gives the call up: the connection is closed, the caller hears nothing more.
    ///
    /// - Parameter isLate: the endpoint did not answer in time, which speaks against it.
    package func cancel(isLate: Bool = false) {
        if isLate, caller != nil {
            blame()
            multiplexed?.timedOut(since: leasedAt)
        }
        caller = nil
        isPersistent = false
        stream.close()
    }

    /// Ends this side of a tunnel behind what is queued; the service may go on sending.
    package func closeOutput() {
        if phase == .tunnel { stream.closeOutput() }
    }

    /// Stops or resumes reading the response.
    package func setReading(_ reads: Bool) {
        stream.setReading(reads)
    }

    // MARK: The stream

    /// Begins to read.
    ///
    /// - Throws: the system's error when the stream cannot be watched; it is closed then.
    func start() throws {
        try stream.start(self)
        slot = loop.deadlines.register(self)
    }

    package func socketIsWritable() {
        loop.readClock()
        caller?.upstreamWritabilityChanged(true)
    }

    package func socketClosed(hasFailed: Bool) {
        loop.readClock()
        ended(hasFailed: hasFailed)
    }

    package func inputEnded() -> Bool {
        guard phase == .tunnel, let caller else { return false }
        loop.readClock()
        caller.receivedEnd(trailers: [])
        return true
    }

    package func deadlinePassed(now: NIODeadline) {
        if phase == .idle { stream.close() }
    }

    package func received(_ bytes: ByteBuffer) {
        var buffer = bytes
        loop.readClock()
        // Bytes that nobody asked for must not answer the next request (RFC 9112 §9.2).
        guard phase != .idle else { return stream.close() }
        hasReceivedBytes = true
        if var held = pending {
            pending = nil
            held.writeBuffer(&buffer)
            buffer = held
        }
        while phase == .head, buffer.readableBytes > 0 {
            guard takeHead(&buffer) else { return }
        }
        if phase == .content {
            takeContent(&buffer)
        } else if phase == .tunnel, buffer.readableBytes > 0 {
            caller?.received(content: buffer)
        }
        // What went on has been copied or is still held; then the next taker gets other storage.
        if pending == nil { loop.eventLoop.readBuffers.give(bytes) }
    }

    // MARK: Responses

    /// Parses a head; false when more bytes are needed or the call is over.
    private func takeHead(_ buffer: inout ByteBuffer) -> Bool {
        let table = loop.responseTable
        let progress = buffer.withUnsafeReadableBytes {
            HeadParser.parseResponse($0, into: table, limits: headLimits, answersHEAD: answersHEAD)
        }
        switch progress {
        case .incomplete:
            pending = buffer
            return false
        case .refused:
            fail(.malformedResponse)
            return false
        case .complete(let consumed):
            let head = buffer
            buffer.moveReaderIndex(forwardBy: consumed)
            if table.status < 200 {
                if table.status == 101 { return takeUpgrade(head, table: table) }
                if table.status != 100 {
                    head.withUnsafeReadableBytes { caller?.receivedInterim(table, bytes: $0) }
                }
                return phase == .head
            }
            takeFinalHead(head, table: table, rest: &buffer)
            return phase == .content
        }
    }

    /// Makes a tunnel of the call, if the caller has asked for what the service says.
    private func takeUpgrade(_ head: ByteBuffer, table: HeadTable) -> Bool {
        // Before the caller hears of it: it may have something to send at once.
        phase = .tunnel
        isPersistent = false
        // A stream of HTTP/2 cannot become anything else (RFC 9113 §8.6).
        guard let caller, !isForOneCall, head.withUnsafeReadableBytes({ caller.switchesProtocols(table, bytes: $0) })
        else {
            fail(.unexpectedUpgrade)
            return false
        }
        pool.noteReply(of: seat, after: loop.now - leasedAt)
        seat.state.recordSuccess()
        return true
    }

    /// Hands the final head over, with content that came along.
    private func takeFinalHead(_ head: ByteBuffer, table: HeadTable, rest: inout ByteBuffer) {
        if table.connection.contains(.close) { isPersistent = false }
        if table.minorVersion == 0, !table.connection.contains(.keepAlive) { isPersistent = false }
        if table.framing == .untilClose { isPersistent = false }
        phase = .content
        // 502, 503 and 504 speak of the instance, every other status of the request.
        if (502...504).contains(table.status) { blame() } else { pool.noteReply(of: seat, after: loop.now - leasedAt) }
        reader = ContentReader(table.framing)
        // A short reply comes in one piece: head, content and end are handed over together, for one write.
        var first: ByteBuffer?
        var second: ByteBuffer?
        var isComplete = reader.isAtEnd
        while !isComplete, second == nil {
            switch reader.next(&rest) {
            case .content(let bytes):
                if first == nil { first = bytes } else { second = bytes }
                isComplete = reader.isAtEnd
                continue
            case .end(let trailers):
                if trailers.isEmpty { isComplete = true } else { heldTrailers = trailers }
            case .needsMore: break
            case .invalid: return fail(.malformedResponse)
            }
            break
        }
        let receiver = caller
        let endsNow = isComplete && second == nil
        if endsNow { finish(leftover: rest.readableBytes) }
        head.withUnsafeReadableBytes {
            receiver?.received(table, head: head, bytes: $0, content: first, isComplete: endsNow)
        }
        if let second, phase == .content { caller?.received(content: second) }
    }

    /// Delivers content until the bytes are used up or the response ends.
    private func takeContent(_ buffer: inout ByteBuffer) {
        if let trailers = heldTrailers { return end(trailers, leftover: buffer.readableBytes) }
        while phase == .content {
            switch reader.next(&buffer) {
            case .content(let bytes):
                caller?.received(content: bytes)
                guard phase == .content else { return }
            case .needsMore: return
            case .end(let trailers): return end(trailers, leftover: buffer.readableBytes)
            case .invalid: return fail(.malformedResponse)
            }
            if reader.isAtEnd { return end([], leftover: buffer.readableBytes) }
        }
    }

    /// Hands the end over.
    private func end(_ trailers: [UInt8], leftover: Int) {
        let receiver = caller
        finish(leftover: leftover)
        receiver?.receivedEnd(trailers: trailers)
    }

    /// The response is complete: back to the pool, or closed when another use would not be safe.
    private func finish(leftover: Int) {
        guard phase == .content else { return }
        caller = nil
        pending = nil
        isReused = true
        if !isBlamed { seat.state.recordSuccess() }
        if isPersistent, isRequestComplete, leftover == 0, stream.isOpen {
            phase = .idle
            setReading(true)
            pool.giveBack(self)
        } else {
            phase = .closed
            pool.remove(self)
            stream.close()
        }
    }

    /// Notes that the call failed by the endpoint's doing, once.
    private func blame() {
        guard !isBlamed else { return }
        isBlamed = true
        pool.noteFailure(of: seat)
    }

    /// The call fails; nothing more is read.
    private func fail(_ reason: ExchangeFailure.Reason) {
        let receiver = caller
        caller = nil
        if receiver != nil { blame() }
        stream.close()
        receiver?.callFailed(ExchangeFailure(reason, retry: .never))
    }

    /// The connection is over.
    private func ended(hasFailed: Bool) {
        loop.deadlines.unregister(slot)
        slot = -1
        guard phase != .closed else { return }
        let last = phase
        phase = .closed
        if isEstablished { pool.remove(self) }
        guard let receiver = caller else { return }
        caller = nil
        if last == .tunnel { return receiver.tunnelClosed(hasFailed: hasFailed) }
        let isEnd = last == .content && reader.endsWithConnection && !hasFailed
        // A service may close a connection that has rested; only a fresh one speaks against its endpoint.
        if !isEnd, last == .content || hasReceivedBytes || !isReused { blame() }
        if isEnd {
            if !isBlamed { seat.state.recordSuccess() }
            receiver.receivedEnd(trailers: [])
        } else if last == .head {
            let isUntouched = multiplexed?.isUnprocessed == true
            receiver.callFailed(
                ExchangeFailure(
                    .connectionReset, retry: hasReceivedBytes ? .never : isUntouched ? .always : .idempotentOnly))
        } else {
            receiver.callFailed(ExchangeFailure(.truncatedResponse, retry: .never))
        }
    }
}
