import JSONDocuments

/// `enumeration`: a text, number, boolean or null is one of some values.
struct EnumerationFunction: RulesetFunction {
    static let name = "enumeration"

    /// The values.
    private let values: [JSONValue]

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("values")
        let list = try options.required("values")
        guard list.kind == .array, list.elements.allSatisfy({ ![.array, .object].contains($0.kind) }) else {
            throw options.wrong("`values` is a list of texts, numbers, booleans or null", list)
        }
        values = Array(list.elements)
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        let isListed: Bool
        switch target.content {
        case .absent: return []
        case .name(let name): isListed = values.contains { $0.string == name }
        case .value(let value):
            if value.kind == .array || value.kind == .object { return [] }
            isListed = values.contains { $0.structurallyEquals(value) }
        }
        if isListed { return [] }
        let allowed = values.map(PrintedValue.text(of:)).joined(separator: ", ")
        return [FunctionResult(wording: .value("must be equal to one of the allowed values: \(allowed)"))]
    }
}
