import Dispatch
import Glibc

/// Waits for one of several signals without a handler that would run at any instruction, or for another process that has
/// taken over.
struct SignalWaiter {
    /// What the process is told.
    enum Arrival: Sendable {
        /// A signal.
        case signal(Int32)
        /// Another process serves on the listeners of these names.
        case handedOver(Set<String>)
    }

    private var arrivals: AsyncStream<Arrival>.Iterator
    private let continuation: AsyncStream<Arrival>.Continuation
    private let sources: [any DispatchSourceSignal]

    /// Begins to listen for `numbers`; their default action no longer happens.
    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Arrival.self)
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(.signal(number)) }
            source.resume()
            return source
        }
        self.continuation = continuation
        arrivals = stream.makeAsyncIterator()
    }

    /// Tells that another process serves.
    var handedOver: @Sendable (Set<String>) -> Void {
        { [continuation] names in continuation.yield(.handedOver(names)) }
    }

    /// What comes next.
    mutating func next() async -> Arrival? { await arrivals.next() }
}
