import JSONDocuments
import SchemaEvaluation

/// `unevaluatedItems` and `unevaluatedProperties`: after everything else in the schema.
extension SchemaCompiler {
    /// Compiles the keywords.
    mutating func compileUnevaluated(_ unit: inout SchemaUnit) {
        if let value = unit[.unevaluatedItems] {
            let schema = child(value, of: unit)
            unit.late.append(Instruction(.unevaluatedItems, a: schema, location: location(of: value)))
        }
        if let value = unit[.unevaluatedProperties] {
            let schema = child(value, of: unit)
            unit.late.append(Instruction(.unevaluatedProperties, a: schema, location: location(of: value)))
        }
    }
}
