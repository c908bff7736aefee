import JSONDocuments

/// The options of a rule as a ruleset writes them: an object with known names.
struct RuleOptions {
    /// The object.
    private let value: JSONValue
    /// The rule.
    private let rule: String

    /// Takes options.
    ///
    /// - Parameter names: The names that mean something.
    /// - Throws: Where the value is no object, or has other names.
    init(_ value: JSONValue, of profile: RuleProfile, names: [String]) throws(RuleOptionError) {
        self.value = value
        rule = profile.id
        guard value.kind == .object else {
            throw RuleOptionError(message: "the options of \(rule) must be an object", range: value.range)
        }
        for member in value.members where !names.contains(member.name) {
            throw RuleOptionError(
                message: "the rule \(rule) has no option `\(member.name)`: it has \(names.joined(separator: ", "))",
                range: member.key.range)
        }
    }

    /// A list of strings; nil where it is absent.
    func strings(_ name: String) throws(RuleOptionError) -> Set<String>? {
        try list(name).map { Set($0) }
    }

    /// A list of strings in order; nil where it is absent.
    func list(_ name: String) throws(RuleOptionError) -> [String]? {
        guard let list = value[name] else { return nil }
        let strings = list.elements.compactMap(\.string)
        guard list.kind == .array, strings.count == list.count else { throw wrong(name, "a list of strings", list) }
        return strings
    }

    /// A whole number; nil where it is absent.
    func number(_ name: String) throws(RuleOptionError) -> Int? {
        guard let number = value[name] else { return nil }
        guard let found = number.int else { throw wrong(name, "a whole number", number) }
        return found
    }

    /// `true` or `false`; nil where it is absent.
    func flag(_ name: String) throws(RuleOptionError) -> Bool? {
        guard let flag = value[name] else { return nil }
        guard let found = flag.bool else { throw wrong(name, "true or false", flag) }
        return found
    }

    /// One of some words; nil where it is absent.
    func word(_ name: String, among words: [String]) throws(RuleOptionError) -> String? {
        guard let word = value[name] else { return nil }
        guard let found = word.string, words.contains(found) else {
            throw wrong(name, "one of \(words.joined(separator: ", "))", word)
        }
        return found
    }

    /// Lists of strings by name, in order; nil where they are absent.
    func lists(_ name: String) throws(RuleOptionError) -> [(name: String, texts: [String])]? {
        guard let lists = value[name] else { return nil }
        guard lists.kind == .object else { throw wrong(name, "an object of lists", lists) }
        var found: [(name: String, texts: [String])] = []
        for member in lists.members {
            let strings = member.value.elements.compactMap(\.string)
            guard member.value.kind == .array, strings.count == member.value.count else {
                throw wrong("\(name).\(member.name)", "a list of strings", member.value)
            }
            found.append((member.name, strings))
        }
        return found
    }

    /// A way to write names; nil where it is absent.
    func casing(_ name: String) throws(RuleOptionError) -> WordCasing? {
        try word(name, among: WordCasing.allCases.map(\.rawValue)).flatMap(WordCasing.init)
    }

    /// The error about a value that an option does not have.
    private func wrong(_ name: String, _ expected: String, _ value: JSONValue) -> RuleOptionError {
        RuleOptionError(message: "`\(name)` of the rule \(rule) must be \(expected)", range: value.range)
    }
}
