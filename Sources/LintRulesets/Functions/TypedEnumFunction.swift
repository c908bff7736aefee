import ContractLinting
import JSONDocuments

/// `typedEnum`: the values of `enum` have the type that stands beside it.
struct TypedEnumFunction: RulesetFunction {
    static let name = "typedEnum"

    init(_ options: FunctionOptions) throws(RulesetMistake) { try options.only() }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let schema = target.value, let type = schema["type"], let values = schema["enum"] else { return [] }
        var types = type.kind == .array ? type.elements.compactMap(\.string) : [type.string].compactMap { $0 }
        guard !types.isEmpty else { return [] }
        let expected = types.joined(separator: ",")
        if schema["nullable"]?.bool == true || schema["x-nullable"]?.bool == true { types.append("null") }
        return values.elements.filter { value in !types.contains(where: value.isOfType) }.map { value in
            FunctionResult(
                wording: .sentence("Enum value \(PrintedValue.text(of: value)) must be \"\(expected)\"."),
                place: value)
        }
    }
}
