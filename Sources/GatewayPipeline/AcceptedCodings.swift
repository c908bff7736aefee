import HTTPExchanges

/// `Accept-Encoding` towards a service whose reply has to be looked at before it may pass.
///
/// Of what the client accepts only those codings go on that the gateway can undo (RFC 9110 §12.5.3); any other would
/// make a good reply one that cannot be checked. A list that is left empty is not sent.
enum AcceptedCodings {
    /// The codings that go on; `identity` says something about the absence of one.
    private static let known: [StaticString] = ["gzip", "x-gzip", "deflate", "identity"]

    /// Writes the field with those members of the client's lists that go on, weights included.
    ///
    /// What is written is never longer than what was received: each member came with a comma or a line of its own.
    static func write(_ head: RequestHead, into cursor: inout HeadCursor) {
        var isFirst = true
        for index in 0..<head.table.count {
            let line = head.table[index]
            guard line.token == .acceptEncoding, !line.isNamedByConnection else { continue }
            for member in line.value.slice(of: head.bytes).split(separator: UInt8(ascii: ",")) {
                let text = UnsafeRawBufferPointer(rebasing: member).trimmed
                guard isKnown(text) else { continue }
                if isFirst { cursor.write("Accept-Encoding: ") } else { cursor.write(octet: UInt8(ascii: ",")) }
                isFirst = false
                cursor.write(text)
            }
        }
        if !isFirst { cursor.write("\r\n") }
    }

    /// Whether a member names a coding that can be undone.
    private static func isKnown(_ member: UnsafeRawBufferPointer) -> Bool {
        let end = member.firstIndex(of: UInt8(ascii: ";")) ?? member.count
        let name = UnsafeRawBufferPointer(rebasing: member[..<end]).trimmed
        return known.contains { name.isToken($0) }
    }
}

extension UnsafeRawBufferPointer {
    /// Without spaces and tabs at both ends (RFC 9110 §5.6.3).
    fileprivate var trimmed: UnsafeRawBufferPointer {
        var (lower, upper) = (0, count)
        while lower < upper, self[lower] == 0x20 || self[lower] == 0x09 { lower += 1 }
        while upper > lower, self[upper - 1] == 0x20 || self[upper - 1] == 0x09 { upper -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[lower..<upper])
    }
}
