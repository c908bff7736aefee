import JSONDocuments

/// Reads server-sent events line by line and makes of each the object that OpenAPI 3.2 §4.14.4.3 describes:
/// `{"event": …, "data": …, "id": …, "retry": …}`, every member a string but `retry`, which is an integer.
///
/// The rules are those of HTML §9.2.6: comments, unknown fields, an `id` with NUL in it and a `retry` of anything but
/// digits are ignored; lines of `data` are joined by line feeds; an event without data is none.
struct EventReader {
    /// The lines of `data`, a line feed behind each.
    private var data: [UInt8] = []
    /// The last value of `event`; empty for none.
    private var type: [UInt8] = []
    /// The last value of `id`.
    private var identifier: [UInt8]?
    /// The digits of the last `retry`.
    private var retry: [UInt8]?
    /// Whether the line before ended in CR, so that a line feed now ends the same line.
    private var isAfterCarriageReturn = false
    /// Whether nothing has been read at all: a byte order mark may come.
    private var isAtStart = true
    /// Whether lines have been read since the last event ended.
    private var hasLines = false
    /// Whether the last line was empty and ended the event.
    private(set) var isComplete = false

    /// Whether no event has begun.
    var isEmpty: Bool { !hasLines }

    /// Reads a line with its end.
    ///
    /// - Returns: false if it is not UTF-8.
    mutating func readLine(_ line: UnsafeRawBufferPointer) -> Bool {
        isComplete = false
        defer { isAtStart = false }
        if isAfterCarriageReturn, line.count == 1, line[0] == 0x0A {
            isAfterCarriageReturn = false
            return true
        }
        isAfterCarriageReturn = line.last == 0x0D
        var text = line
        if let last = text.last, last == 0x0A || last == 0x0D {
            text = UnsafeRawBufferPointer(rebasing: text.dropLast())
        }
        if isAtStart, text.starts(with: [0xEF, 0xBB, 0xBF]) {
            text = UnsafeRawBufferPointer(rebasing: text.dropFirst(3))
        }
        guard UTF8Sequence.firstFault(in: text) == nil else { return false }
        guard !text.isEmpty else {
            isComplete = true
            hasLines = false
            return true
        }
        hasLines = true
        let colon = Octets.first(UInt8(ascii: ":"), in: text, from: 0) ?? text.count
        var value = UnsafeRawBufferPointer(rebasing: text[min(colon + 1, text.count)...])
        if value.first == 0x20 { value = UnsafeRawBufferPointer(rebasing: value.dropFirst()) }
        readField(UnsafeRawBufferPointer(rebasing: text[..<colon]), value)
        return true
    }

    /// Reads a field; names are compared as they are.
    private mutating func readField(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if name.elementsEqual("data".utf8) {
            data.append(contentsOf: value)
            data.append(0x0A)
        } else if name.elementsEqual("event".utf8) {
            type = Array(value)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { identifier = Array(value) }
        } else if name.elementsEqual("retry".utf8) {
            if !value.isEmpty, value.allSatisfy({ $0 &- 0x30 <= 9 }) { retry = Array(value) }
        }
    }

    /// The event as JSON text, and starts anew; nil if it has no data, for then it is none.
    mutating func dispatch() -> [UInt8]? {
        defer {
            data.removeAll(keepingCapacity: data.capacity <= 1 << 16)
            type.removeAll()
            (identifier, retry, hasLines) = (nil, nil, false)
        }
        guard !data.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        if !type.isEmpty { Self.write("event", type, to: &writer) }
        data.dropLast().withUnsafeBytes { bytes in
            writer.key("data")
            writer.string(bytes)
        }
        if let identifier { Self.write("id", identifier, to: &writer) }
        if let retry {
            // RFC 8259 §6: JSON numbers have no leading zeros.
            let digits = retry.drop { $0 == 0x30 }
            writer.key("retry")
            (digits.isEmpty ? [0x30] : Array(digits)).withUnsafeBytes { writer.number(literal: $0) }
        }
        writer.endObject()
        return writer.bytes
    }

    /// Writes a member.
    private static func write(_ name: String, _ value: [UInt8], to writer: inout JSONWriter) {
        writer.key(name)
        value.withUnsafeBytes { writer.string($0) }
    }
}
