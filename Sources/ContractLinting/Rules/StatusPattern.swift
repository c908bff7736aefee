/// The keys of `responses`: `404`, `4XX`, `default`.
enum StatusPattern {
    /// The class of a key: 4 for `404` and `4XX`; nil for `default` and what is no status.
    static func statusClass(of key: some StringProtocol) -> Int? {
        let bytes = Array(key.utf8)
        guard bytes.count == 3, (0x31...0x35).contains(bytes[0]) else { return nil }
        let isRange = bytes[1] == UInt8(ascii: "X") && bytes[2] == UInt8(ascii: "X")
        let isExact = (0x30...0x39).contains(bytes[1]) && (0x30...0x39).contains(bytes[2])
        return isRange || isExact ? Int(bytes[0]) - 0x30 : nil
    }

    /// Whether a pattern (`404`, `4XX`, `default`) covers a key of `responses`.
    static func covers(_ pattern: String, _ key: String) -> Bool {
        if pattern == key { return true }
        guard pattern.hasSuffix("XX"), let wanted = pattern.first, let found = key.first else { return false }
        return wanted == found && statusClass(of: key) != nil
    }

    /// Statuses that IANA's registry names (RFC 9110 §16.2.1 and later).
    static let registered: Set<Int> = Set(
        [100, 101, 102, 103, 104] + Array(200...208) + [226] + Array(300...308) + Array(400...418)
            + [421, 422, 423, 424, 425, 426, 428, 429, 431, 451] + Array(500...508) + [510, 511])
}
