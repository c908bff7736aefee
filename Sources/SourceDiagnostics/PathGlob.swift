/// A pattern for paths with `/`, as shells, rulesets and ignore files write it.
///
/// | part | means |
/// |---|---|
/// | `*` | any characters of one name; at the start of a name none that is hidden (`.git`) |
/// | `?` | one character of a name |
/// | `[a-z]`, `[!a-z]` | one character of a set |
/// | `**` | any number of names, none as well, that are not hidden |
/// | `{a,b}` | either text, nested at will |
/// | `\x` | the character itself |
///
/// Matching takes time in proportion to the pattern times the path, whatever the pattern: both are walked as sets of
/// places (Thompson 1968), never by trying again.
package struct PathGlob: Sendable {
    /// Why a text is no pattern.
    package struct Problem: Error, Equatable {
        /// A sentence.
        package let message: String
    }

    /// One step of a pattern for a name.
    private enum Step: Equatable {
        case character(Unicode.Scalar)
        case any
        case anyText
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    /// One part between slashes.
    private enum Part: Equatable {
        case names
        case name([Step])
    }

    /// The most texts that braces may expand to.
    private static let alternativeLimit = 1_000

    /// The pattern as it was written.
    package let text: String
    /// What the braces expand to.
    private let alternatives: [[Part]]

    /// Whether a text has characters with a meaning, so that it is a pattern rather than a path.
    package static func isPattern(_ text: String) -> Bool { text.contains { "*?[{".contains($0) } }

    /// Reads a pattern.
    package init(_ text: String) throws(Problem) {
        self.text = text
        var alternatives: [[Part]] = []
        for expanded in try Self.expanded(text) { alternatives.append(try Self.parts(expanded)) }
        self.alternatives = alternatives
    }

    /// The names before the first one that has a pattern: where a search in the file system starts.
    package var fixedFolder: String {
        let first = text.split(separator: "/", omittingEmptySubsequences: false)
        let fixed = first.prefix { !Self.isPattern(String($0)) }
        let folder = (fixed.count == first.count ? fixed.dropLast() : fixed).joined(separator: "/")
        return folder.isEmpty && text.hasPrefix("/") ? "/" : folder
    }

    /// Whether a path fits the whole pattern.
    package func matches(_ path: String) -> Bool {
        let names = Self.names(of: path)
        return alternatives.contains { Self.matches(names[...], $0) }
    }

    /// Whether files below a folder could fit: what a search in the file system needs not to look everywhere.
    package func canMatch(below folder: String) -> Bool {
        let names = Self.names(of: folder)
        return alternatives.contains { parts in
            Self.places(after: names[...], parts).contains { $0 < parts.count }
        }
    }

    /// The names of a path; `./` at its start and doubled slashes are nothing.
    private static func names(of path: String) -> [[Unicode.Scalar]] {
        let names = path.split(separator: "/").filter { $0 != "." }.map { Array($0.unicodeScalars) }
        return path.hasPrefix("/") ? [[]] + names : names
    }

    // MARK: - Matching

    /// Whether names fit parts.
    private static func matches(_ names: ArraySlice<[Unicode.Scalar]>, _ parts: [Part]) -> Bool {
        places(after: names, parts).contains(parts.count)
    }

    /// The places in the parts that are reached after some names.
    private static func places(after names: ArraySlice<[Unicode.Scalar]>, _ parts: [Part]) -> Set<Int> {
        var places = reached(from: [0], parts)
        for name in names {
            var next: Set<Int> = []
            for place in places where place < parts.count {
                switch parts[place] {
                case .names: if name.first != "." { next.insert(place) }
                case .name(let steps): if matches(name, steps) { next.insert(place + 1) }
                }
            }
            places = reached(from: next, parts)
            if places.isEmpty { break }
        }
        return places
    }

    /// Places with those that `**` reaches for nothing.
    private static func reached(from places: Set<Int>, _ parts: [Part]) -> Set<Int> {
        var reached = places
        for place in places {
            var place = place
            while place < parts.count, parts[place] == .names {
                place += 1
                reached.insert(place)
            }
        }
        return reached
    }

    /// Whether one name fits.
    private static func matches(_ name: [Unicode.Scalar], _ steps: [Step]) -> Bool {
        let startsOpen = steps.first.map { if case .character = $0 { false } else { true } } ?? false
        if startsOpen, name.first == "." { return false }
        var places: Set<Int> = [0]
        for character in name {
            var next: Set<Int> = []
            for start in places {
                var place = start
                while place < steps.count, steps[place] == .anyText {
                    next.insert(place)
                    place += 1
                }
                if place < steps.count, matches(character, steps[place]) { next.insert(place + 1) }
            }
            places = next
            if places.isEmpty { return false }
        }
        return places.contains { place in steps[place...].allSatisfy { $0 == .anyText } }
    }

    /// Whether one character fits.
    private static func matches(_ character: Unicode.Scalar, _ step: Step) -> Bool {
        switch step {
        case .character(let expected): character == expected
        case .any, .anyText: true
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    // MARK: - Reading

    /// The parts of a text without braces.
    private static func parts(_ text: [Unicode.Scalar]) throws(Problem) -> [Part] {
        var parts: [Part] = []
        for name in text.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            let scalars = Array(name.element)
            if scalars.isEmpty {
                // The root of an absolute path is a name without characters.
                if name.offset == 0, text.first == "/" { parts.append(.name([])) }
            } else if scalars == ["*", "*"] {
                if parts.last != .names { parts.append(.names) }
            } else if scalars != ["."] {
                parts.append(.name(try steps(scalars)))
            }
        }
        return parts
    }

    /// The steps of one name.
    private static func steps(_ name: [Unicode.Scalar]) throws(Problem) -> [Step] {
        var steps: [Step] = []
        var place = 0
        while place < name.count {
            switch name[place] {
            case "*": if steps.last != .anyText { steps.append(.anyText) }
            case "?": steps.append(.any)
            case "[": steps.append(try set(name, &place))
            case "\\" where place + 1 < name.count:
                place += 1
                steps.append(.character(name[place]))
            default: steps.append(.character(name[place]))
            }
            place += 1
        }
        return steps
    }

    /// A set in brackets; afterwards the place is that of the closing one.
    private static func set(_ name: [Unicode.Scalar], _ place: inout Int) throws(Problem) -> Step {
        guard let end = name[place...].dropFirst(2).firstIndex(of: "]") else {
            throw Problem(message: "`[` is not closed by `]`")
        }
        var content = name[(place + 1)..<end]
        place = end
        let isNegated = content.first == "!" || content.first == "^"
        if isNegated { content.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let first = content.popFirst() {
            if content.count > 1, content.first == "-", let last = content.dropFirst().first {
                guard first <= last else { throw Problem(message: "the range `\(first)-\(last)` is empty") }
                ranges.append(first...last)
                content = content.dropFirst(2)
            } else {
                ranges.append(first...first)
            }
        }
        return .set(ranges, isNegated: isNegated)
    }

    /// The texts that braces stand for.
    private static func expanded(_ text: String) throws(Problem) -> [[Unicode.Scalar]] {
        var finished: [[Unicode.Scalar]] = []
        var waiting = [Array(text.unicodeScalars)]
        while let text = waiting.popLast() {
            guard let braces = try innermostBraces(text) else {
                finished.append(text)
                continue
            }
            let before = text[..<braces.lowerBound]
            let after = text[(braces.upperBound + 1)...]
            let inside = text[(braces.lowerBound + 1)..<braces.upperBound]
            for choice in inside.split(separator: ",", omittingEmptySubsequences: false) {
                waiting.append(Array(before) + Array(choice) + Array(after))
            }
            guard waiting.count + finished.count <= alternativeLimit else {
                throw Problem(message: "the braces stand for more than \(alternativeLimit) texts")
            }
        }
        return finished
    }

    /// The first `}` and the `{` before it.
    private static func innermostBraces(_ text: [Unicode.Scalar]) throws(Problem) -> Range<Int>? {
        var opening: Int?
        var place = 0
        while place < text.count {
            switch text[place] {
            case "\\": place += 1
            case "{": opening = place
            case "}": if let opening { return opening..<place }
            default: break
            }
            place += 1
        }
        if opening != nil { throw Problem(message: "`{` is not closed by `}`") }
        return nil
    }
}
