import JSONDocuments

/// What an object must keep of `properties`, `patternProperties`, `additionalProperties` and `required`, in one walk.
package struct ObjectPlan: Sendable, BitwiseCopyable {
    /// Names that are declared or required.
    package var names: NameTable
    /// How many of them are required.
    package var requiredCount: UInt32
    /// First of the pattern properties.
    package var patterns: UInt32
    /// Number of pattern properties.
    package var patternCount: UInt32
    /// Schema of all other members, `SchemaProgram.noSchema` for none.
    package var additional: UInt32
    /// Whether the schema of other members is `false`.
    package var isClosed: Bool
    /// Whether nothing but `required` is asked.
    package var isRequiredOnly: Bool
    /// The keyword `required`.
    package var requiredLocation: UInt32
    /// The keyword `additionalProperties`.
    package var additionalLocation: UInt32

    /// A plan that asks nothing.
    package init() {
        names = .empty
        requiredCount = 0
        patterns = 0
        patternCount = 0
        additional = SchemaProgram.noSchema
        isClosed = false
        isRequiredOnly = false
        requiredLocation = 0
        additionalLocation = 0
    }
}

/// A pattern for names, and the schema of the members with such names.
package struct PatternProperty: Sendable, BitwiseCopyable {
    /// Index of the pattern.
    package var pattern: UInt32
    /// Index of the schema.
    package var schema: UInt32

    /// A pattern and its schema.
    package init(pattern: UInt32, schema: UInt32) {
        self.pattern = pattern
        self.schema = schema
    }
}

/// How many elements must keep a schema: `contains`, `minContains`, `maxContains`.
package struct ContainsPlan: Sendable, BitwiseCopyable {
    /// Index of the schema.
    package var schema: UInt32
    /// Fewest elements that keep it.
    package var minimum: UInt32
    /// Most elements that keep it; `UInt32.max` is unbounded.
    package var maximum: UInt32
    /// Whether elements that keep it count as evaluated: since 2020-12.
    package var evaluates: Bool
    /// The keyword `minContains`, or `contains` where that is absent.
    package var minimumLocation: UInt32
    /// The keyword `maxContains`.
    package var maximumLocation: UInt32

    /// A plan.
    package init(
        schema: UInt32, minimum: UInt32, maximum: UInt32, evaluates: Bool, minimumLocation: UInt32,
        maximumLocation: UInt32
    ) {
        self.schema = schema
        self.minimum = minimum
        self.maximum = maximum
        self.evaluates = evaluates
        self.minimumLocation = minimumLocation
        self.maximumLocation = maximumLocation
    }
}

/// Names that a name demands: `dependentRequired`.
package struct DependencyPlan: Sendable, BitwiseCopyable {
    /// Index of the name that demands, among the program's names.
    package var trigger: UInt32
    /// First of the demanded names, among the program's names.
    package var names: UInt32
    /// Number of demanded names.
    package var count: UInt32

    /// A plan.
    package init(trigger: UInt32, names: UInt32, count: UInt32) {
        self.trigger = trigger
        self.names = names
        self.count = count
    }
}

/// The values of `enum` or `const`.
package struct EnumerationPlan: Sendable, BitwiseCopyable {
    /// The kinds of the values: a value of another kind is none of them.
    package var types: TypeSet
    /// The strings among them.
    package var strings: NameTable
    /// The others: first index in the program's list of schemas, which here holds nodes of the constants.
    package var others: UInt32
    /// Number of the others.
    package var otherCount: UInt32
    /// Node of the array of all values, for messages.
    package var values: UInt32
    /// Whether the keyword was `const`.
    package var isConstant: Bool

    /// A plan.
    package init(
        types: TypeSet, strings: NameTable, others: UInt32, otherCount: UInt32, values: UInt32, isConstant: Bool
    ) {
        self.types = types
        self.strings = strings
        self.others = others
        self.otherCount = otherCount
        self.values = values
        self.isConstant = isConstant
    }
}

/// Branches told apart by a tag: a property whose `const` or `enum` differs from branch to branch.
///
/// The tag only rules out branches that would fail at it anyhow; the others are evaluated as ever, so it never changes
/// a verdict. A value without the tag meets all branches.
package struct ChoicePlan: Sendable, BitwiseCopyable {
    /// The property, as an index of the program's names.
    package var tag: UInt32
    /// The values of the tag; an entry's `schema` and `required` are start and length of a list of branches.
    package var values: NameTable
    /// First of the branches that any other text may keep.
    package var others: UInt32
    /// Number of these.
    package var otherCount: UInt32
    /// First of all branches.
    package var branches: UInt32
    /// Number of all branches.
    package var branchCount: UInt32

    /// A plan.
    package init(
        tag: UInt32, values: NameTable, others: UInt32, otherCount: UInt32, branches: UInt32, branchCount: UInt32
    ) {
        self.tag = tag
        self.values = values
        self.others = others
        self.otherCount = otherCount
        self.branches = branches
        self.branchCount = branchCount
    }
}

/// A bound or a divisor.
package struct NumberConstant: Sendable, BitwiseCopyable {
    /// The number, if it is short or an integer of 64 bits, however it is written.
    package var short: ShortDecimal?
    /// Where its literal lies in the program's texts.
    package var offset: UInt32
    /// Bytes of the literal.
    package var length: UInt32
    /// Index of the number among the divisors; meaningless for bounds.
    package var divisor: UInt32
}
