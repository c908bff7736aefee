/// A name as three words: texts of up to sixteen bytes are equal if and only if these are.
///
///     length   head               tail
///     1…3      first, middle, last byte   0
///     4…7      first and last four bytes  0
///     8…       first eight bytes          last eight bytes
package struct NameKey: Sendable, Equatable {
    /// Bytes of the name.
    package let length: Int
    /// Its first bytes.
    package let head: UInt64
    /// Its last bytes.
    package let tail: UInt64

    /// Reads a name; never past its end.
    @inline(__always)
    package init(_ text: UnsafeRawBufferPointer) {
        let count = text.count
        length = count
        guard count > 0, let base = text.baseAddress else {
            head = 0
            tail = 0
            return
        }
        if count >= 8 {
            head = base.loadUnaligned(as: UInt64.self)
            tail = (base + (count &- 8)).loadUnaligned(as: UInt64.self)
        } else if count >= 4 {
            let first = UInt64(base.loadUnaligned(as: UInt32.self))
            let last = UInt64((base + (count &- 4)).loadUnaligned(as: UInt32.self))
            head = first | last &<< 32
            tail = 0
        } else {
            let first = UInt64(base.load(as: UInt8.self))
            let middle = UInt64((base + count &>> 1).load(as: UInt8.self))
            let last = UInt64((base + (count &- 1)).load(as: UInt8.self))
            head = first | middle &<< 8 | last &<< 16
            tail = 0
        }
    }

    /// The words of a name that was read before.
    init(head: UInt64, tail: UInt64, length: Int) {
        self.head = head
        self.tail = tail
        self.length = length
    }

    /// A hash; names come from strangers, but tables are built from the author's names only, so it needs no secret.
    @inline(__always)
    package func hash(multiplier: UInt64) -> UInt64 {
        let mixed = (head ^ (tail &* 0x9E37_79B9_7F4A_7C15)) &+ UInt64(truncatingIfNeeded: length)
        return (mixed ^ mixed &>> 29) &* multiplier
    }
}
