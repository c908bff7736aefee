import GatewayTelemetry
import HTTPExchanges
import NIOCore
import UpstreamCalls

/// The way back: the service's response, replies of the gateway's own, and the record of the exchange.
extension GatewayExchange {
    // MARK: The service's response

    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {
        client?.sendInterim(
            ResponseHead(
                status: table.status, reason: table.reason.slice(of: bytes), received: bytes, framing: .none))
    }

    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) {
        guard client != nil, let row else { return }
        if hedge != nil { dropHedge() }
        trace?.attempt?.status = table.status
        if isComplete { noteCallEnd() }
        if table.status >= 500 {
            worker.metrics.recordAttemptFailure(upstream: snapshot.upstreams[row.upstream].metrics, kind: .status)
        }
        if table.status >= 400, mayRetry(afterStatus: table.status) {
            failedEndpoint = connection?.endpointState
            endAttemptSpan()
            if !isComplete { connection?.cancel() }
            connection = nil
            return call()
        }
        // RFC 8441 §5: a service that answers otherwise has refused, and any 2xx would tell the client the opposite.
        if opensTunnel, table.status < 300 {
            if !isComplete { connection?.cancel() }
            connection = nil
            return fail(ExchangeFailure(.unexpectedReply, retry: .never))
        }
        if let cacheTurn, cacheAnswers(table, bytes: bytes, isComplete: isComplete, cacheTurn) { return }
        if isComplete { connection = nil } else { noteStream(table, bytes: bytes, row) }
        if case .length(let length) = table.framing, length > row.responseBodyLimit {
            cancelCall()
            return replyTooLarge(row)
        }
        guard responseMayPass(table, head: head, bytes: bytes, content: content, isComplete: isComplete) else {
            if responseCheck != nil { watchIdleness(row) }
            return
        }
        send(table, bytes: bytes, framing: table.framing, content: content, isComplete: isComplete)
        if !isComplete { watchIdleness(row) }
    }

    /// Sends the service's head on, with content; concludes when that is all.
    func send(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, framing: BodyFraming, content: ByteBuffer?, isComplete: Bool
    ) {
        guard let client else { return }
        isHeadSent = true
        status = table.status
        bytesOut = Int64(content?.readableBytes ?? 0)
        addOwnFields(hasDate: table.hasDate)
        if let cacheTurn {
            capture(table, bytes: bytes, framing: framing, content: content, isComplete: isComplete, cacheTurn)
        } else if !invalidates.isEmpty {
            invalidateStored(table, bytes: bytes)
        }
        let head = ResponseHead(
            status: table.status, reason: table.reason.slice(of: bytes), received: bytes, framing: framing,
            statedLength: statedLength(table, bytes: bytes), replacesOriginFields: row?.cors != nil,
            hidden: hiddenFields)
        if isComplete {
            self.client = nil
            client.send(head, content: content, isComplete: true)
            return conclude(outcome: "forwarded")
        }
        client.send(head, content: content, isComplete: false)
        if !client.isWritable, !isAwaitedByOthers { waitForClient() }
    }

    /// Replies to content that exceeds `limits.responseBody`.
    func replyTooLarge(_ row: RouteRow) {
        reply(
            ProblemDocument(
                status: 502, title: "Bad Gateway",
                detail: "The service's reply is larger than this operation allows (limits.responseBody).",
                operation: row.operation),
            outcome: "response-too-large")
    }

    /// Notes whether the content is a stream, which has no end that could be waited for: events (HTML, "Server-sent
    /// events"), or what the operation describes item by item. It has to begin within `timeout`, and then only to go on.
    private func noteStream(_ table: HeadTable, bytes: UnsafeRawBufferPointer, _ row: RouteRow) {
        isStream =
            EventStreams.isOne(table, bytes: bytes)
            || row.contract?.streamsItems == true && (200..<300).contains(table.status)
        if isStream { endsBy = .distantFuture }
    }

    /// From here on the service may not pause for longer than the settings say.
    private func watchIdleness(_ row: RouteRow) {
        guard let client, !isHeadSent || client.isWritable || isAwaitedByOthers else { return }
        worker.loop.deadlines.set(slot, to: min(endsBy, worker.loop.now + row.responseIdleTimeout))
    }

    func received(content: ByteBuffer) {
        guard let row, client != nil else { return }
        watchIdleness(row)
        guard let content = admit(content), let client else { return }
        bytesOut += Int64(content.readableBytes)
        guard bytesOut <= row.responseBodyLimit || isStream else {
            cancelCall()
            return fail(ExchangeFailure(.truncatedResponse, retry: .never))
        }
        if let cacheTurn { capture(content, cacheTurn) }
        client.send(content: content)
        if !client.isWritable, !isAwaitedByOthers { waitForClient() }
    }

    func receivedEnd(trailers: [UInt8]) {
        connection = nil
        noteCallEnd()
        guard client != nil, endMayPass(), let client else { return }
        if let cacheTurn { endCapture(cacheTurn) }
        self.client = nil
        let kept = trailers.isEmpty ? [] : Trailers.kept(trailers, table: worker.loop.responseTable).flatMap { $0 }
        client.end(trailers: kept)
        conclude(outcome: "forwarded")
    }

    /// The client takes no more: the service is not read, and its silence is the client's doing.
    private func waitForClient() {
        connection?.setReading(false)
        worker.loop.deadlines.set(slot, to: endsBy)
    }

    func clientWritabilityChanged(_ isWritable: Bool) {
        guard let row else { return }
        guard isWritable || isAwaitedByOthers else { return waitForClient() }
        connection?.setReading(true)
        if isHeadSent { watchIdleness(row) }
    }

    /// A Content-Length to pass on although no content follows (HEAD, 304).
    private func statedLength(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Int64? {
        // Of content that will lack some fields nobody knows the length without having it.
        guard isHEAD || table.status == 304, row?.undeclaredFields != .strip else { return nil }
        for index in 0..<table.count where table[index].token == .contentLength {
            return HeadParser.contentLength(table[index].value.slice(of: bytes))
        }
        return nil
    }

    /// The fields that the gateway adds to every response.
    func addOwnFields(hasDate: Bool) {
        worker.loop.additions.removeAll()
        worker.loop.additions.add("X-Request-Id", requestID)
        // RFC 9110 §6.6.1: a recipient with a clock adds the Date that is missing.
        if !hasDate { worker.loop.additions.add("Date", worker.loop.currentDate) }
        if let rateLimitNote { addRateLimitFields(rateLimitNote) }
        if let cors = row?.cors { addOriginFields(cors) }
        if let edits = row?.headers?.response {
            for line in edits.added { worker.loop.additions.add(name: line.name, value: line.value) }
        }
    }

    /// Names of fields that do not go on to the client.
    var hiddenFields: [[UInt8]] { row?.headers?.response.hidden ?? [] }

    // MARK: Replies of the gateway's own

    /// Replies with a problem document and ends the exchange.
    ///
    /// - Parameters:
    ///   - allow: the value of Allow.
    ///   - acceptEncoding: the value of Accept-Encoding.
    ///   - challenges: the values of WWW-Authenticate, each a line of its own (RFC 9110 §11.6.1).
    ///   - retryAfter: seconds after which a 503 or a 429 may be another reply (RFC 9110 §10.2.3).
    ///   - namesWebSocket: whether it says how a WebSocket is asked for (RFC 6455 §4.4).
    ///   - closes: the request was not well-formed HTTP, or was not meant for a gateway: the connection ends.
    func reply(
        _ problem: ProblemDocument, outcome: String, allow: [UInt8]? = nil, challenges: [[UInt8]] = [],
        acceptEncoding: StaticString? = nil, retryAfter: Int = 1, namesWebSocket: Bool = false, closes: Bool = false
    ) {
        guard let client, !isHeadSent else { return }
        isHeadSent = true
        status = problem.status
        let json = requestID.withUnsafeBytes { problem.json(instance: $0) }
        bytesOut = Int64(json.count)
        addOwnFields(hasDate: false)
        if let cacheTurn { worker.loop.additions.add("Cache-Status", cacheTurn.status.fieldValue) }
        if composition != nil { addStepTimes() }
        worker.loop.additions.add("Content-Type", "application/problem+json")
        if let allow { worker.loop.additions.add("Allow", allow) }
        if namesWebSocket {
            worker.loop.additions.add("Sec-WebSocket-Version", "13")
            if !opensTunnel {
                worker.loop.additions.add("Upgrade", "websocket")
                worker.loop.additions.add("Connection", "Upgrade")
            }
        }
        if let acceptEncoding { worker.loop.additions.add("Accept-Encoding", acceptEncoding) }
        for challenge in challenges { worker.loop.additions.add("WWW-Authenticate", challenge) }
        if problem.status == 503 || problem.status == 429 {
            worker.loop.additions.add("Retry-After", Array(String(retryAfter).utf8))
        }
        let head = ResponseHead(
            status: problem.status, framing: .length(Int64(json.count)), statedLength: Int64(json.count),
            closes: closes || problem.status == 408)
        self.client = nil
        client.send(head, content: ByteBuffer(bytes: json), isComplete: true)
        conclude(outcome: outcome)
    }

    /// Replies without content and ends the exchange; `addFields` adds to the gateway's own fields.
    func sendEmpty(status: Int, outcome: String, addFields: (inout FieldBuilder) -> Void = { _ in }) {
        guard let client, !isHeadSent else { return }
        isHeadSent = true
        self.status = status
        addOwnFields(hasDate: false)
        addFields(&worker.loop.additions)
        self.client = nil
        client.send(ResponseHead(status: status, framing: .none), content: nil, isComplete: true)
        conclude(outcome: outcome)
    }

    /// Replies to a failed exchange, or breaks the response off when it has begun.
    func fail(_ failure: ExchangeFailure) {
        guard let client else { return }
        if failure.blame != .client, servesOnError() { return }
        if isHeadSent {
            self.client = nil
            client.abort()
            return conclude(outcome: failure.name)
        }
        guard let problem = FailureMapping.problem(for: failure) else {
            self.client = nil
            return conclude(outcome: failure.name)
        }
        reply(problem, outcome: failure.name)
    }

    // MARK: The record

    /// Notes how long the service took.
    func noteCallEnd() {
        repliedAt = worker.loop.now
        endAttemptSpan()
        guard let row, let calledAt, let repliedAt else { return }
        worker.metrics.recordAttemptDuration(
            upstream: snapshot.upstreams[row.upstream].metrics,
            nanoseconds: Self.nanoseconds(from: calledAt, to: repliedAt))
    }

    /// Records the exchange and gives the object back. Nothing happens to it after this.
    func conclude(outcome: String) {
        worker.loop.deadlines.set(slot, to: nil)
        if awaitedKeys != nil {
            worker.stopWaiting(self)
            awaitedKeys = nil
        }
        if hasHead {
            worker.loop.heads.give(head)
            head = ByteBuffer()
            hasHead = false
        }
        content = nil
        responseCheck = nil
        failedEndpoint = nil
        let steps = worker.isLogging ? composition?.logSteps ?? [] : []
        composition = nil
        if let cacheTurn { leaveCache(cacheTurn) }
        cacheTurn = nil
        if let refreshFlight {
            worker.cache.land(refreshFlight, .failed, at: cacheTime)
            self.refreshFlight = nil
        }
        if !invalidates.isEmpty { invalidates.removeAll(keepingCapacity: true) }
        if !places.isEmpty { leavePlaces() }
        contentMode = .none
        let nanoseconds = Self.nanoseconds(from: startedAt, to: .now())
        // How long a tunnel was open says nothing about how fast it was opened.
        let answered = status == 101 ? Self.nanoseconds(from: startedAt, to: repliedAt ?? .now()) : nanoseconds
        worker.metrics.recordExchange(operation: row?.metrics ?? 0, status: status, nanoseconds: answered)
        worker.metrics.recordBytes(clientReceived: Int(bytesIn), clientSent: Int(bytesOut))
        if worker.metrics.samples.wants(nanoseconds: nanoseconds, violations: violations) {
            keepSample(outcome: outcome, nanoseconds: nanoseconds)
        }
        if trace != nil { endTrace(outcome: outcome) }
        if worker.isLogging { log(outcome: outcome, nanoseconds: nanoseconds, steps: steps) }
        worker.loop.eventLoop.readBuffers.give(received)
        received = ByteBuffer()
        row = nil
        worker.giveBack(self)
    }

    /// Keeps the exchange for who looks at the slowest and at those that broke their contracts.
    private func keepSample(outcome: String, nanoseconds: UInt64) {
        guard let row, !isRefreshing else { return }
        worker.metrics.samples.keep(
            ExchangeSample(
                time: GatewayWorker.wallClock(), requestID: requestID, api: row.api, operation: row.operation,
                line: "\(row.method) \(row.template)", status: status, nanoseconds: nanoseconds,
                upstreamNanoseconds: upstreamNanoseconds, endpoint: endpointName, attempts: attempts, outcome: outcome,
                violations: violations))
    }

    /// How long the service took; nil where it was not asked, or has not replied.
    private var upstreamNanoseconds: UInt64? {
        guard let calledAt, let repliedAt else { return nil }
        return Self.nanoseconds(from: calledAt, to: repliedAt)
    }

    /// Writes the access log's line.
    private func log(outcome: String, nanoseconds: UInt64, steps: [AccessLogStep]) {
        let upstreamNanoseconds = upstreamNanoseconds
        received.withUnsafeReadableBytes { bytes in
            requestID.withUnsafeBytes { id in
                clientAddress.withUnsafeBytes { address in
                    worker.record(
                        AccessLogEntry(
                            time: GatewayWorker.wallClock(), requestID: id, client: address,
                            method: method.slice(of: bytes), target: target.slice(of: bytes), status: status,
                            operation: row?.log, endpoint: endpointName, bytesIn: Int(bytesIn),
                            bytesOut: Int(bytesOut), nanoseconds: nanoseconds,
                            upstreamNanoseconds: upstreamNanoseconds, outcome: outcome, violations: violations,
                            steps: steps))
                }
            }
        }
    }

    private static func nanoseconds(from start: NIODeadline, to end: NIODeadline) -> UInt64 {
        end > start ? UInt64((end - start).nanoseconds) : 0
    }
}

extension GatewayExchange: DeadlineOwner {
    func deadlinePassed(now: NIODeadline) {
        guard client != nil else { return }
        guard awaitedKeys == nil else { return keysDidNotCome() }
        if let cacheTurn, cacheTurn.isWaiting { return flightDidNotLand(cacheTurn, now: now) }
        if hedges(now: now) { return }
        let reason: ExchangeFailure.Reason =
            now >= endsBy ? .exchangeTimeout : isHeadSent ? .responseIdleTimeout : .responseHeadTimeout
        if isHeadSent, client?.isWritable == false {
            // What is late is the client: that says nothing about the endpoint.
            cancelCall()
            return fail(ExchangeFailure(.clientGone, retry: .never))
        }
        // A client that is still sending, while the service would take more, is the one who is slow.
        let isClientSlow = !isRequestComplete && !isLeasing && (connection?.isWritable ?? true)
        let failure = ExchangeFailure(
            isClientSlow ? .requestTimeout : reason,
            retry: !isClientSlow && reason == .responseHeadTimeout ? .idempotentOnly : .never)
        if !isClientSlow, let connection {
            recordAttemptFailure(failure)
            failedEndpoint = connection.endpointState
            endAttemptSpan(failure: failure.name)
            connection.cancel(isLate: true)
        }
        cancelCall()
        if mayRetry(after: failure) { return call() }
        fail(failure)
    }
}
