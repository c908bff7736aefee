/// Asks for a name and a password (RFC 7617).
///
/// Name and password are hashed, and both hashes together looked up: an unknown name and a wrong password are one and
/// the same, in the reply and in the time it takes. Passwords are compared as octets; clients send UTF-8 (`charset`).
/// The hash is a fast one, because the event loop waits for it: the list wants long random passwords.
package final class BasicPolicy: Sendable {
    /// What browsers show when they ask.
    package let realm: String
    private let users: FingerprintTable

    /// A policy for a list of users.
    ///
    /// - Parameters:
    ///   - users: `name:password` or `name:{SHA256}HEX`, one a line. A name may come more than once, so that a password
    ///     can be changed without a gap.
    ///   - realm: What browsers show.
    /// - Throws: with the number of the first line that cannot be read; never with its content.
    package init(users: [UInt8], realm: String) throws(CredentialPolicyError) {
        var table = FingerprintTable()
        let lines = users.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !line.isEmpty else { continue }
            let place = "line \(index + 1)"
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw CredentialPolicyError("invalid-user", "\(place) is not of the form name:password")
            }
            let name = Array(line[..<colon])
            let password = Array(line[(colon + 1)...])
            guard !name.isEmpty, !password.isEmpty else {
                throw CredentialPolicyError("empty-secret", "\(place) has no name or no password")
            }
            // RFC 7617 §2: user-id and password MUST NOT contain control characters.
            guard !line.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw CredentialPolicyError("invalid-user", "\(place) holds a control character")
            }
            let stored = password.withUnsafeBytes { bytes in
                Result { () throws(CredentialPolicyError) in
                    try StoredSecret.fingerprint(of: bytes, entry: place)
                }
            }
            let fingerprint = Fingerprint(
                of: name.withUnsafeBytes { Fingerprint(of: $0) }, and: try stored.get())
            guard table.add(fingerprint, consumer: name) else {
                throw CredentialPolicyError("duplicate-secret", "\(place) repeats an earlier line")
            }
        }
        guard table.count > 0 else { throw CredentialPolicyError("empty-secret", "the list holds no user") }
        self.users = table
        self.realm = realm
    }

    /// Looks for a user.
    ///
    /// - Parameters:
    ///   - credentials: What follows `Basic` in the field.
    ///   - room: Where they are decoded.
    /// - Returns: The user's name, or why there is none.
    func consumer(
        of credentials: UnsafeRawBufferPointer, decodedInto room: UnsafeMutableRawBufferPointer
    ) -> Result<[UInt8], CredentialMistake> {
        guard let count = Base64Text.decode(credentials, .standard, into: room) else {
            return .failure(CredentialMistake(.malformed))
        }
        let pair = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
        guard let colon = pair.firstIndex(of: UInt8(ascii: ":")), !pair.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else {
            return .failure(CredentialMistake(.malformed))
        }
        let fingerprint = Fingerprint(
            of: Fingerprint(of: UnsafeRawBufferPointer(rebasing: pair[..<colon])),
            and: Fingerprint(of: UnsafeRawBufferPointer(rebasing: pair[(colon + 1)...])))
        guard let name = users.consumer(of: fingerprint) else { return .failure(CredentialMistake(.unknown)) }
        return .success(name)
    }
}

/// A refusal as an error, for results.
struct CredentialMistake: Error {
    /// Why.
    let refusal: CredentialRefusal
    /// The key set whose next state may change that; nil where nothing will.
    let awaited: KeySetOrigin?

    /// A refusal.
    init(_ refusal: CredentialRefusal, awaiting origin: KeySetOrigin? = nil) {
        self.refusal = refusal
        awaited = origin
    }
}
