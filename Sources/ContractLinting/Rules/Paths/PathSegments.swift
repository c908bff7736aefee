import JSONDocuments

/// A path of the document cut at its slashes, for rules that compare paths.
struct PathSegments {
    /// A piece between two slashes.
    struct Segment: Equatable {
        /// The text.
        let text: Substring
        /// Whether any part of it is a parameter.
        let isVariable: Bool
    }

    /// The path as it is written.
    let text: String
    /// The path item.
    let item: JSONValue
    /// The pieces.
    let segments: [Segment]

    /// Cuts a path.
    init(_ text: String, item: JSONValue) {
        self.text = text
        self.item = item
        segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            Segment(text: $0, isVariable: $0.contains("{"))
        }
    }

    /// The segments without parameters.
    var literals: [Substring] { segments.filter { !$0.isVariable }.map(\.text) }

    /// The paths of a Paths Object without its extensions.
    static func all(of paths: JSONValue) -> [PathSegments] {
        paths.members.lazy.filter { $0.name.hasPrefix("/") }.map { PathSegments($0.name, item: $0.value) }
    }

    /// Whether one request can match two paths: in each place the same text, or a parameter on one side.
    func overlaps(_ other: PathSegments) -> Bool {
        guard segments.count == other.segments.count else { return false }
        return zip(segments, other.segments).allSatisfy { $0.isVariable || $1.isVariable || $0.text == $1.text }
    }

    /// Whether two paths differ in nothing but the names of their parameters.
    func isEquivalent(to other: PathSegments) -> Bool {
        guard segments.count == other.segments.count else { return false }
        return zip(segments, other.segments).allSatisfy { $0.isVariable && $1.isVariable || $0 == $1 }
    }
}
