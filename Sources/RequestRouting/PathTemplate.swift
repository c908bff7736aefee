/// A path template of OpenAPI, parsed: what its segments match and the names of its expressions in order.
///
/// The grammar is that of OpenAPI 3.2.0 section 4.8.2: literal text and `{name}`, where a name is anything but braces.
/// Expressions may stand beside literal text in a segment. A value never spans a slash and is never empty. Where a
/// segment can be divided in more than one way, every expression takes as little as it can, from left to right.
struct PathTemplate: Equatable {
    /// What the segments match, from left to right; `/` has one empty literal.
    let segments: [SegmentShape]

    /// The names of the expressions, from left to right.
    let names: [String]
}

/// Something wrong with a template.
struct TemplateFault: Error, Equatable {
    /// The kebab-case code of the diagnostic.
    let code: String

    /// A sentence without a full stop.
    let message: String

    /// The bytes of the template at fault.
    let range: Range<Int>
}
