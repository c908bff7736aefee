import HTTPExchanges
import JSONDocuments

/// Working space for checking credentials, one for each event loop: room for decoded texts, the tape of a token, and what
/// became of each check of the request at hand.
///
/// Invariant: `text` and `parts` have a fixed size that no credential can exceed, so nothing grows by what a client sends
/// and nothing is allocated once the tape has seen a few tokens.
package struct CredentialWorkspace: ~Copyable {
    /// Most bytes of a credential that are looked at. Heads are limited to 32 KiB; tokens of identity providers have
    /// one to four.
    package static let credentialLimit = 8192

    /// A credential from the query, decoded.
    let text: UnsafeMutableRawBufferPointer
    /// The decoded parts of a token, or a decoded user and password.
    let parts: UnsafeMutableRawBufferPointer
    /// The header and then the claims of a token.
    var tape = JSONTape()
    /// What became of each check of a plan.
    var outcomes: [CheckOutcome] = []
    /// The names of consumers that were found, one after the other.
    var names: [UInt8] = []
    /// The keys that are fetched, as this loop knows them.
    package var keyring = Keyring()

    /// Working space for one event loop.
    package init() {
        text = .allocate(byteCount: Self.credentialLimit, alignment: 8)
        parts = .allocate(byteCount: Self.credentialLimit, alignment: 8)
        outcomes.reserveCapacity(SecurityRequirementPlan.checkLimit)
        names.reserveCapacity(256)
    }

    deinit {
        text.deallocate()
        parts.deallocate()
    }

    /// Forgets the request before.
    mutating func begin(checks: Int) {
        outcomes.removeAll(keepingCapacity: true)
        for _ in 0..<checks { outcomes.append(CheckOutcome()) }
        names.removeAll(keepingCapacity: true)
    }

    /// Keeps a consumer's name and tells where it is.
    mutating func keep(name: some Sequence<UInt8>) -> ByteRange {
        let start = names.count
        names.append(contentsOf: name)
        return ByteRange(start, names.count)
    }

    /// Calls a closure with the name of a consumer that the last evaluation granted access to.
    package func withName<R>(of consumer: Consumer, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try names.withUnsafeBytes { try body(consumer.name.slice(of: $0)) }
    }

    /// Who is calling as far as every accepted credential of the last evaluation tells, so that two callers who share one
    /// of several credentials are still two. Sorted and without repetition: the same credentials under another plan give
    /// the same list.
    ///
    /// - Parameter plan: the plan that was evaluated last.
    package func callers(under plan: SecurityRequirementPlan) -> [KnownCaller] {
        var callers: [KnownCaller] = []
        for (check, outcome) in zip(plan.checks, outcomes) {
            guard case .accepted = outcome.state else { continue }
            let name = names.withUnsafeBytes { Array(outcome.name.slice(of: $0)) }
            let caller = KnownCaller(policy: check.policy.name, name: name)
            if !callers.contains(caller) { callers.append(caller) }
        }
        return callers.count < 2 ? callers : callers.sorted()
    }

    /// The name of a consumer as text, for tests and explanations.
    package func name(of consumer: Consumer) -> String {
        withName(of: consumer) { String(decoding: $0, as: UTF8.self) }
    }
}

/// What became of a check.
struct CheckOutcome {
    /// Whether and how it ended.
    enum State {
        /// It has not been made.
        case open
        /// The request holds no credential for it.
        case absent
        /// The credential was refused.
        case refused(CredentialRefusal)
        /// The keys at hand do not decide it; those of the next fetch may.
        case undecided(CredentialRefusal, KeySetOrigin)
        /// The credential is good.
        case accepted
    }

    /// Whether and how it ended.
    var state = State.open
    /// Of the scopes that the plan asks this check for: which ones the credential grants, by bit.
    var grants: UInt64 = 0
    /// The consumer's name in the workspace.
    var name = ByteRange()

    /// Why the credential is not accepted; nil where it is, or there is none.
    var refusal: CredentialRefusal? {
        switch state {
        case .refused(let refusal), .undecided(let refusal, _): refusal
        case .open, .absent, .accepted: nil
        }
    }
}

/// Who is calling, as a policy found out.
package struct Consumer: Sendable, Hashable {
    /// The policy that says so. Names of consumers are unique only within one.
    package let policy: String
    /// Where the name lies in the workspace; valid until its next evaluation.
    let name: ByteRange
}

/// A consumer by the name that a policy gave, copied: what tells callers apart in keys of stored replies.
package struct KnownCaller: Sendable, Equatable, Comparable {
    /// The policy. Names are unique only within one.
    package let policy: String
    /// The name.
    package let name: [UInt8]

    /// A consumer of a policy.
    package init(policy: String, name: [UInt8]) {
        self.policy = policy
        self.name = name
    }

    package static func < (left: KnownCaller, right: KnownCaller) -> Bool {
        left.policy == right.policy ? left.name.lexicographicallyPrecedes(right.name) : left.policy < right.policy
    }

    /// Callers as octets, each with its length, so that no two lists look the same. Nil for nobody.
    package static func octets(of callers: [KnownCaller]) -> [UInt8]? {
        guard !callers.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for caller in callers {
            bytes.append(contentsOf: caller.policy.utf8)
            bytes.append(contentsOf: ":\(caller.name.count):".utf8)
            bytes.append(contentsOf: caller.name)
        }
        return bytes
    }
}
