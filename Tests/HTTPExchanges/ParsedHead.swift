import HTTPExchanges
import TestSupport

/// A head parsed from text (one octet a character), with everything copied out so that a test can compare it.
struct ParsedHead {
    /// What the parser said, in a form that can be compared.
    enum Outcome: Equatable {
        case incomplete
        case complete(Int)
        case refused(HeadDefect)
    }

    /// What kind of head the bytes are taken for.
    enum Kind {
        case request
        case response(answersHEAD: Bool)
        case trailers
    }

    /// What the parser said.
    let outcome: Outcome
    /// The table over `bytes`.
    let table: HeadTable
    /// The bytes.
    let bytes: [UInt8]

    /// Parses `text`.
    init(_ kind: Kind, _ text: String, limits: HeadLimits = HeadLimits(), capacity: Int = 128) {
        self.init(kind, text.octets, limits: limits, capacity: capacity)
    }

    /// Parses `bytes`, which lie alone in memory: a byte read too far is one that an address sanitizer sees.
    init(_ kind: Kind, _ bytes: [UInt8], limits: HeadLimits = HeadLimits(), capacity: Int = 128) {
        let table = HeadTable(capacity: capacity)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        let view = UnsafeRawBufferPointer(memory)
        let progress =
            switch kind {
            case .request: HeadParser.parseRequest(view, into: table, limits: limits)
            case .response(let answersHEAD):
                HeadParser.parseResponse(view, into: table, limits: limits, answersHEAD: answersHEAD)
            case .trailers: HeadParser.parseTrailers(view, into: table, limits: limits)
            }
        outcome =
            switch progress {
            case .incomplete: .incomplete
            case .complete(let consumed): .complete(consumed)
            case .refused(let defect): .refused(defect)
            }
        self.table = table
        self.bytes = bytes
    }

    /// The text of a range.
    func text(_ range: ByteRange) -> String {
        bytes.withUnsafeBytes { String(decoding: range.slice(of: $0), as: UTF8.self) }
    }

    /// The field lines as `name: value`.
    var lines: [String] {
        (0..<table.count).map { "\(text(table[$0].name)): \(text(table[$0].value))" }
    }

    /// Whether every range of the table lies inside the bytes.
    var rangesLieInside: Bool {
        func isInside(_ range: ByteRange) -> Bool { range.lower <= range.upper && Int(range.upper) <= bytes.count }
        return isInside(table.method) && isInside(table.target) && isInside(table.reason)
            && (0..<table.count).allSatisfy { isInside(table[$0].name) && isInside(table[$0].value) }
            && table.hostLine < table.count && table.contentTypeLine < table.count
            && table.requestIDLine < table.count && table.maxForwardsLine < table.count
    }
}

/// Random numbers that are the same each time, so that a failure can be repeated (splitmix64).
struct RepeatableRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Numbers that follow from `seed`.
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
