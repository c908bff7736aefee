import Glibc

/// The loops.
extension RunMatcher {
    /// Whether the text matches.
    /// - Parameters:
    ///   - runs: The chain.
    ///   - literal: The bytes of a literal placement.
    ///   - text: UTF-8. Of anything else no more is promised than an answer.
    static func matches(
        _ placement: Placement, _ runs: UnsafeBufferPointer<Run>, _ literal: UnsafeRawBufferPointer,
        _ text: UnsafeRawBufferPointer
    ) -> Bool {
        switch placement {
        case .anywhereEmpty: return true
        case .whole: return follow(runs, text) == text.count
        case .prefix: return follow(runs, text) != nil
        case .somewhere:
            guard let run = runs.first else { return true }
            var offset = 0
            while offset < text.count {
                if run.step(text, offset) != nil { return true }
                offset &+= 1
            }
            return false
        case .literalSomewhere: return find(literal, in: text)
        case .literalSuffix:
            guard text.count >= literal.count else { return false }
            return isEqual(literal, UnsafeRawBufferPointer(rebasing: text[(text.count - literal.count)...]))
        }
    }

    /// Walks the chain greedily.
    /// - Returns: Where the chain ends; `nil` if a run fell short.
    private static func follow(_ runs: UnsafeBufferPointer<Run>, _ text: UnsafeRawBufferPointer) -> Int? {
        var offset = 0
        for run in runs {
            var count: UInt32 = 0
            while count < run.maximum, offset < text.count {
                guard let next = run.step(text, offset) else { break }
                offset = next
                count &+= 1
            }
            if count < run.minimum { return nil }
        }
        return offset
    }

    /// Whether the literal occurs in the text.
    private static func find(_ literal: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer) -> Bool {
        guard let start = text.baseAddress, let wanted = literal.baseAddress else { return literal.isEmpty }
        guard let first = literal.first else { return true }
        var offset = 0
        while offset &+ literal.count <= text.count {
            let candidates = text.count &- literal.count &- offset &+ 1
            guard let found = memchr(start + offset, Int32(first), candidates) else { return false }
            if memcmp(found, wanted, literal.count) == 0 { return true }
            offset = UnsafeRawPointer(found) - start &+ 1
        }
        return false
    }

    /// Whether two byte ranges of one length are equal.
    private static func isEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count, let left = one.baseAddress, let right = other.baseAddress else {
            return one.count == other.count
        }
        return memcmp(left, right, one.count) == 0
    }
}

extension RunMatcher.Run {
    /// Reads one character.
    /// - Parameter offset: A valid offset into the text.
    /// - Returns: Where the next character begins; `nil` if this one is no member.
    @inline(__always)
    func step(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
        let byte = text[offset]
        if byte < 0x80 {
            let word = byte < 0x40 ? low : high
            return word &>> UInt64(byte & 0x3F) & 1 != 0 ? offset &+ 1 : nil
        }
        guard beyond != .none, byte >= 0xC0 else { return nil }
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        guard offset &+ length <= text.count else { return nil }
        // U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
        if beyond == .allButLineSeparators, byte == 0xE2, text[offset &+ 1] == 0x80, text[offset &+ 2] & 0xFE == 0xA8 {
            return nil
        }
        return offset &+ length
    }
}
