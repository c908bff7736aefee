import JSONDocuments
import PatternMatching

/// Strings and numbers.
extension Acceptor {
    /// Runs the steps for strings.
    mutating func runString(_ first: UInt32, _ end: UInt32, _ index: Int) -> Bool {
        let text = view.content(of: index)
        for place in first..<end {
            let step = tables.instructions[Int(place)]
            switch step.opcode {
            case .minLength: guard CodePoints.isAtLeast(Int(step.a), text) else { return false }
            case .maxLength: guard CodePoints.isAtMost(Int(step.a), text) else { return false }
            case .pattern: guard matches(step.a, text) else { return false }
            case .format: guard FormatCode.holds(step.a, text) else { return false }
            case .never: return false
            default: assertionFailure("a step in the wrong section")
            }
        }
        return true
    }

    /// Whether a pattern is found; halts where the engine gave up.
    mutating func matches(_ pattern: UInt32, _ text: UnsafeRawBufferPointer) -> Bool {
        switch tables.patterns[Int(pattern)].matches(text, using: &workspace.pointee.patterns) {
        case .match: return true
        case .noMatch: return false
        case .undecided: return halt(.pattern)
        }
    }

    /// Runs the steps for numbers.
    mutating func runNumber(_ first: UInt32, _ end: UInt32, _ index: Int) -> Bool {
        let text = view.content(of: index)
        let short = ShortDecimal(text)
        for place in first..<end {
            let step = tables.instructions[Int(place)]
            if step.opcode == .numberFormat {
                guard FormatCode.holds(step.a, number: text) else { return false }
                continue
            }
            let constant = tables.numbers + Int(step.a)
            if step.opcode == .multipleOf {
                guard NumberComparison.isMultiple(text, short, of: constant, tables) else { return false }
                continue
            }
            let order = NumberComparison.order(text, short, constant, tables)
            switch step.opcode {
            case .minimum: guard order >= 0 else { return false }
            case .maximum: guard order <= 0 else { return false }
            case .exclusiveMinimum: guard order > 0 else { return false }
            case .exclusiveMaximum: guard order < 0 else { return false }
            default: assertionFailure("a step in the wrong section")
            }
        }
        return true
    }
}

/// Exact comparison of a message's number with a schema's.
enum NumberComparison {
    /// Compares a number with a constant.
    /// - Parameters:
    ///   - text: The number's literal.
    ///   - short: The number, if it is short.
    /// - Returns: Negative, zero or positive, as the number is below, equal to or above the constant.
    @inline(__always)
    static func order(
        _ text: UnsafeRawBufferPointer, _ short: ShortDecimal?, _ constant: UnsafePointer<NumberConstant>,
        _ tables: ProgramTables
    ) -> Int {
        if let short, let bound = constant.pointee.short { return short.order(bound) }
        return ExactNumber.compare(text, tables.literal(of: constant.pointee))
    }

    /// Whether a number is a multiple of a constant; nothing but zero is a multiple of zero.
    @inline(__always)
    static func isMultiple(
        _ text: UnsafeRawBufferPointer, _ short: ShortDecimal?, of constant: UnsafePointer<NumberConstant>,
        _ tables: ProgramTables
    ) -> Bool {
        if let short, let divisor = constant.pointee.short, let answer = short.isMultiple(of: divisor) { return answer }
        return tables.divisors[Int(constant.pointee.divisor)].divides(literal: text)
    }
}
