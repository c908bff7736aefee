import JSONDocuments
import SchemaEvaluation

/// `items`, `prefixItems`, `additionalItems`, `contains`, `minItems`, `maxItems`, `uniqueItems`.
extension SchemaCompiler {
    /// Compiles the keywords of arrays; cheap ones first.
    mutating func compileArrays(_ unit: inout SchemaUnit) {
        if let number = count(.minItems, unit), let value = unit[.minItems], number > 0 {
            unit.arrays.append(Instruction(.minItems, a: number, location: location(of: value)))
        }
        if let number = count(.maxItems, unit), let value = unit[.maxItems], number < .max {
            unit.arrays.append(Instruction(.maxItems, a: number, location: location(of: value)))
        }
        compileItems(&unit)
        compileContains(&unit)
        if flag(.uniqueItems, unit), let value = unit[.uniqueItems] {
            unit.arrays.append(Instruction(.uniqueItems, location: location(of: value)))
        }
    }

    /// Compiles `prefixItems` and `items`; before 2020-12, `items` as an array and `additionalItems`.
    private mutating func compileItems(_ unit: inout SchemaUnit) {
        if let prefix = unit[.prefixItems] {
            let count = compilePrefix(prefix, .prefixItems, &unit)
            if let rest = unit[.items] { compileRest(rest, from: count, &unit) }
            return
        }
        guard let items = unit[.items] else { return }
        let mayBeArray =
            unit.dialect.generation < .draft2020_12 && unit.dialect != .oas2_0 && unit.dialect != .oas3_0
        guard items.kind == .array, mayBeArray else { return compileRest(items, from: 0, &unit) }
        let count = compilePrefix(items, .items, &unit)
        if let rest = unit[.additionalItems] { compileRest(rest, from: count, &unit) }
    }

    /// Compiles schemas for the first elements.
    /// - Returns: How many there are.
    private mutating func compilePrefix(_ list: JSONValue, _ keyword: Keyword, _ unit: inout SchemaUnit) -> UInt32 {
        guard list.kind == .array else {
            reportValue(keyword, "an array of schemas", list)
            return 0
        }
        let schemas = list.elements.map { child($0, of: unit) }
        let first = add(list: schemas)
        let count = UInt32(clamping: schemas.count)
        unit.arrays.append(Instruction(.prefixItems, a: first, b: count, location: location(of: list)))
        return count
    }

    /// Compiles the schema of all further elements.
    private mutating func compileRest(_ schema: JSONValue, from first: UInt32, _ unit: inout SchemaUnit) {
        let number = child(schema, of: unit)
        unit.arrays.append(Instruction(.items, a: number, b: first, location: location(of: schema)))
    }

    /// Compiles `contains` with its counts.
    private mutating func compileContains(_ unit: inout SchemaUnit) {
        guard let schema = unit[.contains] else { return }
        let place = location(of: schema)
        let minimum = count(.minContains, unit)
        let maximum = count(.maxContains, unit)
        let plan = ContainsPlan(
            schema: child(schema, of: unit), minimum: minimum ?? 1, maximum: maximum ?? .max,
            evaluates: unit.dialect.generation >= .draft2020_12,
            minimumLocation: unit[.minContains].map { location(of: $0) } ?? place,
            maximumLocation: unit[.maxContains].map { location(of: $0) } ?? place)
        parts.contains.append(plan)
        unit.arrays.append(Instruction(.contains, a: UInt32(clamping: parts.contains.count - 1), location: place))
    }

    /// Adds a list of schemas.
    /// - Returns: Where it begins.
    mutating func add(list schemas: [UInt32]) -> UInt32 {
        let first = UInt32(clamping: parts.schemaLists.count)
        parts.schemaLists += schemas
        return first
    }
}
