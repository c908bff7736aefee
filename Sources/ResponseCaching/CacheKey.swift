/// What a stored reply is found by: all that selects it but the fields of Vary, compared octet by octet.
///
/// ```
///   api 00 operation 00 contract 00 host 00 path 00 query 00 inputs 00 principal
/// ```
/// No part holds a zero octet: names are tokens, the path is canonical, field values are free of controls, and the
/// principal stands last. The hash is seeded for each process, so nobody can aim at a shard.
package struct CacheKey: Hashable, Sendable {
    /// The octets.
    package let bytes: [UInt8]
    /// Their hash.
    package let digest: Int

    /// A key of these octets.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = Self.digest(bytes)
    }

    /// A hash, seeded for each process.
    package static func digest(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    package static func == (left: CacheKey, right: CacheKey) -> Bool {
        left.digest == right.digest && left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// The key of the parts of what the key is for. No principal holds a zero octet, so that it is nobody else's key.
    package var ofParts: CacheKey { CacheKey(bytes + [0] + Array("part".utf8)) }

    /// The key's parts, in the order of the picture above.
    package var parts: [ArraySlice<UInt8>] { bytes.split(separator: 0, maxSplits: 7, omittingEmptySubsequences: false) }
}
