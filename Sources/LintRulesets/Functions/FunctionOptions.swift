import JSONDocuments
import SourceDiagnostics

/// The options of a function as a ruleset writes them.
struct FunctionOptions {
    /// The object; nil where there is none.
    private let value: JSONValue?
    /// The function.
    private let function: String
    /// Where the function stands, for what is absent.
    private let place: JSONValue

    /// Takes the options.
    init(_ value: JSONValue?, of function: String, place: JSONValue) {
        self.value = value
        self.function = function
        self.place = place
    }

    /// Refuses options with other names.
    func only(_ names: String...) throws(RulesetMistake) {
        guard let value else { return }
        guard value.kind == .object else { throw wrong("the options are no object", value) }
        for member in value.members where !names.contains(member.name) {
            let known = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
            throw RulesetMistake(
                message: "the function \(function) has no option `\(member.name)`: \(known)", place: member.key,
                suggestion: NearestName.suggestion(among: names, to: member.name))
        }
    }

    /// Any value; nil where it is absent.
    subscript(_ name: String) -> JSONValue? { value?[name] }

    /// A value that must be there.
    func required(_ name: String) throws(RulesetMistake) -> JSONValue {
        guard let found = value?[name] else { throw wrong("the option `\(name)` is missing", value ?? place) }
        return found
    }

    /// A text; nil where it is absent.
    func text(_ name: String) throws(RulesetMistake) -> String? {
        guard let found = value?[name] else { return nil }
        guard let text = found.string else { throw wrong("the option `\(name)` is no text", found) }
        return text
    }

    /// A number; nil where it is absent.
    func number(_ name: String) throws(RulesetMistake) -> Double? {
        guard let found = value?[name] else { return nil }
        guard let number = found.double else { throw wrong("the option `\(name)` is no number", found) }
        return number
    }

    /// `true` or `false`; nil where it is absent.
    func flag(_ name: String) throws(RulesetMistake) -> Bool? {
        guard let found = value?[name] else { return nil }
        guard let flag = found.bool else { throw wrong("the option `\(name)` is neither true nor false", found) }
        return flag
    }

    /// A list of texts that must be there.
    func texts(_ name: String, atLeast count: Int) throws(RulesetMistake) -> [String] {
        let list = try required(name)
        let texts = list.elements.compactMap(\.string)
        guard list.kind == .array, texts.count == list.count, texts.count >= count else {
            throw wrong("the option `\(name)` is a list of \(count) or more texts", list)
        }
        return texts
    }

    /// The error about an option.
    func wrong(_ message: String, _ place: JSONValue? = nil) -> RulesetMistake {
        RulesetMistake(message: "\(function): \(message)", place: place ?? value ?? self.place)
    }
}
