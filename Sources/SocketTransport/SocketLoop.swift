import CEpoll
import Dispatch
import Glibc
import HeapModule
import NIOCore
import Synchronization

/// One thread that waits on its sockets with epoll(7) and runs everything that concerns them.
///
/// It is a NIO event loop, so futures, timers and everything written for NIO run on it; its sockets are its own. Between
/// the kernel's word and the connection's code stand one table look-up and one call: no pipeline, no promise, no
/// registration per read. That is worth a third of the processor time of a proxied request.
///
/// One turn: wait for events, tell their sockets, run timers that are due, run what was put off until now.
///
/// Invariants:
/// 1. Everything but ``inbox``, ``hasMail`` and ``thread`` is touched by the loop's own thread only.
/// 2. An event names its socket by seat and generation, so that what the kernel said about a closed descriptor never
///    reaches the socket that has taken its number since.
///
/// SAFETY: by invariant 1 all mutable state is confined to one thread; the rest is atomic or behind a lock.
package final class SocketLoop: @unchecked Sendable {
    /// A place for the one who owns a descriptor.
    private struct Seat {
        var owner: (any ReadinessOwner)?
        var generation: UInt32 = 0
    }

    /// Most events that one wait takes.
    private static let eventsPerWait: CInt = 256
    /// The seat of the descriptor that wakes the loop.
    private static let wakeSeat = UInt32.max

    private let poll: CInt
    private let wake: CInt
    /// The thread that runs the loop; 0 before and after.
    private let thread = Atomic<UInt>(0)
    private let inbox = Mutex<Inbox>(Inbox())
    private let hasMail = Atomic<Bool>(false)

    private var seats: [Seat] = []
    private var freeSeats: [Int] = []
    private var timers = Heap<LoopTimer>()
    private var timersMade: UInt64 = 0
    private var putOff: [() -> Void] = []
    private var running: [() -> Void] = []
    private var isStopping = false
    /// How long sockets wait to be looked at; nil where nobody wants to know. Touched on the loop only.
    package var queueWatch: QueueWatch?
    /// Buffers for what is received.
    package var readBuffers = ReadBuffers()

    /// What other threads have put in.
    private struct Inbox {
        var tasks: [@Sendable () -> Void] = []
        var isClosed = false
    }

    /// A loop that does not run yet.
    ///
    /// - Throws: the system's error when it has no descriptors left.
    init() throws {
        poll = try SystemCall.check("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) }
        do {
            wake = try SystemCall.check("eventfd") { eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC)) }
        } catch {
            Glibc.close(poll)
            throw error
        }
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64(Self.wakeSeat)))
        guard epoll_ctl(poll, EPOLL_CTL_ADD, wake, &event) == 0 else {
            let error = SystemCall.error("epoll_ctl")
            Glibc.close(wake)
            Glibc.close(poll)
            throw error
        }
    }

    deinit {
        Glibc.close(wake)
        Glibc.close(poll)
    }

    // MARK: The thread

    /// Whether the caller is on the loop's thread.
    package var inEventLoop: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs the loop on the calling thread until ``stop()``.
    func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Int(Self.eventsPerWait))
        defer { events.deallocate() }
        while !isStopping {
            let count = epoll_wait(poll, events, Self.eventsPerWait, patience)
            guard queueWatch == nil else {
                let start = NIODeadline.now()
                turn(events, count)
                queueWatch?.turnEnded(
                    after: (NIODeadline.now() - start).nanoseconds, isEmptied: count < Self.eventsPerWait)
                continue
            }
            turn(events, count)
        }
        close()
        thread.store(0, ordering: .relaxed)
    }

    /// One turn behind the wait.
    @inline(__always)
    private func turn(_ events: UnsafeMutablePointer<epoll_event>, _ count: CInt) {
        if count > 0 {
            for index in 0..<Int(count) { dispatch(events[index]) }
        }
        runTimers()
        runTasks()
    }

    /// Ends the loop behind the turn at hand. Called on the loop.
    func stop() { isStopping = true }

    /// Milliseconds to wait for events; −1 until one comes.
    private var patience: CInt {
        guard putOff.isEmpty, !hasMail.load(ordering: .acquiring) else { return 0 }
        guard let first = timers.min else { return -1 }
        let left = (first.deadline - .now()).nanoseconds
        // Rounded up: waking before the time would only mean waiting once more.
        return left <= 0 ? 0 : CInt(clamping: (left + 999_999) / 1_000_000)
    }

    /// Tells the owner of a descriptor what the kernel says about it.
    @inline(__always)
    private func dispatch(_ event: epoll_event) {
        let seat = Int(UInt32(truncatingIfNeeded: event.data.u64))
        guard seats.indices.contains(seat) else {
            var count: UInt64 = 0
            _ = read(wake, &count, 8)
            return
        }
        guard seats[seat].generation == UInt32(truncatingIfNeeded: event.data.u64 >> 32), let owner = seats[seat].owner
        else { return }
        owner.ready(Readiness(rawValue: event.events))
    }

    private func runTimers() {
        guard let first = timers.min else { return }
        let now = NIODeadline.now()
        guard first.deadline <= now else { return }
        while let timer = timers.min, timer.deadline <= now {
            timers.removeMin()
            timer.fire()
        }
    }

    /// Runs what was put off, and what other threads have put in; what those put off themselves waits for the next turn.
    private func runTasks() {
        if hasMail.load(ordering: .acquiring) {
            hasMail.store(false, ordering: .relaxed)
            let received = inbox.withLock { inbox in
                defer { inbox.tasks.removeAll(keepingCapacity: true) }
                return inbox.tasks
            }
            for task in received { putOff.append(task) }
        }
        guard !putOff.isEmpty else { return }
        swap(&putOff, &running)
        for task in running { task() }
        running.removeAll(keepingCapacity: true)
    }

    /// Closes every socket and runs what still waits; later tasks are refused.
    private func close() {
        for seat in seats.indices { seats[seat].owner?.loopEnds() }
        while let timer = timers.popMin() { timer.abandon() }
        inbox.withLock { $0.isClosed = true }
        hasMail.store(true, ordering: .releasing)
        while !putOff.isEmpty || hasMail.load(ordering: .acquiring) { runTasks() }
        // What those tasks have scheduled will not be either.
        while let timer = timers.popMin() { timer.abandon() }
    }

    // MARK: Tasks

    /// Runs `task` at the end of the turn. Called on the loop.
    package func putOff(_ task: @escaping () -> Void) { putOff.append(task) }

    /// Has `task` run on the loop; false when it has ended.
    func post(_ task: @escaping @Sendable () -> Void) -> Bool {
        if inEventLoop {
            putOff.append(task)
            return true
        }
        let (isTaken, isFirst) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (false, false) }
            inbox.tasks.append(task)
            return (true, inbox.tasks.count == 1)
        }
        guard isTaken else { return false }
        hasMail.store(true, ordering: .releasing)
        if isFirst {
            var one: UInt64 = 1
            _ = write(wake, &one, 8)
        }
        return true
    }

    /// A timer for `deadline`. Called on the loop.
    func start(_ timer: LoopTimer) {
        timersMade &+= 1
        timer.number = timersMade
        timers.insert(timer)
    }

    // MARK: Descriptors

    /// Begins to watch `descriptor`; returns its seat.
    ///
    /// - Throws: the system's error when the kernel takes no more, or that the loop is about to end: what is closed then
    ///   may want to be opened anew by its owner.
    func watch(_ descriptor: CInt, for interest: Readiness, owner: any ReadinessOwner) throws -> Int {
        guard !isStopping else { throw IOError(errnoCode: ECANCELED, reason: "the event loop ends") }
        let seat = freeSeats.popLast() ?? seats.count
        if seat == seats.count { seats.append(Seat()) }
        seats[seat].owner = owner
        var event = event(for: seat, interest)
        guard epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            let error = SystemCall.error("epoll_ctl")
            leave(seat)
            throw error
        }
        return seat
    }

    /// Changes what is watched.
    func change(_ descriptor: CInt, seat: Int, to interest: Readiness) {
        var event = event(for: seat, interest)
        _ = epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event)
    }

    /// Ends watching and closes the descriptor.
    func close(_ descriptor: CInt, seat: Int) {
        leave(seat)
        // Closing takes the descriptor out of the kernel's set: nobody else holds it.
        Glibc.close(descriptor)
    }

    /// Ends watching; the descriptor stays open.
    func unwatch(_ descriptor: CInt, seat: Int) {
        leave(seat)
        var event = epoll_event()
        _ = epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, &event)
    }

    private func leave(_ seat: Int) {
        seats[seat].owner = nil
        seats[seat].generation &+= 1
        freeSeats.append(seat)
    }

    private func event(for seat: Int, _ interest: Readiness) -> epoll_event {
        let name = UInt64(seats[seat].generation) << 32 | UInt64(UInt32(truncatingIfNeeded: seat))
        return epoll_event(events: interest.rawValue, data: epoll_data_t(u64: name))
    }
}

/// What the kernel says about a descriptor, or is asked to say (epoll_ctl(2)).
struct Readiness: OptionSet {
    let rawValue: UInt32

    /// Bytes, a connection, or the end of input can be read.
    static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// Bytes can be written, or a connection attempt has ended.
    static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The descriptor has failed. Always said.
    static let failed = Readiness(rawValue: EPOLLERR.rawValue)
    /// Both directions are closed. Always said.
    static let hungUp = Readiness(rawValue: EPOLLHUP.rawValue)
}

/// The one who owns a watched descriptor.
protocol ReadinessOwner: AnyObject {
    /// The kernel has something to say.
    func ready(_ readiness: Readiness)
    /// The loop ends: the descriptor is to be closed.
    func loopEnds()
}
