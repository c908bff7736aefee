import JSONDocuments
import OpenAPIDocuments

/// A schema with what stands behind its references, read by the rules of its version, so that the same constraint looks
/// the same however it is written.
///
/// A schema is a conjunction: what stands beside `$ref` (since 3.1) and what it leads to hold together, as do the members
/// of an `allOf` that is taken apart.
struct SchemaView {
    /// The schema as it stands.
    let value: JSONValue
    /// The objects whose keywords hold together, the schema's own first.
    private(set) var conjuncts: [JSONValue] = []
    /// What a schema is that is no object, or that holds one: nothing is good (`false`) or everything (`true`).
    private(set) var constant: Bool?
    /// A reference that leads nowhere.
    private(set) var brokenReference: JSONValue?
    /// The version that the schema is read by.
    let version: OpenAPIVersion

    /// Reads a schema.
    ///
    /// - Parameters:
    ///   - value: The schema.
    ///   - document: Its document.
    ///   - takesApart: Whether members of `allOf` count as the schema's own.
    init(_ value: JSONValue, in document: ComparedDocument, takingAllOfApart takesApart: Bool = false) {
        self.value = value
        version = document.version
        var seen: Set<JSONValue> = []
        collect(value, document, takesApart, &seen)
    }

    /// Adds what holds with a schema.
    private mutating func collect(
        _ schema: JSONValue, _ document: ComparedDocument, _ takesApart: Bool, _ seen: inout Set<JSONValue>
    ) {
        // More than any schema of the world has; a hostile one stays bounded.
        guard seen.count < 1_000, seen.insert(schema).inserted else { return }
        guard schema.kind == .object else {
            if let bool = schema.bool { constant = (constant ?? true) && bool }
            return
        }
        if let reference = schema["$ref"], reference.kind == .string {
            if version.evaluatesReferenceSiblings { conjuncts.append(schema) }
            if let target = document.document.target(of: reference) {
                collect(target, document, takesApart, &seen)
            } else {
                brokenReference = brokenReference ?? reference
            }
            if !version.evaluatesReferenceSiblings { return }
        } else {
            conjuncts.append(schema)
        }
        guard takesApart, let members = schema["allOf"] else { return }
        for member in members.elements { collect(member, document, takesApart, &seen) }
    }

    // MARK: - Keywords

    /// The first value of a keyword.
    subscript(keyword: String) -> JSONValue? {
        for conjunct in conjuncts { if let value = conjunct[keyword] { return value } }
        return nil
    }

    /// All values of a keyword.
    func all(_ keyword: String) -> [JSONValue] { conjuncts.compactMap { $0[keyword] } }

    /// The place to point at for a keyword: its value, or the schema where it is not there.
    func place(_ keyword: String) -> JSONValue { self[keyword] ?? value }

    /// The only types of which instances are looked at, where a comparison goes type by type.
    var only = SchemaTypes.any

    /// The types that the schema admits, null among them.
    var types: SchemaTypes {
        var types = only
        for conjunct in conjuncts {
            guard let keyword = conjunct["type"] else { continue }
            var own = SchemaTypes(keyword: keyword)
            // OpenAPI 3.0.4 §4.7.24: `nullable` widens `type` and means nothing without it.
            if version < .version31, conjunct["nullable"]?.bool == true || conjunct["x-nullable"]?.bool == true {
                own.insert(.null)
            }
            types.formIntersection(own)
        }
        return types
    }

    /// The values of `enum` or `const`; nil where any value may be.
    var allowedValues: [JSONValue]? {
        self["const"].map { [$0] } ?? self["enum"].map { Array($0.elements) }
    }

    /// The view of the instances of each type that the schema admits.
    var byType: [SchemaView] {
        let kinds: [SchemaTypes] = [
            .null, .boolean, types.contains(.fraction) ? .number : .integer, .string, .array, .object,
        ]
        return kinds.filter { !types.isDisjoint(with: $0) }.map { kind in
            var view = self
            view.only = kind
            return view
        }
    }

    /// Whether no instance can be good by both schemas, as far as that is plain: their types differ, or a property that
    /// both demand has other values.
    func isDisjoint(with other: SchemaView, _ document: ComparedDocument) -> Bool {
        if types.isDisjoint(with: other.types) { return true }
        guard types == .object, other.types == .object else { return false }
        let names = required.intersection(other.required)
        let others = Dictionary(other.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        return properties.contains { member in
            guard names.contains(member.name), let counterpart = others[member.name],
                let one = SchemaView(member.value, in: document).allowedValues,
                let two = SchemaView(counterpart, in: document).allowedValues
            else { return false }
            return !one.contains { value in two.contains { $0.structurallyEquals(value) } }
        }
    }

    /// The members of `properties` of all conjuncts, the first of each name.
    var properties: [JSONMember] {
        var seen: Set<String> = []
        return all("properties").flatMap { Array($0.members) }.filter { seen.insert($0.name).inserted }
    }

    /// The names that must be there.
    var required: Set<String> {
        Set(all("required").flatMap { $0.elements.compactMap(\.string) })
    }

    /// Whether all numbers are integers.
    var hasIntegersOnly: Bool { types.contains(.integer) && !types.contains(.fraction) }

    /// A limit on numbers: with its number, and whether the number itself is beyond it.
    struct Bound {
        /// The number.
        let number: ExactNumber
        /// Whether it is excluded.
        let isExclusive: Bool
        /// The value of the keyword.
        let place: JSONValue

        /// The last integer within the limit: above 0 is from 1. Nil where it does not fit.
        func integer(isUpper: Bool) -> Int? {
            guard let value = Int(number.description), value > Int.min, value < Int.max else { return nil }
            return isExclusive ? value + (isUpper ? -1 : 1) : value
        }
    }

    /// The upper limit of numbers, or the lower one.
    ///
    /// Up to 3.0 `exclusiveMaximum` is a switch beside `maximum` (JSON Schema draft 4 §5.1.2), later a limit by itself.
    func bound(_ keyword: String, exclusive: String) -> Bound? {
        for conjunct in conjuncts {
            if version >= .version31, let place = conjunct[exclusive], let number = place.number {
                return Bound(number: number, isExclusive: true, place: place)
            }
            guard let place = conjunct[keyword], let number = place.number else { continue }
            let isExclusive = version < .version31 && conjunct[exclusive]?.bool == true
            return Bound(number: number, isExclusive: isExclusive, place: place)
        }
        return nil
    }
}
