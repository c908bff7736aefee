/// The number that stands for "none" in the tables.
let absentIndex = UInt32.max

/// A stretch of the table's text.
struct TextSlice: Sendable {
    /// The offset of the first byte.
    var offset: UInt32

    /// How many bytes.
    var count: UInt32
}

/// A place in the trie: a template up to the end of a segment. 48 bytes, so that a step touches one cache line or two.
///
/// What lies below a node lies right behind it. Matching against thousands of resources is a matter of cache lines, so
/// what a match needs at its end stands here too.
struct RouteNode: Sendable {
    /// The first 16 bytes of the literal segment that leads here, as ``PathSegment`` has them; 0 below an expression.
    var word0: UInt64 = 0

    /// The second eight of them.
    var word1: UInt64 = 0

    /// Where the literal segment lies in the text.
    var textOffset: UInt32 = 0

    /// How many bytes the literal segment has.
    var textCount: UInt16 = 0

    /// The known methods of the template that ends here, see ``RouteMethod/bit``.
    var methods: UInt16 = 0

    /// The node that this one is a child of.
    var parent = absentIndex

    /// The first child that a literal segment leads to. Up to ``RouteTable/fewChildren`` of them are neighbours.
    var firstLiteral: UInt32 = 0

    /// How many such children there are.
    var literalCount: UInt32 = 0

    /// The child that any segment leads to, or ``absentIndex``.
    var expressionChild = absentIndex

    /// The first of the segments with literal text around expressions, most literal text first, or ``absentIndex``.
    var firstPattern = absentIndex

    /// The first row of the template that ends here, or ``absentIndex``: known methods in the order of ``RouteMethod``,
    /// then the others. The row before it is the header of the endpoint. In the trie of mounts: the index of a mount.
    var firstRow = absentIndex
}

/// A segment with literal text around expressions, and where it leads.
struct RoutePattern: Sendable {
    /// The node that it leads to.
    var child: UInt32

    /// Its first literal in the list of parts.
    var firstPart: UInt32

    /// How many literals: one more than expressions. The first and the last may be empty.
    var partCount: UInt32

    /// The fewest bytes that a segment must have.
    var minimumCount: UInt32

    /// Whether the node has no further pattern.
    var isLast: Bool
}

/// What is seldom needed of a path that a template declares.
struct RouteEndpoint: Sendable {
    /// The row that was declared first.
    var declaredBy: UInt32

    /// The index of the `Allow` value.
    var allow: UInt32

    /// The first of the methods that are not known ones.
    var firstOther: UInt32

    /// How many of these there are.
    var otherCount: UInt32
}

/// An operation; or the header of an endpoint, whose `id` is the index of the ``RouteEndpoint``.
struct RouteRow: Sendable {
    /// The caller's row number.
    var id: UInt32

    /// The length of the mount in canonical bytes.
    var mountLength: UInt32
}

/// A host, or all hosts below a name. The entry at index 0 stands for any host.
struct RouteHost: Sendable {
    /// The name in lower case.
    var name: TextSlice

    /// Whether the name itself is meant, or all names below it.
    var isExact: Bool

    /// The root of its templates.
    var root: UInt32

    /// The root of its mounts.
    var mountRoot: UInt32

    /// The host to try next, wider than this one, or ``absentIndex``.
    var next: UInt32
}

/// An API's public place.
struct RouteMount: Sendable {
    /// The caller's number.
    var id: UInt32

    /// The length of the prefix in canonical bytes.
    var length: UInt32
}
