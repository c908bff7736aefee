/// A set of code points: sorted disjoint ranges, and Unicode properties beside them.
///
/// Invariant: `ranges` is sorted, disjoint and never adjacent. Surrogates may lie inside a range; UTF-8 text has none.
struct ScalarSet: Sendable, Equatable {
    /// A range of code points, both ends included.
    struct Range: Sendable, Equatable {
        /// First code point.
        var first: UInt32
        /// Last code point.
        var last: UInt32
    }

    /// A property and whether its complement is meant.
    struct PropertyTest: Sendable, Equatable {
        /// What PCRE2 calls the property.
        var name: String
        /// Whether code points without the property are meant.
        var negated: Bool
    }

    /// Code points by range.
    private(set) var ranges: [Range] = []
    /// Code points by property.
    private(set) var properties: [PropertyTest] = []
    /// Whether the set is the complement of what `ranges` and `properties` say.
    var negated = false

    /// The last code point of Unicode.
    static let lastScalar: UInt32 = 0x10FFFF
    /// `\d`: ASCII digits, ECMA-262 §22.2.2.9.
    static let digits = ScalarSet([Range(first: 0x30, last: 0x39)])
    /// `\w`: ASCII letters, digits and the underscore.
    static let word = ScalarSet([
        Range(first: 0x30, last: 0x39), Range(first: 0x41, last: 0x5A), Range(first: 0x5F, last: 0x5F),
        Range(first: 0x61, last: 0x7A),
    ])
    /// `\s`: WhiteSpace and LineTerminator, ECMA-262 §12.2 and §12.3 (TAB, VT, FF, ZWNBSP, Zs, LF, CR, LS, PS).
    static let space = ScalarSet([
        Range(first: 0x09, last: 0x0D), Range(first: 0x20, last: 0x20), Range(first: 0xA0, last: 0xA0),
        Range(first: 0x1680, last: 0x1680), Range(first: 0x2000, last: 0x200A), Range(first: 0x2028, last: 0x2029),
        Range(first: 0x202F, last: 0x202F), Range(first: 0x205F, last: 0x205F), Range(first: 0x3000, last: 0x3000),
        Range(first: 0xFEFF, last: 0xFEFF),
    ])
    /// `.`: everything but LineTerminator (no `s` flag in JSON Schema).
    static let dot = ScalarSet([
        Range(first: 0x0A, last: 0x0A), Range(first: 0x0D, last: 0x0D), Range(first: 0x2028, last: 0x2029),
    ]).complement

    /// The empty set.
    init() {}

    /// A set of ranges in any order.
    init(_ ranges: [Range]) {
        for range in ranges { insert(range.first, range.last) }
    }

    /// Adds the code points from `first` to `last`.
    mutating func insert(_ first: UInt32, _ last: UInt32) {
        var merged = Range(first: first, last: last)
        var result: [Range] = []
        result.reserveCapacity(ranges.count + 1)
        var placed = false
        for range in ranges {
            if range.last < merged.first, merged.first - range.last > 1 {
                result.append(range)
            } else if range.first > merged.last, range.first - merged.last > 1 {
                if !placed {
                    result.append(merged)
                    placed = true
                }
                result.append(range)
            } else {
                merged.first = min(merged.first, range.first)
                merged.last = max(merged.last, range.last)
            }
        }
        if !placed { result.append(merged) }
        ranges = result
    }

    /// Adds a property, or its complement.
    mutating func insert(property name: String, negated: Bool) {
        properties.append(PropertyTest(name: name, negated: negated))
    }

    /// Adds every member of another set that is not negated.
    mutating func formUnion(_ other: ScalarSet) {
        for range in other.ranges { insert(range.first, range.last) }
        properties += other.properties
    }

    /// The set of all other code points; only for sets of plain ranges.
    var complement: ScalarSet {
        var result = ScalarSet()
        var next: UInt32 = 0
        for range in ranges {
            if range.first > next { result.insert(next, range.first - 1) }
            next = range.last + 1
        }
        if next <= Self.lastScalar { result.insert(next, Self.lastScalar) }
        return result
    }

    /// Whether membership can be decided without Unicode's tables.
    var isPlain: Bool { properties.isEmpty }

    /// Whether the set holds a code point; properties are not looked at (see `isPlain`).
    func contains(_ scalar: UInt32) -> Bool {
        for range in ranges where range.first <= scalar {
            if scalar <= range.last { return !negated }
        }
        return negated
    }
}
