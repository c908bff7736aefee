import HTTPExchanges
import NIOCore
import ResponseCaching

/// A stored reply as octets for the second level.
///
/// ```
///   LTL1  checksum 32  key  vary values  asked  received  age  lifetime  source  status  head  content
/// ```
/// Nothing in it is trusted: another version, a wrong checksum, another key, a head that does not parse or a length that
/// does not fit is no reply. The key holds the contract's digest, so that what another contract stored is never found.
enum SharedReplyForm {
    /// Name and version of the form.
    private static let mark = "LTL1"
    /// Length of the checksum.
    private static let checksumLength = 32
    /// Most values of Vary.
    private static let varyLimit = 64
    /// Where lifetimes come from, in the order of their numbers.
    private static let sources: [Freshness.Source] = [
        .none, .settings, .targeted, .sharedMaxAge, .maxAge, .expires, .heuristic,
    ]

    /// What a value holds.
    struct Found {
        /// The reply.
        let reply: StoredReply
        /// When the service was asked for it: milliseconds since 1970.
        let askedAt: Int64
        /// The groups that the reply itself names.
        let named: [[UInt8]]
    }

    /// Writes a reply.
    static func octets(_ reply: StoredReply, key: CacheKey, askedAt: Int64) -> ByteBuffer {
        var rest = ByteBuffer()
        rest.reserveCapacity(reply.headBytes.readableBytes + reply.content.readableBytes + key.bytes.count + 128)
        write(key.bytes, to: &rest)
        rest.writeInteger(UInt16(clamping: reply.head.varyValues.count))
        for value in reply.head.varyValues { write(value, to: &rest) }
        let freshness = reply.head.freshness
        for number in [askedAt, freshness.receivedAt, freshness.initialAge, freshness.lifetime] {
            rest.writeInteger(number)
        }
        rest.writeInteger(UInt8(clamping: sources.firstIndex(of: freshness.source) ?? 0))
        rest.writeInteger(UInt16(clamping: reply.head.status))
        write(reply.headBytes, to: &rest)
        write(reply.content, to: &rest)
        var whole = ByteBuffer(string: mark)
        whole.reserveCapacity(rest.readableBytes + 40)
        whole.writeString(checksum(of: rest))
        whole.writeBuffer(&rest)
        return whole
    }

    /// Reads a reply for a request; nil where it is none, or none for this one.
    ///
    /// - Parameter table: working space for the head.
    static func reply(
        in octets: ByteBuffer, key: CacheKey, turn: CacheTurn, into table: HeadTable
    ) -> Found? {
        var rest = octets
        guard rest.readString(length: mark.utf8.count) == mark, let sum = rest.readString(length: checksumLength),
            sum == checksum(of: rest), let name = read(&rest), name.readableBytesView.elementsEqual(key.bytes),
            let count = rest.readInteger(as: UInt16.self), count <= varyLimit
        else { return nil }
        var varyValues: [[UInt8]] = []
        for _ in 0..<count {
            guard let value = read(&rest) else { return nil }
            varyValues.append(Array(value.readableBytesView))
        }
        guard let askedAt = rest.readInteger(as: Int64.self), let receivedAt = rest.readInteger(as: Int64.self),
            let age = rest.readInteger(as: Int64.self), let lifetime = rest.readInteger(as: Int64.self),
            // Times within some thousand years, so that sums of them stay numbers.
            [askedAt, receivedAt, age, lifetime].allSatisfy({ (0...(1 << 50)).contains($0) }), askedAt <= receivedAt,
            let source = rest.readInteger(as: UInt8.self), sources.indices.contains(Int(source)),
            let status = rest.readInteger(as: UInt16.self), (200...599).contains(status), let head = read(&rest),
            let content = read(&rest), rest.readableBytes == 0
        else { return nil }
        let fields: FieldList? = head.withUnsafeReadableBytes { bytes in
            guard CacheWire.parse(bytes, into: table), table.status == Int(status) else { return nil }
            return FieldList(table, bytes: bytes)
        }
        guard let fields else { return nil }
        var freshness = Freshness(
            of: fields, status: Int(status), directives: ResponseDirectives(fields), rules: turn.plan.rules,
            requestedAt: askedAt, receivedAt: receivedAt)
        (freshness.initialAge, freshness.lifetime, freshness.source) = (age, lifetime, sources[Int(source)])
        let stored = StoredHead(
            status: Int(status), fields: fields, freshness: freshness, rules: turn.plan.rules,
            request: turn.request.fields)
        // RFC 9111 §4.1: the values that selected it have to be those of this request.
        guard !stored.vary.isAny, stored.varyValues == varyValues else { return nil }
        let named = CacheGroup.groups(of: fields)
        return Found(
            reply: StoredReply(
                head: stored, headBytes: ByteBuffer(bytes: head.readableBytesView),
                content: ByteBuffer(bytes: content.readableBytesView),
                groups: (turn.groups + named).map(CacheKey.digest), sequence: turn.sequence), askedAt: askedAt,
            named: named)
    }

    private static func checksum(of bytes: ByteBuffer) -> String {
        var digest = ContentDigest()
        digest.update(Array(bytes.readableBytesView))
        return digest.text
    }

    private static func write(_ bytes: [UInt8], to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(clamping: bytes.count))
        buffer.writeBytes(bytes)
    }

    private static func write(_ bytes: ByteBuffer, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(clamping: bytes.readableBytes))
        buffer.writeImmutableBuffer(bytes)
    }

    private static func read(_ rest: inout ByteBuffer) -> ByteBuffer? {
        guard let length = rest.readInteger(as: UInt32.self) else { return nil }
        return rest.readSlice(length: Int(length))
    }
}
