import JSONDocuments
import PatternMatching
import SchemaEvaluation

/// What a schema says about reading its values from text: types, items and members, found by the type search.
///
/// OpenAPI 3.2 §4.8.3: the search goes through `$ref` and `allOf` only; a schema without `type` admits all types, and
/// ambiguities are not resolved through `anyOf`. A shape is a hint for the reader. It never decides: the value that was
/// read goes through the schema program whatever the shape says.
final class ValueShape: Sendable {
    /// A member with a shape of its own.
    struct Member: Sendable {
        /// The name.
        let name: [UInt8]
        /// The shape of its values.
        let shape: ValueShape
    }

    /// The types that are admitted.
    let types: TypeSet
    /// Whether any `type` was found.
    let isTyped: Bool
    /// Shape of all items, or of those after the prefix.
    let items: ValueShape?
    /// Shapes of the first items.
    let prefix: [ValueShape]
    /// Declared members.
    let members: [Member]
    /// Members by pattern.
    let patterns: [(pattern: Pattern, shape: ValueShape)]
    /// Shape of other members, if a schema is given.
    let additional: ValueShape?
    /// Whether the object takes a stand on members that are not declared: an exploded object then takes every name
    /// that nothing else declares.
    let claimsOtherMembers: Bool
    /// Whether values are raw octets: `format: binary` or `contentMediaType` without text constraints.
    let isBinary: Bool
    /// Whether every string satisfies the schema, so that text need not go through the program.
    let acceptsAnyText: Bool

    /// Takes all parts.
    init(
        types: TypeSet, isTyped: Bool, items: ValueShape?, prefix: [ValueShape], members: [Member],
        patterns: [(pattern: Pattern, shape: ValueShape)], additional: ValueShape?, claimsOtherMembers: Bool,
        isBinary: Bool, acceptsAnyText: Bool
    ) {
        self.types = types
        self.isTyped = isTyped
        self.items = items
        self.prefix = prefix
        self.members = members
        self.patterns = patterns
        self.additional = additional
        self.claimsOtherMembers = claimsOtherMembers
        self.isBinary = isBinary
        self.acceptsAnyText = acceptsAnyText
    }

    /// A schema that says nothing.
    static let any = ValueShape(
        types: .all, isTyped: false, items: nil, prefix: [], members: [], patterns: [], additional: nil,
        claimsOtherMembers: false, isBinary: false, acceptsAnyText: true)

    /// The shape of the item at a position.
    func item(_ position: Int) -> ValueShape {
        position < prefix.count ? prefix[position] : items ?? .any
    }

    /// The shape of a declared member.
    func declared(_ name: UnsafeRawBufferPointer) -> ValueShape? {
        for member in members where Octets.equal(name, member.name) { return member.shape }
        return nil
    }

    /// The shape of any member.
    func member(_ name: UnsafeRawBufferPointer) -> ValueShape {
        if let shape = declared(name) { return shape }
        for entry in patterns where entry.pattern.matches(name) == .match { return entry.shape }
        return additional ?? .any
    }

    /// Whether the type search found these types and nothing else but null.
    func isOnly(_ other: TypeSet) -> Bool {
        isTyped && types.subtracting(.null).isSubset(of: other) && !types.isDisjoint(with: other)
    }

    /// Whether values may be of one of these types by explicit declaration.
    func mayBe(_ other: TypeSet) -> Bool { isTyped && !types.isDisjoint(with: other) }
}
