import CEpoll
import Glibc
import NIOCore
import Synchronization

/// Socket loops, each on a thread of its own.
package final class SocketLoopGroup: Sendable {
    /// The loops.
    package let loops: [SocketLoop]
    private let threads: Mutex<[pthread_t]>

    /// Starts `count` loops.
    ///
    /// - Throws: the system's error when it has no descriptors or threads left.
    package init(count: Int) throws {
        var started: [SocketLoop] = []
        var threads: [pthread_t] = []
        do {
            for _ in 0..<max(1, count) {
                let loop = try SocketLoop()
                threads.append(try Self.startThread(for: loop))
                started.append(loop)
            }
        } catch {
            for loop in started { loop.execute { loop.stop() } }
            for thread in threads { pthread_join(thread, nil) }
            throw error
        }
        loops = started
        self.threads = Mutex(threads)
    }

    /// Ends every loop; returns when their threads have ended. Sockets that are still open are closed.
    package func shutdown() async {
        for loop in loops { loop.execute { loop.stop() } }
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        guard !threads.isEmpty else { return }
        // A join blocks, and must not block a thread of the concurrency runtime.
        let ended = JoiningThread(threads)
        await withCheckedContinuation { continuation in ended.start { continuation.resume() } }
    }

    private static func startThread(for loop: SocketLoop) throws -> pthread_t {
        try PosixThread.start(named: "lintel-loop") { loop.run() }
    }
}

/// A thread that waits for others to end.
private struct JoiningThread: Sendable {
    private let threads: [UInt]

    init(_ threads: [pthread_t]) { self.threads = threads.map { UInt($0) } }

    /// Calls `done` when all have ended.
    func start(_ done: @escaping @Sendable () -> Void) {
        let threads = threads
        do {
            let thread = try PosixThread.start(named: "lintel-join") {
                for thread in threads { pthread_join(pthread_t(thread), nil) }
                done()
            }
            pthread_detach(thread)
        } catch {
            for thread in threads { pthread_join(pthread_t(thread), nil) }
            done()
        }
    }
}

/// Threads as the system makes them (pthread_create(3)).
package enum PosixThread {
    /// What a thread runs, carried through C.
    private final class Work {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }

    /// Starts a thread.
    ///
    /// - Throws: the system's error.
    package static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws -> pthread_t {
        let work = Unmanaged.passRetained(Work(name: name, body: body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                pthread_setname_np(pthread_self(), work.name)
                work.body()
                return nil
            }, work.toOpaque())
        guard result == 0 else {
            work.release()
            throw IOError(errnoCode: result, reason: "pthread_create")
        }
        return thread
    }
}
