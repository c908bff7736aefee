import JSONDocuments
import SourceDiagnostics

/// Names for paths: `#PathItem` stands for the paths of the alias `PathItem`, with what follows it behind each.
struct RuleAliases: Sendable {
    /// Paths for documents of some formats; nil formats: for all.
    private struct Target: Sendable {
        /// The formats.
        let formats: Set<DocumentFormat>?
        /// The paths, which may begin with aliases.
        let given: [String]
    }

    /// The most paths that one expression may stand for.
    private static let maximumPaths = 1_000

    /// The aliases by name.
    private var targets: [String: [Target]] = [:]

    /// Takes the aliases of a ruleset; those with a known name replace it.
    mutating func add(_ members: [JSONMember]) throws(RulesetMistake) {
        for member in members { targets[member.name] = try Self.targets(member.value) }
    }

    /// Takes the aliases of another ruleset, unless their names are known.
    mutating func inherit(_ other: RuleAliases) { targets.merge(other.targets) { own, _ in own } }

    /// The paths that an expression stands for.
    ///
    /// - Parameters:
    ///   - expression: A path, or an alias with more steps.
    ///   - formats: The formats of the document; nil: every target is taken, to see whether all mean something.
    ///   - place: Where the expression stands.
    func paths(
        _ expression: String, formats: Set<DocumentFormat>?, place: JSONValue
    ) throws(RulesetMistake) -> [String] {
        try paths(expression, formats, place, inside: [])
    }

    /// The paths that an expression inside of aliases stands for.
    private func paths(
        _ expression: String, _ formats: Set<DocumentFormat>?, _ place: JSONValue, inside: [String]
    ) throws(RulesetMistake) -> [String] {
        guard expression.hasPrefix("#") else { return [expression] }
        let name = String(
            expression.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
        guard !inside.contains(name) else {
            throw RulesetMistake(
                message: "the alias `\(name)` leads back to itself: \((inside + [name]).joined(separator: " → "))",
                place: place)
        }
        guard let candidates = targets[name] else {
            throw RulesetMistake(
                message: "there is no alias `\(name)`", place: place,
                suggestion: NearestName.suggestion(among: targets.keys.sorted(), to: name))
        }
        let rest = expression.dropFirst(name.count + 1)
        var found: [String] = []
        for target in Self.chosen(candidates, formats) {
            for given in target.given {
                found += try paths(given + rest, formats, place, inside: inside + [name])
                guard found.count <= Self.maximumPaths else {
                    throw RulesetMistake(message: "the alias `\(name)` stands for too many paths", place: place)
                }
            }
        }
        return found
    }

    /// The targets for a document: of those with formats the last one that fits.
    private static func chosen(_ candidates: [Target], _ formats: Set<DocumentFormat>?) -> [Target] {
        guard let formats else { return candidates }
        let fitting = candidates.last { $0.formats.map { !$0.isDisjoint(with: formats) } ?? true }
        return fitting.map { [$0] } ?? []
    }

    /// The targets of an alias: a path, a list of paths, or an object with `targets`.
    private static func targets(_ value: JSONValue) throws(RulesetMistake) -> [Target] {
        if value.kind != .object { return [Target(formats: nil, given: try given(value))] }
        guard let list = value["targets"], list.kind == .array else {
            throw RulesetMistake(message: "an alias is a list of paths, or an object with `targets`", place: value)
        }
        var found: [Target] = []
        for element in list.elements {
            guard let formats = element["formats"], let paths = element["given"] else {
                throw RulesetMistake(message: "a target of an alias has `formats` and `given`", place: element)
            }
            found.append(Target(formats: try RulesetDefinition.formats(formats), given: try given(paths)))
        }
        return found
    }

    /// A path or a list of paths.
    static func given(_ value: JSONValue) throws(RulesetMistake) -> [String] {
        let elements = value.kind == .array ? Array(value.elements) : [value]
        let paths = elements.compactMap(\.string)
        guard paths.count == elements.count, !paths.isEmpty else {
            throw RulesetMistake(message: "`given` is a path or a list of paths", place: value)
        }
        return paths
    }
}
