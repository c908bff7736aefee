import JSONDocuments

/// Reads the steps of a path; expressions of filters are read by `FilterParser`.
struct PathParser {
    /// The most steps of a path.
    private static let maximumSteps = 256

    /// The text.
    let scalars: [Unicode.Scalar]
    /// The next scalar to read.
    var position = 0

    /// Prepares to read.
    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Prepares to read a part of a path.
    init(_ scalars: [Unicode.Scalar], at position: Int) {
        self.scalars = scalars
        self.position = position
    }

    /// The scalar that comes next; nil at the end.
    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// The scalar after the next one.
    private var second: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

    /// Reads the whole path.
    mutating func path() throws(JSONPathError) -> [PathStep] {
        skipSpace()
        guard next == "$" else { throw error("a path begins with `$`") }
        position += 1
        var steps: [PathStep] = []
        skipSpace()
        while next != nil {
            try step(&steps)
            guard steps.count <= Self.maximumSteps else { throw error("the path is too long") }
            skipSpace()
        }
        return steps
    }

    /// Reads one step.
    private mutating func step(_ steps: inout [PathStep]) throws(JSONPathError) {
        switch next {
        case "^":
            position += 1
            steps.append(.parent)
        case "~":
            position += 1
            steps.append(.name)
        case "[":
            steps.append(.children(try brackets()))
        case "." where second == ".":
            position += 2
            steps.append(.descendants)
            guard let following = next else { throw error("a name, `*` or `[` must follow `..`") }
            if following == "^" || following == "~" { return }
            steps.append(.children(following == "[" ? try brackets() : [try selector()]))
        case ".":
            position += 1
            // jsonpath-plus lets a full stop stand before brackets.
            steps.append(.children(next == "[" ? try brackets() : [try selector()]))
        default:
            throw error("`\(next.map(String.init) ?? "")` is not expected here")
        }
    }

    /// Reads `*` or a name after a full stop.
    private mutating func selector() throws(JSONPathError) -> PathSelector {
        if next == "*" {
            position += 1
            return .every
        }
        if next == "'" || next == "\"" { return .member(try quoted()) }
        if next == "`" { position += 1 }
        let start = position
        while let scalar = next, !".[]~^()\"' \n\t,".unicodeScalars.contains(scalar) { position += 1 }
        guard position > start else { throw error("a name must follow `.`") }
        return .member(text(start..<position))
    }

    /// Reads `[…]`.
    private mutating func brackets() throws(JSONPathError) -> [PathSelector] {
        let start = position
        position += 1
        var selectors: [PathSelector] = []
        while true {
            skipSpace()
            selectors.append(try bracketSelector())
            skipSpace()
            guard let following = next else { throw JSONPathError(at: start, "`[` is never closed") }
            position += 1
            if following == "]" { return selectors }
            guard following == "," else {
                position -= 1
                throw error("`,` or `]` is expected")
            }
        }
    }

    /// Reads one of the selectors in brackets.
    private mutating func bracketSelector() throws(JSONPathError) -> PathSelector {
        switch next {
        case "*":
            position += 1
            return .every
        case "'", "\"":
            return .member(try quoted())
        case "?":
            position += 1
            skipSpace()
            return .filter(try expression())
        case "(":
            return .computed(try expression())
        default:
            let start = position
            while let scalar = next, scalar != ",", scalar != "]" { position += 1 }
            var end = position
            while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
            guard end > start else { throw error("a name, an index, `*` or a filter is expected") }
            return try plainSelector(text(start..<end), at: start)
        }
    }

    /// A selector without quotation marks: an index, a slice, or a name.
    private func plainSelector(_ text: String, at start: Int) throws(JSONPathError) -> PathSelector {
        if let index = Int(text) { return .element(index) }
        guard text.contains(":"), text.allSatisfy({ "-0123456789: ".contains($0) }) else { return .member(text) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " }
        }
        let numbers = parts.map { $0.isEmpty ? nil : Int($0) }
        guard parts.count <= 3, !zip(parts, numbers).contains(where: { !$0.isEmpty && $1 == nil }) else {
            throw JSONPathError(at: start, "`\(text)` is no slice")
        }
        let step = numbers.count > 2 ? numbers[2] ?? 1 : 1
        guard step > 0 else { throw JSONPathError(at: start, "the step of a slice must be 1 or more") }
        return .slice(start: numbers[0], end: numbers.count > 1 ? numbers[1] : nil, step: step)
    }

    /// Reads a text in quotation marks.
    mutating func quoted() throws(JSONPathError) -> String {
        let start = position
        let mark = scalars[position]
        position += 1
        var content = String.UnicodeScalarView()
        while let scalar = next {
            position += 1
            if scalar == mark { return String(content) }
            guard scalar == "\\", let escaped = next else {
                content.append(scalar)
                continue
            }
            position += 1
            switch escaped {
            case "n": content.append("\n")
            case "t": content.append("\t")
            case "r": content.append("\r")
            default: content.append(escaped)
            }
        }
        throw JSONPathError(at: start, "the quotation mark is never closed")
    }

    /// Reads the expression of a filter, in parentheses or without.
    private mutating func expression() throws(JSONPathError) -> FilterExpression {
        var parser = FilterParser(scalars, at: position)
        let found = try parser.whole()
        position = parser.position
        return found
    }

    /// A part of the text.
    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    /// Passes over white space.
    private mutating func skipSpace() {
        while let scalar = next, scalar.properties.isWhitespace { position += 1 }
    }

    /// An error at the place.
    private func error(_ message: String) -> JSONPathError { JSONPathError(at: position, message) }
}
