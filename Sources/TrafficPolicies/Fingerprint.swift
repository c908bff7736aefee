import Crypto

/// The SHA-256 hash of a secret: all that is kept of it.
///
/// What and why: a list of keys is searched by hash. How long that takes depends on the hash of what the client sent, not
/// on how many bytes of it are right, and the final comparison looks at all 32 bytes. The table's own hash is seeded
/// anew for each process, so neither do collisions tell anything.
package struct Fingerprint: Hashable, Sendable {
    /// The hash in four words.
    let words: (UInt64, UInt64, UInt64, UInt64)

    /// The fingerprint of a secret.
    package init(of secret: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: secret)
        self.init(hash.finalize())
    }

    /// The fingerprint of two secrets, such as a user and a password: of their hashes, so that no character has to
    /// divide them and one of them can be stored as a hash.
    init(of first: Fingerprint, and second: Fingerprint) {
        var hash = SHA256()
        first.withUnsafeBytes { hash.update(bufferPointer: $0) }
        second.withUnsafeBytes { hash.update(bufferPointer: $0) }
        self.init(hash.finalize())
    }

    /// A hash as 64 hexadecimal digits; nil where it is none.
    package init?(hexadecimal text: some Collection<UInt8>) {
        guard text.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, character) in text.enumerated() {
            guard let digit = FormText.digit(character) else { return nil }
            // The bytes of a hash come in order; a word's first byte is its lowest, as it lies in memory.
            let shift = UInt64(index % 16 / 2 * 8 + (index % 2 == 0 ? 4 : 0))
            words[index / 16] |= UInt64(digit) << shift
        }
        self.words = (
            UInt64(littleEndian: words[0]), UInt64(littleEndian: words[1]), UInt64(littleEndian: words[2]),
            UInt64(littleEndian: words[3])
        )
    }

    /// Takes a hash over.
    private init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    /// Calls a closure with the 32 bytes.
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: words, body)
    }

    /// Compares all 32 bytes, whatever the first ones say: differences are folded, and decided once.
    package static func == (left: Fingerprint, right: Fingerprint) -> Bool {
        let difference =
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3)
        return difference == 0
    }

    /// One word is as good as four: they are bits of SHA-256. The hasher's seed is the process' own.
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// Secrets of a list, by fingerprint, each with the consumer that it belongs to.
struct FingerprintTable: Sendable {
    /// Place of the consumer's name by fingerprint.
    private var places: [Fingerprint: Int] = [:]
    /// The names of the consumers.
    private var names: [[UInt8]] = []

    /// Number of secrets.
    var count: Int { places.count }

    /// Adds a secret; false where the list has it already.
    mutating func add(_ fingerprint: Fingerprint, consumer: [UInt8]) -> Bool {
        guard places.updateValue(names.count, forKey: fingerprint) == nil else { return false }
        names.append(consumer)
        return true
    }

    /// The consumer of a secret; nil where the list has it not.
    func consumer(of fingerprint: Fingerprint) -> [UInt8]? {
        guard let place = places[fingerprint] else { return nil }
        return names[place]
    }
}
