import GatewayTelemetry
import HTTPExchanges
import MessageContracts
import NIOCore
import RequestRouting
import ResponseCaching
import TrafficPolicies
import UpstreamCalls

/// One exchange on its way through the gateway. The phases stand in the order in which a request meets them:
/// read the target, match, check the credentials, check the parameters, take the content (checked or streamed),
/// forward, reply, record.
///
/// The object belongs to its worker and serves one exchange after another; ``conclude(outcome:)`` is the one way out.
final class GatewayExchange: ExchangeResponder {
    /// What happens to the request's content.
    enum ContentMode {
        /// There is none, or it is no longer wanted.
        case none
        /// It is gathered and checked before the service sees any of it.
        case gathered
        /// It goes to the service as it comes.
        case streamed(BodyFraming)
    }

    let worker: GatewayWorker
    var slot = -1

    // The exchange at hand.
    /// What it began with, and finishes on.
    var serving: ServingState
    var client: (any ExchangeClient)?
    var row: RouteRow?
    /// The received head, kept for the log.
    var received = ByteBuffer()
    var method = ByteRange()
    var target = ByteRange()
    var clientAddress: [UInt8] = []
    var requestID: [UInt8] = []
    var startedAt = NIODeadline.now()
    var endsBy = NIODeadline.distantFuture
    var isHEAD = false
    var isSecure = false
    /// Whether the client asks for a tunnel by extended CONNECT.
    var opensTunnel = false
    /// The handshake that the request begins; nil where it begins none.
    var handshake: WebSocketHandshake?
    /// What is known of the connection's other end beside its address.
    var peer: ConnectionPeer?
    /// The key set that the exchange waits for; nil when it does not.
    var awaitedKeys: KeySetOrigin?
    var isIdempotent = false
    /// Whether the method asks for no change (RFC 9110 §9.2.1).
    var isSafe = false
    /// Whether the request is only to be checked.
    var isCheckOnly = false
    /// Who is calling, as long as the worker's credentials are about this request.
    var consumer: Consumer?
    /// What the tightest rate limit said.
    var rateLimitNote: RateLimitNote?
    /// The page that asks (`Origin`), where a policy wants to know.
    var origin: [UInt8]?
    /// Places that the exchange holds under limits of requests at the same time.
    var places: [UInt64] = []
    /// Whether the request was counted for its address.
    var isAddressCounted = false
    /// Whether the service is told that there is no content: services answer 411 to a POST that does not say so.
    var statesNoContent = false

    // The request on its way to the service.
    var contentMode = ContentMode.none
    var isRequestComplete = false
    /// The outgoing head without framing and final empty line.
    var head = ByteBuffer()
    var hasHead = false
    var content: ByteBuffer?
    var trailers: [UInt8] = []
    var bytesIn: Int64 = 0
    /// What the contract says about the content.
    var bodyPolicy: BodyPolicy?

    // The call.
    var connection: UpstreamConnection?
    var endpointName = ""
    var isLeasing = false
    var attempts = 0
    /// What the hash of the request goes by, where an upstream is balanced by one.
    var affinity: UInt64 = 0
    /// The endpoint that the last attempt failed at.
    var failedEndpoint: EndpointState?
    /// When the attempt at hand is too late.
    var attemptEndsBy = NIODeadline.distantFuture
    /// The exchange's part in a trace; nil where it is not traced.
    var trace: ExchangeTrace?
    /// The attempt beside the first.
    var hedge: HedgedAttempt?
    var calledAt: NIODeadline?
    var repliedAt: NIODeadline?
    var isHeadSent = false
    /// A response that is being looked at.
    var responseCheck: ResponseCheck?
    /// What answers instead of one call.
    var composition: CompositionRun?
    /// The exchange's dealings with the store; nil on routes without one.
    var cacheTurn: CacheTurn?
    /// Who is calling, one by one; kept where replies are stored.
    var callers: [KnownCaller] = []
    /// What a composition takes of the caller's token.
    var claims: [ClaimText?] = []
    /// Who is calling, where replies are stored; nil when nobody is known.
    var principal: [UInt8]?
    /// What is made invalid when the service agrees.
    var invalidates: [[UInt8]] = []
    /// Counts the exchanges of this object, so that a late word for an earlier one is not taken for this one.
    var ticket: UInt64 = 0
    /// Whether the exchange only brings a stored reply up to date.
    var isRefreshing = false
    /// The flight that such an exchange leads before it has met the store.
    var refreshFlight: CacheFlight?
    /// Whether the response is a stream: it has no end that could be waited for, and no size.
    var isStream = false
    /// Whether the response broke its contract.
    var isResponseBroken = false

    // What is recorded.
    var status = 0
    var bytesOut: Int64 = 0
    var violations = 0

    /// An exchange object of `worker`.
    init(worker: GatewayWorker) {
        self.worker = worker
        serving = worker.serving
        self.slot = worker.loop.deadlines.register(self)
    }

    /// The settings, contracts and routes that it began with.
    var snapshot: Snapshot { serving.snapshot }

    /// Gives up the object's place in the loop's deadlines.
    func retire() {
        worker.loop.deadlines.unregister(slot)
        slot = -1
    }

    // MARK: Read the target

    func begin(_ head: RequestHead, client: any ExchangeClient) {
        guard head.peer?.isTrustedProxy == true else { return take(head, client) }
        guard let sent = head.asSentByClient else { return refuseProxies(head, client) }
        take(sent, client)
    }

    /// Begins with a request as its client has sent it.
    @inline(__always)
    private func take(_ head: RequestHead, _ client: any ExchangeClient) {
        start(client, address: head.clientAddress)
        peer = head.peer
        received = head.buffer
        method = head.table.method
        target = head.table.target
        isSecure = head.isSecure
        opensTunnel = head.opensTunnel
        takeRequestID(of: head)
        if let tracer = worker.tracer { trace = tracer.begin(head, at: startedAt) }
        let name = head.method
        isHEAD = name.isMethod("HEAD")
        isSafe = isHEAD || name.isMethod("GET") || name.isMethod("OPTIONS")
        isIdempotent = isSafe || name.isMethod("PUT") || name.isMethod("DELETE")
        // RFC 9110 §8.6: a method that anticipates content SHOULD state its absence.
        statesNoContent = name.isMethod("POST") || name.isMethod("PUT") || name.isMethod("PATCH")
        route(head)
    }

    /// Finds out where the request wants to go, and has it checked.
    func route(_ head: RequestHead) {
        let parts: RequestTarget
        do {
            parts = try RequestTarget(target, of: head.bytes, isSecure: head.isSecure)
        } catch {
            return refuseTarget(error)
        }
        // RFC 9112 §3.2.2: the authority of an absolute-form target replaces Host.
        let host = parts.authority?.slice(of: head.bytes) ?? head.host
        guard !host.isEmpty || head.table.minorVersion == 0 else {
            return reply(
                ProblemDocument(
                    status: 400, title: "Bad Request", detail: "The request names no host (RFC 9112 §3.2)."),
                outcome: "invalid-host", closes: true)
        }
        guard mayBeForwarded(head, isAsterisk: parts.isAsterisk) else { return }
        let rawPath = parts.path.slice(of: head.bytes)
        if rawPath.isEmpty {
            var slash: UInt8 = 0x2F
            withUnsafeBytes(of: &slash) { match(path: $0, host: host, parts: parts, head: head) }
            return
        }
        switch RequestPath.canonicalise(rawPath, into: &worker.pathBuffer) {
        case .canonical: match(path: rawPath, host: host, parts: parts, head: head)
        case .rewritten: match(path: worker.pathBuffer.bytes, host: host, parts: parts, head: head)
        case .refused(let refusal):
            reply(
                ProblemDocument(status: 400, title: "Bad Request", detail: refusal.detail), outcome: "invalid-path",
                closes: true)
        }
    }

    /// Looks at the request that was received once more, from its target on.
    func routeAgain() {
        let table = worker.loop.requestTable
        received.withUnsafeReadableBytes { bytes in
            // What a listener has taken is not refused here.
            var limits = HeadLimits(bytes: bytes.count, fields: table.capacity)
            limits.target = bytes.count
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: limits) else {
                return fail(ExchangeFailure(.draining, retry: .never))
            }
            (method, target) = (table.method, table.target)
            let head = RequestHead(
                bytes: bytes, table: table, buffer: received, clientAddress: clientAddress, isSecure: isSecure,
                opensTunnel: opensTunnel, peer: peer)
            // What proxies said was not contradictory when it came.
            route(head.asSentByClient ?? head)
        }
    }

    /// Forgets the exchange before.
    func start(_ client: any ExchangeClient, address: [UInt8]) {
        self.client = client
        if serving !== worker.serving { serving = worker.serving }
        row = nil
        clientAddress = address
        startedAt = worker.loop.now
        contentMode = .none
        isRequestComplete = false
        hasHead = false
        content = nil
        trailers = []
        bytesIn = 0
        bodyPolicy = nil
        connection = nil
        endpointName = ""
        isLeasing = false
        attempts = 0
        failedEndpoint = nil
        trace = nil
        attemptEndsBy = .distantFuture
        calledAt = nil
        repliedAt = nil
        isHeadSent = false
        isCheckOnly = false
        consumer = nil
        rateLimitNote = nil
        origin = nil
        isAddressCounted = false
        opensTunnel = false
        if handshake != nil { handshake = nil }
        composition = nil
        cacheTurn = nil
        principal = nil
        if !callers.isEmpty { callers = [] }
        if !claims.isEmpty { claims = [] }
        isRefreshing = false
        isResponseBroken = false
        isStream = false
        ticket &+= 1
        status = 0
        bytesOut = 0
        violations = 0
    }

    /// Replies to a request of which its proxies say what cannot be: where the client is would be anybody's guess.
    private func refuseProxies(_ head: RequestHead, _ client: any ExchangeClient) {
        start(client, address: head.clientAddress)
        received = head.buffer
        method = head.table.method
        target = head.table.target
        takeRequestID(of: head)
        reply(
            ProblemDocument(
                status: 400, title: "Bad Request",
                detail: "Forwarded and X-Forwarded-For contradict each other, or cannot be read (RFC 7239)."),
            outcome: "invalid-forwarding", closes: true)
    }

    /// Takes the client's request id when it is well-formed, else makes one.
    private func takeRequestID(of head: RequestHead) {
        let line = head.table.requestIDLine
        if line >= 0 {
            let value = head.table[line].value.slice(of: head.bytes)
            if RequestID.isValid(value) {
                requestID.removeAll(keepingCapacity: true)
                requestID.append(contentsOf: value)
                return
            }
        }
        worker.makeRequestID(into: &requestID)
    }

    /// Replies to a target that cannot be read.
    private func refuseTarget(_ refusal: RequestTarget.Refusal) {
        switch refusal {
        case .malformed:
            reply(
                ProblemDocument(
                    status: 400, title: "Bad Request", detail: "The request-target is not well-formed (RFC 9112 §3.2)."),
                outcome: "invalid-target", closes: true)
        case .scheme:
            reply(
                ProblemDocument(
                    status: 400, title: "Bad Request",
                    detail: "The request-target's scheme is not served here (RFC 9110 §7.4)."),
                outcome: "invalid-target", closes: true)
        case .tunnel:
            reply(
                ProblemDocument(
                    status: 400, title: "Bad Request", detail: "CONNECT and authority-form targets are not served here."
                ),
                outcome: "invalid-target", closes: true)
        }
    }

    /// Methods and fields by which a request asks the gateway itself; false when it has been answered.
    private func mayBeForwarded(_ head: RequestHead, isAsterisk: Bool) -> Bool {
        if head.method.isMethod("TRACE") || head.method.isMethod("CONNECT") {
            // TRACE would echo credentials to scripts; CONNECT would make a tunnel.
            reply(
                ProblemDocument(status: 405, title: "Method Not Allowed", detail: "This method is not served here."),
                outcome: "method-not-allowed", allow: Array("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS".utf8),
                closes: true)
            return false
        }
        if isAsterisk {
            guard head.method.isMethod("OPTIONS") else {
                refuseTarget(.malformed)
                return false
            }
            sendEmpty(status: 204, outcome: "options")
            return false
        }
        if head.table.maxForwardsLine >= 0, head.method.isMethod("OPTIONS") {
            // RFC 9110 §7.6.2: at zero the recipient answers itself.
            let value = head.table[head.table.maxForwardsLine].value.slice(of: head.bytes)
            if !value.isEmpty, value.allSatisfy({ $0 == UInt8(ascii: "0") }) {
                sendEmpty(status: 204, outcome: "max-forwards")
                return false
            }
        }
        return true
    }

    // MARK: Match

    /// Finds the operation; `path` is canonical.
    private func match(
        path: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer, parts: RequestTarget, head: RequestHead
    ) {
        if snapshot.allowsOrigins, answersPreflight(path: path, host: host, head: head) { return }
        let found = snapshot.table.match(host: host, method: head.method, path: path, captures: &worker.captures)
        switch found {
        case .matched(let id, let mountLength):
            accept(snapshot.rows[id.index], mountLength: mountLength, path: path, host: host, parts: parts, head: head)
        case .methodNotAllowed(let allowed, let declaredBy, let mountLength):
            if let row = snapshot.mounts[snapshot.mountOfRow[declaredBy.index]].undeclared {
                return accept(row, mountLength: mountLength, path: path, host: host, parts: parts, head: head)
            }
            reply(
                ProblemDocument(
                    status: 405, title: "Method Not Allowed",
                    detail: "This path is declared for \(allowed.description) only."),
                outcome: "method-not-allowed", allow: allowed.fieldValue)
        case .notFound(let mount):
            if answersFromPortal(path: path, head: head) { return }
            if let mount, let row = snapshot.mounts[mount.id.index].undeclared {
                return accept(row, mountLength: mount.mountLength, path: path, host: host, parts: parts, head: head)
            }
            reply(
                ProblemDocument(status: 404, title: "Not Found", detail: "No operation is declared for this path."),
                outcome: "not-found", closes: parts.authority != nil)
        }
    }

    /// Checks what is known before the content, and prepares the head that the service will see.
    private func accept(
        _ row: RouteRow, mountLength: Int, path: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer,
        parts: RequestTarget, head: RequestHead
    ) {
        self.row = row
        if row.cors != nil { noteOrigin(head) }
        let query = parts.query?.slice(of: head.bytes)
        // What only brings a stored reply up to date is no doing of the client's.
        let traffic = isRefreshing ? nil : row.traffic
        if let gate = worker.overload, !isRefreshing, !gatewayHasRoom(gate, row, head) { return }
        if let traffic, !addressMayPass(traffic, row) { return }
        guard callerMayPass(row, query: query, head: head) else { return }
        if let traffic, !callerIsWithinLimits(traffic, row) || !hasPlace(traffic, row) { return }
        guard parametersHold(row, path: path, query: query, head: head) else { return }
        if row.opensWebSockets || head.opensTunnel {
            guard upgradeMayPass(row, head: head) else { return }
        }
        // Pages that let their readers try an operation ask first whether the request is good.
        isCheckOnly = head.table.checkLine >= 0 && snapshot.portal != nil
        endsBy = startedAt + row.timeout
        worker.loop.deadlines.set(slot, to: endsBy)
        let framing = head.table.framing
        if framing != .none, EventStreams.isOne(head.table, bytes: head.bytes) {
            // Messages of a conversation come when there is something to say.
            client?.contentRate = 0
            client?.contentTimeout = row.responseIdleTimeout
        } else {
            client?.contentTimeout = row.requestBodyTimeout
        }
        if case .length(let length) = framing, length > row.requestBodyLimit {
            return refuseContent(ExchangeFailure(.contentTooLarge, retry: .never))
        }
        if let source = snapshot.upstreams[row.upstream].hashSource { affinity = affinity(by: source, of: head) }
        let disposition = contentDisposition(row, head: head)
        if disposition == .refused { return }
        if let route = row.composition {
            if let plan = row.cache {
                guard consultCache(plan, row, head: head, path: path, query: query, host: host) else { return }
            }
            prepare(route, head: head, path: path, query: query, host: host)
            contentMode = disposition == .none ? .none : .gathered
            if disposition != .none { client?.sendContinue() }
            return
        }
        if let plan = row.cache, handshake == nil {
            guard consultCache(plan, row, head: head, path: path, query: query, host: host) else { return }
        } else if let invalidation = row.invalidation, !isSafe {
            invalidates = invalidation.groups(path: path)
        }
        self.head = worker.loop.heads.take()
        hasHead = true
        withForwardedQuery(row, query) { forwarded in
            RequestRewriting.write(
                head, path: path, mountLength: mountLength, query: forwarded, host: host, row: row,
                requestID: requestID, asksForWhole: cacheTurn?.asksForWhole ?? false, hidesTrace: trace != nil,
                into: &self.head)
        }
        if let cacheTurn { writeValidators(cacheTurn) }
        if let handshake { writeUpgrade(handshake) }
        switch disposition {
        case .refused, .none: contentMode = .none
        case .gathered:
            contentMode = .gathered
            client?.sendContinue()
        case .streamed:
            contentMode = framing == .none ? .none : .streamed(framing)
            if framing != .none {
                client?.sendContinue()
                call()
            }
        }
    }

    // MARK: Take the content

    func content(_ bytes: ByteBuffer) {
        guard let row, client != nil else { return }
        bytesIn += Int64(bytes.readableBytes)
        switch contentMode {
        case .none: return
        case .gathered:
            guard bytesIn <= row.requestBodyLimit else {
                return refuseContent(ExchangeFailure(.contentTooLarge, retry: .never))
            }
            if content == nil {
                content = bytes
            } else {
                content?.writeImmutableBuffer(bytes)
            }
        case .streamed(let framing):
            guard bytesIn <= row.requestBodyLimit else {
                return refuseContent(ExchangeFailure(.contentTooLarge, retry: .never))
            }
            forward(content: bytes, framing: framing)
        }
    }

    func contentEnded(trailers: [UInt8]) {
        guard client != nil, row != nil else { return }
        isRequestComplete = true
        self.trailers = trailers
        guard awaitedKeys == nil, cacheTurn?.isWaiting != true else { return }
        switch contentMode {
        case .none: call()
        case .gathered:
            guard contentHolds() else { return }
            call()
        case .streamed(let framing): endForwarding(framing: framing)
        }
    }

    /// Replies to content that is not taken.
    func refuseContent(_ failure: ExchangeFailure) {
        contentMode = .none
        cancelCall()
        fail(failure)
    }

    func requestFailed(_ failure: ExchangeFailure) {
        guard client != nil else { return }
        cancelCall()
        if failure.blame == .client, failure.reason == .clientGone || isHeadSent {
            status = isHeadSent ? status : 499
            client = nil
            return conclude(outcome: failure.name)
        }
        fail(failure)
    }

    func refuse(status: Int, detail: StaticString, client: any ExchangeClient) {
        start(client, address: [])
        received = ByteBuffer()
        (method, target) = (ByteRange(), ByteRange())
        worker.makeRequestID(into: &requestID)
        reply(
            ProblemDocument(status: status, title: "\(ReasonPhrase.standard(status))", detail: "\(detail)"),
            outcome: "invalid-request")
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are exactly `name`; methods are case-sensitive (RFC 9110 §9.1).
    func isMethod(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != name.utf8Start[index] { return false }
        return true
    }
}
