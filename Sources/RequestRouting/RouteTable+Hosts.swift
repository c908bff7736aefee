/// Finding the entry of a host.
extension RouteTable {
    /// The narrowest host entry that covers a request's host: its own, or the longest `*.` pattern, or the one for any.
    ///
    /// The name is hashed from its end, so that the hash of every suffix is at hand on the way: one pass.
    func hostIndex(of field: UnsafeRawBufferPointer) -> UInt32 {
        let name = Self.name(in: field)
        var hash = HostHash()
        var best: UInt32 = 0
        var index = name.count
        while index > 0 {
            index &-= 1
            let byte = HostPattern.lowerCased(name[index])
            if byte == PathOctet.dot, index > 0 {
                let suffix = UnsafeRawBufferPointer(rebasing: name[(index &+ 1)...])
                if let found = hostEntry(suffix, hash, isExact: false) { best = found }
            }
            hash.add(byte)
        }
        return hostEntry(name, hash, isExact: true) ?? best
    }

    /// The name in a `Host` field: without port and trailing dot.
    static func name(in field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = field.count
        if field.first == 0x5B {
            // RFC 3986 section 3.2.2: an IPv6 address ends with its bracket.
            if let close = field.firstIndex(of: 0x5D) { end = close &+ 1 }
        } else if let colon = field.lastIndex(of: 0x3A) {
            end = colon
        }
        if end > 0, field[end &- 1] == PathOctet.dot { end &-= 1 }
        return UnsafeRawBufferPointer(rebasing: field[..<end])
    }

    /// Looks a name up.
    private func hostEntry(_ name: UnsafeRawBufferPointer, _ hash: HostHash, isExact: Bool) -> UInt32? {
        let mask = hostSlots.count &- 1
        var slot = hash.slot(isExact: isExact) & mask
        while true {
            let index = hostSlots[slot]
            if index == absentIndex { return nil }
            let entry = hosts[Int(index)]
            if entry.isExact == isExact, equalsIgnoringCase(entry.name, name) { return index }
            slot = (slot &+ 1) & mask
        }
    }

    /// Whether a lower-case stretch of the table's text is equal to bytes but for the case of ASCII letters.
    private func equalsIgnoringCase(_ slice: TextSlice, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard Int(slice.count) == bytes.count else { return false }
        for index in 0..<bytes.count
        where text[Int(slice.offset) &+ index] != HostPattern.lowerCased(bytes[index]) {
            return false
        }
        return true
    }
}

/// A hash of a host name, taken from its last byte to its first (FNV-1a, then mixed).
struct HostHash {
    /// The state.
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Adds the byte that stands before those already added, in lower case.
    @inline(__always)
    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// Where to look for the name. Exact names and suffixes lie in the same table.
    func slot(isExact: Bool) -> Int {
        let key = (value ^ (isExact ? 1 : 0)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: key &>> 32)
    }
}
