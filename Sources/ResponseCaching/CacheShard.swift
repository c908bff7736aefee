/// One shard of the store: an index, and the two queues of S3-FIFO (Yang et al., SOSP 2023) within a budget of bytes.
///
/// ```
///   new key ──────────> small (10 %) ── asked for again ──> main (90 %) ── asked for ──> back of main
///   key in ghost ───────────────────────────────────────────^   │
///                       small ── never asked for ──> ghost      └── not asked for ──> gone
/// ```
/// One-hit wonders leave by the small queue and never push out what is in use. The ghost holds hashes only.
/// Invariants: `smallBytes + mainBytes` is the sum of the slots' costs and never above `budget` after a call; every slot
/// in use is in exactly one queue and in the index; `ghost` holds at most ``ghostLimit`` hashes.
struct CacheShard {
    /// A reply of a key and whether it was purged softly.
    struct Variant {
        var reply: StoredReply
        var isPurged = false
    }

    /// All replies of one key: one for each selection by Vary.
    private struct Slot {
        var key: CacheKey
        var variants: [Variant]
        var cost: Int
        var uses: UInt8 = 0
        var isInMain = false
        var previous: Int = -1
        var next: Int = -1
    }

    /// A queue as a list through the slots.
    private struct Queue {
        var first = -1
        var last = -1
        var bytes = 0
    }

    /// Most replies of one key; the oldest goes.
    static let variantLimit = 16
    /// Most hashes in the ghost.
    static let ghostLimit = 8192
    /// Most keys whose uses are counted before they are stored, and most keys marked hit-for-miss.
    static let markLimit = 8192

    private let budget: Int
    private var index: [CacheKey: Int] = [:]
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var small = Queue()
    private var main = Queue()
    private var ghost: Set<Int> = []
    private var ghostOrder: [Int] = []
    private var ghostNext = 0
    private var uses: [Int: Int] = [:]
    private var passes: [Int: Int64] = [:]
    /// Requests under way, by key.
    var flights: [CacheKey: CacheFlight] = [:]
    /// Keys that were pushed out.
    private(set) var evictions = 0

    /// An empty shard of so many bytes.
    init(budget: Int) { self.budget = budget }

    /// Bytes in use.
    var bytes: Int { small.bytes + main.bytes }
    /// Keys in store.
    var count: Int { index.count }

    // MARK: Reading

    /// The replies of a key, newest last; counts a use.
    mutating func variants(of key: CacheKey) -> [Variant] {
        guard let place = index[key], let slot = slots[place] else { return [] }
        if slot.uses < 3 { slots[place]?.uses += 1 }
        return slot.variants
    }

    /// Counts requests for a key that is not in store.
    mutating func countUse(of key: CacheKey) -> Int {
        if uses.count >= Self.markLimit { uses.removeAll(keepingCapacity: true) }
        let count = uses[key.digest, default: 0] + 1
        uses[key.digest] = count
        return count
    }

    /// Notes that replies to a key cannot be shared, until a time.
    mutating func markPass(_ key: CacheKey, until time: Int64) {
        if passes.count >= Self.markLimit { passes.removeAll(keepingCapacity: true) }
        passes[key.digest] = time
    }

    /// Whether requests for a key go to the service side by side.
    mutating func isPass(_ key: CacheKey, at now: Int64) -> Bool {
        guard let until = passes[key.digest] else { return false }
        if until > now { return true }
        passes[key.digest] = nil
        return false
    }

    // MARK: Writing

    /// Stores a reply; one with the same selection makes way for it. False when it does not fit.
    mutating func store(_ reply: StoredReply, under key: CacheKey) -> Bool {
        passes[key.digest] = nil
        var variants: [Variant] = []
        var wasInMain = false
        var isKnown = false
        if let place = index[key], let slot = slots[place] {
            variants = slot.variants.filter {
                $0.reply.head.vary != reply.head.vary || $0.reply.head.varyValues != reply.head.varyValues
            }
            wasInMain = slot.isInMain
            isKnown = true
            remove(place)
        }
        if variants.count >= Self.variantLimit { variants.removeFirst(variants.count - Self.variantLimit + 1) }
        variants.append(Variant(reply: reply))
        var cost = Self.cost(variants, key)
        while cost > budget / 2, variants.count > 1 {
            variants.removeFirst()
            cost = Self.cost(variants, key)
        }
        guard cost <= budget else { return false }
        let isRemembered = !isKnown && ghost.remove(key.digest) != nil
        makeRoom(for: cost)
        insert(Slot(key: key, variants: variants, cost: cost, isInMain: wasInMain || isRemembered))
        uses[key.digest] = nil
        return true
    }

    private static func cost(_ variants: [Variant], _ key: CacheKey) -> Int {
        variants.reduce(key.bytes.count + 64) { $0 + $1.reply.cost }
    }

    /// Removes the keys, or marks the replies, that a condition holds for; how many replies that were.
    mutating func purge(isSoft: Bool, where isMeant: (CacheKey, StoredReply) -> Bool) -> Int {
        var matched = 0
        for place in slots.indices {
            guard var slot = slots[place] else { continue }
            let meant = slot.variants.map { isMeant(slot.key, $0.reply) }
            let count = meant.count { $0 }
            guard count > 0 else { continue }
            matched += count
            if isSoft {
                for index in slot.variants.indices where meant[index] { slot.variants[index].isPurged = true }
                slots[place] = slot
            } else {
                remove(place)
            }
        }
        return matched
    }

    /// Counts one of a key's replies as stale.
    mutating func markStale(_ reply: StoredReply, under key: CacheKey) {
        guard let place = index[key], let found = slots[place]?.variants.firstIndex(where: { $0.reply === reply })
        else { return }
        slots[place]?.variants[found].isPurged = true
    }

    /// Removes a key.
    mutating func remove(_ key: CacheKey) {
        if let place = index[key] { remove(place) }
    }

    // MARK: Queues

    private mutating func insert(_ slot: Slot) {
        let place: Int
        if let reused = free.popLast() {
            place = reused
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        index[slot.key] = place
        enqueue(place)
    }

    private mutating func enqueue(_ place: Int) {
        guard var slot = slots[place] else { return }
        var queue = slot.isInMain ? main : small
        slot.previous = queue.last
        slot.next = -1
        slots[place] = slot
        if queue.last >= 0 { slots[queue.last]?.next = place } else { queue.first = place }
        queue.last = place
        queue.bytes += slot.cost
        if slot.isInMain { main = queue } else { small = queue }
    }

    private mutating func unlink(_ place: Int) {
        guard let slot = slots[place] else { return }
        var queue = slot.isInMain ? main : small
        if slot.previous >= 0 { slots[slot.previous]?.next = slot.next } else { queue.first = slot.next }
        if slot.next >= 0 { slots[slot.next]?.previous = slot.previous } else { queue.last = slot.previous }
        queue.bytes -= slot.cost
        if slot.isInMain { main = queue } else { small = queue }
    }

    private mutating func remove(_ place: Int) {
        guard let slot = slots[place] else { return }
        unlink(place)
        index[slot.key] = nil
        slots[place] = nil
        free.append(place)
    }

    /// Pushes out until `cost` bytes fit.
    private mutating func makeRoom(for cost: Int) {
        while bytes + cost > budget, !index.isEmpty {
            if small.first >= 0, small.bytes > budget / 10 || main.first < 0 {
                evictFromSmall()
            } else {
                evictFromMain()
            }
        }
    }

    private mutating func evictFromSmall() {
        let place = small.first
        guard place >= 0, let slot = slots[place] else { return }
        guard slot.uses > 0 else {
            remember(slot.key.digest)
            evictions += 1
            return remove(place)
        }
        unlink(place)
        slots[place]?.isInMain = true
        slots[place]?.uses = 0
        enqueue(place)
    }

    private mutating func evictFromMain() {
        let place = main.first
        guard place >= 0, let slot = slots[place] else { return }
        guard slot.uses > 0 else {
            evictions += 1
            return remove(place)
        }
        unlink(place)
        slots[place]?.uses = slot.uses - 1
        enqueue(place)
    }

    /// Takes a hash into the ghost; the oldest makes way.
    private mutating func remember(_ digest: Int) {
        guard ghost.insert(digest).inserted else { return }
        if ghostOrder.count < Self.ghostLimit {
            ghostOrder.append(digest)
        } else {
            ghost.remove(ghostOrder[ghostNext])
            ghostOrder[ghostNext] = digest
            ghostNext = (ghostNext + 1) % Self.ghostLimit
        }
    }
}
