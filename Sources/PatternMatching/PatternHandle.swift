/// A compiled pattern as plain pointers, so that a hot loop counts no references.
///
/// Valid as long as the `Pattern` that it came from lives.
package struct PatternHandle: Sendable, BitwiseCopyable {
    /// PCRE2's code, or nothing.
    // SAFETY: read-only after compilation; freed by the owner only (NativePattern).
    private nonisolated(unsafe) let code: OpaquePointer?
    /// The chain of a direct loop.
    // SAFETY: written once before the handle is shared; freed by the owner only (`Pattern.deinit`).
    private nonisolated(unsafe) let runs: UnsafeMutableBufferPointer<RunMatcher.Run>
    /// The literal of a direct loop, or columns and rows of an automaton.
    // SAFETY: as `runs`.
    private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer
    /// Entries of an automaton's row; 0 for all others.
    private let width: Int
    /// How the chain lies in the text.
    private let placement: RunMatcher.Placement
    /// The slow matcher, or nothing; unbalanced retain, released by `free`.
    private let slow: Unmanaged<BacktrackingMatcher>?

    /// A handle to PCRE2's code.
    init(borrowing code: OpaquePointer) {
        self.init(code, nil)
    }

    /// A handle to a copy of a direct loop.
    init(copying matcher: RunMatcher) {
        self = matcher.literal.withUnsafeBytes {
            PatternHandle(nil, nil, runs: matcher.runs, memory: $0, placement: matcher.placement)
        }
    }

    /// A handle to a copy of an automaton.
    init(copying automaton: AutomatonMatcher) {
        self = automaton.table.withUnsafeBytes { PatternHandle(nil, nil, memory: $0, width: automaton.width) }
    }

    /// A handle to the slow matcher.
    init(retaining matcher: BacktrackingMatcher) {
        self.init(nil, Unmanaged.passRetained(matcher))
    }

    /// Copies the tables.
    private init(
        _ code: OpaquePointer?, _ slow: Unmanaged<BacktrackingMatcher>?, runs: [RunMatcher.Run] = [],
        memory: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        placement: RunMatcher.Placement = .anywhereEmpty, width: Int = 0
    ) {
        self.code = code
        self.runs = .allocate(capacity: runs.count)
        _ = self.runs.initialize(from: runs)
        self.memory = .allocate(byteCount: memory.count, alignment: MemoryLayout<UInt16>.alignment)
        self.memory.copyMemory(from: memory)
        self.width = width
        self.placement = placement
        self.slow = slow
    }

    /// Searches the pattern in a text.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - scratch: The thread's own memory.
    package func matches(_ text: UnsafeRawBufferPointer, using scratch: inout PatternScratch) -> PatternVerdict {
        if width > 0, let table = memory.baseAddress?.assumingMemoryBound(to: UInt16.self) {
            return AutomatonMatcher.matches(table, width: width, text) ? .match : .noMatch
        }
        if let code { return scratch.run(code, on: text) }
        if let slow { return slow._withUnsafeGuaranteedRef { $0.matches(text) } }
        let found = RunMatcher.matches(
            placement, UnsafeBufferPointer(runs), UnsafeRawBufferPointer(memory), text)
        return found ? .match : .noMatch
    }

    /// Whether the pattern is run by a loop or a table of ours, which no text drives to a limit.
    package var isDirect: Bool { code == nil && slow == nil }

    /// Frees the tables; called once, by the owner.
    func free() {
        runs.deallocate()
        memory.deallocate()
        slow?.release()
    }
}
