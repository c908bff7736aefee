import JSONDocuments

/// A JWK Set (RFC 7517 §5), read once and completely: which keys may sign, each with the one algorithm that it is for.
///
/// What is unknown is left out, as §5 wants it, and named in `skipped`. What is broken in a file is an error, since a key
/// that was meant to be there and is not would lock callers out without a word; so are private keys, which have no
/// business at the edge. In a set from an issuer nobody here can mend that: the key is left out and the others serve.
package final class JWKSet: Sendable {
    /// What is done about a broken key.
    package enum Tolerance: Sendable {
        /// The whole set is refused.
        case strict
        /// The key is left out (RFC 7517 §5: keys with missing or unsupported values SHOULD be ignored). So is every
        /// shared secret: one that can be fetched is none.
        case lenient
    }

    /// Most keys of a set.
    package static let keyLimit = 100
    /// Most bytes of a set.
    package static let sizeLimit = 1 << 20

    /// The keys, in the order of the set; at least one.
    package let keys: [VerificationKey]
    /// What was left out and why.
    package let skipped: [String]

    /// Reads a set.
    ///
    /// - Parameters:
    ///   - bytes: The JSON text.
    ///   - algorithms: The algorithms that the policy allows; keys for others are left out.
    ///   - tolerance: What is done about a broken key.
    /// - Throws: with everything that is broken, all at once.
    package init(
        parsing bytes: [UInt8], algorithms: Set<SignatureAlgorithm>, tolerance: Tolerance = .strict
    ) throws(CredentialPolicyError) {
        guard !bytes.starts(with: "-----BEGIN".utf8) else {
            throw CredentialPolicyError("invalid-jwks", "this is a PEM file, and a JWK Set (JSON) is expected")
        }
        var tape = JSONTape()
        var reader = JWKReader(algorithms: algorithms, tolerance: tolerance)
        let failure = bytes.withUnsafeBytes { bytes -> JSONSyntaxError? in
            do throws(JSONSyntaxError) {
                try tape.parse(bytes, limits: JSONLimits(depth: 16, size: Self.sizeLimit))
            } catch {
                return error
            }
            reader.readSet(tape.view)
            return nil
        }
        if let failure {
            let line = bytes.prefix(failure.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw CredentialPolicyError("invalid-jwks", "the JWK Set is no JSON: line \(line): \(failure.message)")
        }
        if reader.keys.isEmpty, reader.problems.isEmpty {
            let reasons = reader.skipped.isEmpty ? "" : ": " + reader.skipped.joined(separator: "; ")
            reader.problems.append("the JWK Set holds no key that can be used\(reasons)")
        }
        guard reader.problems.isEmpty else {
            throw CredentialPolicyError("invalid-jwks", reader.problems.joined(separator: "; "))
        }
        keys = reader.keys
        skipped = reader.skipped
    }
}
