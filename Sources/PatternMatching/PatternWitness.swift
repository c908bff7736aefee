/// A text on which a pattern takes so many steps that PCRE2 gives up: proof that the pattern is dangerous wherever a
/// backtracking engine runs it, in clients and services, though our own tables may take it in their stride.
///
/// Found by trial, never by guess: the search proposes texts that make loops within loops meet, runs them, and keeps the
/// first on which the engine gives up. What has no witness may still be slow on texts that were not tried; what has one
/// is slow for certain.
package struct PatternWitness: Sendable, Equatable, CustomStringConvertible {
    /// What leads to the loop.
    package let prefix: String
    /// What the loop takes, again and again.
    package let pump: String
    /// How often.
    package let count: Int
    /// What then makes the match fail, so that every way is tried.
    package let suffix: String

    /// The text.
    package var text: String { prefix + String(repeating: pump, count: count) + suffix }

    /// The text in short: `"a" × 40 + "!"`.
    package var description: String {
        let head = prefix.isEmpty ? "" : "\(Self.quoted(prefix)) + "
        let tail = suffix.isEmpty ? "" : " + \(Self.quoted(suffix))"
        return "\(head)\(Self.quoted(pump)) × \(count)\(tail)"
    }

    /// A text between quotation marks, control characters escaped.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                out += "\\\(scalar)"
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// Looks for a witness.
    ///
    /// - Parameter ecma: A pattern; one that is none has no witness.
    /// - Returns: The shortest of the witnesses that the search tried; nil where the engine decides them all.
    /// - Complexity: At most some hundred matches, each within the limits of every match.
    package static func search(in ecma: String) -> PatternWitness? {
        guard let tree = try? PatternParser.parse(ecma.unicodeScalars) else { return nil }
        var loops = PatternLoops()
        loops.collect(tree.root)
        guard !loops.found.isEmpty, let pattern = try? Pattern(ecma, engine: .native) else { return nil }
        var scratch = PatternScratch()
        for length in [40, 4_000] {
            for loop in loops.found.prefix(8) {
                for pump in loop.pumps where !pump.isEmpty {
                    for suffix in loop.failures {
                        let witness = PatternWitness(
                            prefix: loop.prefix, pump: pump, count: max(1, length / pump.unicodeScalars.count),
                            suffix: suffix)
                        var text = witness.text
                        let verdict = text.withUTF8 { pattern.matches(UnsafeRawBufferPointer($0), using: &scratch) }
                        if verdict == .undecided(.steps) { return witness }
                    }
                }
            }
        }
        return nil
    }
}
