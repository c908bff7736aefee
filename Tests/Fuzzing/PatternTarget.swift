import PatternMatching

/// ECMA-262 patterns: every engine that can run one gives the same answer.
///
/// The first line is the pattern, the rest is the text.
struct PatternTarget: FuzzTarget {
    static let name = "pattern"

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts.lines(input, 2)
        _ = Pattern.isValid(parts[0])
        guard let pattern = String(validating: parts[0].bindMemory(to: UInt8.self), as: UTF8.self) else {
            return hold(!Pattern.isValid(parts[0]), "what is not UTF-8 is no pattern")
        }
        var verdicts: [(engine: Pattern.Engine, verdict: PatternVerdict)] = []
        // Nobody promises the same answer about a text that is not UTF-8: the parsers before us let none through.
        let isText = String(validating: parts[1].bindMemory(to: UInt8.self), as: UTF8.self) != nil
        for engine in Pattern.Engine.allCases {
            guard let compiled = try? Pattern(pattern, engine: engine) else { continue }
            hold(Pattern.isValid(parts[0]), "what can be compiled is valid")
            let verdict = compiled.matches(parts[1])
            if case .undecided = verdict { continue }
            verdicts.append((engine, verdict))
        }
        let answers = verdicts.map { $0.verdict == .match }
        hold(!isText || Set(answers).count <= 1, "the engines agree: \(verdicts)")
    }
}
