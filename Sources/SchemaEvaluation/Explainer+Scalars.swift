import JSONDocuments
import PatternMatching

/// Strings and numbers.
extension Explainer {
    /// Runs a step for strings.
    mutating func runString(_ step: Instruction, _ index: Int) -> Bool {
        let text = view.text(of: index)
        switch step.opcode {
        case .minLength:
            let length = CodePoints.count(text)
            if length >= Int(step.a) { return true }
            report(
                step.location,
                "expected at least \(Self.count(Int(step.a), "character", "characters")), found \(length)")
        case .maxLength:
            let length = CodePoints.count(text)
            if length <= Int(step.a) { return true }
            report(
                step.location,
                "expected at most \(Self.count(Int(step.a), "character", "characters")), found \(length)")
        case .pattern:
            guard let isFound = matches(step.a, text) else { return false }
            if isFound { return true }
            report(step.location, "expected text that matches \(program.patternSource(step.a))\(echo(index))")
        case .format:
            if FormatCode.holds(step.a, text) { return true }
            report(step.location, "expected the format \(Self.formatName(step.a))\(echo(index))")
        default: assertionFailure("a step in the wrong section")
        }
        return false
    }

    /// Whether a pattern is found; `nil` where the engine gave up.
    mutating func matches(_ pattern: UInt32, _ text: UnsafeRawBufferPointer) -> Bool? {
        switch scratch.matches(tables.patterns[Int(pattern)], text) {
        case .match: return true
        case .noMatch: return false
        case .undecided:
            _ = halt(.pattern)
            return nil
        }
    }

    /// The name of a format.
    private static func formatName(_ code: UInt32) -> String {
        FormatCode(rawValue: UInt8(truncatingIfNeeded: code))?.name ?? ""
    }

    /// Runs a step for numbers.
    mutating func runNumber(_ step: Instruction, _ index: Int) -> Bool {
        let text = view.text(of: index)
        if step.opcode == .numberFormat {
            if FormatCode.holds(step.a, number: text) { return true }
            report(step.location, "expected a number of the format \(Self.formatName(step.a))\(echo(index))")
            return false
        }
        let literal = tables.literal(of: tables.numbers[Int(step.a)])
        let order = ExactNumber.compare(text, literal)
        let (holds, expectation): (Bool, String) =
            switch step.opcode {
            case .minimum: (order >= 0, "a number of at least")
            case .maximum: (order <= 0, "a number of at most")
            case .exclusiveMinimum: (order > 0, "a number above")
            case .exclusiveMaximum: (order < 0, "a number below")
            default: (isMultiple(text, of: step.a), "a multiple of")
            }
        if !holds {
            report(step.location, "expected \(expectation) \(String(decoding: literal, as: UTF8.self))\(echo(index))")
        }
        return holds
    }
}

extension Explainer {
    /// Whether a number is a multiple of a constant.
    private func isMultiple(_ text: UnsafeRawBufferPointer, of constant: UInt32) -> Bool {
        tables.divisors[Int(tables.numbers[Int(constant)].divisor)].divides(literal: text)
    }
}

extension SchemaProgram {
    /// A pattern as its author wrote it.
    func patternSource(_ index: UInt32) -> String { patterns[Int(index)].source }
}
