import TestSupport

/// A client that breaks HTTP/2 on purpose (RFC 9113 §10.5 and the CVEs named): what it says first, and what it goes on with.
enum HTTP2Flood: String, CaseIterable, Sendable {
    /// Streams that are opened and reset at once (CVE-2023-44487).
    case rapidReset
    /// A hundred streams and a hundred resets in one piece, again and again.
    case batchedReset
    // Frames that make the server reset a stream which was opened in good order (CVE-2025-8671).
    case windowOfZero, windowOverflow, dataBehindEnd, fieldsBehindEnd, shortPriority, priorityOnItself
    /// A field block without an end, in large pieces (CVE-2024-27316).
    case continuations
    /// The same in pieces of nothing (CVE-2024-27919).
    case emptyContinuations
    /// One large field in the table and thousands of references to it (CVE-2016-6581).
    case fieldBomb
    /// The size of HPACK's table, up and down.
    case tableSizes
    /// Settings that nobody reads the acknowledgements of (CVE-2019-9515).
    case settings
    /// Pings, the same (CVE-2019-9512).
    case pings
    /// Priorities (CVE-2019-9513).
    case priorities
    /// Content without content (CVE-2019-9518).
    case emptyContent
    /// Fields without a name and a value (CVE-2019-9516).
    case emptyFields
    /// Large replies to a client that takes a byte at a time (CVE-2019-9511).
    case dribble
    /// Large replies, every window of HTTP/2 open, and nothing read from the socket (CVE-2019-9517).
    case closedSocket
    /// As many streams as are allowed with as many fields as are allowed, no window, and nothing more.
    case stalledHeads
    /// Tiny fields and crumbs of a cookie by reference, no window, nothing read (CVE-2026-47774).
    case tinyFields
    /// The highest stream number first.
    case lastNumber
    /// The preface, a byte at a time.
    case slowPreface

    /// How the gateway ends it.
    enum End {
        /// GOAWAY with ENHANCE_YOUR_CALM, or with another error before that.
        case connectionError
        /// The request is refused, or its stream is.
        case refusal
        /// Streams that take nothing are reset after the time for it.
        case stalledStreams
        /// The connection is closed after the time for it.
        case timeout
        /// It costs nothing: nobody has to end it.
        case none
    }

    /// How the gateway ends it.
    var end: End {
        switch self {
        case .priorities, .lastNumber: .none
        case .fieldBomb, .tinyFields: .refusal
        case .dribble, .stalledHeads: .stalledStreams
        case .slowPreface, .closedSocket: .timeout
        default: .connectionError
        }
    }

    /// Whether it is about streams that stay open, not about how much comes.
    var holdsStreams: Bool { [.closedSocket, .stalledHeads].contains(self) }

    /// Most requests of one connection that may reach the service.
    var mostServed: Int {
        switch self {
        case .continuations, .emptyContinuations, .fieldBomb, .tinyFields, .slowPreface, .emptyFields: 0
        case .emptyContent, .lastNumber: 1
        case .dribble, .closedSocket, .stalledHeads: 100
        default: 999
        }
    }

    /// What it asks for; only large things are held back by windows.
    private var path: String { [.dribble, .closedSocket].contains(self) ? "/t/large" : "/t/x" }

    /// Whether the preface is among its pieces.
    var beginsWithPreface: Bool { self != .slowPreface }

    /// What it says behind the preface.
    var opening: [UInt8] {
        typealias Client = FrameClient
        switch self {
        case .continuations, .emptyContinuations: return Client.frame(.headers, 0x1, 1, Client.request(path))
        case .emptyContent: return Client.headers(1, path, method: "POST", ends: false)
        case .fieldBomb:
            let seed = Client.field("x-bomb", String(repeating: "a", count: 4_000), isIndexed: true)
            return Client.frame(.headers, 0x5, 1, Client.request(path) + seed + Self.references(10_000))
        case .dribble:
            return Client.frame(.settings, 0, 0, Client.setting(4, 0))
                + Self.streams.flatMap { Client.headers($0, path) }
        case .closedSocket:
            return Client.frame(.settings, 0, 0, Client.setting(4, 0x7FFF_FFFF))
                + Client.frame(.windowUpdate, 0, 0, Client.bytes(0x7FFF_0000))
                + Self.streams.flatMap { Client.headers($0, path) }
        case .stalledHeads:
            let fields = (0..<80).map { ("x-field-\($0)", String(repeating: "a", count: 120)) }
            return Client.frame(.settings, 0, 0, Client.setting(4, 0))
                + Self.streams.flatMap { Client.headers($0, path, method: "GET", more: fields) }
        case .tinyFields:
            return Client.frame(.settings, 0, 0, Client.setting(4, 0))
                + Self.streams.flatMap { stream in
                    let seed = stream == 1 ? Client.field("cookie", "a", isIndexed: true) : []
                    return Client.frame(.headers, 0x5, stream, Client.request(path) + seed + Self.references(4_000))
                }
        case .lastNumber: return Client.headers(0x7FFF_FFFF, path)
        default: return []
        }
    }

    /// What it goes on with: pieces that are sent one by one. Made once for each flood, since there are many.
    func pieces() -> [[UInt8]] {
        typealias Client = FrameClient
        switch self {
        case .rapidReset:
            return (0..<20_000).map { number in
                let stream = UInt32(2 * number + 1)
                return Client.headers(stream, path) + Client.frame(.reset, 0, stream, Client.bytes(8))
            }
        case .batchedReset:
            return (0..<200).map { batch in
                let streams = (0..<100).map { UInt32(2 * (batch * 100 + $0) + 1) }
                return streams.flatMap { Client.headers($0, path) }
                    + streams.flatMap { Client.frame(.reset, 0, $0, Client.bytes(8)) }
            }
        case .windowOfZero: return provoked { Client.frame(.windowUpdate, 0, $0, Client.bytes(0)) }
        case .windowOverflow: return provoked { Client.frame(.windowUpdate, 0, $0, Client.bytes(0x7FFF_FFFF)) }
        case .dataBehindEnd: return provoked { Client.frame(.data, 0, $0, [1]) }
        case .fieldsBehindEnd: return provoked { Client.headers($0, path) }
        case .shortPriority: return provoked { Client.frame(.priority, 0, $0, [0, 0, 0, 1]) }
        case .priorityOnItself: return provoked { Client.frame(.priority, 0, $0, Client.bytes($0) + [1]) }
        case .continuations:
            return Array(
                repeating: Client.frame(.continuation, 0, 1, [UInt8](repeating: 0x10, count: 16_000)), count: 1_000)
        case .emptyContinuations: return Array(repeating: Client.frame(.continuation, 0, 1, []), count: 1_000)
        case .tableSizes:
            return thousands(
                Client.frame(.settings, 0, 0, Client.setting(1, 0))
                    + Client.frame(.settings, 0, 0, Client.setting(1, 4096)))
        case .settings: return thousands(Client.frame(.settings, 0, 0, []))
        case .pings: return thousands(Client.frame(.ping, 0, 0, [UInt8](repeating: 7, count: 8)))
        case .priorities:
            return (0..<100).map { number in
                (0..<1_000).flatMap {
                    Client.frame(
                        .priority, 0, UInt32(2 * ($0 % 50) + 1), Client.bytes(UInt32(2 * number + 1)) + [9])
                }
            }
        case .emptyContent: return thousands(Client.frame(.data, 0, 1, []))
        case .emptyFields:
            let nothing = Array(repeatElement(Client.field("", ""), count: 50).joined())
            return (0..<1_000).map { Client.frame(.headers, 0x5, UInt32(2 * $0 + 1), Client.request(path) + nothing) }
        case .dribble:
            return Array(
                repeating: Self.streams.flatMap { Client.frame(.windowUpdate, 0, $0, Client.bytes(1)) }, count: 4)
        case .slowPreface: return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8.map { [$0] }
        case .fieldBomb, .closedSocket, .stalledHeads, .tinyFields, .lastNumber: return []
        }
    }

    /// Seconds between two pieces.
    var pause: Double {
        switch self {
        case .slowPreface: 0.5
        case .dribble: 0.1
        default: 0
        }
    }

    /// As many streams as are allowed at a time.
    private static let streams = (0..<100).map { UInt32(2 * $0 + 1) }

    /// References to the youngest entry of HPACK's table, an octet each.
    private static func references(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x80 | 62, count: count) }

    private func provoked(by provocation: (UInt32) -> [UInt8]) -> [[UInt8]] {
        (0..<5_000).map { (number: Int) -> [UInt8] in
            let stream = UInt32(2 * number + 1)
            return FrameClient.headers(stream, path) + provocation(stream)
        }
    }

    /// A hundred thousand frames.
    private func thousands(_ frame: [UInt8]) -> [[UInt8]] {
        let block = Array(repeatElement(frame, count: 1_000).joined())
        return Array(repeating: block, count: 100)
    }
}
