import JSONDocuments
import SourceDiagnostics

/// One file of a ruleset, or one of its overrides, taken apart but not yet understood.
struct RulesetDefinition: Sendable {
    /// What a ruleset builds on.
    struct Extension: Sendable {
        /// Which of its rules are on.
        enum Choice: String, CaseIterable, Sendable {
            /// Those that it recommends.
            case recommended
            /// All.
            case all
            /// None: they can be turned on one by one.
            case off
        }

        /// Its name or path.
        let name: String
        /// Which of its rules are on.
        let choice: Choice
        /// Where it stands.
        let place: JSONValue
    }

    /// A change for some documents only.
    struct Override: Sendable {
        /// Patterns of paths, with a JSON Pointer behind `#` where only a part of the document is meant.
        let files: [JSONValue]
        /// The change.
        let change: RulesetDefinition
    }

    /// The whole object.
    let value: JSONValue
    /// What it builds on.
    private(set) var extensions: [Extension] = []
    /// The rules by name.
    private(set) var rules: [JSONMember] = []
    /// The aliases by name.
    private(set) var aliases: [JSONMember] = []
    /// The formats that its rules are for; nil: any.
    private(set) var formats: Set<DocumentFormat>?
    /// Where its rules are explained.
    private(set) var documentation: String?
    /// How much mistakes of texts matter.
    private(set) var parserOptions: JSONValue?
    /// The changes for some documents.
    private(set) var overrides: [Override] = []

    /// The members that a ruleset may have.
    private static let names = [
        "extends", "rules", "aliases", "formats", "documentationUrl", "parserOptions", "overrides", "functions",
        "functionsDir", "description", "except",
    ]

    /// Takes an object apart.
    ///
    /// - Parameters:
    ///   - value: The object.
    ///   - problems: What is wrong with it.
    init(_ value: JSONValue, _ problems: inout [Diagnostic]) {
        self.value = value
        guard value.kind == .object else {
            problems.append(
                RulesetMistake(message: "a ruleset is an object with `rules` or `extends`", place: value).diagnostic)
            return
        }
        for member in value.members {
            do throws(RulesetMistake) {
                try take(member, &problems)
            } catch {
                problems.append(error.diagnostic)
            }
        }
        if rules.isEmpty, extensions.isEmpty, overrides.isEmpty, value["rules"] == nil {
            problems.append(
                RulesetMistake(message: "the ruleset has neither `rules` nor `extends`", place: value).diagnostic)
        }
    }

    /// Takes one member.
    private mutating func take(_ member: JSONMember, _ problems: inout [Diagnostic]) throws(RulesetMistake) {
        let value = member.value
        switch member.name {
        case "extends":
            for element in value.kind == .array ? Array(value.elements) : [value] {
                extensions.append(try Self.extension(element))
            }
        case "rules":
            guard value.kind == .object else { throw RulesetMistake(message: "`rules` is an object", place: value) }
            rules = Array(value.members)
        case "aliases":
            guard value.kind == .object else { throw RulesetMistake(message: "`aliases` is an object", place: value) }
            aliases = Array(value.members)
        case "formats": formats = try Self.formats(value)
        case "documentationUrl":
            guard let text = value.string else {
                throw RulesetMistake(message: "`documentationUrl` is a URL", place: value)
            }
            documentation = text
        case "parserOptions": parserOptions = value
        case "overrides":
            guard value.kind == .array else { throw RulesetMistake(message: "`overrides` is a list", place: value) }
            for element in value.elements { overrides.append(try Self.override(element, &problems)) }
        case "functions", "functionsDir":
            throw RulesetMistake(
                message: "functions in JavaScript are not run: rules may use \(FunctionRegistry.names)",
                place: member.key)
        case "description", "except", "files": return
        default:
            if member.name.hasPrefix("x-") { return }
            throw RulesetMistake(
                message: "a ruleset has no member `\(member.name)`", place: member.key,
                suggestion: NearestName.suggestion(among: Self.names, to: member.name))
        }
    }

    /// One entry of `extends`: a name, or a name with a choice.
    private static func `extension`(_ value: JSONValue) throws(RulesetMistake) -> Extension {
        if let name = value.string { return Extension(name: name, choice: .recommended, place: value) }
        guard value.kind == .array, value.count == 2, let name = value[0]?.string,
            let choice = value[1]?.string.flatMap(Extension.Choice.init)
        else {
            throw RulesetMistake(
                message: "an entry of `extends` is a name, or a list of a name and `recommended`, `all` or `off`",
                place: value)
        }
        return Extension(name: name, choice: choice, place: value)
    }

    /// A list of formats.
    static func formats(_ value: JSONValue) throws(RulesetMistake) -> Set<DocumentFormat> {
        guard value.kind == .array, value.count > 0 else {
            throw RulesetMistake(message: "`formats` is a list of formats", place: value)
        }
        var found: Set<DocumentFormat> = []
        for element in value.elements { found.insert(try DocumentFormat(element)) }
        return found
    }

    /// One entry of `overrides`.
    private static func override(_ value: JSONValue, _ problems: inout [Diagnostic]) throws(RulesetMistake) -> Override
    {
        guard let files = value["files"], files.kind == .array, files.count > 0,
            files.elements.allSatisfy({ $0.kind == .string })
        else { throw RulesetMistake(message: "an override has `files`, a list of patterns", place: value) }
        let change = RulesetDefinition(value, &problems)
        if let nested = change.overrides.first {
            throw RulesetMistake(message: "overrides have no overrides", place: nested.change.value)
        }
        return Override(files: Array(files.elements), change: change)
    }
}
