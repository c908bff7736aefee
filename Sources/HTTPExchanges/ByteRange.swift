/// A half-open range of byte offsets into a message's received bytes, eight bytes in all.
///
/// Heads are limited to a few tens of KiB, so 32 bits are ample and a field line stays at 24 bytes.
@frozen
package struct ByteRange: Sendable, Hashable {
    /// Offset of the first byte.
    package var lower: UInt32
    /// Offset behind the last byte.
    package var upper: UInt32

    /// The range `lower ..< upper`; both come from a parser that has already bounded them by the head's limit.
    @inlinable
    package init(_ lower: Int, _ upper: Int) {
        self.lower = UInt32(truncatingIfNeeded: lower)
        self.upper = UInt32(truncatingIfNeeded: upper)
    }

    /// The empty range at offset zero.
    @inlinable
    package init() {
        self.lower = 0
        self.upper = 0
    }

    /// Number of bytes.
    @inlinable package var count: Int { Int(upper &- lower) }
    /// Whether there is no byte.
    @inlinable package var isEmpty: Bool { lower == upper }

    /// The bytes of the range inside `bytes`; empty when the range does not lie within.
    @inlinable
    package func slice(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard lower <= upper, Int(upper) <= bytes.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: bytes[Int(lower)..<Int(upper)])
    }
}
