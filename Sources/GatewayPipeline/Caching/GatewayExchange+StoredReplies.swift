import HTTPExchanges
import NIOCore
import RequestRouting
import ResponseCaching

/// Stored replies on their way to clients, and replies on their way into the store.
extension GatewayExchange {
    // MARK: Out of the store

    /// Sends a stored reply, or the part of it that the request asks for, and ends the exchange. Content is not copied.
    func serve(_ reply: StoredReply, _ turn: CacheTurn, as decision: CacheStatus.Decision) {
        guard let client, !isHeadSent else { return }
        let now = cacheTime
        count(turn, decision)
        turn.status.secondsLeft = reply.head.freshness.remaining(at: now) / 1000
        let length = reply.content.readableBytes
        var selection = Selection.decide(reply.head, request: turn.request, length: length, now: now)
        // RFC 9110 §14.2: MUST ignore Range with any other method than GET.
        if isHEAD, selection != .notModified { selection = .whole }
        send(reply, turn, selection, as: decision, of: 0..<length, total: length, to: client, at: now)
    }

    /// Sends what is selected of a reply whose content is the octets `held` of a whole.
    func send(
        _ reply: StoredReply, _ turn: CacheTurn, _ selection: Selection, as decision: CacheStatus.Decision,
        of held: Range<Int>, total: Int, to client: any ExchangeClient, at now: Int64
    ) {
        switch selection {
        case .whole: send(reply, turn, content: reply.content, status: reply.head.status, to: client, at: now)
        case .notModified: sendNotModified(reply, turn, to: client, at: now)
        case .part(let range):
            guard held.lowerBound <= range.lowerBound,
                let part = reply.content.getSlice(
                    at: reply.content.readerIndex + range.lowerBound - held.lowerBound, length: range.count)
            else { return send(reply, turn, content: reply.content, status: reply.head.status, to: client, at: now) }
            send(
                reply, turn, content: part, status: 206,
                range: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)",
                to: client, at: now)
        case .unsatisfiable:
            isHeadSent = true
            status = 416
            addCacheFields(reply, turn, at: now, hasDate: false)
            worker.loop.additions.add("Content-Range", Array("bytes */\(total)".utf8))
            self.client = nil
            client.send(
                ResponseHead(status: 416, framing: .none, statedLength: 0), content: nil, isComplete: true)
            conclude(outcome: decision.rawValue)
        }
    }

    /// Sends content of a stored reply under its head.
    private func send(
        _ reply: StoredReply, _ turn: CacheTurn, content: ByteBuffer, status: Int, range: String? = nil,
        to client: any ExchangeClient, at now: Int64
    ) {
        isHeadSent = true
        self.status = status
        let length = Int64(content.readableBytes)
        let hasContent = !isHEAD && status != 204 && length > 0
        bytesOut = hasContent ? length : 0
        addCacheFields(reply, turn, at: now, hasDate: true)
        if let said = turn.plan.inputs.noVarySearch, !reply.head.statesNoVarySearch, status / 100 == 2 {
            worker.loop.additions.add("No-Vary-Search", said)
        }
        if let range { worker.loop.additions.add("Content-Range", Array(range.utf8)) }
        self.client = nil
        reply.headBytes.withUnsafeReadableBytes { bytes in
            let table = worker.loop.responseTable
            let isGood = CacheWire.parse(bytes, into: table)
            let head = ResponseHead(
                status: status,
                reason: status == 206
                    ? UnsafeRawBufferPointer(start: nil, count: 0)
                    : table.reason.slice(of: bytes), received: isGood ? bytes : nil,
                framing: hasContent ? .length(length) : .none, statedLength: status == 204 ? nil : length,
                hidden: hiddenFields)
            client.send(head, content: hasContent ? content : nil, isComplete: true)
        }
        conclude(outcome: turn.status.decision.rawValue)
    }

    /// Sends 304 with the fields that it carries (RFC 9110 §15.4.5).
    private func sendNotModified(
        _ reply: StoredReply, _ turn: CacheTurn, to client: any ExchangeClient, at now: Int64
    ) {
        let table = worker.loop.responseTable
        var kept = FieldList()
        reply.headBytes.withUnsafeReadableBytes { bytes in
            guard CacheWire.parse(bytes, into: table) else { return }
            for line in FieldList(table, bytes: bytes).lines where HeadMerging.standsInNotModified(line.name) {
                kept.append(line)
            }
        }
        isHeadSent = true
        status = 304
        addCacheFields(reply, turn, at: now, hasDate: kept.has("date"))
        self.client = nil
        CacheWire.head(status: 304, reason: Array("Not Modified".utf8), fields: kept).withUnsafeReadableBytes { bytes in
            let isGood = CacheWire.parse(bytes, into: table)
            client.send(
                ResponseHead(status: 304, received: isGood ? bytes : nil, framing: .none, hidden: hiddenFields),
                content: nil,
                isComplete: true)
        }
        conclude(outcome: turn.status.decision.rawValue)
    }

    /// Age and Cache-Status beside the gateway's own fields.
    private func addCacheFields(_ reply: StoredReply, _ turn: CacheTurn, at now: Int64, hasDate: Bool) {
        addOwnFields(hasDate: hasDate)
        // RFC 9111 §5.1: MUST be sent with a reply that was not made for this request.
        worker.loop.additions.add("Age", Array(String(reply.head.freshness.age(at: now) / 1000).utf8))
        worker.loop.additions.add("Cache-Status", turn.status.fieldValue)
    }

    // MARK: Into the store

    /// Whether a reply is being kept that others wait for: then a client that reads slowly does not slow it down. What piles
    /// up is bounded by `maxObject`, once for each key.
    var isAwaitedByOthers: Bool {
        guard let cacheTurn else { return false }
        return cacheTurn.flight != nil && cacheTurn.capture != nil
    }

    /// Looks at a response's head that goes to the client now, and begins to keep it.
    func capture(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, framing: BodyFraming, content: ByteBuffer?,
        isComplete: Bool, _ turn: CacheTurn
    ) {
        turn.capture = nil
        defer {
            worker.loop.additions.add("Cache-Status", turn.status.fieldValue)
            let isSaid = (0..<table.count).contains { table[$0].name.slice(of: bytes).isToken("no-vary-search") }
            if let said = turn.plan.inputs.noVarySearch, table.status / 100 == 2, !isSaid {
                worker.loop.additions.add("No-Vary-Search", said)
            }
        }
        if isHEAD, table.status == 200 { updateByHEAD(table, bytes: bytes, turn) }
        guard turn.mayStore, let row else { return giveUp(turn, nil) }
        if isResponseBroken { return giveUp(turn, .contract) }
        let fields = CacheTurn.storedFields(table, bytes: bytes, row: row, date: worker.loop.currentDate)
        let limit = min(
            turn.plan.rules.maxObject, worker.cache.objectLimit - StoredReply.overhead, Int(row.responseBodyLimit))
        switch turn.decide(
            fields, table, bytes: bytes, framing: framing, hasPrincipal: turn.plan.isSecured && principal != nil,
            limit: limit, at: cacheTime)
        {
        case .failure(let refused): giveUp(turn, refused.refusal)
        case .success(let capture):
            turn.status.isStored = true
            turn.capture = capture
            if let content { self.capture(content, turn) }
            if isComplete { endCapture(turn) }
        }
    }

    /// Whether a line of a response is stored with it.
    func isStored(_ line: FieldLine) -> Bool { CacheTurn.isStored(line, row: row) }

    /// Keeps content that goes to the client now.
    func capture(_ content: ByteBuffer, _ turn: CacheTurn) {
        guard var capture = turn.capture else { return }
        // Taken out, so that nothing is copied when it grows.
        turn.capture = nil
        guard capture.content.readableBytes + content.readableBytes <= capture.limit else {
            return giveUp(turn, .tooLarge)
        }
        if capture.content.readableBytes == 0 {
            capture.content = ByteBufferAllocator().buffer(capacity: content.readableBytes)
        }
        capture.content.writeImmutableBuffer(content)
        turn.capture = capture
    }

    /// Stores a response that has come to its end and kept its contract.
    func endCapture(_ turn: CacheTurn) {
        guard let capture = turn.capture else { return }
        turn.capture = nil
        guard !isResponseBroken else { return giveUp(turn, .contract) }
        if let part = capture.head.part { return keepPart(capture, part, turn) }
        let reply = turn.reply(of: capture)
        guard turn.store(reply, for: capture.audience, on: worker, at: cacheTime) else {
            return giveUp(turn, .tooLarge)
        }
        turn.land(.stored(reply), on: worker, at: cacheTime)
    }

    /// The response is not stored: those who wait go their own ways.
    func giveUp(_ turn: CacheTurn, _ refusal: Storability.Refusal?) {
        turn.capture = nil
        turn.status.isStored = false
        if let refusal { turn.status.detail = refusal.rawValue }
        turn.land(.unshared, on: worker, at: cacheTime)
    }

    // MARK: Out of date

    /// A successful unsafe request makes stored replies invalid (RFC 9111 §4.4): those of its path, of its collection by the
    /// contract, and those that Location and Content-Location name.
    func invalidateStored(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {
        guard let row, (200..<400).contains(table.status) else { return }
        var groups = invalidates
        let own = (groups.first ?? []).dropFirst(CacheGroup.path([], api: row.api).count)
        let fields = FieldList(table, bytes: bytes)
        for value in fields.values("location") + fields.values("content-location") {
            if let path = ownPath(value, relativeTo: Array(own)) { groups.append(CacheGroup.path(path, api: row.api)) }
        }
        worker.invalidateStored(groups)
    }

    /// The path of a reference to this gateway: a path, whole or relative to the request's own (RFC 3986 §5.2.3), or a URI
    /// with the request's host (RFC 9111 §4.4: MUST NOT be used across origins). Nil for anything else.
    private func ownPath(_ reference: [UInt8], relativeTo own: [UInt8]) -> [UInt8]? {
        var rest = reference[...]
        if let mark = rest.firstIndex(of: 0x3A), rest[mark...].starts(with: Array("://".utf8)) {
            rest = rest[(mark + 3)...]
            let host = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
            guard host.map(\.lowered) == requestHost().map(\.lowered) else { return nil }
            rest = rest[host.endIndex...]
        }
        guard !rest.starts(with: [0x2F, 0x2F]) else { return nil }
        var path = Array(rest.prefix { $0 != 0x3F && $0 != 0x23 })
        if path.first != 0x2F {
            // A colon in the first segment makes it a URI of another scheme.
            guard !path.prefix(while: { $0 != 0x2F }).contains(0x3A), let slash = own.lastIndex(of: 0x2F) else {
                return nil
            }
            path = path.isEmpty ? own : own[...slash] + path
        }
        return path.withUnsafeBytes { bytes in
            switch RequestPath.canonicalise(bytes, into: &worker.pathBuffer) {
            case .canonical: return Array(bytes)
            case .rewritten: return Array(worker.pathBuffer.bytes)
            case .refused: return nil
            }
        }
    }

    /// The value of the request's Host.
    private func requestHost() -> [UInt8] {
        let table = worker.loop.requestTable
        return received.withUnsafeReadableBytes { bytes in
            var limits = HeadLimits(bytes: bytes.count, fields: table.capacity)
            limits.target = bytes.count
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: limits), table.hostLine >= 0
            else {
                return []
            }
            return Array(table[table.hostLine].value.slice(of: bytes))
        }
    }
}

extension UInt8 {
    /// An ASCII letter in lower case.
    fileprivate var lowered: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
