/// Writes JSON text (RFC 8259) into bytes: problem documents, log lines, route tables, bundled documents.
///
/// Values are written one after the other; the writer sets commas, colons and line breaks. It never recurses and never
/// fails; a call that does not fit asserts in debug builds.
package struct JSONWriter: Sendable {
    /// How the text is laid out.
    package enum Layout: Sendable, Hashable {
        /// No white space at all.
        case compact

        /// One member or element a line, indented by two spaces a level.
        case pretty
    }

    /// What has been written so far.
    package private(set) var bytes: [UInt8]

    /// How the text is laid out.
    private let layout: Layout

    /// For each open container: whether a child has been written.
    private var hasChild: [Bool] = []

    /// Whether the last thing written is a member's name, whose value comes now.
    private var isAfterKey = false

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - layout: How the text is laid out.
    ///   - buffer: Bytes to append to; their room is kept.
    package init(_ layout: Layout = .compact, appendingTo buffer: consuming [UInt8] = []) {
        self.layout = layout
        bytes = buffer
    }

    /// What has been written, as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text of one value of a document.
    ///
    /// Numbers are written as they stand, members in their order, strings with the fewest escapes.
    package static func bytes(of value: JSONValue, _ layout: Layout = .compact) -> [UInt8] {
        var writer = JSONWriter(layout)
        writer.value(value)
        return writer.bytes
    }

    /// The text of one value of a document.
    package static func text(of value: JSONValue, _ layout: Layout = .compact) -> String {
        String(decoding: bytes(of: value, layout), as: UTF8.self)
    }

    /// Forgets what has been written and keeps the room.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        hasChild.removeAll(keepingCapacity: true)
        isAfterKey = false
    }

    /// Opens an object.
    package mutating func beginObject() { begin(UInt8(ascii: "{")) }

    /// Closes the innermost object.
    package mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Opens an array.
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }

    /// Closes the innermost array.
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes the name of the next member.
    package mutating func key(_ name: String) {
        var name = name
        name.withUTF8 { key(UnsafeRawBufferPointer($0)) }
    }

    /// Writes the name of the next member.
    ///
    /// - Parameter name: UTF-8 without escapes.
    package mutating func key(_ name: UnsafeRawBufferPointer) {
        prepare()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        if layout == .pretty { bytes.append(0x20) }
        isAfterKey = true
    }

    /// Writes a string.
    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    /// Writes a string.
    ///
    /// - Parameter value: UTF-8 without escapes; each byte that is not part of it is written as U+FFFD.
    package mutating func string(_ value: UnsafeRawBufferPointer) {
        prepare()
        quote(value)
    }

    /// Writes an integer.
    package mutating func integer(_ value: some BinaryInteger) {
        prepare()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a number as it stands.
    ///
    /// - Parameter literal: A number of RFC 8259 section 6, checked by a parser.
    package mutating func number(literal: UnsafeRawBufferPointer) {
        prepare()
        bytes.append(contentsOf: literal)
    }

    /// Writes the shortest decimal that reads back as the same double; `null` for infinities and NaN, which JSON lacks.
    package mutating func double(_ value: Double) {
        prepare()
        bytes.append(contentsOf: value.isFinite ? Array("\(value)".utf8) : Array("null".utf8))
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        prepare()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    package mutating func null() {
        prepare()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value of a document with everything below it.
    package mutating func value(_ value: JSONValue) {
        value.document.withView { self.value($0, at: value.index) }
    }

    /// Writes a value with everything below it.
    ///
    /// - Parameters:
    ///   - view: The rows.
    ///   - index: The index of the value.
    package mutating func value(_ view: JSONView, at index: Int) {
        let end = Int(view[index].next)
        var open: [(next: Int, isObject: Bool)] = []
        var current = index
        while true {
            while let last = open.last, current == last.next {
                if last.isObject { endObject() } else { endArray() }
                open.removeLast()
            }
            guard current < end else { return }
            let node = view[current]
            switch node.kind {
            case .null: null()
            case .false: bool(false)
            case .true: bool(true)
            case .number: number(literal: view.text(of: node))
            case .string:
                if node.flags.contains(.key), current != index {
                    key(view.text(of: node))
                } else {
                    string(view.text(of: node))
                }
            case .array:
                beginArray()
                open.append((Int(node.next), false))
            case .object:
                beginObject()
                open.append((Int(node.next), true))
            }
            current += 1
        }
    }

    /// Opens a container.
    private mutating func begin(_ bracket: UInt8) {
        prepare()
        bytes.append(bracket)
        hasChild.append(false)
    }

    /// Closes the innermost container.
    private mutating func end(_ bracket: UInt8) {
        guard let hadChild = hasChild.popLast() else {
            assertionFailure("an end without its beginning")
            return
        }
        if hadChild { breakLine() }
        bytes.append(bracket)
    }

    /// Writes what stands before a value or a name.
    private mutating func prepare() {
        if isAfterKey {
            isAfterKey = false
            return
        }
        guard let last = hasChild.indices.last else { return }
        if hasChild[last] { bytes.append(UInt8(ascii: ",")) }
        hasChild[last] = true
        breakLine()
    }

    /// Starts a line at the indentation of the innermost container.
    private mutating func breakLine() {
        guard layout == .pretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: hasChild.count * 2))
    }

    /// Writes a string in quotation marks. RFC 8259 section 7: quotation mark, reverse solidus and U+0000 to U+001F are
    /// escaped; U+007F, U+2028 and U+2029 are escaped as well, for terminals and scripts that take them for controls.
    private mutating func quote(_ text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        var plain = 0
        var index = 0
        let isWellFormed = UTF8Sequence.firstFault(in: text) == nil
        while index < text.count {
            let byte = text[index]
            if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                index += 1
                continue
            }
            if byte >= 0x80, isWellFormed, !Self.isLineSeparator(text, at: index) {
                index += 1
                continue
            }
            bytes.append(contentsOf: text[plain..<index])
            index += escape(text, at: index)
            plain = index
        }
        bytes.append(contentsOf: text[plain..<text.count])
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes the escape for the bytes at an offset and says how many they are.
    private mutating func escape(_ text: UnsafeRawBufferPointer, at index: Int) -> Int {
        let byte = text[index]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x00..<0x80:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        case _ where Self.isLineSeparator(text, at: index):
            bytes.append(contentsOf: (text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
            return 3
        default: return keepOrReplace(text, at: index)
        }
        return 1
    }

    /// Writes one sequence of a text that is not wholly UTF-8, or U+FFFD for a byte that is not part of one.
    private mutating func keepOrReplace(_ text: UnsafeRawBufferPointer, at index: Int) -> Int {
        guard let base = text.baseAddress else { return 1 }
        let length = UTF8Sequence.length(
            at: index, in: base.assumingMemoryBound(to: UInt8.self), end: text.count)
        guard length > 0 else {
            bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
            return 1
        }
        bytes.append(contentsOf: text[index..<(index + length)])
        return length
    }

    /// Whether U+2028 or U+2029 stands at an offset.
    private static func isLineSeparator(_ text: UnsafeRawBufferPointer, at index: Int) -> Bool {
        text[index] == 0xE2 && index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8
    }

    /// The hexadecimal digits.
    private static let digits = Array("0123456789abcdef".utf8)
}
