/// Why a head was refused. Each case is one rule of RFC 9112 or one limit.
package enum HeadDefect: UInt8, Sendable, Error {
    case requestLine, method, target, version, unsupportedVersion, statusLine
    case targetTooLong, headTooLarge, tooManyFields
    case fieldName, fieldValue, lineFolding, bareLineFeed, leadingEmptyLines
    case missingHost, repeatedHost, invalidHost
    case contentLength, transferEncoding, unsupportedTransferEncoding, conflictingFraming
    case expectation, authority

    /// The status code with which a server refuses the request.
    package var status: Int {
        switch self {
        case .targetTooLong: 414  // RFC 9112 §3
        case .headTooLarge, .tooManyFields: 431  // RFC 6585 §5
        case .unsupportedVersion: 505
        case .unsupportedTransferEncoding: 501  // RFC 9112 §6.1
        case .expectation: 417  // RFC 9110 §10.1.1
        default: 400
        }
    }

    /// One sentence for the problem document.
    package var detail: StaticString {
        switch self {
        case .requestLine: "The request line is not `method SP request-target SP HTTP-version` (RFC 9112 §3)."
        case .method: "The method is not a token (RFC 9110 §9.1)."
        case .target: "The request-target holds octets outside the URI grammar (RFC 9112 §3.2)."
        case .version: "The HTTP version is not well-formed (RFC 9112 §2.3)."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken on this connection."
        case .statusLine: "The status line is not well-formed (RFC 9112 §4)."
        case .targetTooLong: "The request-target is longer than this gateway accepts."
        case .headTooLarge: "The header section is larger than this gateway accepts."
        case .tooManyFields: "The message has more header fields than this gateway accepts."
        case .fieldName: "A field name is not a token followed by a colon (RFC 9112 §5)."
        case .fieldValue: "A field value holds a control octet (RFC 9110 §5.5)."
        case .lineFolding: "A field line is folded (RFC 9112 §5.2)."
        case .bareLineFeed: "A line does not end in CR LF (RFC 9112 §2.2)."
        case .leadingEmptyLines: "Too many empty lines stand before the request line (RFC 9112 §2.2)."
        case .missingHost: "The request has no Host field (RFC 9112 §3.2)."
        case .repeatedHost: "The request has more than one Host field (RFC 9112 §3.2)."
        case .invalidHost: "The Host field is not a valid host and port (RFC 9110 §7.2)."
        case .contentLength: "Content-Length is not one decimal number (RFC 9112 §6.3)."
        case .transferEncoding: "Transfer-Encoding does not end in chunked (RFC 9112 §6.3)."
        case .unsupportedTransferEncoding: "Only the chunked transfer coding is supported (RFC 9112 §6.1)."
        case .conflictingFraming: "Transfer-Encoding and Content-Length stand together (RFC 9112 §6.1)."
        case .expectation: "The expectation is not known (RFC 9110 §10.1.1)."
        case .authority: "The authority of the request-target is not well-formed (RFC 9110 §4.2)."
        }
    }
}

/// Limits on one head.
package struct HeadLimits: Sendable, Equatable {
    /// Largest head, start line and empty line included, in bytes.
    package var bytes: Int
    /// Most field lines.
    package var fields: Int
    /// Longest request-target, in bytes (RFC 9112 §3 recommends at least 8,000).
    package var target: Int

    /// Limits of `bytes` for the head and `fields` for its lines; a target may take at most half of the head.
    package init(bytes: Int = 32 * 1024, fields: Int = 100) {
        self.bytes = bytes
        self.fields = fields
        self.target = max(bytes / 2, min(bytes, 8192))
    }
}

/// What a parser says about the bytes received so far.
package enum HeadProgress: Sendable {
    /// The head has not ended yet; more bytes are needed.
    case incomplete
    /// The head is complete and took that many bytes; content, or the next message, follows.
    case complete(consumed: Int)
    /// The bytes are no head that will be accepted, whatever follows.
    case refused(HeadDefect)
}
