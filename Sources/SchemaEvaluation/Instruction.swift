/// What an instruction does. The comments name the operands `a` and `b`.
///
/// An opcode belongs to one section of a schema (see `SchemaHeader`) and is run only on values of that section's kind.
package enum Opcode: UInt8, Sendable, BitwiseCopyable {
    // Strings.
    /// At least `a` code points.
    case minLength
    /// At most `a` code points.
    case maxLength
    /// The pattern `a` is found.
    case pattern
    /// The text has the format `a` (a `FormatCode`).
    case format

    // Numbers.
    /// Not below the number `a`.
    case minimum
    /// Not above the number `a`.
    case maximum
    /// Above the number `a`.
    case exclusiveMinimum
    /// Below the number `a`.
    case exclusiveMaximum
    /// A multiple of the number `a`.
    case multipleOf
    /// The number has the format `a` (a `FormatCode`).
    case numberFormat

    // Arrays.
    /// At least `a` elements.
    case minItems
    /// At most `a` elements.
    case maxItems
    /// No two elements are equal.
    case uniqueItems
    /// Every element from the `b`th on keeps the schema `a`.
    case items
    /// The first elements keep the `b` schemas listed from `a` on.
    case prefixItems
    /// As the contains plan `a` says.
    case contains

    // Objects.
    /// At least `a` members.
    case minProperties
    /// At most `a` members.
    case maxProperties
    /// As the object plan `a` says: properties, patternProperties, additionalProperties, required.
    case object
    /// Every member's name keeps the schema `a`.
    case propertyNames
    /// As the dependency plan `a` says: names that demand names.
    case dependentRequired
    /// If the object has the name entry `a`, it keeps the schema `b`.
    case dependentSchema

    // Any kind.
    /// The value is one of the values of the enumeration plan `a`.
    case enumeration
    /// The schema `a` holds for the same value: `$ref`, `allOf`.
    case apply
    /// One of the `b` schemas listed from `a` on holds.
    case anyOf
    /// Exactly one of the `b` schemas listed from `a` on holds.
    case oneOf
    /// As `anyOf`, with the choice plan `a`: a tag rules most branches out.
    case taggedAnyOf
    /// As `oneOf`, with the choice plan `a`: a tag rules most branches out.
    case taggedOneOf
    /// The schema `a` does not hold.
    case not
    /// As the three schemas listed from `a` on say: if, then, else (`SchemaProgram.noSchema` where absent).
    case condition
    /// Nothing holds: the schema `false`, a pattern that cannot be run, or (`a` is `wrongDirection`) a property that
    /// does not travel this way. May stand among the steps for strings.
    case never

    // Any kind, after everything else.
    /// Elements that nothing has evaluated keep the schema `a`.
    case unevaluatedItems
    /// Members that nothing has evaluated keep the schema `a`.
    case unevaluatedProperties
}

/// One step of a program: sixteen bytes without references.
package struct Instruction: Sendable, BitwiseCopyable {
    /// What to do.
    package var opcode: Opcode
    /// First operand.
    package var a: UInt32
    /// Second operand.
    package var b: UInt32
    /// The keyword that the step came from, as an index of `ProgramParts.locations`.
    package var location: UInt32

    /// The operand of `never` for a read-only property in a request or a write-only one in a response.
    package static let wrongDirection: UInt32 = 1

    /// Creates a step.
    package init(_ opcode: Opcode, a: UInt32 = 0, b: UInt32 = 0, location: UInt32) {
        self.opcode = opcode
        self.a = a
        self.b = b
        self.location = location
    }
}
