import HTTPExchanges
import NIOCore
import ResponseCaching

/// Parts of content (RFC 9111 §3.3 and §3.4): asked for, kept, put together, served.
extension GatewayExchange {
    /// Whether the request wants a part of content that may be had in parts; others are asked for the whole, which then
    /// answers every part.
    func asksForPart(_ turn: CacheTurn) -> Bool {
        guard turn.plan.takesParts, turn.mayStore, turn.stale == nil, turn.request.range != nil else { return false }
        turn.asksForWhole = false
        turn.asksForPart = true
        return true
    }

    /// Answers from a stored part; false where there is none, or the request wants more than it holds.
    func servesPart(_ turn: CacheTurn) -> Bool {
        guard turn.plan.takesParts, turn.mayStore, turn.request.range != nil, let client else { return false }
        let now = turn.requestedAt
        for key in [turn.key, turn.sharedKey].compactMap({ $0?.ofParts }) {
            guard case .found(let reply, let isPurged) = worker.cache.lookup(key, request: turn.request.fields),
                let part = reply.head.part,
                let selection = ContentPart.selection(reply.head, request: turn.request, now: now)
            else { continue }
            switch Reuse.decide(reply.head, request: turn.request.directives, isPurged: isPurged, at: now) {
            case .fresh, .staleAllowed: break
            // A part is not brought up to date: the next one that comes takes its place.
            case .staleWhileRevalidating, .revalidate: continue
            }
            count(turn, .hit)
            turn.status.secondsLeft = reply.head.freshness.remaining(at: now) / 1000
            send(reply, turn, selection, as: .hit, of: part.range, total: part.total, to: client, at: now)
            return true
        }
        return false
    }

    /// Keeps a part that has come to its end, together with the one that is stored where that is safe.
    func keepPart(_ capture: CacheTurn.Capture, _ part: ContentPart, _ turn: CacheTurn) {
        guard capture.content.readableBytes == part.range.count else { return giveUp(turn, .partial) }
        let isPublic = capture.audience == .everybody
        let key = isPublic ? turn.sharedKey ?? turn.key : turn.key
        var fields = FieldList()
        // Each reply gets a Content-Range of its own.
        for line in capture.fields.lines where !Self.ownLines.contains(line.name) { fields.append(line) }
        let new = stored(capture.head, fields, capture.content, part, turn)
        guard worker.cache.store(joined(new, key: key, turn) ?? new, under: key.ofParts) else {
            // What is too large together may fit alone.
            if !worker.cache.store(new, under: key.ofParts) { giveUp(turn, .tooLarge) }
            return
        }
    }

    /// Lines that are not stored with a part.
    private static let ownLines: Set<[UInt8]> = [Array("age".utf8), Array("content-range".utf8)]

    /// A reply that holds a part; the one that holds all is the whole reply where the contract asks nothing of its content.
    private func stored(
        _ head: StoredHead, _ fields: FieldList, _ content: ByteBuffer, _ part: ContentPart, _ turn: CacheTurn
    ) -> StoredReply {
        var head = head
        head.part = part
        return StoredReply(
            head: head, headBytes: CacheWire.head(status: 206, reason: [], fields: fields), content: content,
            groups: groups(of: fields, turn), sequence: turn.sequence)
    }

    /// A part together with the one that is stored (RFC 9111 §3.4); nil where that is not safe. When it is all of it then,
    /// it is stored as the whole reply too.
    private func joined(_ new: StoredReply, key: CacheKey, _ turn: CacheTurn) -> StoredReply? {
        guard case .found(let old, isPurged: false) = worker.cache.lookup(key.ofParts, request: turn.request.fields),
            ContentPart.mayJoin(old.head, new.head), let first = old.head.part, let second = new.head.part,
            let part = first.joined(with: second), part.range.count <= turn.plan.rules.maxObject
        else { return nil }
        var (before, after) = (FieldList(), FieldList())
        // The new part stands in the loop's table until it is sent.
        let table = HeadTable(capacity: worker.loop.responseTable.capacity)
        for (reply, isNew) in [(old, false), (new, true)] {
            reply.headBytes.withUnsafeReadableBytes { bytes in
                guard CacheWire.parse(bytes, into: table) else { return }
                if isNew {
                    after = FieldList(table, bytes: bytes)
                } else {
                    before = FieldList(table, bytes: bytes)
                }
            }
        }
        // RFC 9111 §3.4: MUST use the fields of the new response, all others as they were stored.
        let fields = HeadMerging.merge(stored: before, update: after)
        var content = ByteBufferAllocator().buffer(capacity: part.range.count)
        // The new octets win where both have some.
        let head = first.range.prefix(max(0, second.range.lowerBound - part.range.lowerBound))
        let tail = first.range.suffix(max(0, part.range.upperBound - second.range.upperBound))
        if let slice = slice(old.content, of: first, head) { content.writeImmutableBuffer(slice) }
        content.writeImmutableBuffer(new.content)
        if let slice = slice(old.content, of: first, tail) { content.writeImmutableBuffer(slice) }
        guard content.readableBytes == part.range.count else { return nil }
        if part.isWhole, turn.plan.completesParts {
            var head = new.head
            head.status = 200
            head.part = nil
            let whole = StoredReply(
                head: head, headBytes: CacheWire.head(status: 200, reason: Array("OK".utf8), fields: fields),
                content: content, groups: groups(of: fields, turn), sequence: turn.sequence)
            if worker.cache.store(whole, under: key) { share(whole, under: key, turn) }
        }
        return stored(new.head, fields, content, part, turn)
    }

    /// Octets of a whole out of the part that is held.
    private func slice(_ content: ByteBuffer, of held: ContentPart, _ wanted: Range<Int>) -> ByteBuffer? {
        content.getSlice(
            at: content.readerIndex + wanted.lowerBound - held.range.lowerBound, length: wanted.count)
    }
}
