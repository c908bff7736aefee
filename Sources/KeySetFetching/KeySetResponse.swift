import HTTPExchanges
import NIOCore

/// Takes a key set out of the bytes of an HTTP/1.1 response, by the gateway's own parser; no I/O.
///
/// | phase | event | next |
/// |---|---|---|
/// | head | interim head | head |
/// | head | final head that is not taken | over: failed |
/// | head | final head | content |
/// | content | its end | over: complete |
/// | content | more than the limit | over: failed |
/// | head, content | the connection's end | over; complete only where that is how the content ends |
struct KeySetResponse: ~Copyable {
    /// What is known after some bytes.
    enum Progress: Equatable {
        /// More bytes are needed.
        case incomplete
        /// The set is there.
        case complete(KeySetReply)
        /// It will not come.
        case failed(KeySetFetchFailure)
    }

    private let table = HeadTable(capacity: 100)
    private var received = ByteBuffer()
    private var reader: ContentReader?
    private var lifetime = CacheLifetime()
    private var content: [UInt8] = []
    /// Interim heads that are overlooked.
    private var interims = 0
    /// Bytes that came, heads and chunk sizes included.
    private var total = 0

    /// Takes bytes in.
    mutating func take(_ bytes: ByteBuffer) -> Progress {
        // Sizes of chunks and their extensions are bounded too.
        total += bytes.readableBytes
        guard total <= 2 * KeySetReply.sizeLimit else { return .failed(Self.tooLarge) }
        received.discardReadBytes()
        received.writeImmutableBuffer(bytes)
        do throws(KeySetFetchFailure) {
            while reader == nil {
                guard try takeHead() else { return .incomplete }
            }
            return try takeContent() ? .complete(reply) : .incomplete
        } catch {
            return .failed(error)
        }
    }

    /// The connection has ended in good order.
    mutating func inputEnded() -> Progress {
        guard let reader, reader.endsWithConnection else {
            return .failed(KeySetFetchFailure(.malformed, "the connection ended before the reply did"))
        }
        return .complete(reply)
    }

    private var reply: KeySetReply { KeySetReply(content: content, lifetime: lifetime.duration) }

    /// Takes a head; false when more bytes are needed.
    private mutating func takeHead() throws(KeySetFetchFailure) -> Bool {
        let limits = HeadLimits()
        let table = table
        let progress = received.withUnsafeReadableBytes {
            HeadParser.parseResponse($0, into: table, limits: limits, answersHEAD: false)
        }
        switch progress {
        case .incomplete: return false
        case .refused(let defect): throw KeySetFetchFailure(.malformed, "the reply is not HTTP: \(defect.detail)")
        case .complete(let consumed):
            if (100..<200).contains(table.status) {
                interims += 1
                guard table.status != 101, interims <= 8 else {
                    throw KeySetFetchFailure(.malformed, "the reply has too many interim responses")
                }
            } else {
                try check()
                reader = ContentReader(table.framing)
            }
            received.moveReaderIndex(forwardBy: consumed)
            return true
        }
    }

    /// Whether the final head is one that a key set may come under: 200, JSON, not encoded, not too long.
    private mutating func check() throws(KeySetFetchFailure) {
        guard table.status == 200 else {
            let redirects = (300..<400).contains(table.status) ? ", and redirects are not followed" : ""
            throw KeySetFetchFailure(.status, "the reply has the status \(table.status)\(redirects)")
        }
        let (table, lines) = (table, 0..<table.count)
        var lifetime = CacheLifetime()
        let (isJSON, isEncoded) = received.withUnsafeReadableBytes { bytes in
            var isEncoded = false
            for index in lines {
                let line = table[index]
                lifetime.take(name: line.name.slice(of: bytes), value: line.value.slice(of: bytes))
                if line.token == .contentEncoding, !line.value.slice(of: bytes).isToken("identity") { isEncoded = true }
            }
            guard table.contentTypeLine >= 0 else { return (false, isEncoded) }
            return (Self.isJSON(table[table.contentTypeLine].value.slice(of: bytes)), isEncoded)
        }
        self.lifetime = lifetime
        guard isJSON else { throw KeySetFetchFailure(.mediaType, "the reply is not JSON by its Content-Type") }
        guard !isEncoded else { throw KeySetFetchFailure(.mediaType, "the reply has a Content-Encoding") }
        if case .length(let length) = table.framing, length > Int64(KeySetReply.sizeLimit) { throw Self.tooLarge }
    }

    /// Takes content; true at its end.
    private mutating func takeContent() throws(KeySetFetchFailure) -> Bool {
        while reader?.isAtEnd == false {
            switch reader?.next(&received) {
            case .content(let bytes):
                guard content.count + bytes.readableBytes <= KeySetReply.sizeLimit else { throw Self.tooLarge }
                content.append(contentsOf: bytes.readableBytesView)
            case .needsMore, nil: return false
            case .end: return true
            case .invalid: throw KeySetFetchFailure(.malformed, "the reply's chunked coding is broken")
            }
        }
        return true
    }

    private static let tooLarge = KeySetFetchFailure(
        .tooLarge, "the reply is larger than \(KeySetReply.sizeLimit) bytes")

    /// Whether a media type is JSON: `application/json`, or a name that ends in `+json` (RFC 6839 §3.1), such as
    /// `application/jwk-set+json` (RFC 7517 §8.5.2).
    private static func isJSON(_ value: UnsafeRawBufferPointer) -> Bool {
        let end = value.firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 || $0 == 0x09 } ?? value.endIndex
        let name = String(decoding: value[..<end], as: UTF8.self).lowercased()
        return name == "application/json" || name.hasPrefix("application/") && name.hasSuffix("+json")
    }
}
