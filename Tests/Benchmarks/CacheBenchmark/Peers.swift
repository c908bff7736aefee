/// A list of keys through an array, newest first.
private struct KeyList {
    private(set) var newest = -1
    private(set) var oldest = -1
    private var older: [Int: Int] = [:]
    private var newer: [Int: Int] = [:]

    /// The key that came after `key`; -1 for none.
    func newer(than key: Int) -> Int { newer[key] ?? -1 }

    mutating func insert(_ key: Int) {
        older[key] = newest
        newer[key] = -1
        if newest >= 0 { newer[newest] = key } else { oldest = key }
        newest = key
    }

    mutating func remove(_ key: Int) {
        let (before, after) = (older.removeValue(forKey: key) ?? -1, newer.removeValue(forKey: key) ?? -1)
        if before >= 0 { newer[before] = after } else { oldest = after }
        if after >= 0 { older[after] = before } else { newest = before }
    }
}

/// The key that was asked for longest ago goes.
enum LRU {
    static func misses(_ keys: [Int], capacity: Int) -> Int {
        var list = KeyList()
        var present: Set<Int> = []
        var misses = 0
        for key in keys {
            if present.contains(key) {
                list.remove(key)
            } else {
                misses += 1
                if present.count == capacity {
                    present.remove(list.oldest)
                    list.remove(list.oldest)
                }
                present.insert(key)
            }
            list.insert(key)
        }
        return misses
    }
}

/// A hand goes from the oldest to the newest, spares what was asked for, and stays where it is (Zhang et al., NSDI 2024).
enum Sieve {
    static func misses(_ keys: [Int], capacity: Int) -> Int {
        var list = KeyList()
        var wasAsked: [Int: Bool] = [:]
        var hand = -1
        var misses = 0
        for key in keys {
            if wasAsked[key] != nil {
                wasAsked[key] = true
                continue
            }
            misses += 1
            if wasAsked.count == capacity {
                var place = hand >= 0 ? hand : list.oldest
                while wasAsked[place] == true {
                    wasAsked[place] = false
                    let next = list.newer(than: place)
                    place = next >= 0 ? next : list.oldest
                }
                hand = list.newer(than: place)
                list.remove(place)
                wasAsked[place] = nil
            }
            wasAsked[key] = false
            list.insert(key)
        }
        return misses
    }
}

/// The key that will be asked for latest goes (Belady, 1966): what no policy can better.
enum Optimum {
    static func misses(_ keys: [Int], capacity: Int) -> Int {
        var next = Array(repeating: Int.max, count: keys.count)
        var seen: [Int: Int] = [:]
        for index in keys.indices.reversed() {
            next[index] = seen[keys[index]] ?? .max
            seen[keys[index]] = index
        }
        var due: [Int: Int] = [:]
        var heap = Heap()
        var misses = 0
        for (index, key) in keys.enumerated() {
            if due[key] == nil {
                misses += 1
                if due.count == capacity {
                    // Entries of the heap that are out of date are left out.
                    while let (time, candidate) = heap.pop() {
                        guard due[candidate] == time else { continue }
                        due[candidate] = nil
                        break
                    }
                }
            }
            due[key] = next[index]
            heap.push((next[index], key))
        }
        return misses
    }
}

/// A heap with the largest time first.
private struct Heap {
    private var items: [(time: Int, key: Int)] = []

    mutating func push(_ item: (time: Int, key: Int)) {
        items.append(item)
        var place = items.count - 1
        while place > 0, items[(place - 1) / 2].time < items[place].time {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func pop() -> (Int, Int)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var place = 0
        while true {
            var largest = place
            for child in [2 * place + 1, 2 * place + 2] where child < items.count {
                if items[child].time > items[largest].time { largest = child }
            }
            guard largest != place else { return first }
            items.swapAt(place, largest)
            place = largest
        }
    }
}
