/// What a value is (RFC 8259 section 3).
@frozen
package enum JSONKind: UInt8, Sendable {
    /// The literal `null`.
    case null

    /// The literal `false`.
    case `false`

    /// The literal `true`.
    case `true`

    /// A number, kept as its literal.
    case number

    /// A string, a member's name included.
    case string

    /// An array.
    case array

    /// An object.
    case object
}

/// What else is known about a node without reading its text.
@frozen
package struct JSONNodeFlags: OptionSet, Sendable {
    /// The bits.
    package let rawValue: UInt8

    /// Makes a set from its bits.
    @inlinable
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The text lies in the tape's own bytes, because it had escapes or was never in the source.
    @inlinable
    package static var decoded: JSONNodeFlags { JSONNodeFlags(rawValue: 1) }

    /// A number without fraction and exponent. `1.0` is an integer by value but does not have this flag.
    @inlinable
    package static var integerLiteral: JSONNodeFlags { JSONNodeFlags(rawValue: 2) }

    /// The string is the name of a member.
    @inlinable
    package static var key: JSONNodeFlags { JSONNodeFlags(rawValue: 4) }
}

/// One value, or one member name, of a parsed document: a row of the tape.
///
/// The tape is the document in reading order. Children follow their container directly, and in an object names and
/// values alternate, so a walk is a loop over an array, and `next` jumps over a subtree:
///
///     {"a": [1, 2], "b": null}
///
///     index  kind    next  payload
///     0      object  7     2 members
///     1      string  2     key "a"
///     2      array   5     2 elements
///     3      number  4
///     4      number  5
///     5      string  6     key "b"
///     6      null    7
///
/// A row has 24 bytes and no reference, so a tape is copied, dropped and reused without touching its rows.
@frozen
package struct JSONNode: Sendable {
    /// What the value is.
    package var kind: JSONKind

    /// What else is known.
    package var flags: JSONNodeFlags

    /// The offset of the first byte in the source, quotation mark or bracket included.
    package var lower: UInt32

    /// The offset after the last byte in the source.
    package var upper: UInt32

    /// The index of the first node after this one and everything inside it.
    package var next: UInt32

    /// The count of elements or members of a container; for a scalar with `.decoded` the offset of its text.
    package var payload: UInt32

    /// The length of the text of a scalar with `.decoded`, in bytes; else 0.
    package var decodedLength: UInt32

    /// Makes a row.
    @inlinable
    package init(
        kind: JSONKind,
        flags: JSONNodeFlags = [],
        lower: UInt32,
        upper: UInt32,
        next: UInt32,
        payload: UInt32 = 0,
        decodedLength: UInt32 = 0
    ) {
        self.kind = kind
        self.flags = flags
        self.lower = lower
        self.upper = upper
        self.next = next
        self.payload = payload
        self.decodedLength = decodedLength
    }

    /// The count of elements of an array or members of an object; meaningless for scalars.
    @inlinable
    package var childCount: Int { Int(payload) }
}
