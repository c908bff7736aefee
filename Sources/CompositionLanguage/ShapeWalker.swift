import JSONDocuments
import OpenAPIDocuments

/// Walks from a shape into its members and elements: the question behind every reference of a composition.
///
/// The answers are safe for every value that the schemas accept. A field is certain only where `required` names it and
/// nothing but an object is accepted. A field that a schema does not mention is missing where the schema names others:
/// that an undeclared field may come is no contract to build upon.
struct ShapeWalker {
    /// The APIs, by the index of places.
    let apis: [CallableAPI]

    /// How deep references and combinations are followed.
    private static let depth = 32

    /// What a walk into a member finds.
    enum Member {
        /// A value.
        case found(TypeShape, isCertain: Bool)
        /// No schema on the way knows the name; the place that comes nearest, and the names that it knows.
        case missing(JSONValue?, names: [String])
    }

    /// What the schemas say of one member.
    private struct Facts {
        /// Schemas that the member keeps.
        var shapes: [TypeShape] = []
        /// Whether `required` names it.
        var isRequired = false
        /// Whether nothing but an object (or array, for a place) is accepted.
        var isContainer = false
        /// Whether it cannot be.
        var isForbidden = false
        /// Whether members are declared at all.
        var declaresOthers = false
        /// Whether undeclared members are allowed in words.
        var isOpen = false
        /// Names that are declared.
        var names: [String] = []
        /// The object that declares them.
        var place: JSONValue?

        /// Whether the member is nowhere declared though others are.
        var isMissing: Bool { isForbidden || shapes.isEmpty && declaresOthers && !isOpen }
    }

    // MARK: Members

    /// The member of a name.
    func member(_ token: String, of shape: TypeShape) -> Member {
        let facts = facts(token, shape, Self.depth)
        guard !facts.isMissing else { return .missing(facts.place, names: facts.names) }
        return .found(.every(facts.shapes), isCertain: facts.isRequired && facts.isContainer)
    }

    /// Everything about a member.
    private func facts(_ token: String, _ shape: TypeShape, _ depth: Int) -> Facts {
        var facts = Facts()
        guard depth > 0 else { return facts }
        switch shape {
        case .unknown: break
        case .text, .integer, .null: facts.isForbidden = true
        case .constant(let value):
            if let member = value.kind == .array ? PointerToken(token).place.flatMap({ value[$0] }) : value[token] {
                facts.shapes = [.constant(member)]
                (facts.isRequired, facts.isContainer) = (true, true)
            } else {
                facts.isForbidden = true
            }
            facts.names = value.members.map(\.name)
            facts.place = value
        case .array(let element):
            if PointerToken(token).place == nil { facts.isForbidden = true } else { facts.shapes = [element] }
        case .object(let members):
            facts.names = members.map(\.name)
            if let member = members.first(where: { $0.name == token }) {
                facts.shapes = [member.shape]
                (facts.isRequired, facts.isContainer) = (member.isCertain, true)
            } else {
                facts.isForbidden = true
            }
        case .all(let shapes): for part in shapes { Self.join(&facts, self.facts(token, part, depth - 1)) }
        case .any(let shapes): Self.join(&facts, alternative(shapes.map { self.facts(token, $0, depth - 1) }))
        case .schema(let place): schemaFacts(token, place, depth, &facts)
        }
        return facts
    }

    /// What a Schema Object says of a member.
    private func schemaFacts(_ token: String, _ place: SchemaPlace, _ depth: Int, _ facts: inout Facts) {
        guard let node = followed(place) else { return }
        if node.kind == .false { facts.isForbidden = true }
        guard node.kind == .object else { return }
        let types = Self.declaredTypes(node)
        if types.isDisjoint(with: [.object, .array]) {
            facts.isForbidden = true
            return
        }
        facts.isContainer = types == .object || types == .array
        if types.contains(.array), let index = PointerToken(token).place,
            !types.contains(.object) || node["items"] != nil
        {
            if node["prefixItems"] == nil, let items = node["items"], items.kind == .object {
                facts.shapes.append(.schema(SchemaPlace(api: place.api, node: items)))
            } else {
                facts.isOpen = true
            }
            if let least = node["minItems"]?.int { facts.isRequired = index < least }
        } else if !types.contains(.object) {
            facts.isForbidden = true
            return
        } else {
            objectFacts(token, node, place.api, &facts)
        }
        for part in node["allOf"]?.elements.map(\.self) ?? [] {
            Self.join(&facts, self.facts(token, .schema(SchemaPlace(api: place.api, node: part)), depth - 1))
        }
        for key in ["anyOf", "oneOf"] {
            guard let branches = node[key]?.elements.map(\.self), !branches.isEmpty else { continue }
            Self.join(
                &facts,
                alternative(
                    branches.map { self.facts(token, .schema(SchemaPlace(api: place.api, node: $0)), depth - 1) }))
        }
    }

    /// `properties`, `required`, `additionalProperties`.
    private func objectFacts(_ token: String, _ node: JSONValue, _ api: Int, _ facts: inout Facts) {
        facts.isRequired = node["required"]?.elements.contains { $0.string == token } ?? false
        if let properties = node["properties"], properties.kind == .object {
            facts.declaresOthers = true
            facts.place = properties
            facts.names = properties.members.map(\.name)
            if let property = properties[token] {
                // What a client writes and never reads does not come in replies.
                facts.shapes.append(.schema(SchemaPlace(api: api, node: property)))
                if followed(SchemaPlace(api: api, node: property))?["writeOnly"]?.bool == true {
                    facts.isRequired = false
                }
            }
        }
        let isDeclared = !facts.shapes.isEmpty
        if node["patternProperties"] != nil { facts.isOpen = true }
        switch node["additionalProperties"] {
        case let schema? where schema.kind == .object:
            if node["patternProperties"] == nil, !isDeclared {
                facts.shapes.append(.schema(SchemaPlace(api: api, node: schema)))
            }
            facts.isOpen = true
        case let value? where value.kind == .true: facts.isOpen = true
        case let value? where value.kind == .false:
            if !isDeclared, node["patternProperties"] == nil {
                facts.isForbidden = true
                facts.place = facts.place ?? node
            }
        default: break
        }
    }

    /// All of both hold.
    private static func join(_ left: inout Facts, _ right: Facts) {
        left.shapes += right.shapes
        left.isRequired = left.isRequired || right.isRequired
        left.isContainer = left.isContainer || right.isContainer
        left.isForbidden = left.isForbidden || right.isForbidden
        left.declaresOthers = left.declaresOthers || right.declaresOthers
        left.isOpen = left.isOpen || right.isOpen
        left.names += right.names
        left.place = left.place ?? right.place
    }

    /// One of them holds.
    private func alternative(_ branches: [Facts]) -> Facts {
        var facts = Facts()
        let possible = branches.filter { !$0.isForbidden }
        facts.names = branches.flatMap(\.names)
        facts.place = branches.lazy.compactMap(\.place).first
        guard !possible.isEmpty else {
            facts.isForbidden = true
            return facts
        }
        facts.isRequired = branches.allSatisfy(\.isRequired)
        facts.isContainer = branches.allSatisfy(\.isContainer)
        facts.isOpen = possible.contains(where: \.isOpen)
        facts.declaresOthers = possible.allSatisfy(\.declaresOthers)
        // A branch that says nothing of the member admits anything for it.
        guard possible.contains(where: { !$0.shapes.isEmpty }) else { return facts }
        if possible.allSatisfy({ !$0.shapes.isEmpty }) {
            facts.shapes = [.either(possible.map { .every($0.shapes) })]
        } else {
            facts.isOpen = true
        }
        return facts
    }

    // MARK: Elements

    /// What the elements of an array are; nil where the value is never an array.
    func element(of shape: TypeShape) -> TypeShape? {
        guard types(of: shape).contains(.array) else { return nil }
        return elements(shape, Self.depth)
    }

    /// The shape of elements, as far as it is known.
    private func elements(_ shape: TypeShape, _ depth: Int) -> TypeShape {
        guard depth > 0 else { return .unknown }
        switch shape {
        case .array(let element): return element
        case .all(let shapes): return .every(shapes.map { elements($0, depth - 1) })
        case .any(let shapes):
            return .either(shapes.filter { types(of: $0).contains(.array) }.map { elements($0, depth - 1) })
        case .constant(let value): return .either(value.elements.map { .constant($0) })
        case .schema(let place):
            guard let node = followed(place), node.kind == .object else { return .unknown }
            var found: [TypeShape] = []
            if node["prefixItems"] == nil, let items = node["items"], items.kind == .object {
                found.append(.schema(SchemaPlace(api: place.api, node: items)))
            }
            for part in node["allOf"]?.elements.map(\.self) ?? [] {
                found.append(elements(.schema(SchemaPlace(api: place.api, node: part)), depth - 1))
            }
            for key in ["anyOf", "oneOf"] {
                guard let branches = node[key]?.elements.map(\.self) else { continue }
                found.append(
                    elements(.any(branches.map { .schema(SchemaPlace(api: place.api, node: $0)) }), depth - 1))
            }
            return .every(found)
        default: return .unknown
        }
    }

    /// The most elements that an array can have, if it is bounded.
    func mostElements(of shape: TypeShape) -> Int? { most(shape, Self.depth) }

    private func most(_ shape: TypeShape, _ depth: Int) -> Int? {
        guard depth > 0 else { return nil }
        switch shape {
        case .constant(let value): return value.count
        case .all(let shapes): return shapes.compactMap { most($0, depth - 1) }.min()
        case .any(let shapes):
            let bounds = shapes.filter { types(of: $0).contains(.array) }.map { most($0, depth - 1) }
            return bounds.contains(nil) ? nil : bounds.compactMap(\.self).max()
        case .schema(let place):
            guard let node = followed(place), node.kind == .object else { return nil }
            let parts = node["allOf"]?.elements.map { most(.schema(SchemaPlace(api: place.api, node: $0)), depth - 1) }
            return ((parts ?? []) + [node["maxItems"]?.int]).compactMap(\.self).min()
        default: return nil
        }
    }

    // MARK: Types

    /// The types that a value can have.
    func types(of shape: TypeShape) -> JSONTypes { types(shape, Self.depth) }

    private func types(_ shape: TypeShape, _ depth: Int) -> JSONTypes {
        guard depth > 0 else { return .all }
        switch shape {
        case .unknown: return .all
        case .text: return .string
        case .integer: return .integer
        case .null: return .null
        case .array: return .array
        case .object: return .object
        case .constant(let value): return JSONTypes(of: value)
        case .all(let shapes): return shapes.reduce(.all) { $0.intersection(types($1, depth - 1)) }
        case .any(let shapes): return shapes.reduce([]) { $0.union(types($1, depth - 1)) }
        case .schema(let place):
            guard let node = followed(place) else { return .all }
            guard node.kind == .object else { return node.kind == .false ? [] : .all }
            var found = Self.declaredTypes(node)
            if let values = node["enum"]?.elements {
                found.formIntersection(values.reduce([]) { $0.union(JSONTypes(of: $1)) })
            }
            if let value = node["const"] { found.formIntersection(JSONTypes(of: value)) }
            for part in node["allOf"]?.elements.map(\.self) ?? [] {
                found.formIntersection(types(.schema(SchemaPlace(api: place.api, node: part)), depth - 1))
            }
            for key in ["anyOf", "oneOf"] {
                guard let branches = node[key]?.elements.map(\.self), !branches.isEmpty else { continue }
                found.formIntersection(
                    branches.reduce([]) {
                        $0.union(types(.schema(SchemaPlace(api: place.api, node: $1)), depth - 1))
                    })
            }
            return found
        }
    }

    /// What `type` and `nullable` admit.
    static func declaredTypes(_ node: JSONValue) -> JSONTypes {
        guard let type = node["type"] else { return .all }
        let words = type.kind == .array ? type.elements.compactMap(\.string) : [type.string].compactMap(\.self)
        guard !words.isEmpty else { return .all }
        var types = words.reduce(JSONTypes()) { $0.union(JSONTypes(word: $1) ?? .all) }
        if node["nullable"]?.bool == true || node["x-nullable"]?.bool == true { types.insert(.null) }
        return types
    }

    // MARK: Schemas

    /// The schema behind references; nil where only the schema compiler could tell.
    func followed(_ place: SchemaPlace) -> JSONValue? {
        guard apis.indices.contains(place.api) else { return place.node }
        return apis[place.api].document.references.followed(place.node)
    }

    /// The value of a keyword that limits scalars, on the schema itself or one that `allOf` names.
    func keyword(_ name: String, of shape: TypeShape) -> JSONValue? { keyword(name, shape, Self.depth) }

    private func keyword(_ name: String, _ shape: TypeShape, _ depth: Int) -> JSONValue? {
        guard depth > 0 else { return nil }
        switch shape {
        case .schema(let place):
            guard let node = followed(place), node.kind == .object else { return nil }
            if let value = node[name] { return value }
            return node["allOf"]?.elements.lazy
                .compactMap { keyword(name, .schema(SchemaPlace(api: place.api, node: $0)), depth - 1) }.first
        case .all(let shapes): return shapes.lazy.compactMap { keyword(name, $0, depth - 1) }.first
        default: return nil
        }
    }

    /// Where a shape is written, for notes.
    func place(of shape: TypeShape) -> JSONValue? {
        switch shape {
        case .schema(let place): followed(place) ?? place.node
        case .all(let shapes), .any(let shapes): shapes.lazy.compactMap { self.place(of: $0) }.first
        case .array(let element): place(of: element)
        case .constant(let value): value
        default: nil
        }
    }

    /// The names that an object declares, in order; nil where it declares none.
    func declaredNames(of shape: TypeShape) -> [String]? {
        let names = facts("", shape, Self.depth).names
        var seen: Set<String> = []
        let unique = names.filter { seen.insert($0).inserted }
        return unique.isEmpty ? nil : unique
    }
}
