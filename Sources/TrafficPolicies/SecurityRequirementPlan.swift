/// The security requirements of an operation, ready to be evaluated: an OR of ANDs over credential policies
/// (OpenAPI 3.2 §4.31), and what every exchange needs besides, by `use` of the settings.
///
/// ```
///   security: [{key: []}, {login: [read], key: []}, {}]      use: [partner]
///
///   checks        0: partner at X-Partner   1: key at X-Key   2: login as Bearer, asked about scopes [read]
///   always        0
///   alternatives  [1]   [2 with bit 0, 1]
///   isOpen        true, by {}
/// ```
/// A check is a policy at a place. It is made once for each request, however many alternatives name it.
///
/// Decisions where the specification leaves a choice (OAI #3426):
/// 1. An alternative that the gateway checks nothing for (`{}`, or only schemes bound to `upstream`) lets anybody
///    through, but not with a credential that one of the other alternatives' checks refused. The request would be
///    forwarded as it is, and a service that reads a forged token behind a gateway may well believe it.
/// 2. Alternatives with checks are tried first, so that who shows a good credential is known even where nobody has to.
/// 3. A good credential without the scope is 403 where no alternative is met and that one lacks nothing else; beside
///    an open alternative it is no obstacle.
///
/// Invariants: at most `checkLimit` checks; every index and bit of an alternative is one of `checks`.
package struct SecurityRequirementPlan: Sendable {
    /// Most checks of a plan.
    package static let checkLimit = 32
    /// Most scopes that a check is asked about: the bits of a word.
    package static let scopeLimit = 64

    /// A scheme that a requirement names, and the scopes it has to grant.
    package struct Need: Sendable {
        /// The scheme and what carries it out.
        package let binding: SchemeBinding
        /// The scopes.
        package let scopes: [String]

        /// A need.
        package init(_ binding: SchemeBinding, scopes: [String] = []) {
            self.binding = binding
            self.scopes = scopes
        }

        /// Whether the gateway looks at the credential, so that it knows who is calling.
        package var isCheckedHere: Bool {
            if case .policy = binding.target { true } else { false }
        }
    }

    /// A policy at a place.
    struct Check: Sendable {
        /// The policy.
        let policy: CredentialPolicy
        /// Where the credential stands.
        let place: CredentialPlace
        /// The scopes that requirements ask about, by bit.
        var scopes: [[UInt8]] = []
    }

    /// One way in.
    struct Alternative: Sendable {
        /// The checks that have to be passed, each with the scopes it has to grant.
        var needs: [(check: Int, scopes: UInt64)] = []
        /// What a client is told that lacks only scopes.
        var challenge: [UInt8] = []
    }

    /// The checks.
    let checks: [Check]
    /// Checks that every exchange has to pass.
    let always: [Int]
    /// The alternatives that something is checked for.
    let alternatives: [Alternative]
    /// Whether there is an alternative without checks, or no requirement at all.
    let isOpen: Bool
    /// What a client is told that shows no credential: one value of WWW-Authenticate each.
    let challenges: [[UInt8]]

    /// The names of the policies that the checks belong to.
    package var policyNames: [String] { checks.map(\.policy.name) }

    /// The key sets that somebody has to fetch for the checks.
    package var keySetOrigins: [KeySetOrigin] {
        checks.compactMap { check in
            guard case .jwt(let policy) = check.policy.kind, case .fetched(let origin) = policy.keys else { return nil }
            return origin
        }
    }

    /// Whether there is nothing to evaluate.
    package var isTrivial: Bool { checks.isEmpty && isOpen }

    /// Compiles requirements.
    ///
    /// - Parameters:
    ///   - requirements: The alternatives; no alternative at all means that none is needed.
    ///   - always: Policies that have to be passed whatever the document says.
    /// - Throws: where scopes are required of a policy that knows none, or there are too many checks or scopes.
    package init(
        requirements: [[Need]], always policies: [CredentialPolicy] = []
    ) throws(CredentialPolicyError) {
        var compiler = Compiler()
        var always: [Int] = []
        for policy in policies {
            let check = compiler.check(policy, at: policy.ownPlace)
            if !always.contains(check) { always.append(check) }
        }
        var isOpen = requirements.isEmpty
        for requirement in requirements {
            let alternative = try compiler.alternative(requirement)
            if alternative.needs.isEmpty {
                isOpen = true
            } else {
                compiler.alternatives.append(alternative)
            }
        }
        guard compiler.checks.count <= Self.checkLimit else {
            throw CredentialPolicyError(
                "too-many-checks", "the requirements name more than \(Self.checkLimit) ways to show a credential")
        }
        checks = compiler.checks
        self.always = always
        alternatives = compiler.alternatives
        self.isOpen = isOpen
        challenges = Challenge.all(for: compiler.checks)
    }
}

/// Collects the checks of a plan.
private struct Compiler {
    var checks: [SecurityRequirementPlan.Check] = []
    var alternatives: [SecurityRequirementPlan.Alternative] = []

    /// The number of a check, which is added if it is new.
    mutating func check(_ policy: CredentialPolicy, at place: CredentialPlace) -> Int {
        if let known = checks.firstIndex(where: { $0.policy.name == policy.name && $0.place.isSame(as: place) }) {
            return known
        }
        checks.append(SecurityRequirementPlan.Check(policy: policy, place: place))
        return checks.count - 1
    }

    /// One requirement; without needs where nothing in it is checked here.
    mutating func alternative(
        _ requirement: [SecurityRequirementPlan.Need]
    ) throws(CredentialPolicyError) -> SecurityRequirementPlan.Alternative {
        var alternative = SecurityRequirementPlan.Alternative()
        var scopes: [String] = []
        for need in requirement {
            guard case .policy(let policy, let place) = need.binding.target else { continue }
            let check = check(policy, at: place)
            var bits: UInt64 = 0
            for scope in need.scopes {
                bits |= try bit(of: scope, check, scheme: need.binding.scheme)
                if !scopes.contains(scope) { scopes.append(scope) }
            }
            alternative.needs.append((check, bits))
        }
        alternative.challenge = Challenge.insufficientScope(scopes)
        return alternative
    }

    /// The bit of a scope.
    private mutating func bit(
        of scope: String, _ check: Int, scheme: String
    ) throws(CredentialPolicyError) -> UInt64 {
        guard case .jwt = checks[check].policy.kind else {
            // OpenAPI 3.1 §4.8.30: roles of other schemes "are not otherwise defined". A demand is not ignored.
            throw CredentialPolicyError(
                "scopes-of-key",
                "the security scheme \"\(scheme)\" is required with \"\(scope)\", and \(checks[check].policy.title) "
                    + "(\"\(checks[check].policy.name)\") knows no scopes")
        }
        let bytes = Array(scope.utf8)
        if let known = checks[check].scopes.firstIndex(of: bytes) { return 1 << UInt64(known) }
        guard checks[check].scopes.count < SecurityRequirementPlan.scopeLimit else {
            throw CredentialPolicyError(
                "too-many-scopes", "more than \(SecurityRequirementPlan.scopeLimit) scopes are required")
        }
        checks[check].scopes.append(bytes)
        return 1 << UInt64(checks[check].scopes.count - 1)
    }
}
