import CPCRE2

/// A pattern compiled by PCRE2, with machine code where the platform allows it.
///
/// Invariant: `code` is never changed after `init`, and freed only in `deinit`.
final class NativePattern: Sendable {
    /// The compiled pattern.
    // SAFETY: PCRE2 documents compiled patterns as read-only for matching, so that threads may share them.
    nonisolated(unsafe) let code: OpaquePointer

    /// Compiles a translated pattern.
    /// - Parameter pattern: What `PatternTranslator` wrote.
    /// - Throws: `unsupported`, with PCRE2's words; the position is that of the whole pattern.
    init(_ pattern: [UInt8]) throws(PatternError) {
        var errorCode: Int32 = 0
        var errorOffset = 0
        let options =
            PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS
            | PCRE2_NEVER_BACKSLASH_C
        guard let code = pcre2_compile_8(pattern, pattern.count, options, &errorCode, &errorOffset, nil) else {
            var buffer = [UInt8](repeating: 0, count: 160)
            let length = pcre2_get_error_message_8(errorCode, &buffer, buffer.count)
            let reason = String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
            throw PatternError(.unsupported, at: 0, "this pattern cannot be run: \(reason)")
        }
        // Where machine code is not allowed, the interpreter runs the same pattern within the same limits.
        _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        self.code = code
    }

    deinit { pcre2_code_free_8(code) }
}
