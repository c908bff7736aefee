import GatewaySettings
import GatewayTelemetry
import HTTPExchanges
import NIOCore
import UpstreamCalls

/// The request on its way to the service: get a connection, send head and content, try again where that is safe.
extension GatewayExchange: UpstreamCaller {
    /// Content up to this size goes out in one write with the head, so that it can be sent again.
    private static let inlineContent = 16 * 1024

    /// Begins the call, or the next attempt at it.
    func call() {
        guard let row, client != nil else { return }
        if isCheckOnly { return tellKept() }
        if let composition {
            calledAt = worker.loop.now
            return composition.start(content: content)
        }
        attempts += 1
        let pool = serving.lanes[row.upstream].pool
        if attempts == 1 { pool.budget.recordRequest() }
        worker.metrics.recordAttempt(upstream: snapshot.upstreams[row.upstream].metrics, isRetry: attempts > 1)
        isLeasing = true
        calledAt = worker.loop.now
        if trace != nil { beginAttemptSpan() }
        let wish = EndpointWish(key: affinity, avoided: failedEndpoint, needsHTTP1: handshake != nil)
        if case .streamed = contentMode {
            pool.lease(to: self, wish: wish)
            // Nothing is read that could not be sent on.
            if isLeasing { client?.setReadsContent(false) }
        } else {
            pool.lease(to: self, wish: wish)
        }
    }

    func connected(_ connection: UpstreamConnection) {
        isLeasing = false
        guard client != nil, let row else { return connection.cancel() }
        self.connection = connection
        endpointName = connection.endpoint.name
        guard case .streamed(let framing) = contentMode else {
            awaitReply(row)
            return sendHead(on: connection, attempt: trace?.attempt)
        }
        worker.loop.deadlines.set(slot, to: endsBy)
        sendHead(on: connection, attempt: trace?.attempt)
        // The end may have come while there was no connection to tell it.
        if isRequestComplete { endForwarding(framing: framing) } else { client?.setReadsContent(true) }
    }

    /// Sets the time by which the reply has to begin, or by which a second attempt is made beside this one.
    private func awaitReply(_ row: RouteRow) {
        attemptEndsBy = min(endsBy, worker.loop.now + row.attemptTimeout)
        worker.loop.deadlines.set(slot, to: mayHedge(row) ? hedgeTime(row) : attemptEndsBy)
    }

    /// Sends the head with framing, and the content if it has been gathered.
    func sendHead(on connection: UpstreamConnection, attempt: ExchangeTrace.Attempt?) {
        let headEnd = head.writerIndex
        writeTraceParent(attempt)
        var isComplete = true
        var separate: ByteBuffer?
        switch contentMode {
        case .none: endHead(statesNoContent ? .length(0) : .none)
        case .gathered:
            let length = content?.readableBytes ?? 0
            endHead(.length(Int64(length)))
            if let content, length > 0 {
                if length <= Self.inlineContent { head.writeImmutableBuffer(content) } else { separate = content }
            }
        case .streamed(let framing):
            endHead(framing)
            isComplete = false
        }
        // The head is put back as it was, for a retry, before anything is sent.
        let outgoing = head
        head.moveWriterIndex(to: headEnd)
        connection.send(head: outgoing, content: separate, answersHEAD: isHEAD, isComplete: isComplete)
    }

    /// Writes the framing and the empty line behind the fields.
    private func endHead(_ framing: BodyFraming) {
        head.writeHead(room: HeadWriter.fixedRoom) { cursor in
            HeadWriter.writeFraming(framing, into: &cursor)
            cursor.write("\r\n")
        }
    }

    /// Sends streamed content on, in the framing that the head announced.
    func forward(content bytes: ByteBuffer, framing: BodyFraming) {
        guard let connection else { return }
        if framing == .chunked {
            var buffer = worker.loop.heads.take()
            buffer.writeHead(room: 24) { cursor in
                cursor.write(hexadecimal: bytes.readableBytes)
                cursor.write("\r\n")
            }
            if bytes.readableBytes <= 16_384 {
                buffer.writeImmutableBuffer(bytes)
                buffer.writeStaticString("\r\n")
                connection.send(content: buffer, isComplete: false)
                worker.loop.heads.give(buffer)
            } else {
                connection.send(content: buffer, isComplete: false, isFollowed: true)
                connection.send(content: bytes, isComplete: false, isFollowed: true)
                worker.loop.heads.give(buffer)
                connection.send(content: ByteBuffer(staticString: "\r\n"), isComplete: false)
            }
        } else {
            connection.send(content: bytes, isComplete: false)
        }
        if !connection.isWritable { client?.setReadsContent(false) }
    }

    /// Ends streamed content.
    func endForwarding(framing: BodyFraming) {
        guard let connection, let row else { return }
        if framing == .chunked {
            var buffer = worker.loop.heads.take()
            buffer.writeStaticString("0\r\n")
            Trailers.write(trailers, table: worker.loop.requestTable, into: &buffer)
            buffer.writeStaticString("\r\n")
            connection.send(content: buffer, isComplete: true)
            worker.loop.heads.give(buffer)
        } else {
            connection.send(content: ByteBuffer(), isComplete: true)
        }
        guard !isHeadSent else { return }
        attemptEndsBy = min(endsBy, worker.loop.now + row.attemptTimeout)
        worker.loop.deadlines.set(slot, to: attemptEndsBy)
    }

    func connectionFailed(_ failure: ExchangeFailure) {
        isLeasing = false
        recordAttemptFailure(failure)
        endAttemptSpan(failure: failure.name)
        guard client != nil else { return }
        if mayRetry(after: failure) { return call() }
        fail(failure)
    }

    func callFailed(_ failure: ExchangeFailure) {
        // A connection that has rested may end by its service's wish, which says nothing about the endpoint.
        if connection?.isReused == false { failedEndpoint = connection?.endpointState }
        connection = nil
        recordAttemptFailure(failure)
        endAttemptSpan(failure: failure.name)
        guard client != nil else { return }
        // The other attempt may still bring the reply.
        if hedge != nil { return }
        if isHeadSent {
            client?.abort()
            client = nil
            return conclude(outcome: failure.name)
        }
        if mayRetry(after: failure) { return call() }
        fail(failure)
    }

    func upstreamWritabilityChanged(_ isWritable: Bool) {
        guard case .streamed = contentMode, !isRequestComplete else { return }
        client?.setReadsContent(isWritable)
    }

    /// What the hash of the request goes by.
    func affinity(by source: UpstreamSettings.HashSource, of head: RequestHead) -> UInt64 {
        switch source {
        case .address: return AffinityHash.of(clientAddress)
        case .path: return AffinityHash.of(target.slice(of: head.bytes))
        case .header(let name):
            for index in 0..<head.table.count
            where head.table[index].name.slice(of: head.bytes).isField(name) {
                return AffinityHash.of(head.table[index].value.slice(of: head.bytes))
            }
            return AffinityHash.of(clientAddress)
        }
    }

    // MARK: Again

    /// Whether the request may and will be sent once more.
    func mayRetry(after failure: ExchangeFailure) -> Bool {
        guard let row, attempts <= row.retry.attempts, !isHeadSent, isReplayable else { return false }
        switch failure.retry {
        case .always: guard row.retry.onConnect else { return false }
        case .idempotentOnly:
            let isWanted = failure.reason == .responseHeadTimeout ? row.retry.onTimeout : row.retry.onReset
            guard isWanted, isRepeatable(row) else { return false }
        case .never: return false
        }
        return worker.loop.now < endsBy && serving.lanes[row.upstream].pool.mayRepeat()
    }

    /// Whether a reply with `status` is given up for another attempt.
    func mayRetry(afterStatus status: Int) -> Bool {
        guard status >= 400, let row, row.retry.statuses.contains(status), attempts <= row.retry.attempts,
            !isHeadSent, isReplayable, isRepeatable(row)
        else { return false }
        return worker.loop.now < endsBy && serving.lanes[row.upstream].pool.mayRepeat()
    }

    /// Whether the method may be asked for twice, by RFC 9110 §9.2 and the settings.
    private func isRepeatable(_ row: RouteRow) -> Bool {
        row.retry.methods == .idempotent ? isIdempotent : isSafe
    }

    /// Whether the whole request is at hand. Streamed content is gone once it is sent.
    private var isReplayable: Bool {
        if case .streamed = contentMode { return false }
        return true
    }

    /// Gives up the call, if there is one.
    func cancelCall() {
        composition?.cancel()
        if isLeasing, let row { serving.lanes[row.upstream].pool.withdraw(self) }
        isLeasing = false
        connection?.cancel()
        connection = nil
        dropHedge()
    }

    /// Counts a failed attempt.
    func recordAttemptFailure(_ failure: ExchangeFailure) {
        guard let row else { return }
        worker.metrics.recordAttemptFailure(
            upstream: snapshot.upstreams[row.upstream].metrics, kind: UpstreamFailureKind(failure.reason))
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are the field name `name`; case does not matter (RFC 9110 §5.1).
    fileprivate func isField(_ name: String) -> Bool {
        count == name.utf8.count
            && zip(self, name.utf8).allSatisfy {
                ($0 &- 0x41 < 26 ? $0 | 0x20 : $0) == ($1 &- 0x41 < 26 ? $1 | 0x20 : $1)
            }
    }
}

extension UpstreamFailureKind {
    /// The kind of a reason.
    init(_ reason: ExchangeFailure.Reason) {
        switch reason {
        case .connectRefused, .handshakeFailed, .unresolvable, .noEndpoint: self = .connect
        case .connectTimeout, .responseHeadTimeout, .responseIdleTimeout, .exchangeTimeout: self = .timeout
        case .poolFull: self = .poolFull
        case .circuitOpen: self = .circuitOpen
        case .malformedResponse, .unexpectedUpgrade, .unexpectedReply: self = .malformed
        default: self = .reset
        }
    }
}

/// Trailer sections on their way through (RFC 9110 §6.5): kept apart from the header fields, dangerous ones dropped.
enum Trailers {
    /// Writes those lines of a trailer section that have no meaning for framing, routing or authentication.
    static func write(_ section: [UInt8], table: HeadTable, into buffer: inout ByteBuffer) {
        for line in kept(section, table: table) { buffer.writeBytes(line) }
    }

    /// The lines that go on, each with its CR LF.
    static func kept(_ section: [UInt8], table: HeadTable) -> [[UInt8]] {
        guard !section.isEmpty else { return [] }
        let text = section + [0x0D, 0x0A]
        return text.withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseTrailers(bytes, into: table, limits: HeadLimits()) else { return [] }
            return (0..<table.count).compactMap { index in
                let line = table[index]
                guard !line.token.isForbiddenInTrailers else { return nil }
                return Array(line.name.slice(of: bytes)) + [0x3A, 0x20] + Array(line.value.slice(of: bytes))
                    + [0x0D, 0x0A]
            }
        }
    }
}
