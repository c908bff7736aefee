import JSONDocuments
import SchemaEvaluation

/// Why a text is no value of its layout.
enum ReadFault: Error {
    /// A percent sign without two hexadecimal digits.
    case percentEncoding
    /// Octets that are no UTF-8.
    case encoding
    /// One value expected, several given.
    case repeated
    /// A member given twice.
    case repeatedMember
    /// Names and values do not pair up.
    case unpaired
    /// The prefix of `label` or `matrix`, or the name after it, is missing.
    case prefix
    /// More members than are read.
    case tooMany
    /// Not JSON; `ContractWorkspace.syntaxError` says why.
    case json
    /// The root element of an XML document has another name.
    case rootElement
    /// The layout cannot be read at all.
    case unreadable
}

/// Where a value's text is.
enum ValueSource {
    /// In one piece.
    case single(UnsafeRawBufferPointer)
    /// In the entries of a chain of `ContractWorkspace.fields`; values lie in `base`.
    case chain(first: Int, base: UnsafeRawBufferPointer)
}

/// Which of two readings each ambiguous text gets: `5` under `type: [integer, string]` is a number or a string.
struct ReadingChoice {
    /// Bit n: ambiguous text n is read as a string.
    var strings: UInt64
    /// How many ambiguous texts were met.
    var count = 0

    /// Takes the bits.
    init(strings: UInt64) { self.strings = strings }

    /// Whether the next ambiguous text is read as a string.
    mutating func nextIsString() -> Bool {
        let index = count
        count += 1
        // Texts beyond the bits follow the first one.
        return strings >> UInt64(index < 64 ? index : 0) & 1 != 0
    }
}

/// Most members of one object, or items of one array, that are read from text.
enum ReadingLimit {
    /// Entries.
    static let entries = 4096
}

/// Reading text onto the tape.
extension ContractWorkspace {
    /// Writes a scalar.
    mutating func writeScalar(
        _ raw: UnsafeRawBufferPointer, _ form: FieldForm, _ shape: ValueShape, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        switch form {
        case .json: return try writeJSON(raw)
        case .octets: return writeOctets(raw, shape)
        case .form, .percent, .plain: break
        }
        switch TextDecoding.decode(raw, form, into: &text) {
        case .text(let decoded): appendScalar(decoded, shape, &choice)
        case .fault(let fault): throw Self.readFault(fault)
        }
    }

    /// The fault of a text as the fault of a value.
    static func readFault(_ fault: TextFault) -> ReadFault {
        switch fault {
        case .percentEncoding: .percentEncoding
        case .encoding: .encoding
        }
    }

    /// Appends decoded text in the best reading that its shape admits; final judgement is the program's.
    mutating func appendScalar(_ decoded: UnsafeRawBufferPointer, _ shape: ValueShape, _ choice: inout ReadingChoice) {
        appendScalar(decoded, types: shape.types, &choice)
    }

    /// Appends decoded text in the best reading that some types admit.
    mutating func appendScalar(_ decoded: UnsafeRawBufferPointer, types: TypeSet, _ choice: inout ReadingChoice) {
        if let first = decoded.first {
            if first == 0x2D || first &- 0x30 < 10 {
                if !types.isDisjoint(with: .number), TextDecoding.isNumber(decoded),
                    !types.contains(.string) || !choice.nextIsString()
                {
                    return tape.appendNumber(decoded)
                }
            } else if types.contains(.boolean), first == 0x74 || first == 0x66 {
                let isTrue = decoded.elementsEqual("true".utf8)
                if isTrue || decoded.elementsEqual("false".utf8), !types.contains(.string) || !choice.nextIsString() {
                    return tape.appendBool(isTrue)
                }
            }
        }
        tape.appendString(decoded)
    }

    /// Appends a value that is JSON text inside the message.
    mutating func writeJSON(_ raw: UnsafeRawBufferPointer) throws(ReadFault) {
        do throws(JSONSyntaxError) {
            try inner.parse(raw, limits: JSONLimits())
        } catch {
            syntaxError = error
            throw .json
        }
        Self.copy(inner.view, 0, to: &tape)
    }

    /// Appends raw octets: as text where they are UTF-8 that a schema may look at, else as filler of the same length,
    /// so that `maxLength` counts octets (OpenAPI 3.0.4 §4.7.14.2) and nothing else is claimed about them.
    mutating func writeOctets(_ raw: UnsafeRawBufferPointer, _ shape: ValueShape) {
        if shape.acceptsAnyText { return tape.appendString(UnsafeRawBufferPointer(start: nil, count: 0)) }
        text.count = 0
        text.reserve(raw.count)
        text.bytes.update(repeating: 0x78, count: raw.count)
        tape.appendString(text.slice(0, raw.count))
    }

    /// Copies a subtree.
    private static func copy(_ view: JSONView, _ index: Int, to tape: inout JSONTape) {
        let node = view[index]
        switch node.kind {
        case .null: tape.appendNull()
        case .true: tape.appendBool(true)
        case .false: tape.appendBool(false)
        case .number: tape.appendNumber(view.text(of: node))
        case .string: tape.appendString(view.text(of: node))
        case .array:
            tape.beginArray()
            var child = index + 1
            while child < Int(node.next) {
                copy(view, child, to: &tape)
                child = Int(view[child].next)
            }
            tape.endArray()
        case .object:
            tape.beginObject()
            var key = index + 1
            while key < Int(node.next) {
                tape.appendKey(view.text(of: key))
                copy(view, key + 1, to: &tape)
                key = Int(view[key + 1].next)
            }
            tape.endObject()
        }
    }

    // MARK: - Arrays and objects in one text

    /// Writes the items between separators.
    mutating func writeItems(
        _ raw: UnsafeRawBufferPointer, _ separator: Separator, _ form: FieldForm, _ shape: ValueShape,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        tape.beginArray()
        // RFC 9110 §5.6.1: an empty field value is an empty list. Elsewhere an empty text is one empty item.
        if !raw.isEmpty || form != .plain {
            var pieces = Pieces(raw, separator, form)
            var position = 0
            while let piece = pieces.next() {
                guard position < ReadingLimit.entries else { throw .tooMany }
                try writeScalar(piece, form, shape.item(position), &choice)
                position += 1
            }
        }
        tape.endArray()
    }

    /// Writes members whose names and values alternate between separators.
    mutating func writeAlternating(
        _ raw: UnsafeRawBufferPointer, _ separator: Separator, _ form: FieldForm, _ shape: ValueShape,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        let object = tape.count
        tape.beginObject()
        var pieces = Pieces(raw, separator, form)
        var count = 0
        while !raw.isEmpty, let name = pieces.next() {
            guard let value = pieces.next() else { throw .unpaired }
            count += 1
            try writeMember(name, value, form, shape, count, &choice)
        }
        tape.endObject()
        if !tape.view.duplicateKeys(inObject: object, limit: 1).isEmpty { throw .repeatedMember }
    }

    /// Writes members `name=value` between separators.
    mutating func writeAssigned(
        _ raw: UnsafeRawBufferPointer, _ separator: Separator, _ form: FieldForm, _ shape: ValueShape,
        _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        let object = tape.count
        tape.beginObject()
        var pieces = Pieces(raw, separator, form)
        var count = 0
        while !raw.isEmpty, let piece = pieces.next() {
            guard let equals = Octets.first(0x3D, in: piece, from: 0) else { throw .unpaired }
            count += 1
            try writeMember(
                UnsafeRawBufferPointer(rebasing: piece[..<equals]),
                UnsafeRawBufferPointer(rebasing: piece[(equals + 1)...]),
                form, shape, count, &choice)
        }
        tape.endObject()
        if !tape.view.duplicateKeys(inObject: object, limit: 1).isEmpty { throw .repeatedMember }
    }

    /// Writes one member.
    private mutating func writeMember(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ form: FieldForm, _ shape: ValueShape,
        _ count: Int, _ choice: inout ReadingChoice
    ) throws(ReadFault) {
        guard count <= ReadingLimit.entries else { throw .tooMany }
        let member: ValueShape
        switch TextDecoding.decode(name, form, into: &text) {
        case .text(let decoded):
            tape.appendKey(decoded)
            member = shape.member(decoded)
        case .fault(let fault): throw Self.readFault(fault)
        }
        try writeScalar(value, form, member, &choice)
    }
}

/// The pieces of a text between separators, before decoding: "split by delimiter before percent-decoding".
struct Pieces {
    /// The text.
    private let text: UnsafeRawBufferPointer
    /// What separates.
    private let separator: Separator
    /// How the text is encoded: an encoded separator separates only where the style is defined by one.
    private let form: FieldForm
    /// Where the next piece begins; past the end when all are done.
    private var position = 0
    /// Whether the last piece was given out.
    private var isDone = false

    /// Starts at the beginning. Even an empty text has one piece.
    init(_ text: UnsafeRawBufferPointer, _ separator: Separator, _ form: FieldForm) {
        self.text = text
        self.separator = separator
        self.form = form
    }

    /// The next piece.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard !isDone else { return nil }
        var index = position
        while index < text.count {
            let length = separatorLength(at: index)
            if length > 0 {
                let piece = UnsafeRawBufferPointer(rebasing: text[position..<index])
                position = index + length
                return form == .plain ? Octets.trimmed(piece) : piece
            }
            index += 1
        }
        isDone = true
        let piece = UnsafeRawBufferPointer(rebasing: text[position...])
        return form == .plain ? Octets.trimmed(piece) : piece
    }

    /// How long the separator at an index is; 0 if there is none.
    @inline(__always)
    private func separatorLength(at index: Int) -> Int {
        let byte = text[index]
        switch separator {
        case .comma: return byte == 0x2C ? 1 : 0
        case .dot: return byte == 0x2E ? 1 : 0
        case .semicolon: return byte == 0x3B ? 1 : 0
        case .ampersand: return byte == 0x26 ? 1 : 0
        // The delimiters of these styles are not allowed raw in a URI, so they come encoded (OpenAPI 3.2 §4.12.6).
        case .space: return byte == 0x20 || (byte == 0x2B && form == .form) ? 1 : encoded(0x32, 0x30, at: index)
        case .pipe: return byte == 0x7C ? 1 : encoded(0x37, 0x63, at: index)
        case .tab: return byte == 0x09 ? 1 : encoded(0x30, 0x39, at: index)
        case .none: return 0
        }
    }

    /// 3 if a triplet with these digits, letters in small, stands at an index.
    private func encoded(_ high: UInt8, _ low: UInt8, at index: Int) -> Int {
        guard form != .plain, text[index] == 0x25, index + 2 < text.count else { return 0 }
        return text[index + 1] == high && (text[index + 2] == low || (low >= 0x61 && text[index + 2] | 0x20 == low))
            ? 3 : 0
    }
}
