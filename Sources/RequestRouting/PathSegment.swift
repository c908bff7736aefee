/// One segment of a canonical path: where it is, its first 16 bytes as integers, and a hash of all its bytes.
///
/// Reading a segment goes eight bytes at a time: the slash is found, and the hash is made, in the same words.
struct PathSegment {
    /// The offset of the first byte.
    let lower: Int

    /// The offset of the slash that ends the segment, or of the end of the path.
    let upper: Int

    /// Bytes 0 to 7 in little-endian order, zero where the segment is shorter. A canonical path contains no zero byte.
    let word0: UInt64

    /// Bytes 8 to 15 in the same way.
    let word1: UInt64

    /// A hash of the bytes. It need not resist attacks: a request only looks up, so no request can lengthen a probe.
    let hash: UInt64

    /// How many bytes the segment has.
    var count: Int { upper &- lower }

    /// Reads the segment that starts at an offset.
    ///
    /// - Parameters:
    ///   - path: A canonical path.
    ///   - lower: The offset after a slash, at most the length of the path.
    @inline(__always)
    init(in path: UnsafeRawBufferPointer, from lower: Int) {
        let slashes: UInt64 = 0x2F2F_2F2F_2F2F_2F2F
        let ones: UInt64 = 0x0101_0101_0101_0101
        var hash: UInt64 = 0x243F_6A88_85A3_08D3
        var first: UInt64 = 0
        var second: UInt64 = 0
        var offset = lower
        var upper = path.count
        while offset < path.count {
            var word = Self.word(in: path, at: offset)
            let folded = word ^ slashes
            // The lowest set bit marks the first slash (no borrow reaches it from below).
            let marks = (folded &- ones) & ~folded & (ones &<< 7)
            if marks != 0 {
                let length = marks.trailingZeroBitCount &>> 3
                if length == 0 {
                    // The hash must not depend on whether the end of the path or a slash ends the segment.
                    upper = offset
                    break
                }
                word &= (1 &<< UInt64(truncatingIfNeeded: length &<< 3)) &- 1
                upper = offset &+ length
            }
            if offset == lower { first = word } else if offset == lower &+ 8 { second = word }
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash &>> 32
            if marks != 0 { break }
            offset &+= 8
        }
        self.lower = lower
        self.upper = upper
        word0 = first
        word1 = second
        self.hash = hash
    }

    /// The eight bytes at an offset below the length, zero beyond the end of the path.
    @inline(__always)
    private static func word(in path: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        let count = path.count
        if offset &+ 8 <= count {
            return UInt64(littleEndian: path.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        let missing = offset &+ 8 &- count
        if count >= 8 {
            let last = UInt64(littleEndian: path.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
            return last &>> UInt64(truncatingIfNeeded: missing &<< 3)
        }
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for index in offset..<count {
            word |= UInt64(path[index]) &<< shift
            shift &+= 8
        }
        return word
    }
}

/// The key under which a literal segment is found below a node.
enum SegmentKey {
    /// Mixes the hash of a segment with the number of the node that it stands below.
    @inline(__always)
    static func mix(_ hash: UInt64, below node: UInt32) -> UInt64 {
        let key = (hash ^ (UInt64(node) &* 0xD6E8_FEB8_6659_FD93)) &* 0xFF51_AFD7_ED55_8CCD
        return key ^ (key &>> 32)
    }
}
