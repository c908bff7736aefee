import JSONDocuments
import SchemaEvaluation

/// `allOf`, `anyOf`, `oneOf`, `not`, `if`, `then`, `else`.
extension SchemaCompiler {
    /// Compiles the keywords.
    mutating func compileLogic(_ unit: inout SchemaUnit) {
        if let list = branches(.allOf, unit) {
            for value in list {
                let schema = branch(value, of: unit)
                unit.any.append(Instruction(.apply, a: schema, location: location(of: value)))
            }
        }
        compileChoice(.anyOf, .anyOf, &unit)
        compileChoice(.oneOf, .oneOf, &unit)
        if let value = unit[.not] {
            let schema = branch(value, of: unit)
            unit.any.append(Instruction(.not, a: schema, location: location(of: value)))
        }
        compileCondition(&unit)
    }

    /// Compiles a list of alternatives.
    private mutating func compileChoice(_ keyword: Keyword, _ opcode: Opcode, _ unit: inout SchemaUnit) {
        guard let list = branches(keyword, unit), let value = unit[keyword] else { return }
        let schemas = list.map { branch($0, of: unit) }
        let first = add(list: schemas)
        unit.any.append(
            Instruction(opcode, a: first, b: UInt32(clamping: schemas.count), location: location(of: value)))
    }

    /// Compiles `if` with what follows from it.
    private mutating func compileCondition(_ unit: inout SchemaUnit) {
        guard let condition = unit[.if] else { return }
        let schemas = [
            branch(condition, of: unit),
            unit[.then].map { branch($0, of: unit) } ?? SchemaProgram.noSchema,
            unit[.else].map { branch($0, of: unit) } ?? SchemaProgram.noSchema,
        ]
        let first = add(list: schemas)
        unit.any.append(Instruction(.condition, a: first, location: location(of: condition)))
    }

    /// The schemas of a list; `nil` if the keyword is absent or malformed.
    private mutating func branches(_ keyword: Keyword, _ unit: SchemaUnit) -> [JSONValue]? {
        guard let value = unit[keyword] else { return nil }
        guard value.kind == .array, value.count > 0 else {
            reportValue(keyword, "an array of at least one schema", value)
            return nil
        }
        return Array(value.elements)
    }
}
