import Glibc

/// A client's address as bytes in network order: what rules and limits compare.
package struct ClientAddress: Sendable, Equatable {
    /// Four bytes, or sixteen; empty for a socket without an address.
    package let bytes: [UInt8]

    /// Reads an address as text; one that is none (a Unix socket's) has no bytes.
    ///
    /// IPv4 in IPv6 (`::ffff:192.0.2.1`) is IPv4 (RFC 4291 §2.5.5.2): a rule for one holds for the other.
    package init(_ text: [UInt8]) {
        var room = [UInt8](repeating: 0, count: 16)
        let string = text.filter { $0 != 0 } + [0]
        let family = text.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        let isRead = string.withUnsafeBytes { source in
            room.withUnsafeMutableBytes { target in
                source.baseAddress.map { inet_pton(family, $0.assumingMemoryBound(to: CChar.self), target.baseAddress) }
            }
        }
        guard isRead == 1 else {
            bytes = []
            return
        }
        let isMapped =
            family == AF_INET6 && room.prefix(10).allSatisfy { $0 == 0 } && room[10] == 0xFF && room[11] == 0xFF
        bytes = family == AF_INET ? Array(room.prefix(4)) : isMapped ? Array(room.suffix(4)) : room
    }

    /// What a limit counts: the address, of IPv6 the network of one customer, who has 2^64 addresses (RFC 6177 §2).
    package var customer: ArraySlice<UInt8> { bytes.count == 16 ? bytes[..<8] : bytes[...] }
}

/// Networks that are allowed and refused. What is refused is refused, whatever is allowed.
package struct AddressRules: Sendable {
    /// A network.
    package struct Network: Sendable {
        private let address: [UInt8]
        private let prefixLength: Int

        /// The network of an address in network byte order; bits beyond `prefixLength` are zero.
        package init(address: [UInt8], prefixLength: Int) {
            self.address = address
            self.prefixLength = prefixLength
        }

        /// Whether an address lies in it.
        package func contains(_ other: ClientAddress) -> Bool {
            guard other.bytes.count == address.count else { return false }
            for index in address.indices {
                let counting = min(8, max(0, prefixLength - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> counting)
                if other.bytes[index] & mask != address[index] { return false }
            }
            return true
        }
    }

    private let allowed: [Network]
    private let refused: [Network]

    /// Rules; without allowed networks all are allowed.
    package init(allowed: [Network], refused: [Network]) {
        self.allowed = allowed
        self.refused = refused
    }

    /// Whether a client may pass. One whose address is unknown passes only where nothing is said about allowing.
    package func admit(_ address: ClientAddress) -> Bool {
        !refused.contains { $0.contains(address) } && (allowed.isEmpty || allowed.contains { $0.contains(address) })
    }
}
