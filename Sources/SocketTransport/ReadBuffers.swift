import NIOCore

/// A stack of byte buffers for reuse: in steady state nothing is asked of the allocator.
package struct BufferStack {
    private var buffers: [ByteBuffer] = []
    private let capacity: Int
    private let most: Int

    /// No buffers yet; those to come have `capacity` bytes, and at most `most` are kept.
    package init(capacity: Int = 2048, most: Int = 256) {
        self.capacity = capacity
        self.most = most
    }

    /// An empty buffer, reused if one is there.
    package mutating func take() -> ByteBuffer {
        guard var buffer = buffers.popLast() else { return ByteBufferAllocator().buffer(capacity: capacity) }
        // When somebody still holds the old storage, clear() gives this buffer a new one.
        buffer.clear()
        return buffer
    }

    /// Gives a buffer back; large ones are let go.
    package mutating func give(_ buffer: ByteBuffer) {
        guard buffers.count < most, buffer.capacity <= 4 * capacity else { return }
        buffers.append(buffer)
    }
}

/// Buffers for received bytes, by how much a socket is used to receive at once.
package struct ReadBuffers {
    /// How much one read takes.
    package enum Size: Int {
        /// Requests and replies of usual length.
        case short = 4096
        /// Long replies.
        case middle = 16_384
        /// Uploads and downloads.
        case long = 65_536

        /// The next larger size.
        var larger: Size { self == .short ? .middle : .long }
    }

    private var short = BufferStack(capacity: Size.short.rawValue, most: 512)
    private var middle = BufferStack(capacity: Size.middle.rawValue, most: 64)

    /// No buffers yet.
    package init() {}

    /// An empty buffer.
    mutating func take(_ size: Size) -> ByteBuffer {
        switch size {
        case .short: short.take()
        case .middle: middle.take()
        case .long: ByteBufferAllocator().buffer(capacity: Size.long.rawValue)
        }
    }

    /// Gives back what was received, when nobody wants it any more.
    package mutating func give(_ buffer: ByteBuffer) {
        switch buffer.capacity {
        case Size.short.rawValue: short.give(buffer)
        case Size.middle.rawValue: middle.give(buffer)
        default: break
        }
    }
}

extension ByteBuffer {
    /// The readable bytes in storage of just their size.
    package func compacted() -> ByteBuffer {
        var copy = ByteBufferAllocator().buffer(capacity: readableBytes)
        copy.writeImmutableBuffer(self)
        return copy
    }
}
