/// Building a document value by value: for decoded parameters, for YAML, for documents made in code.
///
/// Texts are copied, so nothing has to outlive the call. Calls nest as the values do; a call that does not fit (an end
/// without a beginning) is a bug of the caller: it asserts in debug builds and does nothing in release.
extension JSONTape {
    /// Appends `null`.
    ///
    /// - Parameter range: Where the value stands in the source.
    package mutating func appendNull(_ range: Range<Int> = 0..<0) {
        appendScalar(.null, range)
    }

    /// Appends `true` or `false`.
    package mutating func appendBool(_ value: Bool, _ range: Range<Int> = 0..<0) {
        appendScalar(value ? .true : .false, range)
    }

    /// Appends a number.
    ///
    /// - Parameters:
    ///   - literal: A number as RFC 8259 section 6 writes it. The caller has checked it.
    ///   - range: Where the value stands in the source.
    package mutating func appendNumber(_ literal: UnsafeRawBufferPointer, _ range: Range<Int> = 0..<0) {
        let isInteger = !literal.contains { $0 == 0x2E || $0 | 0x20 == 0x65 }
        appendText(.number, isInteger ? [.decoded, .integerLiteral] : .decoded, literal, range)
    }

    /// Appends a number that is an `Int`.
    package mutating func appendInteger(_ value: Int, _ range: Range<Int> = 0..<0) {
        var text = String(value)
        text.withUTF8 { appendNumber(UnsafeRawBufferPointer($0), range) }
    }

    /// Appends a string.
    ///
    /// - Parameters:
    ///   - text: Its content, valid UTF-8 without escapes.
    ///   - range: Where the value stands in the source.
    package mutating func appendString(_ text: UnsafeRawBufferPointer, _ range: Range<Int> = 0..<0) {
        appendText(.string, .decoded, text, range)
    }

    /// Appends a string.
    package mutating func appendString(_ text: String, _ range: Range<Int> = 0..<0) {
        var text = text
        text.withUTF8 { appendString(UnsafeRawBufferPointer($0), range) }
    }

    /// Appends the name of the next member of the innermost object. Duplicates are not looked for; see
    /// `JSONView.duplicateKeys(inObject:limit:)`.
    package mutating func appendKey(_ text: UnsafeRawBufferPointer, _ range: Range<Int> = 0..<0) {
        assert(openContainer != Self.none && nodes[Int(openContainer)].kind == .object)
        appendText(.string, [.decoded, .key], text, range)
    }

    /// Appends the name of the next member of the innermost object.
    package mutating func appendKey(_ text: String, _ range: Range<Int> = 0..<0) {
        var text = text
        text.withUTF8 { appendKey(UnsafeRawBufferPointer($0), range) }
    }

    /// Opens an array.
    ///
    /// - Parameter lower: The offset of its first byte in the source.
    package mutating func beginArray(at lower: Int = 0) {
        begin(.array, lower)
    }

    /// Closes the innermost container, an array.
    ///
    /// - Parameter upper: The offset after its last byte in the source.
    package mutating func endArray(at upper: Int = 0) {
        end(.array, upper)
    }

    /// Opens an object.
    ///
    /// - Parameter lower: The offset of its first byte in the source.
    package mutating func beginObject(at lower: Int = 0) {
        begin(.object, lower)
    }

    /// Closes the innermost container, an object.
    ///
    /// - Parameter upper: The offset after its last byte in the source.
    package mutating func endObject(at upper: Int = 0) {
        end(.object, upper)
    }

    /// Appends a copy of a complete value that is already on the tape, as the next value or as the next name.
    ///
    /// - Parameters:
    ///   - index: The index of the value.
    ///   - range: Where the copy itself is written; the rows below it keep their ranges. Nil keeps the value's own.
    ///   - asKey: Whether the copy, then a string, is the name of a member.
    package mutating func appendCopy(ofNodeAt index: Int, range: Range<Int>? = nil, asKey: Bool = false) {
        guard index >= 0, index < count, !isOpen(index) else {
            assertionFailure("only a complete value can be copied")
            return
        }
        let length = Int(nodes[index].next) - index
        reserveNodes(count + length)
        let delta = UInt32(truncatingIfNeeded: count - index)
        for offset in 0..<length {
            var node = nodes[index + offset]
            node.next &+= delta
            (nodes + (count + offset)).initialize(to: node)
        }
        if let range {
            nodes[count].lower = Self.offset(range.lowerBound)
            nodes[count].upper = Self.offset(range.upperBound)
        }
        if asKey {
            nodes[count].flags.insert(.key)
        } else {
            nodes[count].flags.remove(.key)
        }
        countChild(asKey ? .key : [])
        count += length
    }

    /// Whether a container is still open.
    private func isOpen(_ index: Int) -> Bool {
        var container = openContainer
        while container != Self.none {
            if Int(container) == index { return true }
            container = nodes[Int(container)].next
        }
        return false
    }

    /// Appends a scalar without text.
    private mutating func appendScalar(_ kind: JSONKind, _ range: Range<Int>) {
        countChild([])
        reserveNodes(count + 1)
        (nodes + count).initialize(
            to: JSONNode(
                kind: kind, lower: Self.offset(range.lowerBound), upper: Self.offset(range.upperBound),
                next: UInt32(truncatingIfNeeded: count + 1)))
        count += 1
    }

    /// Appends a scalar with a copy of its text.
    private mutating func appendText(
        _ kind: JSONKind, _ flags: JSONNodeFlags, _ text: UnsafeRawBufferPointer, _ range: Range<Int>
    ) {
        countChild(flags)
        reserveNodes(count + 1)
        reserveDecoded(decodedCount + text.count)
        (nodes + count).initialize(
            to: JSONNode(
                kind: kind, flags: flags, lower: Self.offset(range.lowerBound), upper: Self.offset(range.upperBound),
                next: UInt32(truncatingIfNeeded: count + 1), payload: UInt32(truncatingIfNeeded: decodedCount),
                decodedLength: UInt32(truncatingIfNeeded: text.count)))
        if text.count > 0 {
            UnsafeMutableRawBufferPointer(start: decoded + decodedCount, count: text.count).copyMemory(from: text)
        }
        decodedCount += text.count
        count += 1
    }

    /// Opens a container.
    private mutating func begin(_ kind: JSONKind, _ lower: Int) {
        countChild([])
        reserveNodes(count + 1)
        (nodes + count).initialize(
            to: JSONNode(kind: kind, lower: Self.offset(lower), upper: Self.offset(lower), next: openContainer))
        openContainer = UInt32(truncatingIfNeeded: count)
        count += 1
    }

    /// Closes the innermost container.
    private mutating func end(_ kind: JSONKind, _ upper: Int) {
        guard openContainer != Self.none, nodes[Int(openContainer)].kind == kind else {
            assertionFailure("an end without its beginning")
            return
        }
        let index = Int(openContainer)
        openContainer = nodes[index].next
        nodes[index].next = UInt32(truncatingIfNeeded: count)
        nodes[index].upper = max(nodes[index].lower, Self.offset(upper))
    }

    /// Counts a new child of the innermost container: elements of arrays, names of objects.
    private mutating func countChild(_ flags: JSONNodeFlags) {
        guard openContainer != Self.none else { return }
        let container = Int(openContainer)
        if nodes[container].kind == .array || flags.contains(.key) { nodes[container].payload &+= 1 }
    }

    /// A source offset in 32 bits; one that does not fit is moved to the nearest that does.
    private static func offset(_ value: Int) -> UInt32 { UInt32(clamping: value) }
}
