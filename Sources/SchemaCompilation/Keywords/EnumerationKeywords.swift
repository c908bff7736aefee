import JSONDocuments
import SchemaEvaluation

/// `enum` and `const`.
extension SchemaCompiler {
    /// Compiles the keywords.
    mutating func compileEnumeration(_ unit: inout SchemaUnit) {
        if let value = unit[.const] { compileValues([value], value, isConstant: true, &unit) }
        guard let values = unit[.enum] else { return }
        guard values.kind == .array else {
            reportValue(.enum, "an array of values", values)
            return
        }
        compileValues(Array(values.elements), values, isConstant: false, &unit)
    }

    /// Compiles a list of values: strings become a table, others nodes of the constants.
    private mutating func compileValues(
        _ values: [JSONValue], _ keyword: JSONValue, isConstant: Bool, _ unit: inout SchemaUnit
    ) {
        var types: TypeSet = []
        var others: [UInt32] = []
        var strings: [JSONValue] = []
        var known: Set<[UInt8]> = []
        let array = parts.constants.count
        parts.constants.beginArray()
        for value in values {
            let node = parts.constants.count
            parts.constants.appendCopy(of: value)
            types.formUnion(TypeSet(of: value.kind))
            if value.kind != .string {
                others.append(UInt32(clamping: node))
            } else if known.insert(value.text).inserted {
                strings.append(value)
            }
        }
        parts.constants.endArray()
        let first = UInt32(clamping: parts.names.count)
        for string in strings {
            _ = string.withText {
                parts.add(name: $0, schema: SchemaProgram.noSchema, required: NameEntry.notRequired)
            }
        }
        let plan = EnumerationPlan(
            types: types, strings: parts.makeTable(from: first), others: add(list: others),
            otherCount: UInt32(clamping: others.count), values: UInt32(clamping: array), isConstant: isConstant)
        parts.enumerations.append(plan)
        unit.any.append(
            Instruction(
                .enumeration, a: UInt32(clamping: parts.enumerations.count - 1), location: location(of: keyword)))
    }
}

extension JSONTape {
    /// Appends a copy of a value of another document.
    mutating func appendCopy(of value: JSONValue) {
        // Documents are bounded in depth, so that a stack of containers stays small.
        switch value.kind {
        case .null: appendNull()
        case .false: appendBool(false)
        case .true: appendBool(true)
        case .number: value.withText { appendNumber($0) }
        case .string: value.withText { appendString($0) }
        case .array:
            beginArray()
            for element in value.elements { appendCopy(of: element) }
            endArray()
        case .object:
            beginObject()
            for member in value.members {
                member.key.withText { appendKey($0) }
                appendCopy(of: member.value)
            }
            endObject()
        }
    }
}
