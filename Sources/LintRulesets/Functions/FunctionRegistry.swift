import JSONDocuments
import SourceDiagnostics

/// The functions by name.
enum FunctionRegistry {
    /// All functions.
    private static let all: [any RulesetFunction.Type] = [
        AlphabeticalFunction.self, CasingFunction.self, DefinedFunction.self, EnumerationFunction.self,
        FalsyFunction.self, LengthFunction.self, OrFunction.self, PatternFunction.self, SchemaFunction.self,
        TruthyFunction.self, TypedEnumFunction.self, UndefinedFunction.self, UnreferencedFunction.self,
        XorFunction.self,
    ]

    /// The names, for messages.
    static var names: String { all.map { "`\($0.name)`" }.joined(separator: ", ") }

    /// A function with its options.
    static func make(
        _ name: String, _ options: FunctionOptions, place: JSONValue
    ) throws(RulesetMistake) -> any RulesetFunction {
        guard let type = all.first(where: { $0.name == name }) else {
            throw RulesetMistake(
                message: "there is no function `\(name)`, and functions in JavaScript are not run: there are \(names)",
                place: place, suggestion: NearestName.suggestion(among: all.map { $0.name }, to: name))
        }
        return try type.init(options)
    }
}
