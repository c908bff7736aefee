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
        // The timer is made on the loop, whoever asks for it: it belongs there.
        let timer = NIOLoopBoundBox<LoopTimer?>.makeEmptyBox(valueType: LoopTimer.self, eventLoop: self)
        let set: @Sendable () -> Void = { [self] in
            let made = LoopTimer(deadline: deadline) {
                promise.assumeIsolated().completeWith(Result(catching: task))
            } refusal: {
                promise.fail(EventLoopError.shutdown)
            }
            timer.value = made
            start(made)
        }
        if inEventLoop {
            set()
        } else if !post(set) {
            promise.fail(EventLoopError.shutdown)
        }
        return Scheduled(promise: promise) {
            if self.inEventLoop { timer.value?.cancel() } else { _ = self.post { timer.value?.cancel() } }
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
