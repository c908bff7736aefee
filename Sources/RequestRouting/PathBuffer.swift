/// Reusable storage for a path that had to be rewritten. An event loop keeps one and never frees it.
///
/// It grows to the longest path that was rewritten in it and allocates nothing after that.
package struct PathBuffer: ~Copyable {
    /// The storage, nil until the first byte.
    private var storage: UnsafeMutablePointer<UInt8>?

    /// How many bytes the storage holds.
    private var capacity = 0

    /// How many bytes are written.
    package private(set) var count = 0

    /// Makes an empty buffer; allocates nothing yet.
    package init() {}

    deinit { storage?.deallocate() }

    /// The bytes written last. Valid until the buffer is written again or goes away.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage, count: count)
    }

    /// Forgets the bytes, keeps the storage.
    mutating func removeAll() { count = 0 }

    /// Makes room for bytes in total. Existing bytes stay.
    mutating func reserve(_ total: Int) {
        guard total > capacity else { return }
        let grown = max(total, 256)
        let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
        if let storage {
            fresh.update(from: storage, count: count)
            storage.deallocate()
        }
        storage = fresh
        capacity = grown
    }

    /// Appends one byte.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == capacity { reserve(capacity &* 2 &+ 1) }
        storage?[count] = byte
        count &+= 1
    }

    /// Appends the triplet of a byte, with upper-case digits.
    @inline(__always)
    mutating func appendTriplet(_ byte: UInt8) {
        append(PathOctet.percent)
        append(PathOctet.hexadecimalDigit(byte &>> 4))
        append(PathOctet.hexadecimalDigit(byte))
    }

    /// Appends bytes.
    mutating func append(contentsOf bytes: Slice<UnsafeRawBufferPointer>) {
        reserve(count + bytes.count)
        for byte in bytes { append(byte) }
    }
}
