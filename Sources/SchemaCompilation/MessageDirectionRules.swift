import JSONDocuments
import SchemaEvaluation

/// Sets of names that need not be there because the message travels the wrong way for them.
struct ExcusedNames {
    /// All sets; the first one is empty.
    private var sets: [Set<String>] = [[]]
    /// Numbers of sets.
    private var numbers: [Set<String>: Int] = [[]: 0]
    /// The sets that schemas add by themselves, by place.
    var own: [JSONValue: Set<String>] = [:]

    /// Only the empty set.
    init() {}

    /// The number of a set.
    mutating func number(of names: Set<String>) -> Int {
        if let known = numbers[names] { return known }
        sets.append(names)
        numbers[names] = sets.count - 1
        return sets.count - 1
    }

    /// The set of a number.
    subscript(number: Int) -> Set<String> { sets[number] }
}

/// `readOnly` and `writeOnly`.
///
/// OpenAPI 2.0 and 3.0 (3.0.4 §4.7.24.2): a read-only property is not sent in requests, a write-only one not in
/// responses, and `required` counts in the other direction only. Where the keyword and `required` stand does not
/// matter: the names are collected through `$ref` and branches, and handed down to branches. Since 3.1 both are
/// annotations, and a request with a read-only property passes; a write-only property in a response breaks the contract
/// in every version.
extension SchemaCompiler {
    /// The keyword that forbids a property in this direction; `nil` if none does in a dialect.
    private func forbiddingKeyword(in dialect: Dialect) -> String? {
        guard dialect.isOpenAPI else { return nil }
        switch direction {
        case .none: return nil
        case .request: return dialect.requiresByDirection ? "readOnly" : nil
        case .response: return dialect == .oas2_0 ? nil : "writeOnly"
        }
    }

    /// The schema of a member, which may be forbidden in this direction.
    mutating func memberSchema(_ value: JSONValue, of unit: SchemaUnit) -> UInt32 {
        guard let keyword = forbiddingKeyword(in: unit.dialect), let place = marker(keyword, in: value, of: unit) else {
            return child(value, of: unit)
        }
        return forbidden(by: place)
    }

    /// A schema that refuses every value because of a keyword.
    private mutating func forbidden(by keyword: JSONValue) -> UInt32 {
        let first = UInt32(clamping: parts.instructions.count)
        let place = location(of: keyword)
        parts.instructions.append(Instruction(.never, a: Instruction.wrongDirection, location: place))
        var header = SchemaHeader(at: first)
        header.end = first + 1
        header.isTypeOnly = false
        parts.headers.append(header)
        return UInt32(clamping: parts.headers.count - 1)
    }

    /// Where a schema says that its value travels the other way only: in itself, behind its reference, in a branch of
    /// `allOf`.
    private mutating func marker(_ keyword: String, in value: JSONValue, of unit: SchemaUnit) -> JSONValue? {
        var waiting = [value]
        var seen: Set<JSONValue> = []
        while let schema = waiting.popLast(), seen.count < 64 {
            guard schema.kind == .object, seen.insert(schema).inserted else { continue }
            let reference = schema["$ref"]
            if let reference, reference.kind == .string, let text = reference.string,
                let target = resolve(text, at: reference, from: unit.at(schema, resources))
            {
                waiting.append(target)
            }
            if reference != nil, unit.dialect.ignoresReferenceSiblings { continue }
            if let flag = schema[keyword], flag.bool == true { return flag }
            if let branches = schema["allOf"] { waiting += branches.elements }
        }
        return nil
    }

    /// The names that need not be there in a schema: its own, and those handed down.
    mutating func excusedNames(for unit: SchemaUnit) -> Set<String> {
        excused[unit.pending.excused].union(ownExcusedNames(unit.value, of: unit))
    }

    /// The number of the names that a schema hands down to its branches.
    mutating func excusedByBranches(of unit: SchemaUnit) -> Int {
        guard forbiddingKeyword(in: unit.dialect) != nil else { return unit.pending.excused }
        let own = ownExcusedNames(unit.value, of: unit)
        guard !own.isEmpty else { return unit.pending.excused }
        return excused.number(of: own.union(excused[unit.pending.excused]))
    }

    /// The properties that a schema, or anything that holds for the same value, marks.
    private mutating func ownExcusedNames(_ value: JSONValue, of unit: SchemaUnit) -> Set<String> {
        guard let keyword = forbiddingKeyword(in: unit.dialect) else { return [] }
        if let known = excused.own[value] { return known }
        var names: Set<String> = []
        var waiting = [value]
        var seen: Set<JSONValue> = []
        while let schema = waiting.popLast(), seen.count < 256 {
            guard schema.kind == .object, seen.insert(schema).inserted else { continue }
            if let reference = schema["$ref"], reference.kind == .string, let text = reference.string {
                if let target = resolve(text, at: reference, from: unit.at(schema, resources)) {
                    waiting.append(target)
                }
                if unit.dialect.ignoresReferenceSiblings { continue }
            }
            if let properties = schema["properties"] {
                for member in properties.members where marker(keyword, in: member.value, of: unit) != nil {
                    names.insert(member.name)
                }
            }
            for list in ["allOf", "anyOf", "oneOf"] {
                if let branches = schema[list] { waiting += branches.elements }
            }
        }
        excused.own[value] = names
        return names
    }
}

extension SchemaUnit {
    /// The unit as seen from another schema, whose references have that schema's base.
    fileprivate func at(_ value: JSONValue, _ resources: SchemaResources) -> SchemaUnit {
        let resource = resources.resource(around: value) ?? pending.resource
        let moved = PendingUnit(
            value: value, resource: resource, scope: pending.scope, excused: pending.excused, schema: pending.schema)
        return SchemaUnit(moved, dialect: dialect, vocabulary: vocabulary)
    }
}
