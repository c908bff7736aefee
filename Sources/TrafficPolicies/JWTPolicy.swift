import HTTPExchanges
import JSONDocuments

/// Asks for a signed token: a JWT (RFC 7519) in the compact form of a JWS (RFC 7515), by the rules of RFC 8725.
///
/// The order of the checks is part of the defence: size, form, header, algorithm, key, signature, and only then is
/// the payload looked at. What a token says about itself chooses among the policy's keys and nothing more:
///
/// | header | what it does |
/// |---|---|
/// | `alg` | has to be the one algorithm of the key; `none` never is |
/// | `kid` | picks keys by equality; never a path, a query or a URL |
/// | `typ` | absent, `JWT` or `at+jwt` (RFC 9068 §2.1): a token made for something else is none (RFC 8725 §3.11) |
/// | `crit`, `b64` | refused: an extension that must be understood and is not (RFC 7515 §4.1.11, RFC 7797) |
/// | `jwk`, `jku`, `x5u`, `x5c` | ignored: keys come from the policy alone |
///
/// `exp` is required; a token for ever is none that could be taken back. `iss` has to be the policy's.
package final class JWTPolicy: Sendable {
    /// Most seconds that clocks may differ.
    package static let leewayLimit: Int64 = 600
    /// Most keys that are tried for one token, where key ids do not decide.
    static let attemptLimit = 4

    /// Where the keys come from.
    package let keys: KeySource
    private let algorithms: Set<SignatureAlgorithm>
    private let claims: ClaimRules

    /// A policy.
    ///
    /// - Parameters:
    ///   - issuer: What `iss` has to be.
    ///   - audiences: Of which `aud` has to name one; empty means any.
    ///   - algorithms: The algorithms that are accepted.
    ///   - leeway: By how many seconds clocks may differ.
    ///   - keys: Where the keys come from.
    /// - Throws: where no algorithm is accepted, or the leeway is no leeway any more.
    package init(
        issuer: String, audiences: [String], algorithms: Set<SignatureAlgorithm>, leeway: Int64, keys: KeySource
    ) throws(CredentialPolicyError) {
        guard !algorithms.isEmpty else { throw CredentialPolicyError("no-algorithm", "no algorithm is accepted") }
        guard (0...Self.leewayLimit).contains(leeway) else {
            throw CredentialPolicyError("leeway", "the leeway is more than \(Self.leewayLimit) seconds")
        }
        self.keys = keys
        self.algorithms = algorithms
        claims = ClaimRules(issuer: issuer, audiences: audiences, leeway: leeway)
    }

    /// Checks a token.
    ///
    /// - Parameters:
    ///   - token: What the client sent.
    ///   - scopes: The scopes that are asked about, at most 64.
    ///   - now: Seconds since 1970.
    ///   - workspace: Holds the decoded parts during the call, and the consumer's name behind it.
    /// - Returns: What the token grants, or why it is refused.
    func check(
        _ token: UnsafeRawBufferPointer, scopes: [[UInt8]], at now: Int64,
        using workspace: inout CredentialWorkspace
    ) -> CheckOutcome {
        do throws(CredentialMistake) {
            let payload = try authenticated(token, using: &workspace)
            try Self.parse(payload, into: &workspace.tape)
            let view = workspace.tape.view
            let found = try claims.check(view, scopes: scopes, at: now)
            let name = workspace.keep(name: found.consumer ?? UnsafeRawBufferPointer(start: nil, count: 0))
            return CheckOutcome(state: .accepted, grants: found.grants, name: name)
        } catch {
            guard let origin = error.awaited else { return CheckOutcome(state: .refused(error.refusal)) }
            return CheckOutcome(state: .undecided(error.refusal, origin))
        }
    }

    /// The payload of a token whose signature is good, decoded.
    private func authenticated(
        _ token: UnsafeRawBufferPointer, using workspace: inout CredentialWorkspace
    ) throws(CredentialMistake) -> UnsafeRawBufferPointer {
        guard token.count <= CredentialWorkspace.credentialLimit else { throw CredentialMistake(.tooLarge) }
        // RFC 7515 §7.1: three parts between two periods. Five would be encryption, which is not for the edge.
        let period = UInt8(ascii: ".")
        guard let first = token.firstIndex(of: period),
            let second = token[(first + 1)...].firstIndex(of: period),
            !token[(second + 1)...].contains(period), first > 0, second > first + 1, second + 1 < token.count
        else { throw CredentialMistake(.malformed) }
        // The parts are decoded one behind the other; together they are shorter than the token.
        var room = workspace.parts
        let header = try Self.decode(token[..<first], &room)
        let payload = try Self.decode(token[(first + 1)..<second], &room)
        let signature = try Self.decode(token[(second + 1)...], &room)
        try Self.parse(header, into: &workspace.tape)
        let fields = try TokenHeader(workspace.tape.view)
        guard let algorithm = fields.algorithm, algorithms.contains(algorithm) else {
            throw CredentialMistake(.algorithm)
        }
        let text = UnsafeRawBufferPointer(rebasing: token[..<second])
        guard let set = keys.keys(in: workspace.keyring) else { throw keys.undecided(.noKeys) }
        var attempts = 0
        for key in set.keys
        where key.algorithm == algorithm && key.answers(to: fields.keyID) && attempts < Self.attemptLimit {
            if key.isValid(signature: signature, for: text) { return payload }
            attempts += 1
        }
        guard attempts == 0 else { throw CredentialMistake(.signature) }
        throw keys.undecided(.unknownKey)
    }

    /// Decodes a part into the room that is left.
    static func decode(
        _ part: Slice<UnsafeRawBufferPointer>, _ room: inout UnsafeMutableRawBufferPointer
    ) throws(CredentialMistake) -> UnsafeRawBufferPointer {
        guard let count = Base64Text.decode(UnsafeRawBufferPointer(rebasing: part), .url, into: room) else {
            throw CredentialMistake(.malformed)
        }
        let decoded = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
        room = UnsafeMutableRawBufferPointer(rebasing: room[count...])
        return decoded
    }

    /// Parses a part, which has to be a JSON object (RFC 7519 §7.2).
    static func parse(_ text: UnsafeRawBufferPointer, into tape: inout JSONTape) throws(CredentialMistake) {
        do throws(JSONSyntaxError) {
            try tape.parse(text, limits: JSONLimits(depth: 16, size: CredentialWorkspace.credentialLimit))
        } catch {
            throw CredentialMistake(.malformed)
        }
        guard tape.view[0].kind == .object else { throw CredentialMistake(.malformed) }
    }
}

/// The fields of a token's header that the gateway heeds (RFC 7515 §4.1).
private struct TokenHeader {
    /// `alg`; nil where it is unknown.
    var algorithm: SignatureAlgorithm?
    /// `kid`, by which keys are compared.
    var keyID: UnsafeRawBufferPointer?

    /// Reads a header, which is an object.
    init(_ view: JSONView) throws(CredentialMistake) {
        var index = 1
        let end = Int(view[0].next)
        while index < end {
            let name = view.text(of: index)
            let value = index + 1
            index = Int(view[value].next)
            if name.isExactly("alg") {
                guard view[value].kind == .string else { throw CredentialMistake(.malformed) }
                algorithm = SignatureAlgorithm(view.text(of: value))
            } else if name.isExactly("kid") {
                guard view[value].kind == .string else { throw CredentialMistake(.malformed) }
                keyID = view.text(of: value)
            } else if name.isExactly("typ") {
                guard view[value].kind == .string, Self.isTokenType(view.text(of: value)) else {
                    throw CredentialMistake(.type)
                }
            } else if name.isExactly("crit") || name.isExactly("b64") {
                throw CredentialMistake(.criticalExtension)
            }
        }
    }

    /// Media types of tokens; `application/` may be left out, and letters' case means nothing (RFC 7515 §4.1.9).
    private static func isTokenType(_ type: UnsafeRawBufferPointer) -> Bool {
        type.equalsLetters("jwt") || type.equalsLetters("at+jwt") || type.equalsLetters("application/at+jwt")
            || type.equalsLetters("application/jwt")
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are exactly a text.
    func isExactly(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes are a text, without regard to the case of ASCII letters.
    fileprivate func equalsLetters(_ text: StaticString) -> Bool {
        equalsIgnoringCase(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
