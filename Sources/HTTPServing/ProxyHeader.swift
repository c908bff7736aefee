import HTTPExchanges

/// What a proxy says of a connection before anything else on it: the PROXY protocol, versions 1 and 2 (HAProxy,
/// "The PROXY protocol", 2020/03/05).
///
/// ```
///   version 1   PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n                              at most 107 bytes (§2.1)
///   version 2   0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A | 21 | 11 | 00 0C | addresses | TLVs     (§2.2)
///               signature                            |    |    | bytes that follow
///                                     version, command    family, protocol
/// ```
/// Nothing is repaired: a header that is not exactly one of the two ends the connection.
package enum ProxyHeader {
    /// Whom the header names.
    package enum Source: Sendable, Equatable {
        /// The client at this address.
        case client(ClientAddress)
        /// The proxy itself (`LOCAL`, a health check), or a client that it says nothing of (`UNKNOWN`): what the socket says
        /// holds.
        case peer
    }

    /// How far a header has come.
    package enum Progress: Sendable, Equatable {
        /// More bytes are needed.
        case incomplete
        /// It is none.
        case malformed
        /// It is complete; what follows is the connection's own.
        case complete(consumed: Int, Source)
    }

    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let opening = Array("PROXY ".utf8)
    /// Most bytes of a header of version 1, with its line end.
    private static let mostText = 107
    /// Most bytes of a header of version 2: room for addresses and for the certificates that some proxies add.
    private static let mostBinary = 8192

    /// Reads a header at the start of `bytes`.
    package static func parse(_ bytes: UnsafeRawBufferPointer) -> Progress {
        guard let first = bytes.first else { return .incomplete }
        let beginning = first == signature[0] ? signature : opening
        let count = min(bytes.count, beginning.count)
        guard bytes.prefix(count).elementsEqual(beginning.prefix(count)) else { return .malformed }
        guard count == beginning.count else { return .incomplete }
        return first == signature[0] ? binary(bytes) : text(bytes)
    }

    // MARK: Version 1

    private static func text(_ bytes: UnsafeRawBufferPointer) -> Progress {
        let most = min(bytes.count, mostText)
        guard let end = bytes[..<most].firstIndex(of: 0x0D), end + 1 < most else {
            return bytes.count >= mostText ? .malformed : .incomplete
        }
        guard bytes[end + 1] == 0x0A else { return .malformed }
        let words = bytes[..<end].split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count >= 2 else { return .malformed }
        // What follows the word means nothing.
        if words[1].elementsEqual("UNKNOWN".utf8) { return .complete(consumed: end + 2, .peer) }
        let size = words[1].elementsEqual("TCP4".utf8) ? 4 : words[1].elementsEqual("TCP6".utf8) ? 16 : 0
        guard words.count == 6, size > 0, let source = address(words[2], size: size),
            address(words[3], size: size) != nil, isPort(words[4]), isPort(words[5])
        else { return .malformed }
        return .complete(consumed: end + 2, .client(source))
    }

    private static func address(_ word: Slice<UnsafeRawBufferPointer>, size: Int) -> ClientAddress? {
        let isLong = word.contains(UInt8(ascii: ":"))
        guard isLong == (size == 16), word.count <= 45, !word.contains(0) else { return nil }
        let address = ClientAddress(Array(word))
        return address.bytes.isEmpty ? nil : address
    }

    /// A number up to 65535 without leading zeros.
    private static func isPort(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard (1...5).contains(word.count), word.first != UInt8(ascii: "0") || word.count == 1 else { return false }
        var number = 0
        for octet in word {
            guard octet &- 0x30 <= 9 else { return false }
            number = number * 10 + Int(octet &- 0x30)
        }
        return number <= 65_535
    }

    // MARK: Version 2

    private static func binary(_ bytes: UnsafeRawBufferPointer) -> Progress {
        guard bytes.count > 12 else { return .incomplete }
        let command = bytes[12]
        guard command == 0x20 || command == 0x21 else { return .malformed }
        guard bytes.count >= 16 else { return .incomplete }
        let total = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard total <= mostBinary else { return .malformed }
        guard bytes.count >= total else { return .incomplete }
        // Of LOCAL the rest is skipped, whatever it says.
        guard command == 0x21 else { return .complete(consumed: total, .peer) }
        func client(_ size: Int) -> Progress {
            guard total >= 16 + 2 * size + 4 else { return .malformed }
            let address = ClientAddress(networkOrder: UnsafeRawBufferPointer(rebasing: bytes[16..<(16 + size)]))
            return .complete(consumed: total, .client(address))
        }
        switch bytes[13] {
        case 0x00: return .complete(consumed: total, .peer)
        case 0x11: return client(4)
        case 0x21: return client(16)
        // Two Unix sockets of 108 bytes each: a client that has no address.
        case 0x31 where total >= 16 + 216: return .complete(consumed: total, .client(ClientAddress([])))
        // Datagrams carry no connection, and other families do not exist.
        default: return .malformed
        }
    }
}
