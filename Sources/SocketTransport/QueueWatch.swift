/// How long sockets wait until their loop looks at them, measured on the loop's own clock.
///
/// The kernel keeps the sockets that have something to say in a queue and hands out at most so many at a time. A turn that
/// is handed fewer has emptied the queue. So whatever it handles has waited no longer than the turns since the queue was
/// last empty took, the one included in which that was seen; time that the loop slept does not count.
///
/// ```
///   turn       |  full  |  full  | empties |  sleeps  | empties |
///   took          5 ms     5 ms      2 ms                 1 ms
///   waited                          ≤ 12 ms             ≤ 3 ms
/// ```
/// As in CoDel (RFC 8289 §3), the shortest wait in a span of time tells a queue that stands from one that comes and goes.
package struct QueueWatch: Sendable {
    /// Nanoseconds that the turns took since the queue was last empty.
    private var since: Int64 = 0
    private var shortest: Int64?

    /// A watch that has seen nothing.
    package init() {}

    /// A turn is over.
    ///
    /// - Parameters:
    ///   - nanoseconds: how long it took, without sleep.
    ///   - isEmptied: whether it was handed everything that waited.
    package mutating func turnEnded(after nanoseconds: Int64, isEmptied: Bool) {
        let took = max(0, nanoseconds)
        since = since > .max - took ? .max : since + took
        guard isEmptied else { return }
        shortest = min(shortest ?? since, since)
        since = took
    }

    /// The shortest wait since the last time this was asked, in nanoseconds; where no queue was emptied, what the one at hand
    /// has come to.
    package mutating func takeShortest() -> Int64 {
        defer { shortest = nil }
        return shortest ?? since
    }
}
