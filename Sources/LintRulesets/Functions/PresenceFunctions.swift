import JSONDocuments

/// `truthy`: what is there counts as true in JavaScript: it is not nothing, `null`, `false`, 0 or an empty text.
struct TruthyFunction: RulesetFunction {
    static let name = "truthy"

    init(_ options: FunctionOptions) throws(RulesetMistake) { try options.only() }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        target.isTruthy ? [] : [FunctionResult(wording: .property("must be truthy"))]
    }
}

/// `falsy`: what is there, if anything is, counts as false in JavaScript.
struct FalsyFunction: RulesetFunction {
    static let name = "falsy"

    init(_ options: FunctionOptions) throws(RulesetMistake) { try options.only() }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        target.isTruthy ? [FunctionResult(wording: .property("must be falsy"))] : []
    }
}

/// `defined`: something is there, be it `null`.
struct DefinedFunction: RulesetFunction {
    static let name = "defined"

    init(_ options: FunctionOptions) throws(RulesetMistake) { try options.only() }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        target.isAbsent ? [FunctionResult(wording: .property("must be defined"))] : []
    }
}

/// `undefined`: nothing is there.
struct UndefinedFunction: RulesetFunction {
    static let name = "undefined"

    init(_ options: FunctionOptions) throws(RulesetMistake) { try options.only() }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        target.isAbsent ? [] : [FunctionResult(wording: .property("must be undefined"))]
    }
}

extension RuleTarget {
    /// Whether nothing is there.
    fileprivate var isAbsent: Bool {
        if case .absent = content { return true }
        return false
    }

    /// Whether what is there counts as true (ECMA-262 §7.1.2).
    fileprivate var isTruthy: Bool {
        switch content {
        case .absent: false
        case .name(let name): !name.isEmpty
        case .value(let value):
            switch value.kind {
            case .null, .false: false
            case .true, .array, .object: true
            case .string: value.string != ""
            case .number: value.double != 0
            }
        }
    }
}
