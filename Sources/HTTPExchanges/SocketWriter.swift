import Glibc
import NIOCore

/// Hears when a connection takes bytes again, or no more for now.
package protocol SocketWriterOwner: AnyObject {
    /// More than the high mark is queued (false), or no more than the low mark (true).
    func writabilityChanged(_ isWritable: Bool)
}

/// Writes to a connection's socket at once while nothing is queued, and through the channel otherwise.
///
/// A reply that fits into the socket's buffer, which is nearly every one, costs one `send(2)`. The channel's write path
/// (wrap, pipeline, pending-write queue, promise, state machine) would cost as much processor time again as parsing
/// and rewriting the head do. What the socket does not take is queued to the channel, which waits until it is writable
/// and handles errors; until that is done everything else queues behind it, so that the order of the bytes holds.
///
/// Invariant: a write never calls back into its caller. A channel may fail, drain its input and close within a flush, so
/// bytes are handed to it from a task of their own.
package final class SocketWriter {
    /// Queued bytes above which nothing more should be written, and down to which to wait then.
    private static let marks = (low: 32 * 1024, high: 128 * 1024)

    private let context: ChannelHandlerContext
    private let channel: any Channel
    private unowned let owner: any SocketWriterOwner
    /// The socket, or −1 where another handler has to see the bytes first.
    private let descriptor: CInt
    private var queuedWrites = 0
    private var queuedBytes = 0
    private var afterFlush: (() -> Void)?
    /// Whether bytes written now would go out without piling up.
    package private(set) var isWritable = true

    /// A writer for the handler of `context`.
    ///
    /// - Parameter isDirect: whether this handler is the one next to the socket (no TLS in between).
    package init(_ context: ChannelHandlerContext, owner: any SocketWriterOwner, isDirect: Bool) {
        self.context = context
        self.channel = context.channel
        self.owner = owner
        var handle: CInt = -1
        if isDirect {
            try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { handle = $0 }
        }
        descriptor = handle
    }

    /// Writes `buffer`.
    ///
    /// - Parameter isFollowed: more is written at once; the kernel may wait for it to fill a packet.
    package func write(_ buffer: ByteBuffer, isFollowed: Bool = false) {
        var rest = buffer
        // An inactive channel may already have closed its descriptor, whose number may be somebody else's by now.
        if queuedWrites == 0, descriptor >= 0, channel.isActive {
            let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT) | (isFollowed ? CInt(MSG_MORE) : 0)
            let sent = buffer.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if sent == buffer.readableBytes { return }
            // An error is left to the channel: it meets the same one, and first reads what the peer has said.
            if sent > 0 { rest.moveReaderIndex(forwardBy: sent) }
        }
        queue(rest)
    }

    /// Runs `action` when everything written so far has gone out; at once if nothing is queued.
    package func whenFlushed(_ action: @escaping () -> Void) {
        if queuedWrites == 0 { action() } else { afterFlush = action }
    }

    /// Leaves `buffer` to the channel.
    private func queue(_ buffer: ByteBuffer) {
        let count = buffer.readableBytes
        queuedWrites += 1
        queuedBytes += count
        if queuedBytes > Self.marks.high { isWritable = false }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.written(count) }
        context.eventLoop.assumeIsolated().execute { [context] in
            context.writeAndFlush(NIOAny(buffer), promise: promise)
        }
    }

    /// Notes that queued bytes have gone out, or never will.
    private func written(_ count: Int) {
        queuedWrites -= 1
        queuedBytes -= count
        if queuedWrites == 0, let action = afterFlush {
            afterFlush = nil
            action()
        }
        if !isWritable, queuedBytes <= Self.marks.low {
            isWritable = true
            owner.writabilityChanged(true)
        }
    }
}
