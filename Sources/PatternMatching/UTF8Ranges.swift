/// Ranges of code points as sequences of ranges of bytes (RFC 3629 section 4).
enum UTF8Ranges {
    /// The bytes of all code points of a range that needs no division, by position; none for surrogates.
    static func bytes(_ first: UInt32, _ last: UInt32) -> [ClosedRange<UInt8>] {
        guard let low = Unicode.Scalar(first), let high = Unicode.Scalar(last) else { return [] }
        return zip(UTF8.encode(low) ?? .init(), UTF8.encode(high) ?? .init()).map { min($0, $1)...max($0, $1) }
    }

    /// Where a range is to be divided so that each part is all combinations of its bytes; `nil` if it is that.
    static func division(_ first: UInt32, _ last: UInt32) -> UInt32? {
        // Lengths of one, two and three bytes end here; surrogates stand alone.
        for start: UInt32 in [0x80, 0x800, 0xD800, 0xE000, 0x1_0000] where first < start && start <= last {
            return start
        }
        guard first >= 0x80 else { return nil }
        for bits: UInt32 in [6, 12, 18] {
            let mask: UInt32 = 1 << bits - 1
            guard first & ~mask != last & ~mask else { continue }
            if first & mask != 0 { return (first | mask) + 1 }
            if last & mask != mask { return last & ~mask }
        }
        return nil
    }
}
