import NIOCore

/// Something that has to act when its time is over.
package protocol DeadlineOwner: AnyObject {
    /// The deadline that was set has passed. It is cleared; the owner may set another.
    func deadlinePassed(now: NIODeadline)
}

/// The deadlines of one event loop: setting one is a store into an array, and one coarse tick looks at all of them.
///
/// A timer per request would cost a heap operation and often a system call. Every connection has several deadlines
/// that hardly ever pass, so they are kept side by side (eight bytes each) and swept every 20 ms: at 10,000
/// connections a sweep reads 80 KB. A deadline therefore passes at most one tick late.
package final class DeadlineTable {
    /// Time between two sweeps.
    package static let tick = TimeAmount.milliseconds(20)

    private static let never = UInt64.max
    private var deadlines: [UInt64] = []
    private var owners: [(any DeadlineOwner)?] = []
    private var free: [Int] = []

    /// An empty table.
    package init() {}

    /// Number of owners.
    package var count: Int { owners.count - free.count }

    /// A slot for `owner`, which is held until the slot is given back.
    package func register(_ owner: any DeadlineOwner) -> Int {
        if let slot = free.popLast() {
            owners[slot] = owner
            return slot
        }
        deadlines.append(Self.never)
        owners.append(owner)
        return owners.count - 1
    }

    /// Sets the deadline of `slot`; nil clears it.
    package func set(_ slot: Int, to deadline: NIODeadline?) {
        guard deadlines.indices.contains(slot) else { return }
        deadlines[slot] = deadline?.uptimeNanoseconds ?? Self.never
    }

    /// Gives `slot` back.
    package func unregister(_ slot: Int) {
        guard owners.indices.contains(slot), owners[slot] != nil else { return }
        deadlines[slot] = Self.never
        owners[slot] = nil
        free.append(slot)
    }

    /// Calls every owner whose deadline is not after `now`.
    package func sweep(now: NIODeadline) {
        let time = now.uptimeNanoseconds
        var slot = 0
        // Owners may register and unregister while they are called, so the count is read anew.
        while slot < deadlines.count {
            if deadlines[slot] <= time {
                deadlines[slot] = Self.never
                owners[slot]?.deadlinePassed(now: now)
            }
            slot += 1
        }
    }
}
