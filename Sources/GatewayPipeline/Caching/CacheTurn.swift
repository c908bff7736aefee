import HTTPExchanges
import NIOCore
import ResponseCaching

/// One exchange's dealings with the store.
final class CacheTurn {
    /// A reply that is kept while it goes to the client.
    struct Capture {
        /// Its fields, as they are stored.
        var fields: FieldList
        /// Status and reason.
        var status: Int
        var reason: [UInt8]
        /// What decisions need to know.
        var head: StoredHead
        /// Who may be served with it.
        var audience: Storability.Audience
        /// The content so far.
        var content = ByteBuffer()
        /// Most content.
        var limit: Int
    }

    /// How the operation's replies are stored.
    let plan: CachePlan
    /// The key that is looked up first: the caller's own where callers are known.
    let key: CacheKey
    /// The key of what everybody shares; nil where `key` is that.
    let sharedKey: CacheKey?
    /// What the request says to caches.
    let request: RequestCaching
    /// The canonical query, which the service sees.
    let query: [UInt8]
    /// The groups that a reply belongs to by its path and by the settings.
    let groups: [[UInt8]]
    /// Milliseconds since 1970 when the exchange met the store.
    let requestedAt: Int64
    /// What is told of it.
    var status = CacheStatus(.miss)
    /// What is stored and has to be revalidated, or stands in for a failure.
    var stale: StoredReply?
    /// The flight that this exchange leads.
    var flight: CacheFlight?
    /// Whether it waits for another one's reply.
    var isWaiting = false
    /// How often it has waited.
    var waits = 0
    /// Whether a reply may be stored.
    var mayStore = true
    /// Whether the service is asked for the whole reply, without the client's conditions and ranges.
    var asksForWhole = true
    /// Whether the service is asked for the part that the client wants.
    var asksForPart = false
    /// The store's sequence number when the service was asked.
    var sequence: UInt64 = 0
    /// The end of the outgoing head without validators.
    var headEnd: Int?
    /// The reply that is being kept.
    var capture: Capture?

    /// A turn with its keys.
    init(
        plan: CachePlan, key: CacheKey, sharedKey: CacheKey?, request: RequestCaching, query: [UInt8],
        groups: [[UInt8]], requestedAt: Int64
    ) {
        self.plan = plan
        self.key = key
        self.sharedKey = sharedKey
        self.request = request
        self.query = query
        self.groups = groups
        self.requestedAt = requestedAt
    }

    /// Whether a field asks for less than the whole reply.
    static func isConditional(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 5: name.isToken("range")
        case 8: name.isToken("if-range")
        case 13: name.isToken("if-none-match")
        case 17: name.isToken("if-modified-since")
        default: false
        }
    }
}

/// The client of an exchange that only brings a stored reply up to date: nobody.
final class DiscardingClient: ExchangeClient {
    let loop: ExchangeLoop
    var isWritable: Bool { true }
    var contentTimeout = TimeAmount.seconds(30)
    var contentRate = 0

    /// Nobody on a loop.
    init(loop: ExchangeLoop) { self.loop = loop }

    func sendContinue() {}
    func sendInterim(_ head: ResponseHead) {}
    func send(_ head: ResponseHead, content: ByteBuffer?, isComplete: Bool) {}
    func send(content: ByteBuffer) {}
    func end(trailers: [UInt8]) {}
    func abort() {}
    func openTunnel(_ head: ResponseHead, to tunnel: any ExchangeResponder) {}
    func setReadsContent(_ reads: Bool) {}
}
