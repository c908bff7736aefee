import JSONDocuments

/// `length`: the length of a text, the count of a list or an object, or a number itself lies within bounds.
struct LengthFunction: RulesetFunction {
    static let name = "length"

    /// The smallest length.
    private let minimum: Double?
    /// The largest length.
    private let maximum: Double?

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("min", "max")
        minimum = try options.number("min")
        maximum = try options.number("max")
        if minimum == nil, maximum == nil { throw options.wrong("`min` or `max` is missing") }
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let length = Self.length(of: target) else { return [] }
        var results: [FunctionResult] = []
        if let minimum, length < minimum {
            results.append(FunctionResult(wording: .property("must be longer than or equal to \(Self.text(minimum))")))
        }
        if let maximum, length > maximum {
            results.append(FunctionResult(wording: .property("must be shorter than or equal to \(Self.text(maximum))")))
        }
        return results
    }

    /// The length of what is there; nil for what has none.
    private static func length(of target: RuleTarget) -> Double? {
        if let text = target.text { return Double(text.utf16.count) }
        guard let value = target.value else { return nil }
        switch value.kind {
        case .array, .object: return Double(value.count)
        case .number: return value.double
        default: return nil
        }
    }

    /// A number without a fraction that says nothing.
    private static func text(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }
}
