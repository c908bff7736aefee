import Glibc
import NIOCore

/// Writes to a connection's socket at once while nothing is queued, and through the channel otherwise.
///
/// A reply that fits into the socket's buffer, which is nearly every one, costs one `send(2)`. The channel's write path
/// (wrap, pipeline, pending-write queue, promise, state machine) would cost as much processor time again as parsing
/// and rewriting the head do. Whatever the socket does not take goes to the channel, which waits until it is writable,
/// applies its watermarks and handles errors; until that is done everything else queues behind it, so that the order of
/// the bytes holds.
package struct SocketWriter {
    private let context: ChannelHandlerContext
    private let channel: any Channel
    /// The socket, or −1 where another handler has to see the bytes first.
    private let descriptor: CInt
    /// Writes that the channel has not finished.
    private let queued = Queued()

    /// A count that the writes' completions can reach.
    private final class Queued {
        var count = 0
    }

    /// A writer for the handler of `context`.
    ///
    /// - Parameter isDirect: whether this handler is the one next to the socket (no TLS in between).
    package init(_ context: ChannelHandlerContext, isDirect: Bool) {
        self.context = context
        self.channel = context.channel
        var handle: CInt = -1
        if isDirect {
            try? context.channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { handle = $0 }
        }
        descriptor = handle
    }

    /// Whether bytes written now would go out without piling up.
    package var isWritable: Bool { queued.count == 0 || channel.isWritable }

    /// Writes and flushes `buffer`.
    ///
    /// - Parameter isFollowed: more is written at once; the kernel may wait for it to fill a packet.
    package func write(_ buffer: ByteBuffer, isFollowed: Bool = false) {
        var buffer = buffer
        // An inactive channel may already have closed its descriptor, whose number may be somebody else's by now.
        if queued.count == 0, descriptor >= 0, channel.isActive {
            let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT) | (isFollowed ? CInt(MSG_MORE) : 0)
            let sent = buffer.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if sent == buffer.readableBytes { return }
            // An error is left to the channel: it meets the same one and knows what to do.
            if sent > 0 { buffer.moveReaderIndex(forwardBy: sent) }
        }
        queue(buffer)
    }

    /// Leaves `buffer` to the channel.
    private func queue(_ buffer: ByteBuffer) {
        queued.count += 1
        let promise = context.eventLoop.makePromise(of: Void.self)
        let queued = self.queued
        promise.futureResult.assumeIsolated().whenComplete { _ in queued.count -= 1 }
        context.writeAndFlush(NIOAny(buffer), promise: promise)
    }
}
