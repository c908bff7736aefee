/// One field line of a head: where its name and its value lie in the received bytes.
package struct FieldLine: Sendable {
    /// The name, without the colon.
    package var name: ByteRange
    /// The value, without optional white space around it (RFC 9110 §5.5).
    package var value: ByteRange
    /// What the name means to the gateway.
    package var token: FieldName
    /// Set when a `Connection` option names this field: it is for one hop only (RFC 9110 §7.6.1).
    package var isNamedByConnection: Bool
}

/// What a head's `Connection` fields say.
package struct ConnectionOptions: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The sender closes after this message.
    package static let close = ConnectionOptions(rawValue: 1)
    /// An HTTP/1.0 peer asks to keep the connection.
    package static let keepAlive = ConnectionOptions(rawValue: 2)
    /// `Upgrade` is meant for this hop.
    package static let upgrade = ConnectionOptions(rawValue: 4)
    /// Further options name fields that end here.
    package static let namesFields = ConnectionOptions(rawValue: 8)
}

/// How the content of a message is delimited (RFC 9112 §6.3).
package enum BodyFraming: Sendable, Equatable {
    /// No content.
    case none
    /// Exactly that many bytes, more than zero.
    case length(Int64)
    /// The chunked transfer coding.
    case chunked
    /// Until the connection closes; responses only.
    case untilClose
}

/// A parsed head as a flat table of offsets: no strings, no dictionaries, nothing allocated per field.
///
/// ```
///   received bytes   GET /products/1 HTTP/1.1\r\nHost: shop\r\nAccept: */*\r\n\r\n
///   method           ^^^
///   target               ^^^^^^^^^^^
///   lines[0]                                    name ^^^^  value ^^^^   token .host
///   lines[1]                                                  …         token .accept
/// ```
/// A table belongs to one event loop and is filled anew for each head; the bytes are passed beside it, because they
/// are only borrowed. Invariant: every range lies inside the bytes that were parsed.
package final class HeadTable {
    /// Most field lines that the table can hold.
    package let capacity: Int
    /// Number of field lines.
    package internal(set) var count = 0
    private let storage: UnsafeMutablePointer<FieldLine>

    /// Request: the method.
    package internal(set) var method = ByteRange()
    /// Request: the request-target as sent.
    package internal(set) var target = ByteRange()
    /// Response: the reason phrase.
    package internal(set) var reason = ByteRange()
    /// Response: the status code, 100 to 599.
    package internal(set) var status = 0
    /// The minor version of HTTP/1: 0 or 1. A higher one counts as 1 (RFC 9112 §2.3).
    package internal(set) var minorVersion = 1
    /// What `Connection` says.
    package internal(set) var connection: ConnectionOptions = []
    /// How the content is delimited.
    package internal(set) var framing = BodyFraming.none
    /// Whether `Expect: 100-continue` stands in the head.
    package internal(set) var expectsContinue = false
    /// Line of `Host`, or −1.
    package internal(set) var hostLine = -1
    /// Line of `Content-Type`, or −1; −2 when it is repeated.
    package internal(set) var contentTypeLine = -1
    /// Line of `X-Request-Id`, or −1.
    package internal(set) var requestIDLine = -1
    /// Whether a `Date` field stands in the head.
    package internal(set) var hasDate = false
    /// Whether the last fields were seen that only some messages have: cookies, `Via`, `Max-Forwards`.
    package internal(set) var hasVia = false
    /// Line of `Max-Forwards`, or −1.
    package internal(set) var maxForwardsLine = -1
    /// Line of `Lintel-Check`, or −1.
    package internal(set) var checkLine = -1

    /// A table for at most `capacity` field lines.
    package init(capacity: Int) {
        self.capacity = max(capacity, 1)
        self.storage = .allocate(capacity: self.capacity)
    }

    deinit { storage.deallocate() }

    /// The field line at `index`, which the caller takes from `0 ..< count`.
    package subscript(index: Int) -> FieldLine {
        get {
            precondition(index >= 0 && index < count)
            return storage[index]
        }
        set {
            precondition(index >= 0 && index < count)
            storage[index] = newValue
        }
    }

    /// Forgets the last head.
    func reset() {
        count = 0
        method = ByteRange()
        target = ByteRange()
        reason = ByteRange()
        status = 0
        minorVersion = 1
        connection = []
        framing = .none
        expectsContinue = false
        hostLine = -1
        contentTypeLine = -1
        requestIDLine = -1
        hasDate = false
        hasVia = false
        maxForwardsLine = -1
        checkLine = -1
    }

    /// Adds a line; the caller has made sure that there is room.
    func append(_ line: FieldLine) {
        precondition(count < capacity)
        (storage + count).initialize(to: line)
        count += 1
    }
}
