import PatternMatching

/// Bounds on the work for one value, so that no schema and no value can exhaust a thread.
package struct EvaluationLimits: Sendable {
    /// Most schemas entered within each other: less than 512 bytes of stack each in a release build.
    package var depth: Int
    /// Steps that every evaluation may take.
    package var baseSteps: Int
    /// Further steps for each node of the value.
    package var stepsPerNode: Int

    /// Bounds.
    package init(depth: Int = 1_000, baseSteps: Int = 200_000, stepsPerNode: Int = 64) {
        self.depth = depth
        self.baseSteps = baseSteps
        self.stepsPerNode = stepsPerNode
    }

    /// Steps for a value of so many nodes.
    func steps(forNodes count: Int) -> Int { baseSteps &+ count &* stepsPerNode }
}

/// The memory of evaluations, kept from one to the next: one per event loop, never used by two threads at once.
package struct EvaluationWorkspace: ~Copyable {
    /// Bounds of each evaluation.
    package var limits = EvaluationLimits()
    /// What patterns need.
    package var patterns = PatternScratch()
    /// Nodes of children that were evaluated, in the order of evaluation (`unevaluatedProperties`, `unevaluatedItems`).
    var evaluated = GrowableBuffer<UInt32>()
    /// For each node of the value, the number of the last count that it was part of.
    var stamps = GrowableBuffer<UInt32>()
    /// Number of the last count.
    var stamp: UInt32 = 0
    /// Bit sets of required names beyond 64, and hash tables of `uniqueItems`; used as a stack.
    var words = GrowableBuffer<UInt64>()

    /// An empty workspace.
    package init() {}

    /// A number that no node carries.
    mutating func nextStamp(nodes: Int) -> UInt32 {
        if stamps.count < nodes { stamps.extend(to: nodes, with: 0) }
        if stamp == .max {
            stamps.fill(with: 0)
            stamp = 0
        }
        stamp &+= 1
        return stamp
    }
}

/// An array of plain values that grows and never shrinks, without checks on the hot path.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
    /// The elements.
    private(set) var elements: UnsafeMutablePointer<Element>
    /// Number of elements.
    private(set) var count = 0
    /// Number of elements that fit.
    private var capacity: Int

    /// An empty buffer.
    init() {
        capacity = 16
        elements = .allocate(capacity: capacity)
    }

    deinit { elements.deallocate() }

    /// Adds an element.
    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow(to: capacity &* 2) }
        (elements + count).initialize(to: element)
        count &+= 1
    }

    /// Forgets all elements from an index on.
    @inline(__always)
    mutating func truncate(to newCount: Int) {
        if newCount < count { count = newCount }
    }

    /// Adds copies of an element up to a count.
    mutating func extend(to newCount: Int, with element: Element) {
        guard newCount > count else { return }
        if newCount > capacity { grow(to: max(newCount, capacity &* 2)) }
        (elements + count).initialize(repeating: element, count: newCount &- count)
        count = newCount
    }

    /// Overwrites every element.
    mutating func fill(with element: Element) { elements.update(repeating: element, count: count) }

    /// Moves to larger memory.
    @inline(never)
    private mutating func grow(to newCapacity: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        larger.moveInitialize(from: elements, count: count)
        elements.deallocate()
        elements = larger
        capacity = newCapacity
    }
}
