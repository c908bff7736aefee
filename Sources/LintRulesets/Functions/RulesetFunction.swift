import ContractLinting
import JSONDocuments

/// One of the functions that rules may use: it says what is wrong with a value.
///
/// A function is silent about values that it is not for, as `pattern` about numbers: other rules ask for types.
protocol RulesetFunction: Sendable {
    /// Its name in rulesets.
    static var name: String { get }

    /// Takes the options.
    ///
    /// - Throws: Where they mean nothing to it.
    init(_ options: FunctionOptions) throws(RulesetMistake)

    /// Looks at a value.
    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult]
}

/// What a function looks at.
struct RuleTarget {
    /// What is there.
    enum Content {
        /// Nothing; the names lead from the place to where something was expected.
        case absent([String])
        /// The name of the place.
        case name(String)
        /// The value of the place.
        case value(JSONValue)
    }

    /// What is there.
    let content: Content
    /// The nearest place that exists.
    let place: JSONValue
    /// The objects with `$ref` on the way, outermost first.
    let references: [JSONValue]

    /// Whether a name is looked at.
    var isName: Bool {
        if case .name = content { return true }
        return false
    }

    /// The value; nil for a name and for nothing.
    var value: JSONValue? {
        if case .value(let value) = content { return value }
        return nil
    }

    /// The text that is looked at; nil where it is none.
    var text: String? {
        switch content {
        case .absent: nil
        case .name(let name): name
        case .value(let value): value.string
        }
    }
}

/// What a function says.
struct FunctionResult {
    /// A sentence whose subject is only known where the finding is made.
    enum Wording {
        /// `"name" property …`, or `The document …`.
        case property(String)
        /// `"value" …`.
        case value(String)
        /// The whole sentence.
        case sentence(String)

        /// The sentence.
        func text(property: String, value: String) -> String {
            switch self {
            case .property(let predicate):
                (property.isEmpty ? "The document " : "\"\(property)\" property ") + predicate
            case .value(let predicate): "\(value) \(predicate)"
            case .sentence(let sentence): sentence
            }
        }
    }

    /// The sentence.
    let wording: Wording
    /// The place, where it is another one than the function looked at.
    var place: JSONValue?
    /// Whether the name of that place is meant.
    var isName = false
}

/// What functions may ask about the document.
struct RuleScene {
    /// The document.
    let document: LintDocument
    /// Whether references are followed.
    let isResolved: Bool

    /// What is behind a value: the end of its references, or the value itself.
    func followed(_ value: JSONValue) -> JSONValue {
        isResolved ? document.followed(value) ?? value : value
    }
}
