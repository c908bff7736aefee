import Glibc

/// A thread of the operating system for test code that blocks, so that the runtime's few threads stay free.
package enum BackgroundThread {
    /// Keeps the work alive until its thread takes it over.
    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `work` on a thread of its own, which ends with it.
    package static func start(_ work: @escaping @Sendable () -> Void) {
        let boxed = Unmanaged.passRetained(Work(work))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, boxed.toOpaque())
        if result == 0 { pthread_detach(thread) } else { boxed.release() }
    }

    /// Lets other threads and processes go first from now on. An attacker is another machine's burden: what is measured
    /// beside it is the gateway, not who gets the processor.
    package static func yieldToOthers() {
        var parameters = sched_param()
        // SCHED_IDLE, which the Swift overlay does not show.
        _ = pthread_setschedparam(pthread_self(), 5, &parameters)
    }

    /// Runs blocking `work` on a thread of its own and waits for what it returns or throws.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Result { try work() }) }
        }
    }
}
