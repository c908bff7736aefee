import JSONDocuments
import SchemaEvaluation

/// `dependentRequired`, `dependentSchemas`, and `dependencies` of the older drafts, which is both.
extension SchemaCompiler {
    /// Compiles the keywords.
    mutating func compileDependencies(_ unit: inout SchemaUnit) {
        for keyword in [Keyword.dependencies, .dependentRequired, .dependentSchemas] {
            guard let map = unit[keyword] else { continue }
            guard map.kind == .object else {
                reportValue(keyword, "an object", map)
                continue
            }
            for member in map.members {
                if member.value.kind == .array, keyword != .dependentSchemas {
                    compileNames(member, map, &unit)
                } else if keyword != .dependentRequired {
                    compileSchema(member, map, &unit)
                } else {
                    report("bad-keyword-value", "`dependentRequired` lists names", at: member.value)
                }
            }
        }
    }

    /// Compiles names that a name demands.
    private mutating func compileNames(_ member: JSONMember, _ map: JSONValue, _ unit: inout SchemaUnit) {
        let trigger = nameEntry(member.key)
        let first = UInt32(clamping: parts.names.count)
        for element in member.value.elements {
            guard element.kind == .string else {
                report("bad-keyword-value", "a dependency lists names, not \(element.kindName)", at: element)
                continue
            }
            _ = nameEntry(element)
        }
        let count = UInt32(clamping: parts.names.count) - first
        parts.dependencies.append(DependencyPlan(trigger: trigger, names: first, count: count))
        unit.objects.append(
            Instruction(
                .dependentRequired, a: UInt32(clamping: parts.dependencies.count - 1), location: location(of: map)))
    }

    /// Compiles a schema that a name demands.
    private mutating func compileSchema(_ member: JSONMember, _ map: JSONValue, _ unit: inout SchemaUnit) {
        let trigger = nameEntry(member.key)
        let schema = branch(member.value, of: unit)
        unit.objects.append(Instruction(.dependentSchema, a: trigger, b: schema, location: location(of: map)))
    }

    /// Adds a name outside of any table.
    private mutating func nameEntry(_ value: JSONValue) -> UInt32 {
        value.withText {
            parts.add(name: $0, schema: SchemaProgram.noSchema, required: NameEntry.notRequired)
        }
    }
}
