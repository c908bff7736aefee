import HTTPExchanges

/// Content that is a stream of messages, whose end nobody waits for: events (HTML Standard, "Server-sent events"), messages of
/// gRPC (gRPC over HTTP/2).
enum EventStreams {
    private static let mediaTypes: [StaticString] = [
        "text/event-stream", "application/grpc", "application/grpc+proto", "application/grpc+json",
    ]

    /// Whether a message says that its content is one.
    static func isOne(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool {
        guard table.contentTypeLine >= 0 else { return false }
        let value = table[table.contentTypeLine].value.slice(of: bytes)
        let end = value.firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 || $0 == 0x09 } ?? value.count
        let type = UnsafeRawBufferPointer(rebasing: value[..<end])
        return mediaTypes.contains { type.isToken($0) }
    }
}
