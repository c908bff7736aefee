/// What a value is (RFC 8259 section 3).
@frozen
public enum JSONKind: UInt8, Sendable {
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
public struct JSONNodeFlags: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    @inlinable @inline(__always)
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Whether a flag is set. `OptionSet` has the same, but generic: in another module a call through a table.
    @inlinable @inline(__always)
    public func contains(_ flag: JSONNodeFlags) -> Bool { rawValue & flag.rawValue == flag.rawValue }

    /// The text lies in the tape's own bytes, because it had escapes or was never in the source.
    @inlinable @inline(__always)
    public static var decoded: JSONNodeFlags { JSONNodeFlags(rawValue: 1) }

    /// A number without fraction and exponent. `1.0` is an integer by value but does not have this flag.
    @inlinable @inline(__always)
    public static var integerLiteral: JSONNodeFlags { JSONNodeFlags(rawValue: 2) }

    /// The string is the name of a member.
    @inlinable @inline(__always)
    public static var key: JSONNodeFlags { JSONNodeFlags(rawValue: 4) }
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
public struct JSONNode: Sendable {
    /// What the value is.
    public var kind: JSONKind

    /// What else is known.
    public var flags: JSONNodeFlags

    /// The offset of the first byte in the source, quotation mark or bracket included.
    public var lower: UInt32

    /// The offset after the last byte in the source.
    public var upper: UInt32

    /// The index of the first node after this one and everything inside it.
    public var next: UInt32

    /// The count of elements or members of a container; for a scalar with `.decoded` the offset of its text.
    public var payload: UInt32

    /// The length of the text of a scalar with `.decoded`, in bytes; else 0.
    public var decodedLength: UInt32

    /// Makes a row.
    @inlinable
    public init(
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
    public var childCount: Int { Int(payload) }
}
