import HTTPExchanges

/// A request-target split into its parts (RFC 9112 §3.2), as offsets into the received bytes.
struct RequestTarget {
    /// Why a target is refused.
    enum Refusal: Error {
        /// The target's form or grammar is wrong: 400.
        case malformed
        /// The authority names a scheme that this listener does not serve: 400 (RFC 9110 §7.4).
        case scheme
        /// `CONNECT`: a gateway is no tunnel: 405.
        case tunnel
    }

    /// The authority of an absolute-form target; it replaces `Host` (RFC 9112 §3.2.2).
    var authority: ByteRange?
    /// The path; empty stands for `/`.
    var path: ByteRange
    /// The query without `?`; nil when there is none.
    var query: ByteRange?
    /// `OPTIONS *`.
    var isAsterisk = false

    /// Splits `target`, which is `range` of `bytes`.
    init(_ range: ByteRange, of bytes: UnsafeRawBufferPointer, isSecure: Bool) throws(Refusal) {
        let target = range.slice(of: bytes)
        guard let first = target.first else { throw .malformed }
        var start = 0
        if first != UInt8(ascii: "/") {
            if first == UInt8(ascii: "*"), target.count == 1 {
                path = range
                isAsterisk = true
                return
            }
            start = try Self.authorityStart(target, isSecure: isSecure)
            var end = start
            while end < target.count, !Self.endsAuthority(target[end]) { end += 1 }
            let host = ByteRange(Int(range.lower) + start, Int(range.lower) + end)
            guard HostSyntax.isValid(host.slice(of: bytes)) else { throw .malformed }
            authority = host
            start = end
        }
        var end = start
        while end < target.count, target[end] != UInt8(ascii: "?"), target[end] != UInt8(ascii: "#") { end += 1 }
        path = ByteRange(Int(range.lower) + start, Int(range.lower) + end)
        guard end < target.count else { return }
        // A fragment is never sent (RFC 9110 §4.2.4); what stands there cannot be meant.
        guard target[end] == UInt8(ascii: "?") else { throw .malformed }
        for index in end..<target.count where target[index] == UInt8(ascii: "#") { throw .malformed }
        query = ByteRange(Int(range.lower) + end + 1, Int(range.upper))
    }

    /// Offset behind `http://`, or `https://` where the listener speaks TLS.
    private static func authorityStart(_ target: UnsafeRawBufferPointer, isSecure: Bool) throws(Refusal) -> Int {
        func hasPrefix(_ text: StaticString) -> Bool {
            target.count > text.utf8CodeUnitCount
                && UnsafeRawBufferPointer(rebasing: target[..<text.utf8CodeUnitCount]).isScheme(text)
        }
        if hasPrefix("http://") {
            guard !isSecure else { throw .scheme }
            return 7
        }
        if hasPrefix("https://") {
            guard isSecure else { throw .scheme }
            return 8
        }
        throw target.contains(UInt8(ascii: "/")) ? .scheme : .tunnel
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are `text`, letters compared without case (schemes are case-insensitive, RFC 3986 §3.1).
    fileprivate func isScheme(_ text: StaticString) -> Bool { isToken(text) }
}
