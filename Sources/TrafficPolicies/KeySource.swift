import Synchronization

/// Where a token policy finds the keys of the moment: a snapshot that is replaced as a whole.
///
/// What and why: event loops only ask for `current`. Who fetches a set over the network (nothing does yet) puts the next
/// one in with `replace(with:)` and asks `takeRefresh(at:)` when to fetch. Keys from a file never change: such a source
/// takes no lock.
///
/// Rules of the schedule, for a source that is refreshed:
/// 1. A set is due when none has been fetched, or the last attempt is `lifetime` old.
/// 2. A token with an unknown key makes it due earlier, but never earlier than `spacing` after the last attempt: ten
///    thousand bad key ids cost one fetch.
/// 3. A failed fetch replaces nothing: the keys at hand go on serving. A successful one retires old keys at once.
package final class KeySource: Sendable {
    /// What changes.
    private struct State {
        /// The keys; nil until a set has come.
        var keys: JWKSet?
        /// When the last fetch began, in seconds since 1970.
        var attemptedAt: Int64?
        /// Whether a token named a key that is not in the set.
        var isKeyMissing = false
    }

    private let fixed: JWKSet?
    private let state: Mutex<State>
    private let lifetime: Int64
    private let spacing: Int64

    /// Keys that stay as they are.
    package init(fixed keys: JWKSet) {
        fixed = keys
        state = Mutex(State())
        (lifetime, spacing) = (0, 0)
    }

    /// Keys that somebody fetches again and again.
    ///
    /// - Parameters:
    ///   - lifetime: Seconds after which a set is fetched again.
    ///   - spacing: Fewest seconds between two fetches.
    package init(lifetime: Int64, spacing: Int64) {
        fixed = nil
        state = Mutex(State())
        self.lifetime = max(1, lifetime)
        self.spacing = max(1, spacing)
    }

    /// The keys; nil where none have come yet, and then no token passes.
    package var current: JWKSet? { fixed ?? state.withLock { $0.keys } }

    /// Puts in the next set.
    package func replace(with keys: JWKSet) {
        state.withLock {
            $0.keys = keys
            $0.isKeyMissing = false
        }
    }

    /// Notes that a token names a key which is not in the set.
    func noteUnknownKey() {
        guard fixed == nil else { return }
        state.withLock { $0.isKeyMissing = true }
    }

    /// Whether a set is to be fetched now; the answer yes starts the next wait.
    ///
    /// - Parameter now: Seconds since 1970.
    package func takeRefresh(at now: Int64) -> Bool {
        guard fixed == nil else { return false }
        return state.withLock { state in
            if let attemptedAt = state.attemptedAt {
                let age = now.subtractingReportingOverflow(attemptedAt)
                // A clock that was set back must not stop fetching for ever.
                let isDue = age.overflow || age.partialValue < 0 || age.partialValue >= lifetime
                guard isDue || state.isKeyMissing && age.partialValue >= spacing else { return false }
            }
            state.attemptedAt = now
            state.isKeyMissing = false
            return true
        }
    }
}
