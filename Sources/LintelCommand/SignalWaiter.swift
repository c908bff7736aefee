import Dispatch
import Glibc

/// Waits for one of several signals without a handler that would run at any instruction.
struct SignalWaiter {
    private var arrivals: AsyncStream<Int32>.Iterator
    private let sources: [any DispatchSourceSignal]

    /// Begins to listen for `numbers`; their default action no longer happens.
    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        arrivals = stream.makeAsyncIterator()
    }

    /// Returns when one of them has come.
    mutating func wait() async { _ = await arrivals.next() }
}
