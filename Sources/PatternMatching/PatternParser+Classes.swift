/// Character classes: `[a-z\d]`, `[^…]`.
extension PatternParser {
    /// CharacterClass; the bracket has been read.
    mutating func parseClass() throws(PatternError) -> ScalarSet {
        let start = position - 1
        var set = ScalarSet()
        set.negated = take("^")
        while true {
            guard let scalar = current else {
                throw PatternError(.syntax, at: start, "this class is not closed")
            }
            if scalar == "]" {
                position += 1
                return set
            }
            try refusePOSIXClass()
            let itemStart = position
            let item = try parseClassAtom()
            guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                add(item, to: &set)
                continue
            }
            position += 1
            let end = try parseClassAtom()
            guard case .scalar(let first) = item, case .scalar(let last) = end else {
                // `[\w-.]`: Annex B reads the dash as itself.
                guard grammar == .annexB else {
                    throw PatternError(.syntax, at: itemStart, "a class such as `\\w` cannot be the end of a range")
                }
                add(item, to: &set)
                set.insert(0x2D, 0x2D)
                add(end, to: &set)
                continue
            }
            guard let first, let last else { continue }
            guard first <= last else {
                throw PatternError(.syntax, at: itemStart, "the ends of this range are out of order")
            }
            set.insert(first, last)
        }
    }

    /// One member of a class.
    private mutating func parseClassAtom() throws(PatternError) -> Escape {
        guard let scalar = current else { throw syntax("this class is not closed") }
        position += 1
        guard scalar == "\\" else { return .scalar(scalar.value) }
        // Within a class, `\b` is BACKSPACE.
        if take("b") { return .scalar(0x08) }
        return try parseCharacterEscape(inClass: true)
    }

    /// Adds a member to a class.
    private func add(_ item: Escape, to set: inout ScalarSet) {
        switch item {
        case .scalar(let value?): set.insert(value, value)
        case .scalar(nil): break
        case .set(let other): set.formUnion(other)
        }
    }

    /// `[[:alpha:]]` is legal in Annex B, and never what its author meant.
    private func refusePOSIXClass() throws(PatternError) {
        guard current == "[", position + 1 < scalars.count, scalars[position + 1] == ":" else { return }
        var index = position + 2
        while index < scalars.count, scalars[index].properties.isAlphabetic { index += 1 }
        guard index > position + 2, index + 1 < scalars.count, scalars[index] == ":", scalars[index + 1] == "]" else {
            return
        }
        throw syntax("POSIX classes such as `[:alpha:]` are not part of ECMA-262")
    }
}
