import JSONDocuments
import SchemaEvaluation

/// `properties`, `patternProperties`, `additionalProperties`, `required`, `propertyNames`, `minProperties`,
/// `maxProperties`.
extension SchemaCompiler {
    /// Compiles the keywords of objects; cheap ones first.
    mutating func compileObjects(_ unit: inout SchemaUnit) {
        if let number = count(.minProperties, unit), let value = unit[.minProperties], number > 0 {
            unit.objects.append(Instruction(.minProperties, a: number, location: location(of: value)))
        }
        if let number = count(.maxProperties, unit), let value = unit[.maxProperties], number < .max {
            unit.objects.append(Instruction(.maxProperties, a: number, location: location(of: value)))
        }
        compileMembers(&unit)
        if let names = unit[.propertyNames] {
            let schema = child(names, of: unit)
            unit.objects.append(Instruction(.propertyNames, a: schema, location: location(of: names)))
        }
    }

    /// Compiles what one walk over the members checks.
    private mutating func compileMembers(_ unit: inout SchemaUnit) {
        var plan = ObjectPlan()
        var names = PropertyNames()
        var place: UInt32 = 0
        if let properties = unit[.properties] {
            place = location(of: properties)
            compileProperties(properties, &names, unit)
        }
        if let required = unit[.required] { compileRequired(required, &names, &plan, unit) }
        if let patterns = unit[.patternProperties] {
            place = location(of: patterns)
            compilePatterns(patterns, &plan, unit)
        }
        if let additional = unit[.additionalProperties] {
            place = location(of: additional)
            plan.additionalLocation = place
            compileAdditional(additional, &plan, unit)
        }
        guard
            !names.entries.isEmpty || plan.patternCount > 0 || plan.isClosed
                || plan.additional != SchemaProgram.noSchema
        else { return }
        let first = UInt32(clamping: parts.names.count)
        for entry in names.entries {
            let required = entry.isRequired ? plan.requiredCount : NameEntry.notRequired
            if entry.isRequired { plan.requiredCount += 1 }
            _ = entry.name.withText { parts.add(name: $0, schema: entry.schema, required: required) }
        }
        plan.names = parts.makeTable(from: first)
        plan.isRequiredOnly =
            !names.hasSchemas && plan.patternCount == 0 && !plan.isClosed && plan.additional == SchemaProgram.noSchema
        parts.objects.append(plan)
        let number = UInt32(clamping: parts.objects.count - 1)
        unit.objects.append(
            Instruction(.object, a: number, location: place == 0 ? plan.requiredLocation : place))
    }

    /// Compiles `properties`.
    private mutating func compileProperties(
        _ properties: JSONValue, _ names: inout PropertyNames, _ unit: SchemaUnit
    ) {
        guard properties.kind == .object else {
            reportValue(.properties, "an object", properties)
            return
        }
        for member in properties.members {
            names.add(member.key, member.name, schema: memberSchema(member.value, of: unit))
        }
    }

    /// Compiles `required`. Names that the direction of the message excuses are left out.
    private mutating func compileRequired(
        _ required: JSONValue, _ names: inout PropertyNames, _ plan: inout ObjectPlan, _ unit: SchemaUnit
    ) {
        guard required.kind == .array else {
            reportValue(.required, "an array of names", required)
            return
        }
        plan.requiredLocation = location(of: required)
        let excusedNames = excusedNames(for: unit)
        for element in required.elements {
            guard let name = element.string else {
                report("bad-keyword-value", "`required` lists names, not \(element.kindName)", at: element)
                continue
            }
            if !excusedNames.contains(name) { names.require(element, name) }
        }
    }

    /// Compiles `patternProperties`.
    private mutating func compilePatterns(_ patterns: JSONValue, _ plan: inout ObjectPlan, _ unit: SchemaUnit) {
        guard patterns.kind == .object else {
            reportValue(.patternProperties, "an object", patterns)
            return
        }
        plan.patterns = UInt32(clamping: parts.patternProperties.count)
        var properties: [PatternProperty] = []
        for member in patterns.members {
            guard let pattern = pattern(member.key) else {
                // A pattern that cannot be run could mean any name: nothing passes.
                plan.isClosed = true
                continue
            }
            properties.append(PatternProperty(pattern: pattern, schema: memberSchema(member.value, of: unit)))
        }
        plan.patternCount = UInt32(clamping: properties.count)
        parts.patternProperties += properties
    }

    /// Compiles `additionalProperties`.
    private mutating func compileAdditional(_ additional: JSONValue, _ plan: inout ObjectPlan, _ unit: SchemaUnit) {
        switch additional.kind {
        // A boolean is allowed here in every dialect.
        case .false: plan.isClosed = true
        case .true: plan.additional = always()
        case .object: plan.additional = memberSchema(additional, of: unit)
        default: reportValue(.additionalProperties, "a schema or a boolean", additional)
        }
    }
}

/// The names of an object plan, in the order of the schema.
struct PropertyNames {
    /// A name.
    struct Entry {
        /// The string that spells it.
        let name: JSONValue
        /// Its schema, `SchemaProgram.noSchema` for a name that is required only.
        let schema: UInt32
        /// Whether it is required.
        var isRequired: Bool
    }

    /// The names.
    private(set) var entries: [Entry] = []
    /// Places of the names, by their bytes: Swift's strings would take canonical equivalents for one.
    private var places: [[UInt8]: Int] = [:]

    /// Whether a name has a schema.
    private(set) var hasSchemas = false

    /// Adds a property.
    mutating func add(_ value: JSONValue, _ name: String, schema: UInt32) {
        places[Array(name.utf8)] = entries.count
        entries.append(Entry(name: value, schema: schema, isRequired: false))
        hasSchemas = true
    }

    /// Makes a name required.
    mutating func require(_ value: JSONValue, _ name: String) {
        if let place = places[Array(name.utf8)] {
            entries[place].isRequired = true
            return
        }
        places[Array(name.utf8)] = entries.count
        entries.append(Entry(name: value, schema: SchemaProgram.noSchema, isRequired: true))
    }
}
