/// A media type as a Content-Type field carries it (RFC 9110 §8.3.1), borrowed from the field.
struct MediaTypeText {
    /// The type, in any case of letters.
    let type: UnsafeRawBufferPointer
    /// The subtype, in any case of letters.
    let subtype: UnsafeRawBufferPointer
    /// What follows the subtype: `;name=value` any number of times, known to be well-formed.
    let parameters: UnsafeRawBufferPointer

    /// Reads a field value; nil unless it keeps the grammar to the last byte. Nothing is guessed: a type that is read
    /// differently by the service would let content through unchecked.
    init?(_ field: UnsafeRawBufferPointer) {
        let text = Octets.trimmed(field)
        let typeEnd = Self.token(text, from: 0)
        guard typeEnd > 0, typeEnd < text.count, text[typeEnd] == 0x2F else { return nil }
        let subtypeEnd = Self.token(text, from: typeEnd + 1)
        guard subtypeEnd > typeEnd + 1 else { return nil }
        type = UnsafeRawBufferPointer(rebasing: text[..<typeEnd])
        subtype = UnsafeRawBufferPointer(rebasing: text[(typeEnd + 1)..<subtypeEnd])
        parameters = UnsafeRawBufferPointer(rebasing: text[subtypeEnd...])
        var rest = MediaTypeParameters(parameters)
        while rest.next() != nil {}
        guard !rest.isBroken else { return nil }
    }

    /// The end of the token that begins at a position.
    static func token(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < text.count, isTokenByte(text[index]) { index += 1 }
        return index
    }

    /// `tchar` (RFC 9110 §5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Whether the subtype ends in a structured suffix (RFC 6838 §4.2.8); `suffix` is in small letters, with its plus.
    func hasSuffix(_ suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard subtype.count > length else { return false }
        for index in 0..<length where Octets.lowered(subtype[subtype.count - length + index]) != suffix.utf8Start[index]
        {
            return false
        }
        return true
    }

    /// Whether type and subtype are these, in small letters.
    func isType(_ wantedType: StaticString, _ wantedSubtype: StaticString) -> Bool {
        Self.equal(type, wantedType) && Self.equal(subtype, wantedSubtype)
    }

    /// Whether the type is this, in small letters.
    func isType(_ wantedType: StaticString) -> Bool { Self.equal(type, wantedType) }

    /// Comparison without regard to the case of ASCII letters.
    private static func equal(_ text: UnsafeRawBufferPointer, _ wanted: StaticString) -> Bool {
        guard text.count == wanted.utf8CodeUnitCount else { return false }
        for index in 0..<text.count where Octets.lowered(text[index]) != wanted.utf8Start[index] { return false }
        return true
    }

    /// The value of a parameter without quotes and escapes; nil without the parameter. `name` is in small letters.
    func parameter(_ name: [UInt8]) -> [UInt8]? {
        var rest = MediaTypeParameters(parameters)
        while let parameter = rest.next() {
            if Octets.equal(parameter.name, lowercase: name) { return Array(QuotedText(parameter.value)) }
        }
        return nil
    }
}

/// The parameters of a media type, one by one.
struct MediaTypeParameters {
    /// `;name=value…`.
    private let text: UnsafeRawBufferPointer
    /// Where the next parameter begins.
    private var position = 0
    /// Whether something does not keep the grammar.
    private(set) var isBroken = false

    /// Starts after the subtype.
    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The next parameter; the value may be a quoted string. Nil at the end, and where the grammar is broken.
    mutating func next() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        while position < text.count {
            // parameters = *( OWS ";" OWS [ parameter ] ) (RFC 9110 §5.6.6)
            skipBlanks()
            guard position < text.count else { break }
            guard text[position] == 0x3B else { return fail() }
            position += 1
            skipBlanks()
            if position == text.count || text[position] == 0x3B { continue }
            let nameEnd = MediaTypeText.token(text, from: position)
            guard nameEnd > position, nameEnd < text.count, text[nameEnd] == 0x3D else { return fail() }
            let name = UnsafeRawBufferPointer(rebasing: text[position..<nameEnd])
            let start = nameEnd + 1
            let end =
                start < text.count && text[start] == 0x22 ? quotedEnd(start) : MediaTypeText.token(text, from: start)
            guard end > start else { return fail() }
            position = end
            return (name, UnsafeRawBufferPointer(rebasing: text[start..<end]))
        }
        return nil
    }

    /// The end of the quoted string that begins at a position; the position itself if it does not end.
    private func quotedEnd(_ start: Int) -> Int {
        var index = start + 1
        while index < text.count {
            switch text[index] {
            case 0x22: return index + 1
            case 0x5C:
                guard index + 1 < text.count, Self.isTextByte(text[index + 1]) else { return start }
                index += 2
            case let byte:
                guard Self.isTextByte(byte) else { return start }
                index += 1
            }
        }
        return start
    }

    /// `HTAB / SP / VCHAR / obs-text` (RFC 9110 §5.6.4).
    private static func isTextByte(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7F) }

    /// OWS.
    private mutating func skipBlanks() {
        while position < text.count, Octets.isBlank(text[position]) { position += 1 }
    }

    /// Ends with a fault.
    private mutating func fail() -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        isBroken = true
        position = text.count
        return nil
    }
}

/// The content of a token or a quoted string, byte by byte, quotes and escapes removed.
struct QuotedText: Sequence, IteratorProtocol {
    /// The token or quoted string.
    private let text: UnsafeRawBufferPointer
    /// The next byte.
    private var position: Int
    /// After the last byte.
    private let end: Int
    /// Whether there are quotes.
    private let isQuoted: Bool

    /// Takes a value that `MediaTypeParameters` returned.
    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
        isQuoted = text.first == 0x22
        position = isQuoted ? 1 : 0
        end = isQuoted ? text.count - 1 : text.count
    }

    /// The next byte.
    mutating func next() -> UInt8? {
        if isQuoted, position < end, text[position] == 0x5C { position += 1 }
        guard position < end else { return nil }
        defer { position += 1 }
        return text[position]
    }
}
