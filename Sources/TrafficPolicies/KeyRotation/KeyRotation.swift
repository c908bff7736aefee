/// When a key set is fetched, and how long its keys serve. A value: events go in, one ``Action`` comes out; the clock and
/// chance are parameters, and the fetching itself is somebody else's.
///
/// | phase | event | next | action |
/// |---|---|---|---|
/// | idle | start | fetching | fetch |
/// | fetching | a set came | waiting, for its lifetime | adopt |
/// | fetching | it failed | waiting, for a pause that doubles | keep; withdraw where the keys are too old |
/// | fetching | an unknown key | fetching | none: the answer is on its way |
/// | waiting | time is up | fetching | fetch |
/// | waiting | the keys are too old | waiting | withdraw |
/// | waiting | an unknown key, the last fetch was good, and none was asked for within `spacing` | fetching | fetch |
/// | waiting | an unknown key otherwise | waiting | tell |
///
/// Decisions:
/// 1. The lifetime is what the reply states (`max-age`, RFC 9111 §5.2.2.1), else `refresh`; never under 10 seconds or
///    over 24 hours, so that neither a careless header nor a mistyped one floods the issuer or freezes the keys.
/// 2. A failed fetch replaces nothing. The last good keys serve for `staleFor` beyond their lifetime, and then none: a
///    gateway that cannot learn of a withdrawn key stops trusting it some day.
/// 3. The first unknown key starts a fetch at once, however new the keys are: a token by a key that was published a moment
///    ago passes at its first use. Made-up key ids cost one fetch each `spacing`.
/// 4. Unknown keys hurry nothing while fetches fail: whoever sends made-up key ids must not take the pauses away.
package struct KeyRotation: ~Copyable, Sendable {
    /// A moment of the monotonic clock.
    package typealias Instant = ContinuousClock.Instant

    /// What the settings say.
    package struct Rules: Sendable, Hashable {
        /// Lifetime of a set whose reply states none.
        package let refresh: Duration
        /// How long keys serve beyond their lifetime when no new ones can be had.
        package let staleFor: Duration

        /// Rules.
        package init(refresh: Duration, staleFor: Duration) {
            self.refresh = refresh
            self.staleFor = staleFor
        }
    }

    /// What is to be done.
    package enum Action: Sendable, Equatable {
        /// Nothing.
        case none
        /// Fetch the set.
        case fetch
        /// Hand the fetched keys to the event loops.
        case adopt
        /// The keys at hand go on serving; tell the event loops that the fetch is over.
        case keep
        /// Take the keys from the event loops.
        case withdraw
        /// Tell the event loops how things stand: nothing new will come for who asked.
        case tell
    }

    /// How things stand, for who meets a token that the keys at hand cannot decide.
    package struct Standing: Sendable, Equatable {
        /// Whether a fetch is under way.
        package let isFetching: Bool
        /// Whether the last fetch failed.
        package let isFailing: Bool
        /// From when on an unknown key starts a fetch.
        package let asksFrom: Instant

        /// A standing.
        package init(isFetching: Bool, isFailing: Bool, asksFrom: Instant) {
            self.isFetching = isFetching
            self.isFailing = isFailing
            self.asksFrom = asksFrom
        }
    }

    /// Bounds of a lifetime.
    package static let lifetimes: ClosedRange<Duration> = .seconds(10)...(.seconds(86_400))
    /// Least time between two fetches that unknown keys start.
    package static let spacing = Duration.seconds(10)
    /// The first pause after a failure; it doubles with each further one.
    private static let firstPause = Duration.seconds(1)
    /// The longest pause after a failure.
    private static let longestPause = Duration.seconds(60)

    /// What is going on.
    private enum Phase {
        case idle
        case fetching
        case waiting(until: Instant)
    }

    private let rules: Rules
    private var phase = Phase.idle
    /// Failures since the last good fetch.
    private var failures = 0
    /// From when on an unknown key starts a fetch, while fetches are good.
    private var asksFrom: Instant
    /// Until when the keys at hand serve; nil where there are none.
    private var keysUntil: Instant?

    /// A rotation that has not begun.
    package init(_ rules: Rules, at now: Instant) {
        self.rules = rules
        asksFrom = now
    }

    /// How things stand.
    package var standing: Standing {
        var asksFrom = asksFrom
        if failures > 0, case .waiting(let until) = phase { asksFrom = until }
        return Standing(isFetching: isFetching, isFailing: failures > 0, asksFrom: asksFrom)
    }

    /// When ``timePassed(at:)`` wants to be called; nil while a fetch is under way, which ends by itself.
    package var wakesAt: Instant? {
        guard case .waiting(let until) = phase else { return nil }
        return keysUntil.map { min($0, until) } ?? until
    }

    private var isFetching: Bool {
        if case .fetching = phase { true } else { false }
    }

    /// The gateway starts, or time has passed.
    package mutating func timePassed(at now: Instant) -> Action {
        switch phase {
        case .fetching: return .none
        case .idle: return begin()
        case .waiting(let until):
            if let keysUntil, now >= keysUntil {
                self.keysUntil = nil
                return .withdraw
            }
            return now >= until ? begin() : .none
        }
    }

    /// A token names a key that is not at hand.
    package mutating func keyWasMissed(at now: Instant) -> Action {
        guard !isFetching else { return .none }
        guard now >= standing.asksFrom else { return .tell }
        asksFrom = now + Self.spacing
        return begin()
    }

    /// The fetch brought a set with keys that can be used.
    ///
    /// - Parameter lifetime: How long the reply says that it is fresh; nil where it says nothing.
    package mutating func fetched(lifetime: Duration?, at now: Instant) -> Action {
        let stated = lifetime ?? rules.refresh
        let lifetime = min(max(stated, Self.lifetimes.lowerBound), Self.lifetimes.upperBound)
        failures = 0
        phase = .waiting(until: now + lifetime)
        keysUntil = now + lifetime + rules.staleFor
        return .adopt
    }

    /// The fetch brought nothing that can be used.
    ///
    /// - Parameter chance: From 0 to 1; it shortens the pause by up to a half, so that gateways that failed together do
    ///   not come back together.
    package mutating func failed(at now: Instant, chance: Double) -> Action {
        failures = min(failures + 1, 30)
        let pause = min(Self.firstPause * (1 << (failures - 1)), Self.longestPause)
        phase = .waiting(until: now + pause * (1 - min(max(chance, 0), 1) / 2))
        guard let keysUntil, now >= keysUntil else { return .keep }
        self.keysUntil = nil
        return .withdraw
    }

    private mutating func begin() -> Action {
        phase = .fetching
        return .fetch
    }
}
