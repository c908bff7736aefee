import Glibc

/// The bounded queue between event loops and the writer's thread.
///
/// A POSIX mutex and condition, because the thread has to sleep until there is work and `Synchronization.Mutex` has no
/// condition.
// SAFETY: `mutex` and `condition` are allocated and initialised in `init` and destroyed in `deinit`, when no thread can
// hold them: the writer's thread keeps a reference to this object while it runs. Every other variable is only touched
// with `mutex` locked, except `thread`, which `start` sets before anybody else knows the object.
final class LogQueue: @unchecked Sendable {
    /// Guards everything below.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// Signals the writer's thread that a block waits or that the end has come, and `stop` that the thread has ended.
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    /// Blocks that may wait.
    private let limit: Int
    /// Where blocks go.
    private let sink: AccessLogWriter.Sink
    /// Full blocks, oldest first.
    private var waiting: [LogBuffer] = []
    /// Empty blocks for reuse.
    private var spares: [LogBuffer] = []
    /// Whether `stop` was called.
    private var isStopping = false
    /// Whether the thread runs.
    private var isRunning = false
    /// Lines dropped.
    private var dropped: UInt64 = 0
    /// Lines written.
    private var written: UInt64 = 0

    /// Makes an empty queue; nothing runs yet.
    init(limit: Int, sink: @escaping AccessLogWriter.Sink) {
        self.limit = max(1, limit)
        self.sink = sink
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Calls a closure with the lock held.
    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Starts the writer's thread. It takes no signals, so that SIGTERM reaches the threads that handle it.
    func start() {
        isRunning = true
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let queue = Unmanaged<LogQueue>.fromOpaque(context).takeRetainedValue()
                queue.run()
                return nil
            }, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        if result == 0 {
            pthread_detach(thread)
        } else {
            // No thread to be had: every line is dropped and counted, traffic goes on.
            context.release()
            isRunning = false
            isStopping = true
        }
    }

    /// The writer's thread: takes blocks until the end.
    private func run() {
        while let block = next() {
            let lines = UInt64(block.lines)
            let taken = block.withBytes { sink($0) }
            block.removeAll()
            locked {
                if taken { written &+= lines } else { dropped &+= lines }
                if spares.count < limit { spares.append(block) }
            }
        }
        locked {
            isRunning = false
            pthread_cond_broadcast(condition)
        }
    }

    /// The oldest block, after waiting for one; nil when the end has come and nothing waits.
    private func next() -> LogBuffer? {
        locked {
            while waiting.isEmpty, !isStopping {
                pthread_cond_wait(condition, mutex)
            }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    /// An empty block.
    func spareBuffer() -> LogBuffer {
        locked { spares.popLast() } ?? LogBuffer(capacity: AccessLog.blockSize + AccessLog.Limits.line)
    }

    /// Queues a full block and gives an empty one; drops the block, and gives it back emptied, where the queue is full.
    func exchange(_ full: LogBuffer) -> LogBuffer {
        let spare: LogBuffer? = locked {
            guard waiting.count < limit, !isStopping else {
                dropped &+= UInt64(full.lines)
                full.removeAll()
                return full
            }
            waiting.append(full)
            pthread_cond_broadcast(condition)
            return spares.popLast()
        }
        return spare ?? LogBuffer(capacity: AccessLog.blockSize + AccessLog.Limits.line)
    }

    /// Ends the thread after the blocks that wait; returns when it has ended.
    func stop() {
        locked {
            isStopping = true
            pthread_cond_broadcast(condition)
            while isRunning {
                pthread_cond_wait(condition, mutex)
            }
        }
    }

    /// Lines dropped so far.
    var droppedLines: UInt64 { locked { dropped } }

    /// Lines written so far.
    var writtenLines: UInt64 { locked { written } }
}
