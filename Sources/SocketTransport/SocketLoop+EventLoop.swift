import Dispatch
import NIOCore

/// What NIO asks of an event loop.
extension SocketLoop: EventLoop {
    package func execute(_ task: @escaping @Sendable () -> Void) { _ = post(task) }

    package func submit<Value>(_ task: @escaping @Sendable () throws -> Value) -> EventLoopFuture<Value> {
        let promise = makePromise(of: Value.self)
        let isTaken = post { promise.assumeIsolated().completeWith(Result(catching: task)) }
        if !isTaken { promise.fail(EventLoopError.shutdown) }
        return promise.futureResult
    }

    package func scheduleTask<Value>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        let promise = makePromise(of: Value.self)
        let timer = LoopTimer(deadline: deadline) {
            promise.assumeIsolated().completeWith(Result(catching: task))
        } refusal: {
            promise.fail(EventLoopError.shutdown)
        }
        let handle = ConfinedTimer(timer)
        if inEventLoop {
            start(timer)
        } else if !post({ self.start(handle.timer) }) {
            promise.fail(EventLoopError.shutdown)
        }
        return Scheduled(promise: promise) {
            if self.inEventLoop { handle.timer.cancel() } else { _ = self.post { handle.timer.cancel() } }
        }
    }

    package func scheduleTask<Value>(
        in delay: TimeAmount, _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        scheduleTask(deadline: .now() + delay, task)
    }

    package func next() -> any EventLoop { self }

    package func any() -> any EventLoop { self }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator([self]) }

    /// The loop ends with its group.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @Sendable @escaping ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}

/// A timer on its way to its loop.
///
/// SAFETY: the timer is used on its loop only.
private struct ConfinedTimer: @unchecked Sendable {
    let timer: LoopTimer

    init(_ timer: LoopTimer) { self.timer = timer }
}
