/// Why a text is not JSON, or not JSON that Lintel reads, and where.
package struct JSONSyntaxError: Error, Sendable, Equatable {
    /// What is wrong. Raw values are stable kebab-case codes.
    package enum Kind: String, Sendable {
        /// A byte that cannot stand at its place.
        case unexpectedByte = "unexpected-byte"

        /// The text stops inside a value.
        case unexpectedEnd = "unexpected-end"

        /// Nothing but white space.
        case empty = "empty-document"

        /// Something other than white space follows the value.
        case trailingContent = "trailing-content"

        /// Bytes that are not UTF-8: RFC 8259 section 8.1, RFC 3629 section 3.
        case invalidUTF8 = "invalid-utf8"

        /// The text starts with a byte order mark: RFC 8259 section 8.1 allows to refuse it, and not every service
        /// skips it.
        case byteOrderMark = "byte-order-mark"

        /// A character below U+0020 inside a string: RFC 8259 section 7.
        case controlCharacter = "control-character"

        /// An escape that RFC 8259 section 7 does not know.
        case invalidEscape = "invalid-escape"

        /// Half of a UTF-16 surrogate pair: RFC 8259 section 8.2, unpredictable for receivers.
        case loneSurrogate = "lone-surrogate"

        /// A number that RFC 8259 section 6 does not know, such as `01`, `1.` or `.5`.
        case invalidNumber = "invalid-number"

        /// A word that is not `true`, `false` or `null`.
        case invalidLiteral = "invalid-literal"

        /// More containers are open than the limit allows.
        case depthExceeded = "depth-exceeded"

        /// An object names a member twice.
        case duplicateKey = "duplicate-key"

        /// More bytes than the limit allows.
        case tooLarge = "too-large"
    }

    /// What could have stood where a byte was unexpected.
    package enum Expectation: String, Sendable {
        /// Any value.
        case value = "a value"

        /// A member's name.
        case key = "a member name in quotation marks"

        /// A member's name or the end of the object.
        case keyOrEnd = "a member name in quotation marks or '}'"

        /// The colon after a name.
        case colon = "':'"

        /// The next element or the end of the array.
        case commaOrArrayEnd = "',' or ']'"

        /// The next member or the end of the object.
        case commaOrObjectEnd = "',' or '}'"

        /// The end of a string.
        case quotationMark = "the end of the string"

        /// More of a number.
        case digit = "a digit"

        /// Nothing in particular.
        case nothing = ""
    }

    /// What is wrong.
    package let kind: Kind

    /// The offset of the byte at which it shows; for a duplicate key the start of the second name.
    package let offset: Int

    /// What could have stood there.
    package let expectation: Expectation

    /// The byte that stands there, where it matters.
    package let byte: UInt8?

    /// For a duplicate key the offset of the first name.
    package let firstOffset: Int?

    /// Makes an error.
    package init(
        _ kind: Kind, at offset: Int, expecting expectation: Expectation = .nothing, byte: UInt8? = nil,
        firstOffset: Int? = nil
    ) {
        self.kind = kind
        self.offset = offset
        self.expectation = expectation
        self.byte = byte
        self.firstOffset = firstOffset
    }

    /// A sentence without a full stop and without the offset. It quotes at most one printable ASCII character.
    package var message: String {
        switch kind {
        case .unexpectedByte: "expected \(expectation.rawValue), found \(found)"
        case .unexpectedEnd: "the text ends where \(expectation.rawValue) is expected"
        case .empty: "there is no value, only white space"
        case .trailingContent: "\(found) follows the end of the value"
        case .invalidUTF8: "the bytes are not valid UTF-8"
        case .byteOrderMark: "the text starts with a byte order mark"
        case .controlCharacter: "a control character in a string is not escaped (\(found))"
        case .invalidEscape: "the escape sequence is not one of JSON"
        case .loneSurrogate: "the escape is one half of a surrogate pair"
        case .invalidNumber: "the number is not one of JSON"
        case .invalidLiteral: "expected true, false or null"
        case .depthExceeded: "values are nested too deeply"
        case .duplicateKey: "the object has two members with the same name"
        case .tooLarge: "the text is too large"
        }
    }

    /// The byte for people.
    private var found: String {
        guard let byte else { return "something else" }
        if byte > 0x20, byte < 0x7F { return "'\(Unicode.Scalar(byte))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (digits.count == 1 ? "0" : "") + digits
    }
}
