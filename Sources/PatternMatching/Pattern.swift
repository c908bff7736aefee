/// An ECMA-262 pattern, compiled once and searched for in texts without an anchor, as JSON Schema wants it (2020-12
/// §6.3.3).
///
///     ECMA-262 text → PatternParser → tree ─┬→ RunMatcher            one loop, for the simplest shapes
///                                           ├→ AutomatonMatcher     a table look-up a byte, for all that is regular
///                                           ├→ PatternTranslator → PCRE2 with machine code
///                                           └→ BacktrackingMatcher   what PCRE2 10.42 cannot run
///
/// Immutable and shared by all threads; the memory of a match lies in the caller's `PatternScratch`.
package final class Pattern: Sendable {
    /// The pattern as its author wrote it.
    package let source: String
    /// What a hot loop needs to match; valid as long as this object lives.
    package let handle: PatternHandle
    /// Owner of PCRE2's code.
    private let native: NativePattern?

    /// Compiles a pattern.
    /// - Parameter ecma: The pattern, without slashes and flags.
    /// - Throws: Where the text is not ECMA-262, or no engine can run it.
    package convenience init(_ ecma: String) throws(PatternError) {
        try self.init(ecma, engine: .fastest)
    }

    /// Compiles a pattern with flags.
    /// - Parameters:
    ///   - ecma: The pattern, without slashes.
    ///   - flags: Letters of `dgimsuvy`; those that change no match are accepted (ECMA-262 §22.2.6.4).
    /// - Throws: Where a text is not ECMA-262, or no engine can run it.
    package convenience init(_ ecma: String, flags: String) throws(PatternError) {
        try self.init(ecma, flags: PatternFlags(flags), engine: .fastest)
    }

    /// What can run a pattern. Each runs patterns that those before it cannot.
    package enum Engine: Sendable, CaseIterable {
        /// The fastest that can: the search for a literal or one class, else the automaton, else the others in order.
        case fastest
        /// One loop.
        case direct
        /// A table.
        case automaton
        /// PCRE2.
        case native
        /// The backtracking machine.
        case backtracking
    }

    /// Compiles a pattern for an engine, or the next one that can run it: for tests that compare engines.
    /// - Parameter engine: The fastest engine to be tried.
    package convenience init(_ ecma: String, engine: Engine) throws(PatternError) {
        try self.init(ecma, flags: nil, engine: engine)
    }

    /// Compiles a pattern.
    private init(_ ecma: String, flags: PatternFlags?, engine: Engine) throws(PatternError) {
        var tree = try PatternParser.parse(ecma.unicodeScalars)
        if let flags { tree.root = flags.applied(to: tree.root) }
        source = ecma
        if engine == .backtracking {
            native = nil
            handle = PatternHandle(retaining: try BacktrackingMatcher(tree))
            return
        }
        if let handle = Self.ownEngine(tree.root, engine) {
            native = nil
            self.handle = handle
            return
        }
        do {
            let compiled = try NativePattern(PatternTranslator.translate(tree))
            native = compiled
            handle = PatternHandle(borrowing: compiled.code)
        } catch {
            native = nil
            handle = PatternHandle(retaining: try BacktrackingMatcher(tree))
        }
    }

    /// One of the engines that no text drives to a limit; nil where the pattern needs another.
    private static func ownEngine(_ root: PatternNode, _ engine: Engine) -> PatternHandle? {
        let runs = engine == .fastest || engine == .direct ? RunMatcher.make(root) : nil
        if let runs, engine == .direct || runs.isSearch { return PatternHandle(copying: runs) }
        if engine != .native, let automaton = AutomatonMatcher.make(root) { return PatternHandle(copying: automaton) }
        return runs.map { PatternHandle(copying: $0) }
    }

    deinit { handle.free() }

    /// Searches the pattern in a text.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - scratch: The thread's own memory.
    /// - Returns: Three answers: see `PatternVerdict`.
    package func matches(_ text: UnsafeRawBufferPointer, using scratch: inout PatternScratch) -> PatternVerdict {
        handle.matches(text, using: &scratch)
    }

    /// Searches the pattern in a text, with memory for this one match: for tools and tests.
    /// - Parameter text: UTF-8.
    package func matches(_ text: UnsafeRawBufferPointer) -> PatternVerdict {
        var scratch = PatternScratch()
        return matches(text, using: &scratch)
    }

    /// Searches the pattern in a string, with memory for this one match: for tools and tests.
    package func matches(_ text: String) -> PatternVerdict {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// Whether a text is an ECMA-262 pattern; nothing is compiled. Serves the format `regex`.
    /// - Parameter text: UTF-8; anything else is no pattern.
    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let string = String(validating: text.bindMemory(to: UInt8.self), as: UTF8.self) else { return false }
        do {
            _ = try PatternParser.parse(string.unicodeScalars)
            return true
        } catch {
            return false
        }
    }
}
