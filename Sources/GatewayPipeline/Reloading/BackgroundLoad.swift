import Glibc
import SocketTransport

/// Work beside the event loops, on a thread that gives way to theirs: a large document takes seconds to compile, and on a
/// machine whose cores are all busy those would be seconds for everybody.
enum BackgroundLoad {
    /// How much the thread gives way (nice(2)): it gets about a third of what a thread of the others does.
    private static let niceness: CInt = 5

    /// Runs `work` and returns what it gives.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            do {
                let thread = try PosixThread.start(named: "lintel-load") {
                    // With 0 it is about the calling thread alone (setpriority(2), "C library/kernel differences").
                    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
                    continuation.resume(returning: work())
                }
                pthread_detach(thread)
            } catch {
                // No thread to be had: then it happens here.
                continuation.resume(returning: work())
            }
        }
    }
}
