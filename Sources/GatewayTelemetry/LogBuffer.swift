import Glibc

/// A block of log lines: plain memory that an event loop fills and the writer's thread empties.
///
/// A line is written through a `LogLine`, which checks the room that is left; `AccessLog` hands a block over long
/// before there is none.
// SAFETY: a block has one owner at a time: the worker that fills it, then the queue, then the writer's thread, then the
// queue again as a spare. Ownership passes under the queue's lock, which orders the accesses. The memory is freed in
// `deinit` only.
package final class LogBuffer: @unchecked Sendable {
    /// Bytes that fit.
    package let capacity: Int
    /// What was written. Behind a pointer, because each access to a variable of an object costs a run-time check for
    /// exclusive access, four of them on every line.
    private let fill: UnsafeMutablePointer<Fill>
    /// `capacity` bytes, of which the first `count` are initialised.
    private let memory: UnsafeMutablePointer<UInt8>

    /// What was written.
    private struct Fill {
        /// Bytes.
        var count = 0
        /// Whole lines.
        var lines = 0
    }

    /// Bytes written.
    package var count: Int { fill.pointee.count }
    /// Whole lines written.
    package var lines: Int { fill.pointee.lines }

    /// Makes an empty block.
    ///
    /// - Parameter capacity: bytes.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
        memory = .allocate(capacity: self.capacity)
        fill = .allocate(capacity: 1)
        fill.initialize(to: Fill())
    }

    deinit {
        fill.deallocate()
        memory.deallocate()
    }

    /// Calls a closure with what was written.
    ///
    /// - Parameter body: gets the bytes; they are valid within the call.
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// Forgets everything that was written.
    package func removeAll() {
        fill.pointee = Fill()
    }

    /// Writes one line.
    ///
    /// - Parameter body: writes everything but the line's end.
    @inline(__always)
    func appendLine(_ body: (inout LogLine) -> Void) {
        var line = LogLine(start: memory, count: count, capacity: capacity)
        body(&line)
        line.put(UInt8(ascii: "\n"))
        fill.pointee.count = line.count
        fill.pointee.lines &+= 1
    }
}
