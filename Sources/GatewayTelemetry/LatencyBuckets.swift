/// The fixed, logarithmically spaced buckets of every latency histogram.
///
/// Bounds double from 2^16 ns (65.536 µs) to 2^35 ns (34.36 s): below the first lies a loopback round trip, above the
/// last no sane deadline. Powers of two make the bucket of a duration one count of leading zeros, without a table or a
/// division.
package enum LatencyBuckets {
    /// Exponent of the first upper bound: 2^16 ns.
    static let firstExponent = 16

    /// How many finite upper bounds there are.
    package static let finiteCount = 20

    /// All buckets, with the last one that has no upper bound (`+Inf`).
    package static let count = finiteCount + 1

    /// The bucket that a duration falls into: the first whose upper bound is not below it, as Prometheus' `le` demands.
    ///
    /// - Parameter nanoseconds: the duration.
    /// - Returns: an index from 0 to `finiteCount`; the last means above every bound.
    @inline(__always)
    package static func index(ofNanoseconds nanoseconds: UInt64) -> Int {
        guard nanoseconds > 1 << UInt64(firstExponent) else { return 0 }
        let above = (nanoseconds &- 1) >> UInt64(firstExponent)
        return min(finiteCount, UInt64.bitWidth - above.leadingZeroBitCount)
    }

    /// The upper bound of a finite bucket in nanoseconds.
    ///
    /// - Parameter index: 0 up to `finiteCount - 1`; clamped.
    package static func upperBound(of index: Int) -> UInt64 {
        1 << UInt64(firstExponent + min(max(0, index), finiteCount - 1))
    }
}
