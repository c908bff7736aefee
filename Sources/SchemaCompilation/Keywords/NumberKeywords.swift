import JSONDocuments
import SchemaEvaluation

/// `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`.
extension SchemaCompiler {
    /// Compiles the keywords of numbers.
    mutating func compileNumbers(_ unit: inout SchemaUnit) {
        if unit.dialect.generation == .draft4 {
            // Draft 4 §5.1.2 and OpenAPI 2.0, 3.0: booleans that make the bounds beside them exclusive.
            let excludesMinimum = flag(.exclusiveMinimum, unit)
            let excludesMaximum = flag(.exclusiveMaximum, unit)
            bound(.minimum, excludesMinimum ? .exclusiveMinimum : .minimum, &unit)
            bound(.maximum, excludesMaximum ? .exclusiveMaximum : .maximum, &unit)
        } else {
            bound(.minimum, .minimum, &unit)
            bound(.maximum, .maximum, &unit)
            bound(.exclusiveMinimum, .exclusiveMinimum, &unit)
            bound(.exclusiveMaximum, .exclusiveMaximum, &unit)
        }
        compileMultipleOf(&unit)
    }

    /// Compiles one bound.
    private mutating func bound(_ keyword: Keyword, _ opcode: Opcode, _ unit: inout SchemaUnit) {
        guard let value = unit[keyword] else { return }
        guard value.kind == .number else {
            reportValue(keyword, "a number", value)
            return
        }
        let constant = value.withText { parts.add(number: $0) }
        unit.numbers.append(Instruction(opcode, a: constant, location: location(of: value)))
    }

    /// Compiles `multipleOf`.
    private mutating func compileMultipleOf(_ unit: inout SchemaUnit) {
        guard let value = unit[.multipleOf] else { return }
        guard let number = value.number, !number.isZero, !number.isNegative else {
            reportValue(.multipleOf, "a number above zero", value)
            return
        }
        let constant = value.withText { parts.add(number: $0, isDivisor: true) }
        unit.numbers.append(Instruction(.multipleOf, a: constant, location: location(of: value)))
    }

    /// The value of a boolean keyword, `false` if it is absent.
    mutating func flag(_ keyword: Keyword, _ unit: SchemaUnit) -> Bool {
        guard let value = unit[keyword] else { return false }
        guard let flag = value.bool else {
            reportValue(keyword, "a boolean", value)
            return false
        }
        return flag
    }

    /// The value of a keyword that counts something: a whole number from zero on. Huge ones are cut off at 2^32 - 1.
    mutating func count(_ keyword: Keyword, _ unit: SchemaUnit) -> UInt32? {
        guard let value = unit[keyword] else { return nil }
        guard let number = value.number, number.isMathematicalInteger, !number.isNegative else {
            reportValue(keyword, "a whole number of at least 0", value)
            return nil
        }
        return number.int64.map { UInt32(clamping: $0) } ?? .max
    }

    /// Reports a keyword with a value of the wrong kind.
    mutating func reportValue(_ keyword: Keyword, _ wanted: String, _ value: JSONValue) {
        report("bad-keyword-value", "`\(keyword.rawValue)` must be \(wanted), not \(value.kindName)", at: value)
    }
}
