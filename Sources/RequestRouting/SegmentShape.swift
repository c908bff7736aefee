/// What one segment of a template matches, without the names of its expressions. Two templates whose segments have
/// equal shapes match the same paths.
enum SegmentShape: Hashable {
    /// The canonical bytes and nothing else; may be empty, as after a trailing slash.
    case literal([UInt8])

    /// `{name}`: any segment that is not empty.
    case expression

    /// Literal text around expressions: `{id}.json` is `["", ".json"]`, `{a}:{b}` is `["", ":", ""]`. There is one more
    /// literal than there are expressions, only the first and the last may be empty, and one of them is not.
    case mixed([[UInt8]])

    /// How many bytes of the segment are literal text; a plain literal is above everything.
    var literalLength: Int {
        switch self {
        case .literal: Int.max
        case .expression: 0
        case .mixed(let literals): literals.reduce(0) { $0 + $1.count }
        }
    }

    /// A segment that the shape matches.
    var sample: [UInt8] {
        switch self {
        case .literal(let text): text
        case .expression: Self.sampleValue
        case .mixed(let literals): Array(literals.joined(separator: Self.sampleValue))
        }
    }

    /// What stands for the value of an expression in a sample.
    static let sampleValue: [UInt8] = [0x78]
}
