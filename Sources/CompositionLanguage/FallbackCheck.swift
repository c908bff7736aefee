import JSONDocuments
import OpenAPIDocuments

/// Whether a value that stands in the settings keeps the shape of the part that it replaces.
///
/// Types, `required`, `enum` and the members below are compared; what only the schema engine decides (patterns, formats,
/// combinations) is left to the derived contract, which every reply has to keep.
enum FallbackCheck {
    /// What is wrong, with the pointer to it; nil if nothing was found.
    static func fault(
        of value: JSONValue, against shape: TypeShape, apis: [CallableAPI], at path: String = ""
    ) -> String? {
        let walker = ShapeWalker(apis: apis)
        let types = walker.types(of: shape)
        let place = path.isEmpty ? "it" : "`\(path)`"
        guard JSONTypes(of: value).isSubset(of: types) else {
            return "\(place) is \(JSONTypes(of: value).words), not \(types.words)"
        }
        if let allowed = walker.keyword("enum", of: shape),
            !allowed.elements.contains(where: { $0.structurallyEquals(value) })
        {
            return "\(place) is none of \(JSONWriter.text(of: allowed))"
        }
        if value.kind == .object {
            for name in walker.keyword("required", of: shape)?.elements.compactMap(\.string) ?? []
            where value[name] == nil {
                return "\(place) lacks the field `\(name)`"
            }
            for member in value.members {
                guard case .found(let inner, _) = walker.member(member.name, of: shape) else {
                    return "\(place) has no field `\(member.name)`"
                }
                let below = path + "/" + JSONPointer.escaped(member.name)
                if let fault = fault(of: member.value, against: inner, apis: apis, at: below) { return fault }
            }
        }
        if value.kind == .array, let element = walker.element(of: shape) {
            for (index, item) in value.elements.enumerated() {
                if let fault = fault(of: item, against: element, apis: apis, at: "\(path)/\(index)") { return fault }
            }
        }
        return nil
    }
}
