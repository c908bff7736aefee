import DequeModule
import Glibc
import NIOCore

/// A connected stream socket on a loop: TCP or Unix domain.
///
/// A write goes to the socket at once while nothing is queued: a reply that fits into the socket's buffer, which is nearly
/// every one, costs one `send(2)`. What the socket does not take is queued and sent when it takes bytes again; until then
/// everything else queues behind it, so that the order of the bytes holds.
///
/// | state | event | next |
/// |---|---|---|
/// | open | bytes | handed over, one read a turn |
/// | open | end of input | closed, or half closed where the owner wants to go on writing |
/// | half closed | our end, too; hung up | closed |
/// | open | reset, or a read that fails | closed, failed |
/// | open, not reading | hung up | what was received is read when reading goes on, then closed |
/// | open | `closeOutput` | the rest of the queue, then FIN; still reading |
/// | open | `close`, `reset` | closed |
///
/// Invariant: a write never calls back into its caller. A failed one is left to the read side, which meets the same error
/// and first reads what the peer has said.
package final class StreamSocket: ByteStream, ReadinessOwner {
    /// Queued bytes above which nothing more should be written, and down to which to wait then.
    private static let marks = (low: 32 * 1024, high: 128 * 1024)

    /// The loop.
    package let loop: SocketLoop
    private var handler: (any ByteStreamHandler)?
    /// The descriptor; −1 when closed.
    private var descriptor: CInt
    private var seat = -1
    private var interest = Readiness.readable
    private var readSize: ReadBuffers.Size
    private var readsShort = false
    package private(set) var mayHaveMore = false
    private var shortReads = 0

    private var queue = Deque<ByteBuffer>()
    private var queuedBytes = 0
    private var afterFlush: (() -> Void)?
    private var hasWriteFailed = false
    private var endsOutput = false
    private var isReading = true
    /// Whether both directions are closed while nobody reads.
    private var hasHungUp = false
    /// Whether the peer has sent its end, and the owner goes on writing.
    private var isInputEnded = false

    /// Whatever is to live exactly as long as the socket is open.
    package var companion: AnyObject?

    /// Whether bytes written now would go out without piling up.
    package private(set) var isWritable = true

    /// A socket over a connected, non-blocking descriptor, which it owns from now on.
    ///
    /// - Parameter readSize: how much one read takes at first.
    init(_ descriptor: CInt, on loop: SocketLoop, readSize: ReadBuffers.Size) {
        self.descriptor = descriptor
        self.loop = loop
        self.readSize = readSize
    }

    /// Begins to read for `handler`, which is held until the socket is closed or handed on to another one.
    ///
    /// - Throws: the system's error when the kernel cannot watch another descriptor; the socket is closed then.
    package func start(_ handler: any ByteStreamHandler) throws {
        guard seat < 0 else {
            self.handler = handler
            return
        }
        guard isOpen else { throw IOError(errnoCode: ENOTCONN, reason: "the socket is closed") }
        do {
            seat = try loop.watch(descriptor, for: interest, owner: self)
            self.handler = handler
        } catch {
            Glibc.close(descriptor)
            descriptor = -1
            companion = nil
            throw error
        }
    }

    /// Whether the socket can still be used.
    package var isOpen: Bool { descriptor >= 0 }

    /// The peer's address; nil when the socket is closed.
    package var peerAddress: SocketAddress? {
        SocketNames.address(of: descriptor, getpeername)
    }

    // MARK: Reading

    func ready(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        guard isOpen, !readiness.isDisjoint(with: [.readable, .failed, .hungUp]) else { return }
        if isInputEnded {
            guard !readiness.isDisjoint(with: [.failed, .hungUp]) else { return }
            return end(hasFailed: readiness.contains(.failed))
        }
        if isReading { return read() }
        if readiness.contains(.failed) { return end(hasFailed: true) }
        if readiness.contains(.hungUp), !hasHungUp {
            // The kernel would say so again and again, whatever it is asked.
            hasHungUp = true
            loop.unwatch(descriptor, seat: seat)
            seat = -1
        }
    }

    /// Takes one read's worth of bytes.
    @inline(__always)
    private func read() {
        var buffer = loop.readBuffers.take(readSize)
        var failure: CInt = 0
        let room = readSize.rawValue
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            let count = recv(descriptor, space.baseAddress, min(space.count, room), 0)
            guard count < 0 else { return count }
            failure = errno
            return 0
        }
        if count > 0 {
            mayHaveMore = count == room
            adapt(to: count)
            handler?.received(buffer)
        } else {
            loop.readBuffers.give(buffer)
            if failure == 0 {
                endInput()
            } else if failure != EAGAIN, failure != EINTR {
                end(hasFailed: true)
            }
        }
    }

    /// The peer sends no more: that is the end, unless the owner goes on writing.
    private func endInput() {
        guard !hasHungUp, handler?.inputEnded() == true else { return end(hasFailed: false) }
        guard isOpen else { return }
        isInputEnded = true
        watch(.readable, false)
    }

    /// Reads more at once where a read was filled, and less where several were nearly empty.
    @inline(__always)
    private func adapt(to count: Int) {
        guard !readsShort else { return }
        if count == readSize.rawValue {
            readSize = readSize.larger
            shortReads = 0
        } else if readSize == .long, count < ReadBuffers.Size.middle.rawValue {
            shortReads += 1
            if shortReads > 8 { readSize = .middle }
        } else {
            shortReads = 0
        }
    }

    package func setReadsShort(_ isShort: Bool) {
        readsShort = isShort
        if isShort { readSize = .short }
    }

    /// Stops or resumes reading; only a change costs a system call.
    package func setReading(_ reads: Bool) {
        guard reads != isReading, isOpen else { return }
        isReading = reads
        if hasHungUp {
            guard reads else { return }
            return loop.putOff { [self] in readToTheEnd() }
        }
        guard !isInputEnded else { return }
        watch(.readable, reads)
    }

    /// Reads what was received before both directions were closed.
    private func readToTheEnd() {
        while isOpen, isReading { read() }
    }

    // MARK: Writing

    /// Writes `buffer`.
    ///
    /// - Parameter isFollowed: more is written at once; the kernel may wait for it to fill a packet.
    package func write(_ buffer: ByteBuffer, isFollowed: Bool) {
        guard descriptor >= 0, !hasWriteFailed else { return }
        guard queue.isEmpty else { return enqueue(buffer) }
        let sent = send(buffer, isFollowed: isFollowed)
        if sent == buffer.readableBytes { return }
        guard sent >= 0 else {
            hasWriteFailed = true
            return
        }
        var rest = buffer
        rest.moveReaderIndex(forwardBy: sent)
        enqueue(rest)
    }

    /// Runs `action` when everything written so far has gone out; at once if nothing is queued.
    package func whenFlushed(_ action: @escaping () -> Void) {
        if queue.isEmpty { action() } else { afterFlush = action }
    }

    /// Bytes sent; −1 when the connection takes no more.
    @inline(__always)
    private func send(_ buffer: ByteBuffer, isFollowed: Bool) -> Int {
        let flags =
            CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
            | (isFollowed ? CInt(MSG_MORE) : 0)
        let sent = buffer.withUnsafeReadableBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
        guard sent < 0 else { return sent }
        return errno == EAGAIN || errno == EINTR ? 0 : -1
    }

    private func enqueue(_ buffer: ByteBuffer) {
        queue.append(buffer)
        queuedBytes += buffer.readableBytes
        if queuedBytes > Self.marks.high { isWritable = false }
        watch(.writable, true)
    }

    /// Sends what is queued, as far as the socket takes it.
    private func flush() {
        while let first = queue.first {
            let sent = send(first, isFollowed: queue.count > 1)
            guard sent >= 0 else {
                hasWriteFailed = true
                queue.removeAll()
                queuedBytes = 0
                break
            }
            queuedBytes -= sent
            guard sent == first.readableBytes else {
                queue[0].moveReaderIndex(forwardBy: sent)
                break
            }
            queue.removeFirst()
        }
        if queue.isEmpty {
            watch(.writable, false)
            if endsOutput { shutdown(descriptor, CInt(SHUT_WR)) }
            if let action = afterFlush {
                afterFlush = nil
                action()
            }
        }
        if !isWritable, queuedBytes <= Self.marks.low {
            isWritable = true
            handler?.socketIsWritable()
        }
    }

    /// Begins or ends watching for something.
    private func watch(_ what: Readiness, _ isWanted: Bool) {
        let wanted = isWanted ? interest.union(what) : interest.subtracting(what)
        guard wanted != interest, seat >= 0 else { return }
        interest = wanted
        loop.change(descriptor, seat: seat, to: wanted)
    }

    // MARK: The end

    /// Sends FIN behind what is queued; the peer may go on sending.
    package func closeOutput() {
        guard isOpen else { return }
        endsOutput = true
        if queue.isEmpty { shutdown(descriptor, CInt(SHUT_WR)) }
    }

    /// Closes the socket at once; what is queued is lost.
    package func close() { end(hasFailed: false) }

    /// Closes the socket by a reset, so that the peer cannot take the end for an orderly one.
    package func reset() {
        guard isOpen else { return }
        var hard = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func loopEnds() { close() }

    private func end(hasFailed: Bool) {
        guard isOpen else { return }
        if seat >= 0 { loop.close(descriptor, seat: seat) } else { Glibc.close(descriptor) }
        (descriptor, seat) = (-1, -1)
        companion = nil
        queue.removeAll()
        queuedBytes = 0
        afterFlush = nil
        let last = handler
        handler = nil
        last?.socketClosed(hasFailed: hasFailed || hasWriteFailed)
    }
}
