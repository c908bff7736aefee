import Glibc

/// The one thread that writes log blocks to standard output, with a bounded queue before it.
///
/// What and why: a write to a pipe or terminal can block for as long as its reader likes. So event loops never write;
/// they swap a full block for an empty one. At most `queueLimit` blocks wait; beyond them a block is dropped and its
/// lines are counted in `droppedLines`, which `/metrics` shows.
///
/// Life: the thread starts with the object and ends with `stop()` or when the object goes; both write what waits first.
package final class AccessLogWriter: Sendable {
    /// Writes a block; false if it could not be written. Called on the writer's thread only.
    package typealias Sink = @Sendable (UnsafeRawBufferPointer) -> Bool

    /// What the thread and the event loops share.
    private let queue: LogQueue

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - queueLimit: blocks that may wait (32 KiB each).
    ///   - sink: where blocks go; by default standard output.
    package init(queueLimit: Int = 64, sink: @escaping Sink = AccessLogWriter.standardOutput) {
        queue = LogQueue(limit: queueLimit, sink: sink)
        queue.start()
    }

    deinit {
        stop()
    }

    /// Lines that were dropped because the queue was full or the sink failed.
    package var droppedLines: UInt64 { queue.droppedLines }

    /// Lines that the sink took.
    package var writtenLines: UInt64 { queue.writtenLines }

    /// An empty block to fill.
    func spareBuffer() -> LogBuffer {
        queue.spareBuffer()
    }

    /// Takes a full block and gives an empty one; never waits for the sink.
    func exchange(_ full: LogBuffer) -> LogBuffer {
        queue.exchange(full)
    }

    /// Writes everything that waits, then ends the thread. Blocks the caller until then; later blocks are dropped.
    package func stop() {
        queue.stop()
    }

    /// Adds the log's own counters to a metrics text.
    ///
    /// - Parameter text: what to append to.
    package func render(into text: inout PrometheusText) {
        text.family("lintel_access_log_lines_total", .counter, "Access log lines, by whether they were written.")
        text.sample("lintel_access_log_lines_total", [("result", "written")], writtenLines)
        text.sample("lintel_access_log_lines_total", [("result", "dropped")], droppedLines)
    }

    /// Writes to file descriptor 1, waiting where it is a pipe or terminal that is full.
    package static let standardOutput: Sink = { bytes in
        write(bytes, to: STDOUT_FILENO)
    }

    /// Writes all bytes to a descriptor, whether it blocks or not.
    ///
    /// - Parameters:
    ///   - bytes: what to write.
    ///   - descriptor: an open file descriptor.
    /// - Returns: false if the descriptor took an error other than "interrupted" or "try again".
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        guard let start = bytes.baseAddress else { return true }
        var written = 0
        while written < bytes.count {
            let result = Glibc.write(descriptor, start + written, bytes.count - written)
            if result > 0 {
                written += result
            } else if result < 0, errno == EAGAIN {
                var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&event, 1, 1000)
            } else if result < 0, errno == EINTR {
                continue
            } else {
                return false
            }
        }
        return true
    }
}
