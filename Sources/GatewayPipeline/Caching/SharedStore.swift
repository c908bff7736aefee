import GatewayTelemetry
import NIOCore
import RedisConnections
import ResponseCaching

/// The second level of the store, which a fleet shares: its part on one worker, confined to the
/// worker's loop. The connection to Redis is one for all, on a loop of its own.
///
/// Nothing waits for it longer than ``patience``, and nothing fails because of it. What is invalid is told twice: a time
/// for each group stands in Redis, and a reply that was asked for before it is none; and a message reaches the memory of
/// every node. A node that may have missed a message (the count of all of them stands in Redis too) empties its memory.
final class SharedStore {
    /// Longest wait for an answer.
    static let patience = TimeAmount.milliseconds(10)
    /// Longest time that a reply, or the time of a group, is kept, in milliseconds.
    private static let longestLife: Int64 = 86_400_000
    /// Most messages that wait for the server to come back.
    private static let owedLimit = 1024
    /// The channel of messages, and the number of all that were sent.
    static let channel = Array("lintel:1:events".utf8)
    private static let counter = ByteBuffer(string: "lintel:1:count")
    /// Counts a message and sends it, so that nobody sees one without the other.
    private static let script = ByteBuffer(
        string: "redis.call('INCR', KEYS[1]) return redis.call('PUBLISH', ARGV[1], ARGV[2])")

    /// What a message says.
    enum Event {
        /// Groups are invalid.
        case groups([[UInt8]])
        /// A request to purge, as the admin listener got it.
        case purge([UInt8])
        /// Everything is invalid.
        case everything
    }

    private let worker: GatewayWorker
    private let metrics: SharedLevelMetrics
    private let isListening: Bool
    private let notify: (String) -> Void
    /// Tells this node's messages from those of others.
    private let node: [UInt8]
    private var client: RedisLine?
    private var owed: [(message: [UInt8], groups: [[UInt8]])] = []
    private var owesAll = false
    /// The number of messages that this node knows of; nil before it has asked.
    private var known: Int64?
    private var isCounting = false

    /// A second level for a worker. One of them listens for the node.
    init(
        worker: GatewayWorker, metrics: SharedLevelMetrics, node: [UInt8], isListening: Bool,
        notify: @escaping (String) -> Void
    ) {
        self.worker = worker
        self.metrics = metrics
        self.node = node
        self.isListening = isListening
        self.notify = notify
    }

    /// Takes the connection that all workers have together.
    func use(_ service: RedisService) { client = RedisLine(service, loop: worker.loop.eventLoop) }

    // MARK: Replies

    /// Looks a reply up; nil where there is none, or no answer in time. Calls back at once where the server is away.
    func find(_ turn: CacheTurn, _ found: @escaping (StoredReply?) -> Void) {
        guard let client, client.isReady else {
            metrics.count(.unanswered)
            return found(nil)
        }
        find(turn, under: turn.sharedKey ?? turn.key, selectedBy: nil, client) { [weak self] reply in
            guard reply == nil, turn.sharedKey != nil, let self else { return found(reply) }
            find(turn, under: turn.key, selectedBy: nil, client, found)
        }
    }

    /// Looks for the reply under a key. One that request fields select stands under a name of its own; the key's holds which
    /// fields those are, and the second look is for their values in this request.
    private func find(
        _ turn: CacheTurn, under key: CacheKey, selectedBy values: [[UInt8]]?, _ client: RedisLine,
        _ found: @escaping (StoredReply?) -> Void
    ) {
        let groups = [Self.everything, Self.operation(of: key)] + turn.groups
        let words = [ByteBuffer(string: "MGET"), Self.name(of: key, values ?? [])] + groups.map { Self.time(of: $0) }
        client.send(words, within: Self.patience) { [weak self] answer in
            guard let self else { return found(nil) }
            guard case .array(let answers) = answer, let first = answers.first else {
                metrics.count(answer == nil ? .unanswered : .miss)
                return found(nil)
            }
            if values == nil, case .bulk(let octets) = first, let vary = SharedSelection.names(in: octets) {
                return find(
                    turn, under: key, selectedBy: vary.values(in: turn.request.fields), client, found)
            }
            guard case .bulk(let octets) = first,
                let value = SharedReplyForm.reply(
                    in: octets, key: key, turn: turn, into: worker.loop.responseTable),
                answers.count == groups.count + 1, Self.isValid(answers.dropFirst(), askedAt: value.askedAt)
            else {
                metrics.count(.miss)
                return found(nil)
            }
            check(value, client, found)
        }
    }

    /// Asks for the times of the groups that a reply itself names.
    private func check(_ value: SharedReplyForm.Found, _ client: RedisLine, _ found: @escaping (StoredReply?) -> Void) {
        guard !value.named.isEmpty else {
            metrics.count(.hit)
            return found(value.reply)
        }
        client.send([ByteBuffer(string: "MGET")] + value.named.map { Self.time(of: $0) }, within: Self.patience) {
            [metrics] answer in
            guard case .array(let values) = answer, values.count == value.named.count,
                Self.isValid(values[...], askedAt: value.askedAt)
            else {
                metrics.count(answer == nil ? .unanswered : .miss)
                return found(nil)
            }
            metrics.count(.hit)
            found(value.reply)
        }
    }

    /// Whether nothing was made invalid after the service was asked. What is no time counts as now.
    private static func isValid(_ times: ArraySlice<RESPValue>, askedAt: Int64) -> Bool {
        times.allSatisfy { time in
            switch time {
            case .null: true
            case .bulk(let text): Int64(String(buffer: text)).map { $0 < askedAt } ?? false
            default: false
            }
        }
    }

    /// Stores a reply, as long as it can be of use.
    func store(_ reply: StoredReply, under key: CacheKey, askedAt: Int64, at now: Int64) {
        guard let client, client.isReady else { return }
        let stale = max(reply.head.staleWhileRevalidate, reply.head.staleIfError)
        let life = min(max(0, reply.head.freshness.remaining(at: now)) + stale, Self.longestLife)
        guard life > 0, reply.head.freshness.isFresh(at: now), !reply.head.directives.noCache else { return }
        let vary = reply.head.vary
        guard vary.names.count <= SharedSelection.limit else { return }
        if !vary.names.isEmpty {
            client.send(
                [
                    ByteBuffer(string: "SET"), Self.name(of: key), SharedSelection.octets(vary),
                    ByteBuffer(string: "PX"), ByteBuffer(string: "\(Self.longestLife)"),
                ], within: .seconds(1))
        }
        client.send(
            [
                ByteBuffer(string: "SET"), Self.name(of: key, reply.head.varyValues),
                SharedReplyForm.octets(reply, key: key, askedAt: askedAt),
                ByteBuffer(string: "PX"), ByteBuffer(string: "\(life)"),
            ], within: .seconds(1))
        metrics.count(.stored)
    }

    // MARK: Invalidation

    /// Makes groups invalid for every node.
    func invalidate(_ groups: [[UInt8]]) { tell(.groups(groups), groups: groups) }

    /// Passes a request to purge on to every node; `groups` are those that it makes invalid here.
    func purge(_ request: [UInt8], groups: [[UInt8]]) { tell(.purge(request), groups: groups) }

    /// The group of all replies of an operation.
    static func operation(api: String, _ operation: String) -> [UInt8] { Array("operation\0\(api)\0\(operation)".utf8) }

    private static func operation(of key: CacheKey) -> [UInt8] {
        let parts = key.parts
        return Array("operation\0".utf8) + (parts.first ?? []) + [0] + (parts.dropFirst().first ?? [])
    }

    private func tell(_ event: Event, groups: [[UInt8]]) {
        let message = Self.message(event, from: node)
        guard let client, client.isReady else {
            if owed.count < Self.owedLimit { owed.append((message, groups)) } else { owesAll = true }
            return
        }
        send(message, groups: groups, client)
    }

    private func send(_ message: [UInt8], groups: [[UInt8]], _ client: RedisLine) {
        let now = ByteBuffer(string: "\(GatewayWorker.wallClock() / 1_000_000)")
        for group in groups {
            client.send(
                [
                    ByteBuffer(string: "SET"), Self.time(of: group), now, ByteBuffer(string: "PX"),
                    ByteBuffer(string: "\(Self.longestLife)"),
                ], within: .seconds(1))
        }
        client.send(
            [
                ByteBuffer(string: "EVAL"), Self.script, ByteBuffer(string: "1"), Self.counter,
                ByteBuffer(bytes: Self.channel), ByteBuffer(bytes: message),
            ], within: .seconds(1)
        ) { [weak self] answer in
            // What may not have got through is owed.
            if answer == nil, let self, owed.count < Self.owedLimit { owed.append((message, groups)) }
        }
    }

    /// The server is there, or away.
    func changed(_ isReady: Bool) {
        if isListening { metrics.connections(change: isReady ? 1 : -1) }
        if isListening {
            notify(isReady ? "the shared cache is there" : "the shared cache is away: this node goes on alone")
        }
        guard isReady, let client else { return }
        let waiting = owed
        owed = []
        if owesAll {
            owesAll = false
            send(Self.message(.everything, from: node), groups: [Self.everything], client)
        }
        for (message, groups) in waiting { send(message, groups: groups, client) }
        if isListening { recount(client) }
    }

    /// Finds out whether messages were missed while nobody listened.
    private func recount(_ client: RedisLine) {
        isCounting = true
        client.send([ByteBuffer(string: "GET"), Self.counter], within: .seconds(1)) { [weak self] answer in
            guard let self else { return }
            isCounting = false
            var count: Int64?
            if case .bulk(let text) = answer { count = Int64(String(buffer: text)) }
            if case .null = answer { count = 0 }
            if known != nil, known != count { _ = worker.cache.purge(isSoft: false) { _, _ in true } }
            known = count
        }
    }

    /// Hears a message.
    func hear(_ message: [UInt8]) {
        if !isCounting { known = known.map { $0 + 1 } }
        guard message.count > 17, !message.starts(with: node) else { return }
        let content = Array(message[17...])
        switch message[16] {
        case UInt8(ascii: "G"):
            guard let groups = Self.groups(in: content) else { return }
            worker.cache.invalidate(groups: groups)
        case UInt8(ascii: "P"):
            let purge = CachePurge(cache: worker.cache, snapshot: worker.serving.snapshot, metrics: CacheMetrics())
            _ = try? purge.purge(content)
        default: _ = worker.cache.purge(isSoft: false) { _, _ in true }
        }
    }

    // MARK: Names

    /// The group that everything belongs to.
    private static let everything: [UInt8] = Array("everything".utf8)

    /// 16 octets of the node, the kind, the content.
    private static func message(_ event: Event, from node: [UInt8]) -> [UInt8] {
        switch event {
        case .groups(let groups):
            var buffer = ByteBuffer()
            for group in groups {
                buffer.writeInteger(UInt16(clamping: group.count))
                buffer.writeBytes(group.prefix(Int(UInt16.max)))
            }
            return node + [UInt8(ascii: "G")] + Array(buffer.readableBytesView)
        case .purge(let request): return node + [UInt8(ascii: "P")] + request
        case .everything: return node + [UInt8(ascii: "E"), 0]
        }
    }

    private static func groups(in content: [UInt8]) -> [[UInt8]]? {
        var buffer = ByteBuffer(bytes: content)
        var groups: [[UInt8]] = []
        while let length = buffer.readInteger(as: UInt16.self) {
            guard let bytes = buffer.readBytes(length: Int(length)) else { return nil }
            groups.append(bytes)
        }
        return groups
    }

    /// The name of a key, and of one of its selections.
    private static func name(of key: CacheKey, _ values: [[UInt8]] = []) -> ByteBuffer {
        let selection = values.isEmpty ? "" : ":" + digest(Array(values.joined(separator: [0])))
        return ByteBuffer(string: "lintel:1:reply:" + digest(key.bytes) + selection)
    }

    private static func time(of group: [UInt8]) -> ByteBuffer { ByteBuffer(string: "lintel:1:group:" + digest(group)) }

    private static func digest(_ bytes: [UInt8]) -> String {
        var digest = ContentDigest()
        digest.update(bytes)
        return digest.text
    }
}
