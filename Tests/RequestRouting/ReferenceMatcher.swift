/// A route table as one would write it down first: every template is tried against every path, by the plainest means.
///
/// It exists to be compared with the real one, so it shares no code with it.
struct ReferenceMatcher {
    /// A segment of a template: literals with a value between each two.
    private struct Segment: Equatable {
        /// The literals.
        var literals: [String]

        /// How well the segment fits: a literal best, then by the amount of literal text.
        var rank: Int { literals.count == 1 ? Int.max : literals.reduce(0) { $0 + $1.utf8.count } }
    }

    /// A template with its methods.
    private struct Template {
        /// The segments.
        var segments: [Segment]

        /// The lines that declare it, by method.
        var lines: [(method: String, line: String)]
    }

    /// The templates, equal shapes joined.
    private var templates: [Template] = []

    /// Reads lines such as `GET /a/{x}`; their literals have to be canonical.
    init(_ lines: [String]) {
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let segments = words[1].dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { text in
                var literals = [""]
                var isInside = false
                for character in text {
                    switch character {
                    case "{": isInside = true
                    case "}":
                        isInside = false
                        literals.append("")
                    default: if !isInside { literals[literals.count - 1].append(character) }
                    }
                }
                return Segment(literals: literals)
            }
            if let index = templates.firstIndex(where: { $0.segments == segments }) {
                templates[index].lines.append((words[0], line))
            } else {
                templates.append(Template(segments: segments, lines: [(words[0], line)]))
            }
        }
    }

    /// What a request finds, in the words of ``RoutingTable/answer(_:host:)``; nil if no rule decides between
    /// templates.
    func answer(_ request: String) -> String? {
        let words = request.split(separator: " ").map(String.init)
        let path = words[1].dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { units($0) }
        var best: (ranks: [Int], template: Template, values: [String])?
        for template in templates {
            guard let values = values(of: template.segments, in: path) else { continue }
            let ranks = template.segments.map(\.rank)
            if let known = best {
                if known.ranks == ranks { return nil }
                if ranks.lexicographicallyPrecedes(known.ranks) { continue }
            }
            best = (ranks, template, values)
        }
        guard let best else { return "404" }
        if let line = best.template.lines.first(where: { $0.method == words[0] })?.line {
            return ([line] + best.values).joined(separator: " | ")
        }
        let order = ["GET", "POST", "DELETE", "LINK"]
        let allowed = order.filter { method in best.template.lines.contains { $0.method == method } }
        return "405 " + allowed.joined(separator: ", ")
    }

    /// Divides text into bytes and triplets.
    private func units(_ text: Substring) -> [String] {
        var result: [String] = []
        var rest = text[...]
        while let first = rest.first {
            let length = first == "%" ? 3 : 1
            result.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return result
    }

    /// The values of a template in a path, nil if it does not match.
    private func values(of segments: [Segment], in path: [[String]]) -> [String]? {
        guard segments.count == path.count else { return nil }
        var result: [String] = []
        for (segment, text) in zip(segments, path) {
            guard let values = values(of: segment.literals[...], in: text[...]) else { return nil }
            result += values
        }
        return result
    }

    /// The values between literals, the first ones as short as can be.
    private func values(of literals: ArraySlice<String>, in text: ArraySlice<String>) -> [String]? {
        guard let literal = literals.first.map({ units($0[...]) }), text.starts(with: literal) else { return nil }
        let rest = text.dropFirst(literal.count)
        guard literals.count > 1 else { return rest.isEmpty ? [] : nil }
        for length in stride(from: 1, through: rest.count, by: 1) {
            if let values = values(of: literals.dropFirst(), in: rest.dropFirst(length)) {
                return [rest.prefix(length).joined()] + values
            }
        }
        return nil
    }
}
