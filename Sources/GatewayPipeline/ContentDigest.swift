/// A digest of everything that a snapshot was built from, to tell one from another. It is no protection: FNV-1a, 128 bits.
struct ContentDigest {
    private var low: UInt64 = 0x62B8_2175_6295_C58D
    private var high: UInt64 = 0x6C62_272E_07BB_0142

    /// Takes bytes in.
    mutating func update(_ bytes: [UInt8]) {
        for byte in bytes {
            low ^= UInt64(byte)
            // The prime is 2^88 + 0x13B (FNV, Fowler, Noll and Vo).
            let product = low.multipliedFullWidth(by: 0x13B)
            high = high &* 0x13B &+ product.high &+ low &<< 24
            low = product.low
        }
        low ^= UInt64(bytes.count)
    }

    /// The digest in hexadecimal.
    var text: String {
        func digits(_ word: UInt64) -> String {
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits(high) + digits(low)
    }
}
