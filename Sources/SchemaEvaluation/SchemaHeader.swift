import JSONDocuments

/// The kinds of values that a schema admits, one bit each.
///
/// The constants are computed: a stored one would be asked for through a lock on the hot path. Bits 0 to 6 are the
/// kinds of `JSONKind`; the bit of `number` means every number, and bit 7 integers alone.
package struct TypeSet: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// The bits.
    package let rawValue: UInt8

    /// A set from its bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `null`.
    package static var null: TypeSet { TypeSet(rawValue: 1 << JSONKind.null.rawValue) }
    /// `true` and `false`.
    package static var boolean: TypeSet {
        TypeSet(rawValue: 1 << JSONKind.false.rawValue | 1 << JSONKind.true.rawValue)
    }
    /// Every number, integers among them.
    package static var number: TypeSet { TypeSet(rawValue: 1 << JSONKind.number.rawValue | 0x80) }
    /// Numbers without a fraction.
    package static var integer: TypeSet { TypeSet(rawValue: 0x80) }
    /// Strings.
    package static var string: TypeSet { TypeSet(rawValue: 1 << JSONKind.string.rawValue) }
    /// Arrays.
    package static var array: TypeSet { TypeSet(rawValue: 1 << JSONKind.array.rawValue) }
    /// Objects.
    package static var object: TypeSet { TypeSet(rawValue: 1 << JSONKind.object.rawValue) }
    /// All kinds.
    package static var all: TypeSet { TypeSet(rawValue: 0xFF) }

    /// The set of values of a kind; `true` and `false` are kinds of their own here.
    @inline(__always)
    package init(of kind: JSONKind) {
        let bit: UInt8 = 1 &<< Self.number(of: kind)
        if case .number = kind { rawValue = bit | 0x80 } else { rawValue = bit }
    }

    /// The bit of a kind.
    @inline(__always)
    private static func number(of kind: JSONKind) -> UInt8 {
        // SAFETY: a frozen enumeration without payloads is its case's number in one byte, and the raw values of
        // `JSONKind` are those numbers (a test says so). Its own getter is a call into another module for every node of
        // a message.
        unsafeBitCast(kind, to: UInt8.self)
    }

    /// Whether a kind is admitted; of numbers, whether every number is.
    @inline(__always)
    package func admits(_ kind: JSONKind) -> Bool { rawValue &>> Self.number(of: kind) & 1 != 0 }
}

/// Where the steps of one schema lie: five sections in a row, so that a value meets only the steps for its kind.
///
///     first     numbers   arrays    objects   any       end
///       │ strings │ numbers │ arrays  │ objects │ any kind│
///
/// Steps that count what was evaluated (`unevaluatedItems`, `unevaluatedProperties`) are the last of the last section.
package struct SchemaHeader: Sendable, BitwiseCopyable {
    /// Kinds of values that are admitted at all.
    package var types: TypeSet
    /// Whether `1.0` is no integer: draft 4 alone goes by the spelling.
    package var integersBySpelling: Bool
    /// Whether the schema asks what was evaluated.
    package var tracks: Bool
    /// Whether there are no steps.
    package var isTypeOnly: Bool
    /// The keyword `type`, as an index of the locations.
    package var typeLocation: UInt32
    /// First step for strings.
    package var first: UInt32
    /// First step for numbers.
    package var numbers: UInt32
    /// First step for arrays.
    package var arrays: UInt32
    /// First step for objects.
    package var objects: UInt32
    /// First step for values of any kind.
    package var any: UInt32
    /// After the last step.
    package var end: UInt32

    /// A header without steps.
    package init(types: TypeSet = .all, at first: UInt32 = 0, typeLocation: UInt32 = 0) {
        self.types = types
        integersBySpelling = false
        tracks = false
        isTypeOnly = true
        self.typeLocation = typeLocation
        self.first = first
        numbers = first
        arrays = first
        objects = first
        any = first
        end = first
    }
}
