/// Asks for a key from a list.
///
/// Of the keys only SHA-256 hashes are kept. An unknown key and a wrong one are the same thing and take the same time:
/// one hash and one look into a table. The list itself may hold hashes, `{SHA256}` and 64 hexadecimal digits.
package final class APIKeyPolicy: Sendable {
    /// Where the settings say that the key stands.
    package let place: CredentialPlace
    private let keys: FingerprintTable

    /// A policy for a list of keys.
    ///
    /// - Parameters:
    ///   - place: Where the key stands.
    ///   - entries: The keys, each with the consumer's name if the list gives one; others are called `key-N` by place.
    /// - Throws: where there is no key, an empty or a repeated one, or a hash that is none.
    package init(
        place: CredentialPlace, entries: [(key: [UInt8], consumer: String?)]
    ) throws(CredentialPolicyError) {
        guard !entries.isEmpty else { throw CredentialPolicyError("empty-secret", "the list holds no key") }
        var keys = FingerprintTable()
        for (index, entry) in entries.enumerated() {
            let number = index + 1
            // What is empty would match a client who sends nothing.
            guard !entry.key.isEmpty else { throw CredentialPolicyError("empty-secret", "key \(number) is empty") }
            let fingerprint = try Self.fingerprint(entry.key, number)
            guard keys.add(fingerprint, consumer: Array((entry.consumer ?? "key-\(number)").utf8)) else {
                throw CredentialPolicyError("duplicate-secret", "key \(number) repeats an earlier key")
            }
        }
        self.place = place
        self.keys = keys
    }

    /// The fingerprint of a key of the list.
    private static func fingerprint(_ key: [UInt8], _ number: Int) throws(CredentialPolicyError) -> Fingerprint {
        let result = key.withUnsafeBytes { bytes in
            Result { () throws(CredentialPolicyError) in
                try StoredSecret.fingerprint(of: bytes, entry: "key \(number)")
            }
        }
        return try result.get()
    }

    /// Looks for a key.
    ///
    /// - Returns: The consumer's name; nil where the key is not on the list.
    func consumer(of key: UnsafeRawBufferPointer) -> [UInt8]? {
        key.isEmpty ? nil : keys.consumer(of: Fingerprint(of: key))
    }
}
