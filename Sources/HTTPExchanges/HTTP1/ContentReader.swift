import NIOCore

/// Takes a message's content out of received bytes, whatever its framing, and knows when it is complete.
package struct ContentReader {
    /// What was found in the bytes.
    package enum Piece {
        /// Content.
        case content(ByteBuffer)
        /// The bytes given are used up.
        case needsMore
        /// The content is complete, with the trailer section as received (without its final empty line).
        case end(trailers: [UInt8])
        /// The framing is broken.
        case invalid
    }

    private let framing: BodyFraming
    private var remaining: Int64 = 0
    private var chunks: ChunkedDecoder?
    /// What followed chunks that have been put together.
    private var held: Piece?
    /// Chunks shorter than this are put together, so that tiny ones cost no write each.
    private static let shortChunk = 1024
    /// Size at which chunks that were put together are handed over.
    private static let enough = 16 * 1024

    /// A reader for content framed by `framing`.
    package init(_ framing: BodyFraming) {
        self.framing = framing
        if case .length(let length) = framing { remaining = length }
        if framing == .chunked { chunks = ChunkedDecoder() }
    }

    /// Whether the content ends only with its connection.
    package var endsWithConnection: Bool { framing == .untilClose }

    /// Whether everything has been read, as far as it is known before ``next(_:)`` says so.
    package var isAtEnd: Bool {
        switch framing {
        case .none, .length: remaining == 0
        case .chunked: held == nil && (chunks?.isEnded ?? true)
        case .untilClose: false
        }
    }

    /// Whether at most `limit` more bytes are known to follow.
    package func endsWithin(_ limit: Int) -> Bool {
        switch framing {
        case .none, .length: remaining <= Int64(limit)
        case .chunked, .untilClose: false
        }
    }

    /// The next piece; `buffer`'s reader index moves behind it.
    package mutating func next(_ buffer: inout ByteBuffer) -> Piece {
        switch framing {
        case .none: return .end(trailers: [])
        case .length:
            if remaining == 0 { return .end(trailers: []) }
            let taken = Int(min(Int64(buffer.readableBytes), remaining))
            guard taken > 0, let slice = buffer.readSlice(length: taken) else { return .needsMore }
            remaining -= Int64(taken)
            return .content(slice)
        case .untilClose:
            guard buffer.readableBytes > 0 else { return .needsMore }
            let slice = buffer.slice()
            buffer.moveReaderIndex(forwardBy: buffer.readableBytes)
            return .content(slice)
        case .chunked: return nextChunk(&buffer)
        }
    }

    /// Whether a trailer section keeps the grammar of field lines (RFC 9112 §7.1.2).
    private static func isFieldSection(_ trailers: [UInt8]) -> Bool {
        guard !trailers.isEmpty else { return true }
        let section = trailers + [0x0D, 0x0A]
        return section.withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseTrailers(bytes, into: HeadTable(capacity: 64), limits: HeadLimits())
            else { return false }
            return true
        }
    }

    /// The next piece of chunked content: one long chunk, or the short ones that are at hand.
    private mutating func nextChunk(_ buffer: inout ByteBuffer) -> Piece {
        if let piece = held {
            held = nil
            return piece
        }
        var gathered: ByteBuffer?
        while true {
            let piece = decode(&buffer)
            guard case .content(let data) = piece else {
                guard let gathered else { return piece }
                if case .needsMore = piece {} else { held = piece }
                return .content(gathered)
            }
            if gathered == nil { gathered = data } else { gathered?.writeImmutableBuffer(data) }
            if let gathered, data.readableBytes >= Self.shortChunk || gathered.readableBytes >= Self.enough {
                return .content(gathered)
            }
        }
    }

    /// The decoder's next event.
    private mutating func decode(_ buffer: inout ByteBuffer) -> Piece {
        var offset = 0
        let event = buffer.withUnsafeReadableBytes { chunks?.next($0, offset: &offset) ?? .invalid }
        defer { buffer.moveReaderIndex(forwardBy: offset) }
        switch event {
        case .data(let range):
            let data = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count)
            return data.map { .content($0) } ?? .invalid
        case .needsMore: return .needsMore
        case .end:
            let trailers = chunks?.trailers ?? []
            return Self.isFieldSection(trailers) ? .end(trailers: trailers) : .invalid
        case .invalid: return .invalid
        }
    }
}
