/// A number of requests in a span of time, by the generic cell rate algorithm (ITU-T I.371, annex A).
///
/// One number is kept for each caller: the theoretical arrival time, at which the allowance is whole again. A request moves
/// it on by the time that one request is worth; it is refused while that would lead further ahead than the burst allows.
/// There is no window whose edge lets twice the limit through.
///
///     limit 4/1s, burst 2: interval 250 ms, tolerance 250 ms
///     now 0     arrival 0     -> allowed, arrival 250
///     now 0     arrival 250   -> allowed, arrival 500   (the burst)
///     now 0     arrival 500   -> refused, again in 250 ms
package struct RateLimit: Sendable {
    /// What one request is worth, in nanoseconds; at least 1.
    package let interval: Int64
    /// How many may come at once.
    package let burst: Int64
    /// The number of requests, and the seconds in which they may come, as replies state them.
    package let quota: (requests: Int64, seconds: Int64)

    /// What a limit says of a request.
    package struct Verdict: Sendable, Equatable {
        /// Whether it passes.
        package let isAllowed: Bool
        /// How many more would pass at once.
        package let remaining: Int64
        /// Nanoseconds until the allowance is whole again.
        package let reset: Int64
        /// Nanoseconds until the next request would pass; 0 when one passes now.
        package let retryAfter: Int64
    }

    /// `requests` in `nanoseconds`, of which `burst` may come at once; all are taken as at least 1.
    package init(requests: Int64, nanoseconds: Int64, burst: Int64?) {
        let requests = max(1, requests)
        interval = max(1, max(1, nanoseconds) / requests)
        // 1e6 requests of a day each stay far below 2^63.
        self.burst = min(max(1, burst ?? requests), Int64.max / 4 / interval)
        quota = (requests, max(1, nanoseconds / 1_000_000_000))
    }

    /// Judges a request, and counts it when it passes.
    ///
    /// - Parameters:
    ///   - arrival: The caller's theoretical arrival time; 0 for one who is new.
    ///   - now: Nanoseconds of a clock that never goes back.
    package func judge(_ arrival: inout Int64, now: Int64) -> Verdict {
        let whole = interval &* burst
        let start = max(arrival, now)
        let ahead = start &- now &+ interval
        guard ahead <= whole else {
            return Verdict(isAllowed: false, remaining: 0, reset: start &- now, retryAfter: ahead &- whole)
        }
        arrival = start &+ interval
        return Verdict(isAllowed: true, remaining: (whole &- ahead) / interval, reset: ahead, retryAfter: 0)
    }
}
