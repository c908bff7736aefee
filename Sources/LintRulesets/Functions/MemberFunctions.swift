import JSONDocuments

/// `xor`: an object has exactly one of some members.
struct XorFunction: RulesetFunction {
    static let name = "xor"

    /// The members.
    private let properties: [String]

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("properties")
        properties = try options.texts("properties", atLeast: 2)
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let value = target.value, value.kind == .object else { return [] }
        guard properties.count(where: { value[$0] != nil }) != 1 else { return [] }
        let names = properties.map(PrintedValue.quoted)
        let sentence =
            names.count == 2
            ? "\(names[0]) and \(names[1]) must not be both defined or both undefined"
            : "exactly one of \(names.joined(separator: ", ")) must be defined"
        return [FunctionResult(wording: .sentence(sentence))]
    }
}

/// `or`: an object has at least one of some members.
struct OrFunction: RulesetFunction {
    static let name = "or"

    /// The members.
    private let properties: [String]

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("properties")
        properties = try options.texts("properties", atLeast: 2)
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let value = target.value, value.kind == .object, !properties.contains(where: { value[$0] != nil }) else {
            return []
        }
        let names = properties.prefix(4).map(PrintedValue.quoted).joined(separator: " or ")
        let others = properties.count > 4 ? " or \(properties.count - 4) others" : ""
        return [FunctionResult(wording: .sentence("At least one of \(names)\(others) must be defined"))]
    }
}
