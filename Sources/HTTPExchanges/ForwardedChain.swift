/// What proxies say of a request's way: `Forwarded` (RFC 7239), or `X-Forwarded-For` with its kin.
///
/// ```
///   X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.0.0.3        the peer, 10.0.0.1, is trusted
///                    anybody's    the client    trusted
/// ```
/// Each proxy adds the address that it was asked from, so only what a trusted one has added is known. From the right, the
/// first address that is no trusted proxy's is the client; what stands before it is its own claim and means nothing.
///
/// Where the trusted proxy does not say it (`unknown`, RFC 7239 §6.2, an obfuscated name, or no address at all) the client
/// has no address: rules that allow networks then refuse it. Nothing here is asked of peers that are not trusted.
package struct ForwardedChain {
    /// Most hops that are looked at; a request that has come a longer way contradicts itself.
    private static let mostHops = 64

    /// The client's address.
    package let client: ClientAddress
    /// Whether the client came by https; nil where nobody says.
    package let isSecure: Bool?
    /// The host that the client asked for; nil where nobody says.
    package let host: UnsafeRawBufferPointer?

    /// One proxy's word.
    fileprivate struct Hop {
        var node: UnsafeRawBufferPointer?
        var proto: UnsafeRawBufferPointer?
        var host: UnsafeRawBufferPointer?
    }

    /// The words of the proxies before `peer` in a head, whose bytes are borrowed.
    ///
    /// Nil where they cannot be read, or where `Forwarded` and `X-Forwarded-For` name two clients: one of them has passed a
    /// proxy that does not know it and may be anybody's.
    package init?(_ table: HeadTable, bytes: UnsafeRawBufferPointer, from peer: ConnectionPeer) {
        guard let standard = Self.forwarded(table, bytes), let usual = Self.usual(table, bytes) else { return nil }
        let first = standard.contains { $0.node != nil } ? Self.client(of: standard, peer) : nil
        let second = Self.client(of: usual, peer)
        if let first, let second, first.address != second.address { return nil }
        client = first?.address ?? second?.address ?? ClientAddress(peer.address)
        let hop = first.map { standard[$0.hop] } ?? standard.last
        let (proto, host) = Self.usualWords(table, bytes, hop: second?.hop, of: usual.count)
        let areBothThere = hop != nil && (!usual.isEmpty || proto != nil || host != nil)
        guard let isSecure = Self.word(hop?.proto, proto, areBothThere),
            let asked = Self.word(hop?.host, host, areBothThere)
        else { return nil }
        self.isSecure = Self.isSecure(isSecure)
        self.host = asked.flatMap { HostSyntax.isValid($0) ? $0 : nil }
    }

    /// What both ways of saying it come to. Where both are there, one of them may have passed a proxy that does not know it:
    /// what one alone says is then nobody's word, and a contradiction is nil.
    private static func word(
        _ standard: UnsafeRawBufferPointer?, _ usual: UnsafeRawBufferPointer?, _ areBothThere: Bool
    ) -> UnsafeRawBufferPointer?? {
        guard areBothThere else { return .some(standard ?? usual) }
        guard let standard, let usual else { return .some(nil) }
        // Case means nothing, in a scheme or in a host.
        let isSame = standard.count == usual.count && zip(standard, usual).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        return isSame ? .some(standard) : nil
    }

    /// The right-most client that is no trusted proxy, and the hop that names it; the left-most one where all are.
    private static func client(of hops: [Hop], _ peer: ConnectionPeer) -> (address: ClientAddress, hop: Int)? {
        var found: (address: ClientAddress, hop: Int)?
        for index in hops.indices.reversed() {
            let address = hops[index].node.map(address) ?? ClientAddress([])
            found = (address, index)
            if !peer.proxies.contains(address) { break }
        }
        return found
    }

    private static func isSecure(_ proto: UnsafeRawBufferPointer?) -> Bool? {
        guard let proto else { return nil }
        return proto.isToken("https") ? true : proto.isToken("http") ? false : nil
    }

    /// The address of a node: `192.0.2.43`, `192.0.2.43:47011`, `2001:db8::1`, `[2001:db8::1]:8080`. Without bytes where it
    /// is none.
    private static func address(of node: UnsafeRawBufferPointer) -> ClientAddress {
        guard node.count <= 64 else { return ClientAddress([]) }
        if node.first == UInt8(ascii: "[") {
            guard let end = node.firstIndex(of: UInt8(ascii: "]")), isPort(node[(end + 1)...]) else {
                return ClientAddress([])
            }
            let address = ClientAddress(Array(node[1..<end]))
            return node[1..<end].contains(UInt8(ascii: ":")) ? address : ClientAddress([])
        }
        let colons = node.count { $0 == UInt8(ascii: ":") }
        guard colons == 1, let colon = node.firstIndex(of: UInt8(ascii: ":")) else { return ClientAddress(Array(node)) }
        return isPort(node[colon...]) ? ClientAddress(Array(node[..<colon])) : ClientAddress([])
    }

    /// Whether what follows an address is nothing, or a port (RFC 7239 §6: an obfuscated one, too).
    private static func isPort(_ rest: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = rest.first else { return true }
        return first == UInt8(ascii: ":") && rest.count > 1
            && rest.dropFirst().allSatisfy { OctetClass.isToken($0) }
    }

    // MARK: X-Forwarded

    /// The hops of `X-Forwarded-For`: elements of all its lines in their order (RFC 9110 §5.3). Nil where they are too many.
    private static func usual(_ table: HeadTable, _ bytes: UnsafeRawBufferPointer) -> [Hop]? {
        guard let nodes = elements(of: .xForwardedFor, table, bytes) else { return nil }
        return nodes.map { Hop(node: $0) }
    }

    /// What `X-Forwarded-Proto` and `-Host` say: of the hop where they have as many elements as hops are named, else what
    /// the last proxy has added.
    private static func usualWords(
        _ table: HeadTable, _ bytes: UnsafeRawBufferPointer, hop: Int?, of count: Int
    ) -> (proto: UnsafeRawBufferPointer?, host: UnsafeRawBufferPointer?) {
        func word(_ name: FieldName) -> UnsafeRawBufferPointer? {
            guard let words = elements(of: name, table, bytes) else { return nil }
            if let hop, words.count == count, words.indices.contains(hop) { return words[hop] }
            return words.last
        }
        return (word(.xForwardedProto), word(.xForwardedHost))
    }

    /// The elements of a list, without blanks around; empty ones do not count (RFC 9110 §5.6.1.2). Nil where they are too
    /// many.
    private static func elements(
        of name: FieldName, _ table: HeadTable, _ bytes: UnsafeRawBufferPointer
    ) -> [UnsafeRawBufferPointer]? {
        var elements: [UnsafeRawBufferPointer] = []
        for index in 0..<table.count where table[index].token == name {
            let value = table[index].value.slice(of: bytes)
            var start = 0
            while start <= value.count {
                let end = value[start...].firstIndex(of: UInt8(ascii: ",")) ?? value.count
                let element = trimmed(value, start, end)
                start = end + 1
                guard !element.isEmpty else { continue }
                guard elements.count < mostHops else { return nil }
                elements.append(element)
            }
        }
        return elements
    }

    private static func trimmed(_ value: UnsafeRawBufferPointer, _ lower: Int, _ upper: Int) -> UnsafeRawBufferPointer {
        var (lower, upper) = (lower, upper)
        while lower < upper, isBlank(value[lower]) { lower += 1 }
        while lower < upper, isBlank(value[upper - 1]) { upper -= 1 }
        return UnsafeRawBufferPointer(rebasing: value[lower..<upper])
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

    // MARK: Forwarded

    /// The hops of `Forwarded`. Nil where a line is no list of RFC 7239 §4: a quotation mark that a client has left open
    /// would swallow what the proxy has added behind it.
    private static func forwarded(_ table: HeadTable, _ bytes: UnsafeRawBufferPointer) -> [Hop]? {
        var hops: [Hop] = []
        for index in 0..<table.count where table[index].token == .forwarded {
            var reader = PairReader(table[index].value.slice(of: bytes))
            guard reader.read(into: &hops, most: mostHops) else { return nil }
        }
        return hops
    }

    /// Reads `token "=" ( token / quoted-string )` separated by `;` within a hop and by `,` between hops.
    fileprivate struct PairReader {
        private let value: UnsafeRawBufferPointer
        private var index = 0

        init(_ value: UnsafeRawBufferPointer) { self.value = value }

        /// Appends the hops; false where the value is malformed, or there are too many.
        mutating func read(into hops: inout [Hop], most: Int) -> Bool {
            var hop = Hop()
            var isEmpty = true
            while true {
                skipBlanks()
                if index < value.count, value[index] != UInt8(ascii: ","), value[index] != UInt8(ascii: ";") {
                    guard readPair(&hop) else { return false }
                    isEmpty = false
                    skipBlanks()
                }
                guard index < value.count else { break }
                let separator = value[index]
                guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: ";") else { return false }
                index += 1
                guard separator == UInt8(ascii: ",") else { continue }
                guard isEmpty || append(hop, &hops, most) else { return false }
                (hop, isEmpty) = (Hop(), true)
            }
            return isEmpty || append(hop, &hops, most)
        }

        private func append(_ hop: Hop, _ hops: inout [Hop], _ most: Int) -> Bool {
            guard hops.count < most else { return false }
            hops.append(hop)
            return true
        }

        private mutating func skipBlanks() {
            while index < value.count, ForwardedChain.isBlank(value[index]) { index += 1 }
        }

        private mutating func readPair(_ hop: inout Hop) -> Bool {
            let name = token()
            guard !name.isEmpty, index < value.count, value[index] == UInt8(ascii: "=") else { return false }
            index += 1
            guard let word = word() else { return false }
            // RFC 7239 §4: each parameter at most once.
            if name.isToken("for") {
                guard hop.node == nil else { return false }
                hop.node = word
            } else if name.isToken("proto") {
                guard hop.proto == nil else { return false }
                hop.proto = word
            } else if name.isToken("host") {
                guard hop.host == nil else { return false }
                hop.host = word
            }
            return true
        }

        private mutating func token() -> UnsafeRawBufferPointer {
            let start = index
            while index < value.count, OctetClass.isToken(value[index]) { index += 1 }
            return UnsafeRawBufferPointer(rebasing: value[start..<index])
        }

        /// A token or the inside of a quoted string. An escape is refused: no address and no host needs one.
        ///
        /// A host with a port and an IPv6 address have to be quoted, and not everybody does that: colons and brackets pass.
        private mutating func word() -> UnsafeRawBufferPointer? {
            guard index < value.count else { return nil }
            guard value[index] == UInt8(ascii: "\"") else {
                let start = index
                while index < value.count, OctetClass.isToken(value[index]) || isLoose(value[index]) { index += 1 }
                return index > start ? UnsafeRawBufferPointer(rebasing: value[start..<index]) : nil
            }
            let start = index + 1
            guard let end = value[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            guard !value[start..<end].contains(UInt8(ascii: "\\")) else { return nil }
            index = end + 1
            return UnsafeRawBufferPointer(rebasing: value[start..<end])
        }

        private func isLoose(_ octet: UInt8) -> Bool {
            octet == UInt8(ascii: ":") || octet == UInt8(ascii: "[") || octet == UInt8(ascii: "]")
        }
    }
}
