import ContractLinting
import JSONDocuments
import SourceDiagnostics

/// A rule as a ruleset leaves it: where it comes from, whether it is on, how much it matters and what it says.
struct RuleEntry: Sendable {
    /// What looks at documents.
    enum Subject: Sendable {
        /// A rule of Lintel.
        case builtIn(any LintRule.Type)
        /// A rule that the ruleset spells out.
        case custom(CustomRule)
    }

    /// The name.
    let name: String
    /// What looks at documents.
    let subject: Subject
    /// Whether it is on.
    var isOn: Bool
    /// How much it matters.
    var severity: Severity
    /// What it says about itself.
    var description: String?
    /// What its findings say; nil: the description, or else what the function says.
    var message: MessageTemplate?
    /// Where it is explained.
    var documentation: String?
    /// The formats that it is for; nil: those of the rule by itself.
    var formats: Set<DocumentFormat>?
    /// The options of a built-in rule.
    var options: JSONValue?

    /// A built-in rule.
    init(_ rule: any LintRule.Type, isOn: Bool) {
        name = rule.profile.id
        subject = .builtIn(rule)
        self.isOn = isOn
        severity = rule.profile.severity
    }

    /// A rule that a ruleset spells out.
    init(_ member: JSONMember, _ aliases: RuleAliases) throws(RulesetMistake) {
        name = member.name
        subject = .custom(try CustomRule(member.value, aliases))
        isOn = true
        severity = .warning
        try change(member.value, isNew: true)
    }

    /// Takes what a ruleset says about a rule that is known.
    mutating func change(_ value: JSONValue) throws(RulesetMistake) {
        guard value.kind == .object else {
            switch try RuleStrength(value) {
            case .off: isOn = false
            case .on: isOn = true
            case .severity(let chosen):
                isOn = true
                severity = chosen
            }
            return
        }
        isOn = true
        try change(value, isNew: false)
    }

    /// The members that a rule may have.
    private static let names = [
        "given", "then", "severity", "message", "description", "documentationUrl", "formats", "recommended",
        "resolved", "options", "type", "tags", "extensions", "enabled",
    ]

    /// Takes the members of an object.
    private mutating func change(_ value: JSONValue, isNew: Bool) throws(RulesetMistake) {
        for member in value.members {
            switch member.name {
            case "given", "then", "resolved":
                guard isNew else {
                    throw RulesetMistake(
                        message: "where the rule `\(name)` looks cannot be changed alone: spell out `given` and `then`",
                        place: member.key)
                }
            case "severity":
                switch try RuleStrength(member.value) {
                case .severity(let chosen): severity = chosen
                case .off: isOn = false
                case .on: break
                }
            case "message": message = MessageTemplate(text: try Self.text(member))
            case "description": description = try Self.text(member)
            case "documentationUrl": documentation = try Self.text(member)
            case "formats": formats = try RulesetDefinition.formats(member.value)
            case "options":
                guard case .builtIn = subject else {
                    throw RulesetMistake(message: "only built-in rules have `options`", place: member.key)
                }
                options = member.value
            case "recommended", "type", "tags", "extensions", "enabled": continue
            default:
                if member.name.hasPrefix("x-") { continue }
                throw RulesetMistake(
                    message: "a rule has no member `\(member.name)`", place: member.key,
                    suggestion: NearestName.suggestion(among: Self.names, to: member.name))
            }
        }
    }

    /// The text of a member.
    private static func text(_ member: JSONMember) throws(RulesetMistake) -> String {
        guard let text = member.value.string else {
            throw RulesetMistake(message: "`\(member.name)` is a text", place: member.value)
        }
        return text
    }
}
