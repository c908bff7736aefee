/// Numbers to draw endpoints by: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators").
///
/// Nobody gains by foreseeing them; what counts is that a draw costs a few instructions and needs no system call.
struct RandomSource {
    private var state: UInt64

    /// Numbers that follow from `seed`.
    init(seed: UInt64) { state = seed }

    /// The next number.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 up to, but not including, `bound`.
    mutating func next(below bound: Double) -> Double {
        Double(next() >> 11) * 0x1p-53 * bound
    }

    /// Spreads the bits of a number over all of it.
    static func mix(_ number: UInt64) -> UInt64 {
        var bits = number
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}

/// The hash by which requests and endpoints find each other: FNV-1a with its bits spread. It is the same in every
/// process, so that the nodes of a fleet send a key to the same endpoint.
package enum AffinityHash {
    /// The hash of `bytes`.
    package static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return RandomSource.mix(hash)
    }
}
