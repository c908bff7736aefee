import NIOCore

/// Bytes in both directions between this process and a peer: a socket, or TLS over one.
///
/// What is said of ``StreamSocket`` holds for every stream: a write never calls back into its caller, what cannot go out
/// at once is queued in order, and the end is told exactly once.
package protocol ByteStream: AnyObject {
    /// Whether the stream can still be used.
    var isOpen: Bool { get }
    /// Whether the last read has filled its buffer, so that more has probably come.
    var mayHaveMore: Bool { get }
    /// Whether bytes written now would go out without piling up.
    var isWritable: Bool { get }
    /// The peer's address; nil when the stream is closed.
    var peerAddress: SocketAddress? { get }
    /// Begins to read for `handler`, or hands the stream on to another handler.
    ///
    /// - Throws: the system's error when the kernel cannot watch another descriptor; the stream is closed then.
    func start(_ handler: any ByteStreamHandler) throws
    /// Keeps reads short, or lets them grow with what comes: what is laborious comes in small portions, so that others have
    /// their turn in between.
    func setReadsShort(_ isShort: Bool)
    /// Stops or resumes reading. What was received before may still be handed over.
    func setReading(_ reads: Bool)
    /// Writes `buffer`.
    ///
    /// - Parameter isFollowed: more is written at once; it may wait for that.
    func write(_ buffer: ByteBuffer, isFollowed: Bool)
    /// Runs `action` when everything written so far has gone out; at once if nothing is queued.
    func whenFlushed(_ action: @escaping () -> Void)
    /// Ends the sending side behind what is queued; the peer may go on sending.
    func closeOutput()
    /// Closes the stream at once; what is queued is lost.
    func close()
    /// Closes the stream so that the peer cannot take the end for an orderly one.
    func reset()
}

extension ByteStream {
    /// Writes `buffer`; nothing follows at once.
    @inline(__always)
    package func write(_ buffer: ByteBuffer) { write(buffer, isFollowed: false) }
}

/// What a connection's owner hears of its socket. Calls come on the socket's loop.
package protocol ByteStreamHandler: AnyObject {
    /// Bytes have come.
    func received(_ bytes: ByteBuffer)
    /// The socket is closed, by whomever; nothing follows. Said exactly once.
    ///
    /// - Parameter hasFailed: it ended in an error, a reset for one: then its end is no end of content.
    func socketClosed(hasFailed: Bool)
    /// What was queued has gone out, down to the low mark.
    func socketIsWritable()
    /// The peer sends no more.
    ///
    /// - Returns: whether there may be something to say all the same; the socket is closed otherwise.
    func inputEnded() -> Bool
}

extension ByteStreamHandler {
    package func inputEnded() -> Bool { false }
}
