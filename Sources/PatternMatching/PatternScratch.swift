import CPCRE2

/// The memory that a match needs, kept from one match to the next.
///
/// One per event loop, in its workspace: matching allocates nothing after the first use. Never shared by two threads at
/// once.
package struct PatternScratch: ~Copyable {
    /// PCRE2's limits and stack; created at the first native match.
    private var context: OpaquePointer?
    /// Where PCRE2 leaves the offsets of a match.
    private var matchData: OpaquePointer?
    /// The stack of PCRE2's machine code.
    private var stack: OpaquePointer?

    /// Steps that a match may take at least, whatever the length of the text.
    static let matchLimit = 100_000
    /// Kibibytes of heap that PCRE2's interpreter may take.
    private static let heapLimit: UInt32 = 1024
    /// Bytes of stack for machine code: reserved at first, at most.
    private static let stackSizes = (first: 32 * 1024, last: 512 * 1024)

    /// Creates a scratch that holds no memory yet.
    package init() {}

    deinit {
        if let matchData { pcre2_match_data_free_8(matchData) }
        if let context { pcre2_match_context_free_8(context) }
        if let stack { pcre2_jit_stack_free_8(stack) }
    }

    /// Runs a compiled pattern.
    /// - Parameters:
    ///   - code: The pattern; it must stay alive during the call.
    ///   - text: UTF-8; anything else is undecided.
    /// - Returns: `undecided` where a limit was hit: that is no mismatch, and the caller must refuse the text.
    mutating func run(_ code: OpaquePointer, on text: UnsafeRawBufferPointer) -> PatternVerdict {
        guard prepare(), let context, let matchData else { return .undecided(.memory) }
        // Long texts may take more steps than short ones, in proportion.
        pcre2_set_match_limit_8(context, UInt32(clamping: max(Self.matchLimit, text.count &* 4)))
        var nothing: UInt8 = 0
        let result = withUnsafePointer(to: &nothing) { empty in
            let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty
            return pcre2_match_8(code, start, text.count, 0, 0, matchData, context)
        }
        if result >= 0 { return .match }
        switch result {
        case PCRE2_ERROR_NOMATCH: return .noMatch
        case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT: return .undecided(.steps)
        case PCRE2_ERROR_HEAPLIMIT, PCRE2_ERROR_JIT_STACKLIMIT, PCRE2_ERROR_NOMEMORY: return .undecided(.memory)
        default: return .undecided(.text)
        }
    }

    /// Takes memory at the first use.
    private mutating func prepare() -> Bool {
        if context != nil { return true }
        guard let newContext = pcre2_match_context_create_8(nil) else { return false }
        guard let newData = pcre2_match_data_create_8(1, nil) else {
            pcre2_match_context_free_8(newContext)
            return false
        }
        pcre2_set_heap_limit_8(newContext, Self.heapLimit)
        stack = pcre2_jit_stack_create_8(Self.stackSizes.first, Self.stackSizes.last, nil)
        if let stack { pcre2_jit_stack_assign_8(newContext, nil, UnsafeMutableRawPointer(stack)) }
        context = newContext
        matchData = newData
        return true
    }
}
