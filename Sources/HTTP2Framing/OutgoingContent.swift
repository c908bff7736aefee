import DequeModule
import NIOCore
import NIOHPACK

/// What one stream of HTTP/2 has to send behind its head, and how much of it the peer takes (RFC 9113 §5.2, §8.1).
///
/// ```
///   append, append, end(trailers)   ->  [DATA] [DATA] [HEADERS with END_STREAM]
/// ```
/// A writer that looks at ``takesMore`` holds at most a mark's worth of bytes here, and one write more.
package struct OutgoingContent {
    /// Queued bytes above which the writer should stop, and down to which it waits then.
    private static let marks = (low: 16 * 1024, high: 64 * 1024)
    /// Largest DATA frame that is sent: what every peer accepts (RFC 9113 §4.2).
    private static let frameSize = 16_384

    /// The end of a stream that its last content could not carry.
    package enum End {
        case trailers(HPACKHeaders)
        case bare
    }

    /// Bytes that the peer still takes on this stream; may be negative (RFC 9113 §6.9.2).
    package var window = 0
    /// Whether the stream stands in its connection's queue of those that have something to send.
    var isQueued = false
    /// Bytes that wait.
    package private(set) var count = 0
    /// Whether nothing can be appended any more.
    package private(set) var hasEnd = false
    /// Whether END_STREAM has gone out.
    package private(set) var hasSentEnd = false
    private var pieces = Deque<ByteBuffer>()
    private var trailers: HPACKHeaders?
    /// Whether the writer has been told to stop and not yet to go on.
    private var isHeldBack = false

    /// Nothing yet.
    package init() {}

    /// Whether the writer may go on, as far as this stream is concerned.
    package var takesMore: Bool { !isHeldBack }

    /// Whether something could go out if the connection took it.
    package var hasSomethingToSend: Bool { count > 0 ? window > 0 : hasEnd && !hasSentEnd }

    // MARK: The writer's side

    /// Queues content.
    package mutating func append(_ content: ByteBuffer) {
        guard !hasEnd, content.readableBytes > 0 else { return }
        pieces.append(content)
        count += content.readableBytes
        if count >= Self.marks.high { isHeldBack = true }
    }

    /// Queues the end.
    ///
    /// - Parameter trailers: the trailer section, if there is one.
    package mutating func end(trailers: HPACKHeaders? = nil) {
        guard !hasEnd else { return }
        hasEnd = true
        self.trailers = trailers
    }

    /// Notes that END_STREAM has gone out with the head.
    package mutating func endWithHead() {
        hasEnd = true
        hasSentEnd = true
    }

    /// Drops what waits: the stream is over.
    package mutating func discard() {
        pieces.removeAll()
        count = 0
        trailers = nil
        endWithHead()
    }

    /// Notes that the connection takes no more for now.
    package mutating func holdBack() { isHeldBack = true }

    /// Whether a writer that was held back may go on, as far as this stream is concerned.
    package var mayGoOn: Bool { isHeldBack && count <= Self.marks.low }

    /// Notes that the writer is told to go on.
    package mutating func goOn() { isHeldBack = false }

    // MARK: The connection's side

    /// The content of the next DATA frame; nil when there is none, or no room for it.
    ///
    /// - Parameter most: bytes that the connection's window takes.
    /// - Returns: the content, never empty, and whether END_STREAM goes with it.
    mutating func nextContent(most: Int) -> (content: ByteBuffer, isLast: Bool)? {
        guard var piece = pieces.first else { return nil }
        let size = min(piece.readableBytes, Self.frameSize, window, most)
        guard size > 0 else { return nil }
        if size == piece.readableBytes {
            pieces.removeFirst()
        } else {
            piece = piece.getSlice(at: piece.readerIndex, length: size) ?? piece
            pieces[0].moveReaderIndex(forwardBy: size)
        }
        count -= size
        window -= size
        hasSentEnd = pieces.isEmpty && hasEnd && trailers == nil
        return (piece, hasSentEnd)
    }

    /// The end, if it is its turn: it needs no room in a window.
    mutating func nextEnd() -> End? {
        guard pieces.isEmpty, hasEnd, !hasSentEnd else { return nil }
        hasSentEnd = true
        guard let trailers else { return .bare }
        self.trailers = nil
        return .trailers(trailers)
    }
}
