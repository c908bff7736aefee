import SchemaEvaluation

/// Finds tags of `anyOf` and `oneOf`: properties by whose `const` or `enum` most branches can be ruled out without a
/// look inside.
///
/// A branch that lists the texts of a property fails for every object with another text there, whatever else it says.
/// Nothing is assumed of branches that say nothing of the property, nor of values without it.
extension SchemaCompiler {
    /// Choices with fewer branches are not worth a look at the tag.
    private static var fewestBranches: UInt32 { 3 }

    /// Gives every choice its tag, where there is one.
    mutating func chooseByTags() {
        for place in parts.instructions.indices {
            let step = parts.instructions[place]
            guard step.opcode == .anyOf || step.opcode == .oneOf, step.b >= Self.fewestBranches else { continue }
            guard let plan = choicePlan(from: step.a, count: step.b) else { continue }
            parts.choices.append(plan)
            parts.instructions[place].opcode = step.opcode == .anyOf ? .taggedAnyOf : .taggedOneOf
            parts.instructions[place].a = UInt32(clamping: parts.choices.count - 1)
            parts.instructions[place].b = 0
        }
    }

    /// The plan for a list of branches, `nil` if no property tells them apart.
    private mutating func choicePlan(from first: UInt32, count: UInt32) -> ChoicePlan? {
        let branches = Array(parts.schemaLists[Int(first)..<Int(first + count)])
        var tags: [[[UInt8]: Set<[UInt8]>]] = []
        for branch in branches { tags.append(tagValues(of: branch)) }
        guard let tag = bestTag(tags) else { return nil }
        // Branches for each text, in their order; those without the tag belong to every text.
        var texts: [[UInt8]] = []
        var known: Set<[UInt8]> = []
        for values in tags { for text in values[tag] ?? [] where known.insert(text).inserted { texts.append(text) } }
        var lists: [(start: UInt32, count: UInt32)] = []
        for text in texts {
            let list = zip(branches, tags).filter { $0.1[tag]?.contains(text) ?? true }.map(\.0)
            lists.append((add(list: list), UInt32(clamping: list.count)))
        }
        let open = zip(branches, tags).filter { $0.1[tag] == nil }.map(\.0)
        let others = add(list: open)
        let name = tag.withUnsafeBytes {
            parts.add(name: $0, schema: SchemaProgram.noSchema, required: NameEntry.notRequired)
        }
        let entries = UInt32(clamping: parts.names.count)
        for (text, list) in zip(texts, lists) {
            _ = text.withUnsafeBytes { parts.add(name: $0, schema: list.start, required: list.count) }
        }
        return ChoicePlan(
            tag: name, values: parts.makeTable(from: entries), others: others,
            otherCount: UInt32(clamping: open.count), branches: first, branchCount: count)
    }

    /// The property that most branches name, of those with at least two different texts.
    private func bestTag(_ tags: [[[UInt8]: Set<[UInt8]>]]) -> [UInt8]? {
        var best: (tag: [UInt8], score: Int)?
        var texts: [[UInt8]: Set<[UInt8]>] = [:]
        var counts: [[UInt8]: Int] = [:]
        for values in tags {
            for (tag, own) in values {
                texts[tag, default: []].formUnion(own)
                counts[tag, default: 0] += 1
            }
        }
        for (tag, count) in counts {
            guard count * 2 > tags.count, let different = texts[tag]?.count, different >= 2 else { continue }
            let score = count * 1_000 + min(different, 999)
            // Of equals, the first by its bytes: the program does not depend on the order of a dictionary.
            if let best, best.score > score || (best.score == score && best.tag.lexicographicallyPrecedes(tag)) {
                continue
            }
            best = (tag, score)
        }
        return best?.tag
    }

    /// The properties of a schema that must be one of some texts, if they are there.
    private func tagValues(of schema: UInt32) -> [[UInt8]: Set<[UInt8]>] {
        var values: [[UInt8]: Set<[UInt8]>] = [:]
        var waiting = [schema]
        var seen: Set<UInt32> = []
        while let next = waiting.popLast(), seen.count < 16 {
            guard seen.insert(next).inserted else { continue }
            let header = parts.headers[Int(next)]
            for step in parts.instructions[Int(header.any)..<Int(header.end)] where step.opcode == .apply {
                waiting.append(step.a)
            }
            for step in parts.instructions[Int(header.objects)..<Int(header.any)] where step.opcode == .object {
                let table = parts.objects[Int(step.a)].names
                for entry in parts.names[Int(table.entries)..<Int(table.entries + table.count)] {
                    guard entry.schema != SchemaProgram.noSchema, let texts = texts(of: entry.schema) else { continue }
                    values[text(of: entry), default: texts].formIntersection(texts)
                }
            }
        }
        return values
    }

    /// The texts that a schema admits; `nil` if it does not list them.
    private func texts(of schema: UInt32) -> Set<[UInt8]>? {
        let header = parts.headers[Int(schema)]
        for step in parts.instructions[Int(header.any)..<Int(header.end)] where step.opcode == .enumeration {
            let plan = parts.enumerations[Int(step.a)]
            // Other kinds may be listed too: the tag is looked at only where it is a text.
            let entries = parts.names[Int(plan.strings.entries)..<Int(plan.strings.entries + plan.strings.count)]
            var texts: Set<[UInt8]> = []
            for entry in entries { texts.insert(text(of: entry)) }
            return texts
        }
        return nil
    }

    /// The bytes of a name.
    private func text(of entry: NameEntry) -> [UInt8] {
        Array(parts.texts[Int(entry.offset)..<Int(entry.offset + entry.length)])
    }
}
