import NIOCore
import SocketTransport

/// What the exchanges of one event loop share: nothing here is touched by another thread, so nothing is locked.
///
/// The tables and the builder are working space for the head at hand; whoever fills one has finished with it before
/// control returns to the event loop.
package final class ExchangeLoop {
    /// The loop that owns everything below.
    package let eventLoop: SocketLoop
    /// Deadlines of all connections and exchanges of the loop.
    package let deadlines = DeadlineTable()
    /// Working space for the request head at hand.
    package let requestTable: HeadTable
    /// Working space for the response head at hand.
    package let responseTable: HeadTable
    /// Working space for the field lines that the gateway adds.
    package var additions = FieldBuilder()
    /// Outgoing head buffers that are not in use.
    package var heads = BufferStack()
    /// Connections to clients that are open.
    package var openConnections = 0
    /// Connections of clients that were accepted.
    package var acceptedConnections: UInt64 = 0
    /// Those of them that were closed at once, because there were too many or they come from where they may not.
    package var refusedConnections: UInt64 = 0
    /// Whether the process is about to end: every reply says `Connection: close`.
    package var isDraining = false

    /// The monotonic time at which the event at hand began. Read once per event instead of once per use.
    package private(set) var now = NIODeadline.now()

    private var date = HTTPDate()
    private let wallClock: () -> Int64
    private var ticking: RepeatedTask?

    /// State for `eventLoop`; `wallClock` gives seconds since 1970, `fields` is the most field lines of a head.
    package init(eventLoop: SocketLoop, fields: Int, wallClock: @escaping () -> Int64) {
        self.eventLoop = eventLoop
        self.requestTable = HeadTable(capacity: fields)
        self.responseTable = HeadTable(capacity: max(fields, 128))
        self.wallClock = wallClock
    }

    /// Takes the time anew; every entry from the event loop does so.
    package func readClock() { now = .now() }

    /// The current `Date` value (RFC 9110 §6.6.1).
    package var currentDate: [UInt8] { date.bytes(at: wallClock()) }

    /// Starts to look at deadlines. Called on the loop.
    package func startTicking() {
        guard ticking == nil else { return }
        let loop = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: DeadlineTable.tick, delay: DeadlineTable.tick) { _ in
            loop.value.readClock()
            loop.value.deadlines.sweep(now: loop.value.now)
        }
    }

    /// Ends the tick. Called on the loop.
    package func stopTicking() {
        ticking?.cancel()
        ticking = nil
    }
}
