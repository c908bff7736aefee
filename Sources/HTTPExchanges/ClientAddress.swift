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

    /// An address in network byte order: four bytes or sixteen. Other numbers of bytes are no address.
    package init(networkOrder raw: UnsafeRawBufferPointer) {
        let isMapped =
            raw.count == 16 && raw.prefix(10).allSatisfy { $0 == 0 } && raw[10] == 0xFF && raw[11] == 0xFF
        bytes = isMapped ? Array(raw.suffix(4)) : raw.count == 4 || raw.count == 16 ? Array(raw) : []
    }

    /// The address as text, in one form for each address (RFC 5952); `unknown` where there is none.
    package var text: [UInt8] {
        guard !bytes.isEmpty else { return Self.unknown }
        var room = [CChar](repeating: 0, count: 46)
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        let isWritten = bytes.withUnsafeBytes { source in
            inet_ntop(family, source.baseAddress, &room, socklen_t(room.count)) != nil
        }
        return isWritten ? room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : Self.unknown
    }

    /// What stands for an address that nobody knows (RFC 7239 §6.2).
    package static let unknown = Array("unknown".utf8)

    /// What a limit counts: the address, of IPv6 the network of one customer, who has 2^64 addresses (RFC 6177 §2).
    package var customer: ArraySlice<UInt8> { bytes.count == 16 ? bytes[..<8] : bytes[...] }
}
