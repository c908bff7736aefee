extension JSONTape {
    /// Parses a JSON text (RFC 8259) and replaces the content of the tape with it.
    ///
    /// Strict: UTF-8 without byte order mark, no lone surrogates, no duplicate names unless allowed, nothing but white
    /// space around the value. Numbers stay literals, so none is too large. Iterative: depth costs no stack.
    ///
    /// - Parameters:
    ///   - text: The text. It must outlive every view that is taken before the next change of the tape.
    ///   - limits: Depth, size and the treatment of duplicate names.
    /// - Throws: `JSONSyntaxError` with the offset of the first fault; the tape is then empty.
    /// - Complexity: O(bytes); no allocation once the tape has grown to the size of the traffic.
    package mutating func parse(_ text: UnsafeRawBufferPointer, limits: JSONLimits) throws(JSONSyntaxError) {
        removeAll()
        guard text.count <= limits.size, text.count < Int(UInt32.max) else {
            throw JSONSyntaxError(.tooLarge, at: min(limits.size, Int(UInt32.max) - 1))
        }
        guard let base = text.baseAddress, text.count > 0 else { throw JSONSyntaxError(.empty, at: 0) }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        source = bytes
        // Ordinary documents have one row for six to twelve bytes; others make the tape grow.
        reserveNodes(text.count / 8 + 16)
        var parser = JSONParser(bytes: bytes, end: text.count, limits: limits)
        do throws(JSONSyntaxError) {
            try parser.parse(into: &self)
        } catch {
            removeAll()
            throw error
        }
    }
}

/// One pass over a JSON text.
///
/// The grammar is a loop over two states, "a value comes" and "a value has ended"; open containers are chained through
/// the rows themselves (invariant 2 of `JSONTape`), so there is no stack beside the tape.
struct JSONParser: ~Copyable {
    /// The text.
    let bytes: UnsafePointer<UInt8>

    /// Its length.
    let end: Int

    /// The bounds.
    let limits: JSONLimits

    /// The offset of the next byte.
    var position = 0

    /// How many signatures of member names are in use: those of all open objects, outer objects first.
    var signatureCount = 0

    /// One bit for each signature of the innermost open object; different names may share one.
    var signatureFilter: UInt64 = 0

    /// Makes a parser at the start of a text.
    init(bytes: UnsafePointer<UInt8>, end: Int, limits: JSONLimits) {
        self.bytes = bytes
        self.end = end
        self.limits = limits
    }

    /// Reads the whole text.
    mutating func parse(into tape: inout JSONTape) throws(JSONSyntaxError) {
        if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONSyntaxError(.byteOrderMark, at: 0)
        }
        skipWhitespace()
        guard position < end else { throw JSONSyntaxError(.empty, at: end) }

        var container = JSONTape.none
        var isObject = false
        var depth = 0
        var children: UInt32 = 0

        while true {
            // A value comes.
            skipWhitespace()
            guard position < end else { throw unexpected(.value) }
            let lower = position
            switch bytes[position] {
            case UInt8(ascii: "\""):
                try string(into: &tape, [])
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let opensObject = bytes[position] == UInt8(ascii: "{")
                position &+= 1
                depth &+= 1
                guard depth <= limits.depth else { throw JSONSyntaxError(.depthExceeded, at: lower) }
                // The container around keeps its count of children until this one is closed.
                if container != JSONTape.none { tape.nodes[Int(container)].payload = children }
                let index = tape.count
                append(opensObject ? .object : .array, [], lower, lower, to: &tape)
                tape.nodes[index].next = container
                container = UInt32(truncatingIfNeeded: index)
                isObject = opensObject
                children = 0
                skipWhitespace()
                guard position < end else { throw unexpected(opensObject ? .keyOrEnd : .value) }
                if opensObject {
                    if limits.duplicateKeys == .reject { openKeys(in: &tape) }
                    if bytes[position] != UInt8(ascii: "}") {
                        try key(into: &tape, container, children, .keyOrEnd)
                        continue
                    }
                } else if bytes[position] != UInt8(ascii: "]") {
                    continue
                }
                // An empty container: its end is read below, before any child is counted.
                children = UInt32.max
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                try number(into: &tape)
            case UInt8(ascii: "t"):
                try literal(0x6575_7274, 4, .true, into: &tape)
            case UInt8(ascii: "n"):
                try literal(0x6C6C_756E, 4, .null, into: &tape)
            case UInt8(ascii: "f"):
                try literal(0x736C_6166, 5, .false, into: &tape)
            default:
                throw unexpected(.value)
            }

            // A value has ended: close every container that ends here.
            while true {
                guard container != JSONTape.none else { return try finish() }
                children &+= 1
                skipWhitespace()
                guard position < end else { throw unexpected(isObject ? .commaOrObjectEnd : .commaOrArrayEnd) }
                let byte = bytes[position]
                if byte == UInt8(ascii: ",") {
                    position &+= 1
                    if isObject {
                        skipWhitespace()
                        guard position < end else { throw unexpected(.key) }
                        try key(into: &tape, container, children, .key)
                    }
                    break
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw unexpected(isObject ? .commaOrObjectEnd : .commaOrArrayEnd)
                }
                position &+= 1
                let index = Int(container)
                let outer = tape.nodes[index].next
                tape.nodes[index].upper = UInt32(truncatingIfNeeded: position)
                tape.nodes[index].next = UInt32(truncatingIfNeeded: tape.count)
                tape.nodes[index].payload = children
                if isObject, limits.duplicateKeys == .reject {
                    try closeKeys(of: index, count: children, in: &tape)
                }
                depth &-= 1
                container = outer
                if outer != JSONTape.none {
                    children = tape.nodes[Int(outer)].payload
                    isObject = tape.nodes[Int(outer)].kind == .object
                }
            }
        }
    }

    /// Nothing but white space may follow.
    private mutating func finish() throws(JSONSyntaxError) {
        skipWhitespace()
        guard position >= end else {
            throw JSONSyntaxError(.trailingContent, at: position, byte: bytes[position])
        }
    }

    /// Reads a member's name and the colon after it, and looks whether the object has the name already.
    @inline(__always)
    private mutating func key(
        into tape: inout JSONTape, _ object: UInt32, _ members: UInt32, _ expectation: JSONSyntaxError.Expectation
    ) throws(JSONSyntaxError) {
        guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected(expectation) }
        let index = tape.count
        try string(into: &tape, .key)
        if limits.duplicateKeys == .reject, members < UInt32(KeySignature.directCount) {
            try checkKey(at: index, object, Int(members), in: &tape)
        }
        if position < end, bytes[position] == UInt8(ascii: ":") {
            position &+= 1
            return
        }
        skipWhitespace()
        guard position < end, bytes[position] == UInt8(ascii: ":") else { throw unexpected(.colon) }
        position &+= 1
    }

    /// Reads `true`, `false` or `null`.
    @inline(__always)
    private mutating func literal(
        _ word: UInt32, _ length: Int, _ kind: JSONKind, into tape: inout JSONTape
    ) throws(JSONSyntaxError) {
        guard end &- position >= length,
            UInt32(littleEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt32.self)) == word,
            length == 4 || bytes[position &+ 4] == UInt8(ascii: "e")
        else { throw JSONSyntaxError(.invalidLiteral, at: position) }
        append(kind, [], position, position &+ length, to: &tape)
        position &+= length
    }

    /// Reads a number (RFC 8259 section 6).
    @inline(__always)
    private mutating func number(into tape: inout JSONTape) throws(JSONSyntaxError) {
        let lower = position
        var flags = JSONNodeFlags.integerLiteral
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        guard position < end else { throw unexpected(.digit) }
        if bytes[position] == UInt8(ascii: "0") {
            position &+= 1
            // A leading zero stands alone.
            if position < end, bytes[position] &- UInt8(ascii: "0") < 10 {
                throw JSONSyntaxError(.invalidNumber, at: position)
            }
        } else {
            try digits()
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            flags = []
            position &+= 1
            try digits()
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            flags = []
            position &+= 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try digits()
        }
        append(.number, flags, lower, position, to: &tape)
    }

    /// Skips one or more digits.
    @inline(__always)
    private mutating func digits() throws(JSONSyntaxError) {
        let first = position
        let near = min(end, first &+ 24)
        while position < near, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        guard position > first else {
            throw position < end ? JSONSyntaxError(.invalidNumber, at: position) : unexpected(.digit)
        }
        if position == near, near < end { position = Self.endOfDigits(bytes, from: position, to: end) }
    }

    /// Where a number ends that is longer than any honest one: eight digits at a time.
    ///
    /// Static, and given everything by value: a call that could change the parser would keep its state in memory all along
    /// the loop, which costs every document a third of its speed.
    @inline(never)
    private static func endOfDigits(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var position = start
        while end &- position >= 8 {
            let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
            guard DigitWord.isEightDigits(UInt64(littleEndian: word)) else { break }
            position &+= 8
        }
        while position < end, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        return position
    }

    /// Skips space, tab, line feed and carriage return (RFC 8259 section 2).
    @inline(__always)
    mutating func skipWhitespace() {
        guard position < end, bytes[position] <= 0x20 else { return }
        skipLongWhitespace()
    }

    /// Skips a run of white space; indented text has long ones.
    @inline(__always)
    private mutating func skipLongWhitespace() {
        while position < end {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
            while end &- position >= 8,
                UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self) == 0x2020_2020_2020_2020
            {
                position &+= 8
            }
        }
    }

    /// Appends a row.
    @inline(__always)
    func append(
        _ kind: JSONKind, _ flags: JSONNodeFlags, _ lower: Int, _ upper: Int, payload: UInt32 = 0,
        decodedLength: UInt32 = 0, to tape: inout JSONTape
    ) {
        if tape.count == tape.capacity { tape.reserveNodes(tape.count &+ 1) }
        (tape.nodes + tape.count).initialize(
            to: JSONNode(
                kind: kind, flags: flags, lower: UInt32(truncatingIfNeeded: lower),
                upper: UInt32(truncatingIfNeeded: upper), next: UInt32(truncatingIfNeeded: tape.count &+ 1),
                payload: payload, decodedLength: decodedLength))
        tape.count &+= 1
    }

    /// The error for the byte at the current position, or for the end of the text.
    @inline(never)
    func unexpected(_ expectation: JSONSyntaxError.Expectation) -> JSONSyntaxError {
        guard position < end else { return JSONSyntaxError(.unexpectedEnd, at: end, expecting: expectation) }
        return JSONSyntaxError(.unexpectedByte, at: position, expecting: expectation, byte: bytes[position])
    }
}
