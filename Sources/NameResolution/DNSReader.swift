/// Reads a message of the Domain Name System; nil wherever it ends too early or contradicts itself.
struct DNSReader {
    private let message: [UInt8]
    /// Where the next octet is read.
    var offset = 0

    /// A reader at the beginning.
    init(_ message: [UInt8]) { self.message = message }

    /// Sixteen bits.
    mutating func number() -> UInt16? {
        guard let bytes = octets(2) else { return nil }
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }

    /// Thirty-two bits.
    mutating func longNumber() -> UInt32? {
        guard let bytes = octets(4) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// So many octets.
    mutating func octets(_ count: Int) -> [UInt8]? {
        guard let end = end(after: count) else { return nil }
        defer { offset = end }
        return Array(message[offset..<end])
    }

    /// The offset behind so many octets.
    func end(after count: Int) -> Int? {
        guard count >= 0, count <= message.count - offset else { return nil }
        return offset + count
    }

    /// A name that is not the root.
    mutating func name() -> DNSName? { name(allowsRoot: false) ?? nil }

    /// A name, with its pointers followed (RFC 1035 §4.1.4); the inner nil stands for the root.
    ///
    /// Each pointer leads before the one that was followed last, so that there is an end.
    mutating func name(allowsRoot: Bool) -> DNSName?? {
        var labels: [[UInt8]] = []
        var place = offset
        var behind: Int?
        var before = offset
        while true {
            guard place < message.count else { return nil }
            let length = Int(message[place])
            switch length {
            case 0:
                offset = behind ?? place + 1
                if labels.isEmpty { return allowsRoot ? .some(nil) : nil }
                return DNSName(labels: labels).map { .some($0) }
            case 1...63:
                guard place + 1 + length <= message.count, labels.count < 128 else { return nil }
                labels.append(Array(message[(place + 1)..<(place + 1 + length)]))
                place += 1 + length
            case 0xC0...:
                guard place + 1 < message.count else { return nil }
                let target = (length & 0x3F) << 8 | Int(message[place + 1])
                guard target < before else { return nil }
                behind = behind ?? place + 2
                before = target
                place = target
            default: return nil
            }
        }
    }
}
