/// The id of an exchange: sent back in `X-Request-Id`, logged, and forwarded to the upstream.
///
/// A client's own id is taken when it is 1 to 128 characters of `[A-Za-z0-9._-]`; anything else is replaced by one of
/// ours, so that no header value and no log line can be injected through it.
package struct RequestID: Sendable, Equatable {
    /// Length of the ids made here, in bytes.
    package static let length = 26

    /// Longest id taken from a client, in bytes.
    package static let maximumLength = 128

    /// The upper 64 of the 128 random bits that the characters spell.
    private let high: UInt64
    /// The lower 64 bits.
    private let low: UInt64

    /// Makes an id of two random words.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Whether a client's id may be used.
    ///
    /// - Parameter bytes: the field's value.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 1, bytes.count <= maximumLength else { return false }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }

    /// Writes the id's characters (Crockford's base 32 in lower case).
    ///
    /// - Parameter target: at least `length` bytes; a shorter one is left as it is.
    /// - Returns: the bytes written: `length` or 0.
    @discardableResult
    package func write(to target: UnsafeMutableRawBufferPointer) -> Int {
        guard target.count >= Self.length else { return 0 }
        // 26 characters of 5 bits: the first shows the 3 topmost bits, each further one the next 5.
        var high = high
        var low = low
        var index = Self.length &- 1
        while index >= 0 {
            target[index] = Self.character(UInt8(truncatingIfNeeded: low & 31))
            low = low >> 5 | high << 59
            high >>= 5
            index &-= 1
        }
        return Self.length
    }

    /// The id's characters; for messages and tests.
    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { write(to: UnsafeMutableRawBufferPointer($0)) }
    }

    /// The character of a value below 32: `0-9`, then the letters without i, l, o, u.
    @inline(__always)
    private static func character(_ value: UInt8) -> UInt8 {
        let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
        return alphabet.utf8Start[Int(value & 31)]
    }
}

/// Makes request ids; one per worker, seeded once, without a system call per request.
///
/// xoshiro256** (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2021). Ids have to be
/// distinct, not secret: nothing is authorised by one.
package struct RequestIDGenerator: Sendable {
    /// The generator's state; never all zero.
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Seeds a generator.
    ///
    /// - Parameter random: where the seed comes from; by default the system's generator.
    package init(seededBy random: inout some RandomNumberGenerator) {
        state = (random.next(), random.next(), random.next(), random.next())
        // The generator would stay at zero for ever.
        if state == (0, 0, 0, 0) { state.0 = 1 }
    }

    /// Seeds a generator from the system's random numbers.
    package init() {
        var random = SystemRandomNumberGenerator()
        self.init(seededBy: &random)
    }

    /// The next id.
    package mutating func next() -> RequestID {
        let high = word()
        return RequestID(high: high, low: word())
    }

    /// The next 64 random bits.
    package mutating func word() -> UInt64 {
        let scrambled = rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, by: 45)
        return scrambled
    }

    /// A word with its bits rotated to the left.
    private func rotate(_ value: UInt64, by bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
