/// How the items of a sequential media type lie in its content (OpenAPI 3.2 §4.14.4.1).
enum SequenceFormat: Sendable, Equatable {
    /// One JSON value a line: JSON Lines, NDJSON. Empty lines are no items.
    case lines
    /// JSON values, each behind a record separator: RFC 7464, RFC 8091.
    case records
    /// Server-sent events: HTML Living Standard §9.2.6.
    case events

    /// The format of a media type; nil where it is not sequential.
    init?(_ media: MediaTypeText) {
        if media.isType("application", "jsonl") || media.isType("application", "x-ndjson")
            || media.isType("application", "ndjson") || media.isType("application", "x-jsonlines")
        {
            self = .lines
        } else if media.isType("application", "json-seq") || media.hasSuffix("+json-seq") {
            self = .records
        } else if media.isType("text", "event-stream") {
            self = .events
        } else {
            return nil
        }
    }
}

/// An item of a sequence, cut out of its content.
enum SequenceItem {
    /// A text that has to be one JSON value.
    case json(UnsafeRawBufferPointer)
    /// What stands where an item should is none.
    case fault(StaticString)
}

/// Cuts a sequence into its items while its bytes arrive.
///
/// Bytes of an item that has not ended are kept; whoever feeds the scanner bounds how many there are. After each call
/// ``boundary`` says how many bytes of the last piece belong to items that have ended, so that a stream can be let
/// through item by item.
struct SequenceScanner {
    /// How items lie in the content.
    private let format: SequenceFormat
    /// The beginning of a line or record whose end has not come.
    private var pending: [UInt8] = []
    /// Bytes of the last piece that stand before the end of its last finished item; 0 if none ended in it.
    private(set) var boundary = 0
    /// Where a record stands.
    private var record = RecordScanner()
    /// The event whose lines are being read.
    private var event = EventReader()

    /// A scanner at the start of content.
    init(_ format: SequenceFormat) { self.format = format }

    /// Reads the next piece of content.
    ///
    /// - Parameter take: Gets each item that ends in the piece, in order; false ends the scan.
    /// - Returns: false if `take` did.
    mutating func scan(_ piece: UnsafeRawBufferPointer, _ take: (SequenceItem) -> Bool) -> Bool {
        boundary = 0
        var start = 0
        while start < piece.count {
            guard let end = unitEnd(in: piece, from: start) else {
                pending.append(contentsOf: piece[start...])
                return true
            }
            let unit = UnsafeRawBufferPointer(rebasing: piece[start..<end])
            start = end
            guard finishUnit(unit, take) else { return false }
            if format != .events || event.isEmpty { boundary = end }
        }
        return true
    }

    /// Reads what is left when the content has come to its end.
    ///
    /// A last event without its empty line is an item too: the examples of OpenAPI 3.2 end so, and a reader less strict
    /// than HTML asks would act on it.
    mutating func finish(_ take: (SequenceItem) -> Bool) -> Bool {
        if !pending.isEmpty {
            guard finishUnit(UnsafeRawBufferPointer(start: nil, count: 0), take) else { return false }
        }
        guard format == .events, let text = event.dispatch() else { return true }
        return give(text, take)
    }

    /// Where the unit that is being read ends: behind its line end, or before the next record.
    private mutating func unitEnd(in piece: UnsafeRawBufferPointer, from start: Int) -> Int? {
        switch format {
        case .lines: return Octets.first(0x0A, in: piece, from: start).map { $0 + 1 }
        case .records: return record.end(in: piece, from: start)
        case .events:
            var index = start
            while index < piece.count {
                if piece[index] == 0x0A || piece[index] == 0x0D { return index + 1 }
                index += 1
            }
            return nil
        }
    }

    /// Takes a unit whose last bytes these are.
    private mutating func finishUnit(_ end: UnsafeRawBufferPointer, _ take: (SequenceItem) -> Bool) -> Bool {
        if pending.isEmpty { return handle(end, take) }
        pending.append(contentsOf: end)
        var unit: [UInt8] = []
        swap(&unit, &pending)
        let goesOn = unit.withUnsafeBytes { handle($0, take) }
        unit.removeAll(keepingCapacity: unit.capacity <= Self.keptCapacity)
        swap(&unit, &pending)
        return goesOn
    }

    /// Bytes of room that are kept for the next item.
    private static let keptCapacity = 1 << 16

    /// Takes a whole line or record.
    private mutating func handle(_ unit: UnsafeRawBufferPointer, _ take: (SequenceItem) -> Bool) -> Bool {
        switch format {
        case .lines:
            return unit.allSatisfy(JSONSpace.contains) || take(.json(unit))
        case .records: return RecordScanner.item(unit).map(take) ?? true
        case .events:
            guard event.readLine(unit) else { return take(.fault("is not UTF-8")) }
            guard event.isComplete, let text = event.dispatch() else { return true }
            return give(text, take)
        }
    }

    /// Gives an event to `take`.
    private func give(_ text: [UInt8], _ take: (SequenceItem) -> Bool) -> Bool {
        text.withUnsafeBytes { take(.json($0)) }
    }
}

/// White space between JSON tokens (RFC 8259 §2).
enum JSONSpace {
    /// Whether a byte is white space.
    static func contains(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}

/// Finds the ends of JSON text sequences' records (RFC 7464 §2.1) without waiting for the separator of the next one.
///
/// A text has ended at a line feed that stands in no string, array or object; it may hold others. Whether it is JSON is
/// for a parser to say: brackets are only counted.
struct RecordScanner {
    /// The record separator.
    private static let separator: UInt8 = 0x1E
    /// Arrays and objects that are open.
    private var depth = 0
    /// Whether a string is open.
    private var isInString = false
    /// Whether the byte before was a reverse solidus in a string.
    private var isEscaped = false
    /// Whether anything but separators and white space has come.
    private var hasText = false

    /// The end of the record that is being read: behind the line feed that ends it, or before the separator that ends it
    /// early.
    mutating func end(in piece: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index < piece.count {
            let byte = piece[index]
            if byte == Self.separator, hasText {
                self = RecordScanner()
                return index
            }
            index += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == 0x22 {
                    isInString = false
                }
                continue
            }
            switch byte {
            case 0x22: isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth &-= 1
            case 0x0A where hasText && depth <= 0:
                self = RecordScanner()
                return index
            default: break
            }
            if byte != Self.separator, !JSONSpace.contains(byte) { hasText = true }
        }
        return nil
    }

    /// The item in a record; nil for one without text: separators in a row make no items.
    static func item(_ record: UnsafeRawBufferPointer) -> SequenceItem? {
        var start = 0
        var isSeparated = false
        while start < record.count, record[start] == separator || JSONSpace.contains(record[start]) {
            isSeparated = isSeparated || record[start] == separator
            start += 1
        }
        guard start < record.count else { return nil }
        guard isSeparated else { return .fault("stands behind no record separator (RFC 7464 §2.1)") }
        let text = UnsafeRawBufferPointer(rebasing: record[start...])
        // RFC 7464 §2.4: a number or a word without white space behind it may have been cut off.
        let endsItself = text.last == 0x22 || text.last == UInt8(ascii: "}") || text.last == UInt8(ascii: "]")
        guard endsItself || text.last.map(JSONSpace.contains) ?? false else {
            return .fault("may have been cut off: no white space follows it (RFC 7464 §2.4)")
        }
        return .json(text)
    }
}
