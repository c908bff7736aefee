import GatewayTelemetry
import HTTPExchanges
import JSONDocuments
import MessageContracts
import NIOCore
import ResponseCaching
import UpstreamCalls

/// One call of a composition: leases a connection, sends a request that is at hand as a whole, gathers the answer, tries
/// again where that is safe. Whoever waits for the answer hears of it once; after ``cancel()`` nobody does.
final class CompositionCall: UpstreamCaller, DeadlineOwner {
    /// The called operation.
    let row: RouteRow
    private weak var run: CompositionRun?
    let worker: GatewayWorker
    private let serving: ServingState
    /// Steps that wait for the answer, with the number of the call in a `forEach`.
    var waiters: [(step: Int, call: Int)]
    /// What came of it.
    private(set) var outcome: CallOutcome?

    let request: CompositionRequest
    private let isRepeatable: Bool
    private var failedEndpoint: EndpointState?
    private let retry: RetryPolicy
    private let enforcement: ContractEnforcement
    let endsBy: NIODeadline
    private(set) var slot = -1
    private var attempts = 0
    private var isLeasing = false
    private var connection: UpstreamConnection?
    private var calledAt = NIODeadline.now()
    /// The exchange's trace and the attempt's place in it; nil where it is not traced.
    private var trace: ExchangeTrace?
    private var endpointName = ""

    // The store.
    /// The call's dealings with the store; nil where the part is not stored.
    var turn: CacheTurn?
    /// Whether the service gets credentials of the client.
    let forwardsCredentials: Bool
    /// Whether the call answers nobody and only brings a stored part up to date.
    private let isRefreshing: Bool
    /// Whether the look into the store is over.
    private(set) var hasLookedUp = false
    /// Whether what is stored and stale is the caller's alone.
    var isStalePersonal = false
    /// The fields of the response as a store would keep them.
    var storedFields: FieldList?
    /// When the service was asked, in milliseconds since 1970.
    private(set) var requestedAt: Int64 = 0
    private var isConditional = false
    private var isBroken = false

    // The answer.
    private(set) var status = 0
    private var fields: [(name: [UInt8], value: [UInt8])] = []
    private var hasJSON = false
    private var received = ByteBuffer()
    private var response: ResponseContract?
    private var policy: BodyPolicy?
    private var breaksContract = false

    /// A call that has not begun.
    init(
        _ row: RouteRow, run: CompositionRun, waiter: (step: Int, call: Int), request: CompositionRequest,
        retry: RetryPolicy, enforcement: ContractEnforcement, endsBy: NIODeadline, forwardsCredentials: Bool = false
    ) {
        self.forwardsCredentials = forwardsCredentials
        isRefreshing = false
        self.row = row
        self.run = run
        worker = run.worker
        serving = run.serving
        waiters = [waiter]
        self.request = request
        self.retry = retry
        self.enforcement = enforcement
        self.endsBy = endsBy
        let safe = ["GET", "HEAD", "OPTIONS"]
        isRepeatable = (retry.methods == .safe ? safe : safe + ["PUT", "DELETE"]).contains(row.method)
    }

    /// A call that brings a stored part up to date, like one that was answered with it.
    init(refreshing turn: CacheTurn, like other: CompositionCall) {
        row = other.row
        worker = other.worker
        serving = other.serving
        waiters = []
        request = other.request
        retry = other.retry
        enforcement = other.enforcement
        endsBy = other.worker.loop.now + other.row.timeout
        isRepeatable = other.isRepeatable
        forwardsCredentials = other.forwardsCredentials
        isRefreshing = true
        self.turn = turn
    }

    /// Whether anything comes of the answer.
    var isWanted: Bool { isRefreshing || run != nil }

    /// Whether the run asks what the answer allows as to storing the whole.
    var tellsStanding: Bool { run?.route.storesWhole ?? false }

    /// The client of the run.
    var client: RunClient? { run?.client }

    /// Begins the call: looks into the store, and asks the service where that does not answer.
    func start() {
        slot = worker.loop.deadlines.register(self)
        worker.loop.deadlines.set(slot, to: endsBy)
        if let turn {
            let isAnswered = storeAnswers(turn)
            hasLookedUp = true
            if isAnswered { return }
        }
        ask()
    }

    /// Begins without a look into the store.
    func startAsking() {
        slot = worker.loop.deadlines.register(self)
        hasLookedUp = true
        ask()
    }

    /// Asks the service, for the first time or once more.
    func ask() {
        attempts += 1
        let pool = serving.lanes[row.upstream].pool
        if attempts == 1 {
            pool.budget.recordRequest()
            run?.asks(self)
        }
        requestedAt = GatewayWorker.wallClock() / 1_000_000
        worker.metrics.recordAttempt(upstream: metrics, isRetry: attempts > 1)
        isLeasing = true
        calledAt = worker.loop.now
        beginSpan()
        worker.loop.deadlines.set(slot, to: endsBy)
        pool.lease(to: self, wish: EndpointWish(key: affinity, avoided: failedEndpoint))
    }

    /// What the hash of the request goes by: fields of the client's request are not at hand here, its address is.
    private var affinity: UInt64 {
        switch serving.snapshot.upstreams[row.upstream].hashSource {
        case nil: 0
        case .path: AffinityHash.of(request.head.readableBytesView.prefix { $0 != 0x0D })
        case .address, .header: AffinityHash.of(run?.exchange?.clientAddress ?? [])
        }
    }

    /// Gives the call up.
    func cancel() {
        guard outcome == nil, !isRefreshing else { return }
        endSpan(failure: "cancelled")
        run = nil
        release()
        if let turn {
            turn.isWaiting = false
            land(turn, .failed)
        }
        if isLeasing { serving.lanes[row.upstream].pool.withdraw(self) }
        isLeasing = false
        connection?.cancel()
        connection = nil
    }

    // MARK: The trace

    /// An attempt begins.
    private func beginSpan() {
        guard let tracer = worker.tracer, let run, var trace = run.exchange?.trace else { return }
        let step = waiters.first.flatMap { run.stepSpans.indices.contains($0.step) ? run.stepSpans[$0.step] : nil }
        trace.attempt = ExchangeTrace.Attempt(
            span: tracer.makeID(), parent: step ?? trace.context.span, startedAt: worker.loop.now)
        self.trace = trace
    }

    /// The attempt is over.
    private func endSpan(failure: String?) {
        guard let trace, let attempt = trace.attempt else { return }
        self.trace?.attempt = nil
        worker.tracer?.add(
            trace.span(
                of: attempt, upstream: serving.snapshot.upstreams[row.upstream].configuration.name, method: row.method,
                endpoint: endpointName, resends: attempts - 1, failure: failure, at: worker.loop.now))
    }

    /// The head with the attempt's place in the trace.
    private var tracedHead: ByteBuffer {
        guard let trace, let attempt = trace.attempt else { return request.head }
        var head = request.head
        // In the place of the empty line.
        head.moveWriterIndex(to: head.writerIndex - 2)
        head.writeString("traceparent: \(trace.fieldValue(for: attempt).text)\r\n\r\n")
        return head
    }

    /// Time for the reply to begin.
    private var attemptTimeout: TimeAmount {
        min(row.responseHeadTimeout, retry.attemptTimeout ?? row.responseHeadTimeout)
    }

    /// The upstream's number in the metrics.
    private var metrics: Int { serving.lanes[row.upstream].plan.metrics }

    /// Gives back the place among the deadlines.
    private func release() {
        worker.loop.deadlines.unregister(slot)
        slot = -1
    }

    // MARK: The connection

    func connected(_ connection: UpstreamConnection) {
        isLeasing = false
        guard isWanted else { return connection.cancel() }
        self.connection = connection
        endpointName = connection.endpoint.name
        worker.loop.deadlines.set(slot, to: min(endsBy, worker.loop.now + attemptTimeout))
        let head = tracedHead
        let conditional = conditionalHead(head)
        isConditional = conditional != nil
        connection.send(head: conditional ?? head, content: request.content, answersHEAD: false, isComplete: true)
    }

    func connectionFailed(_ failure: ExchangeFailure) {
        isLeasing = false
        attemptFailed(failure)
    }

    func callFailed(_ failure: ExchangeFailure) {
        if connection?.isReused == false { failedEndpoint = connection?.endpointState }
        connection = nil
        attemptFailed(failure)
    }

    /// Tries again, or gives up.
    private func attemptFailed(_ failure: ExchangeFailure) {
        if attempts > 0 {
            worker.metrics.recordAttemptFailure(upstream: metrics, kind: UpstreamFailureKind(failure.reason))
        }
        endSpan(failure: failure.name)
        guard isWanted else { return }
        let isAllowed =
            switch failure.retry {
            case .always: retry.onConnect
            case .idempotentOnly:
                (failure.reason == .responseHeadTimeout ? retry.onTimeout : retry.onReset) && isRepeatable
            case .never: false
            }
        if isAllowed, mayRetry { return again() }
        if standsIn() { return }
        finish(.failed(StepFailure(failure)))
    }

    /// Whether another attempt is left and paid for.
    private var mayRetry: Bool {
        attempts <= retry.attempts && worker.loop.now < endsBy && serving.lanes[row.upstream].pool.mayRepeat()
    }

    /// Forgets the last attempt and makes another.
    private func again() {
        received.clear()
        fields = []
        response = nil
        policy = nil
        breaksContract = false
        isBroken = false
        storedFields = nil
        turn?.capture = nil
        ask()
    }

    func deadlinePassed(now: NIODeadline) {
        guard isWanted else { return cancel() }
        guard outcome == nil else { return }
        if let turn, turn.isWaiting, now < endsBy { return goesAlone(turn) }
        turn?.isWaiting = false
        if isLeasing { serving.lanes[row.upstream].pool.withdraw(self) }
        isLeasing = false
        failedEndpoint = connection?.endpointState
        connection?.cancel(isLate: true)
        connection = nil
        let isOver = now >= endsBy
        attemptFailed(
            ExchangeFailure(
                isOver
                    ? .exchangeTimeout
                    : response == nil && fields.isEmpty ? .responseHeadTimeout : .responseIdleTimeout,
                retry: isOver || !fields.isEmpty ? .never : .idempotentOnly))
    }

    func upstreamWritabilityChanged(_ isWritable: Bool) {}

    // MARK: The answer

    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {}

    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) {
        if isComplete { connection = nil }
        guard isWanted else { return }
        status = table.status
        trace?.attempt?.status = status
        if status >= 500 { worker.metrics.recordAttemptFailure(upstream: metrics, kind: .status) }
        if status >= 400, isRepeatable, retry.statuses.contains(status), mayRetry {
            failedEndpoint = connection?.endpointState
            endSpan(failure: nil)
            connection?.cancel()
            connection = nil
            return again()
        }
        if [500, 502, 503, 504].contains(status), turn?.stale != nil {
            let last = connection
            if standsIn() {
                last?.cancel()
                connection = nil
                return
            }
        }
        if status == 304, isConditional, let turn {
            connection?.cancel()
            connection = nil
            if takeNotModified(table, bytes: bytes, turn) { return }
            return again()
        }
        if (200..<400).contains(status), !request.invalidates.isEmpty { worker.invalidateStored(request.invalidates) }
        takeFields(table, bytes: bytes)
        checkHead(table, bytes: bytes)
        beginKeeping(table, bytes: bytes)
        if case .length(let length) = table.framing, length > row.responseBodyLimit { return tooLarge() }
        if let content { received = content }
        if isComplete { return end() }
        worker.loop.deadlines.set(slot, to: min(endsBy, worker.loop.now + row.responseIdleTimeout))
    }

    func received(content: ByteBuffer) {
        guard isWanted else { return }
        guard Int64(received.readableBytes) + Int64(content.readableBytes) <= row.responseBodyLimit else {
            return tooLarge()
        }
        received.writeImmutableBuffer(content)
        worker.loop.deadlines.set(slot, to: min(endsBy, worker.loop.now + row.responseIdleTimeout))
    }

    func receivedEnd(trailers: [UInt8]) {
        connection = nil
        guard isWanted else { return }
        end()
    }

    /// The answer has more content than the operation's settings allow.
    private func tooLarge() {
        connection?.cancel()
        connection = nil
        finish(.failed(StepFailure(.tooLarge)))
    }

    /// Keeps the field lines, and whether the content is JSON.
    private func takeFields(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {
        hasJSON = false
        fields.reserveCapacity(table.count)
        for index in 0..<table.count {
            let line = table[index]
            let name = line.name.slice(of: bytes).map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
            let value = Array(line.value.slice(of: bytes))
            if line.token == .contentType { hasJSON = Self.isJSON(value) }
            fields.append((name, value))
        }
    }

    /// How deep the content of a part may be.
    static let limits = JSONLimits(depth: 64)

    /// Whether a media type is JSON (RFC 6839 §3.1).
    static func isJSON(_ value: [UInt8]) -> Bool {
        let type = value.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
            .map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        return type == Array("application/json".utf8) || type.suffix(5) == Array("+json".utf8)[...]
    }

    /// Compares the head with its description, if the operation's settings say so.
    private func checkHead(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {
        guard enforcement != .skip, let contract = row.contract, contract.hasResponses else { return }
        guard let response = contract.response(for: table.status) else {
            return note([contract.undeclaredStatus(table.status)])
        }
        MessageFields.with(table, bytes: bytes) { fields in
            if !response.checkFields(fields, using: &worker.contracts) {
                note(response.explainFields(fields, options: row.explanation, using: &worker.contracts))
            }
            if table.framing != .none { policy = response.bodyPolicy(fields) }
        }
        self.response = response
    }

    /// Counts violations.
    private func note(_ found: [ContractViolation]) {
        run?.exchange?.violations += max(1, found.count)
        for violation in found {
            let place: ViolationPlace =
                violation.location == .body
                ? .responseBody : violation.location == .status ? .responseStatus : .responseHeader
            worker.metrics.recordViolations(operation: row.metrics, in: place)
        }
        isBroken = true
        guard enforcement == .enforce else { return }
        worker.metrics.recordAttemptFailure(upstream: metrics, kind: .contract)
        breaksContract = true
    }

    /// The answer is complete.
    private func end() {
        worker.metrics.recordAttemptDuration(
            upstream: metrics,
            nanoseconds: worker.loop.now > calledAt ? UInt64((worker.loop.now - calledAt).nanoseconds) : 0)
        let content = received.withUnsafeReadableBytes { bytes -> PartContent? in
            if let response, let policy {
                let limit = Int(row.responseBodyLimit)
                if case .rejected = response.checkBody(policy, bytes, sizeLimit: limit, using: &worker.contracts) {
                    note(
                        response.explainBody(
                            policy, bytes, sizeLimit: limit, options: row.explanation, using: &worker.contracts))
                }
            }
            guard hasJSON, bytes.count > 0 else { return nil }
            return PartContent(bytes, limits: Self.limits)
        }
        keep(received, isBroken: isBroken)
        let reply = PartReply(
            status: status, fields: fields, content: content,
            isMalformed: content == nil && received.readableBytes > 0, breaksContract: breaksContract)
        reply.standing = standing(isBroken: isBroken)
        finish(.replied(reply))
    }

    /// Tells everybody who waits.
    func finish(_ outcome: CallOutcome) {
        guard self.outcome == nil else { return }
        endSpan(failure: nil)
        self.outcome = outcome
        release()
        received = ByteBuffer()
        if let turn { land(turn, .failed) }
        run?.finished(self, outcome)
    }
}
