/// Which hosts an API answers on: one name, all names below one, or any.
enum HostPattern: Hashable {
    /// Every host, also a request without one.
    case any

    /// Exactly this name, in lower case.
    case name([UInt8])

    /// All names that end in a dot and this name, in lower case, with one label more or several.
    case below([UInt8])

    /// Why a text is no host.
    struct Malformed: Error, Equatable {
        /// A sentence without a full stop.
        let message: String
    }

    /// Reads a host of the settings.
    ///
    /// - Parameter text: A name, an IPv4 address, an IPv6 address in brackets, or `*.` and a name. No port: the port of
    ///   a request takes no part in matching. A trailing dot makes no difference.
    /// - Throws: What is wrong with it.
    static func parse(_ text: String) throws(Malformed) -> HostPattern {
        var bytes = text.utf8.map(lowerCased)
        if bytes.last == PathOctet.dot { bytes.removeLast() }
        if bytes.first == 0x5B {
            let inner = bytes.dropFirst().dropLast()
            guard bytes.last == 0x5D, inner.contains(0x3A),
                inner.allSatisfy({ PathOctet.hexadecimalValue($0) != nil || $0 == 0x3A || $0 == PathOctet.dot })
            else { throw Malformed(message: "this is no IPv6 address in brackets") }
            return .name(bytes)
        }
        let isWildcard = bytes.starts(with: [0x2A, PathOctet.dot])
        let name = isWildcard ? Array(bytes.dropFirst(2)) : bytes
        if name.contains(0x3A) { throw Malformed(message: "a host has no scheme and no port here") }
        if name.contains(0x2A) {
            throw Malformed(message: "`*` stands for the first labels only, as in `*.example.com`")
        }
        if name.contains(where: { $0 >= 0x80 }) {
            throw Malformed(message: "a host is written as requests spell it, with `xn--` labels")
        }
        // RFC 1123 section 2.1 and RFC 2181 section 11: 253 bytes at most, labels of 1 to 63. Underscores are in use.
        guard !name.isEmpty, name.count <= 253 else { throw Malformed(message: "a host has 1 to 253 characters") }
        for label in name.split(separator: PathOctet.dot, omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else {
                throw Malformed(message: "every label of a host has 1 to 63 characters")
            }
            guard label.allSatisfy({ isLabelByte($0) }) else {
                throw Malformed(message: "a host consists of letters, digits, hyphens and dots")
            }
        }
        return isWildcard ? .below(name) : .name(name)
    }

    /// A host that the pattern covers, for a witness.
    var sample: String {
        switch self {
        case .any: "localhost"
        case .name(let name): String(decoding: name, as: UTF8.self)
        case .below(let name): "x." + String(decoding: name, as: UTF8.self)
        }
    }

    /// The pattern as it would be written.
    var text: String {
        switch self {
        case .any: "any host"
        case .name(let name): String(decoding: name, as: UTF8.self)
        case .below(let name): "*." + String(decoding: name, as: UTF8.self)
        }
    }

    /// The lower-case form of an ASCII letter; other bytes stay.
    @inline(__always)
    static func lowerCased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Whether a byte may stand in a label.
    private static func isLabelByte(_ byte: UInt8) -> Bool {
        PathOctet.isUnreserved(byte) && byte != 0x7E && byte != PathOctet.dot
    }
}
