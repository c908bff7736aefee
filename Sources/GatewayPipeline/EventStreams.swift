import HTTPExchanges

/// Content that is a stream of events (HTML Standard, "Server-sent events").
enum EventStreams {
    /// Whether a response says that its content is one.
    static func isOne(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool {
        guard table.contentTypeLine >= 0 else { return false }
        let value = table[table.contentTypeLine].value.slice(of: bytes)
        let end = value.firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 || $0 == 0x09 } ?? value.count
        return UnsafeRawBufferPointer(rebasing: value[..<end]).isToken("text/event-stream")
    }
}
