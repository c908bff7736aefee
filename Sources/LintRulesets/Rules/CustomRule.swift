import JSONDocuments
import JSONPathQueries
import SourceDiagnostics

/// A rule that a ruleset spells out: where to look, and which functions must be content with what is there.
struct CustomRule: Sendable {
    /// One of the functions of a rule.
    struct Check: Sendable {
        /// What the function looks at: the value itself, names, or values inside.
        enum Field: Sendable {
            /// The value.
            case whole
            /// `@key`: each name of the object.
            case names
            /// `a.b[0]`: a member, there or not.
            case member([String])
            /// `$.a[*]`: places inside the value.
            case path(JSONPath)
        }

        /// What the function looks at.
        let field: Field
        /// The function with its options.
        let function: any RulesetFunction
    }

    /// Paths to places, or aliases of such paths.
    let given: [String]
    /// Where they stand.
    let givenPlace: JSONValue
    /// What `#…` stands for.
    let aliases: RuleAliases
    /// The functions.
    let checks: [Check]
    /// Whether the paths go on behind references.
    let isResolved: Bool

    /// Reads a rule.
    ///
    /// - Throws: Where a part of it means nothing.
    init(_ value: JSONValue, _ aliases: RuleAliases) throws(RulesetMistake) {
        guard let given = value["given"], let then = value["then"] else {
            throw RulesetMistake(message: "a rule has `given`, a path, and `then`, what must hold there", place: value)
        }
        self.given = try RuleAliases.given(given)
        self.aliases = aliases
        givenPlace = given
        isResolved = value["resolved"]?.bool ?? true
        var checks: [Check] = []
        for element in then.kind == .array ? Array(then.elements) : [then] { checks.append(try Self.check(element)) }
        self.checks = checks
        // Every path is read once now, so that a mistake is told before anything is linted.
        _ = try paths(for: nil)
    }

    /// The paths for a document.
    ///
    /// - Parameter formats: The formats that it has; nil: all paths there are.
    func paths(for formats: Set<DocumentFormat>?) throws(RulesetMistake) -> [JSONPath] {
        var found: [JSONPath] = []
        for expression in given {
            for text in try aliases.paths(expression, formats: formats, place: givenPlace) {
                found.append(try Self.path(text, givenPlace))
            }
        }
        return found
    }

    /// Reads a path.
    private static func path(_ text: String, _ place: JSONValue) throws(RulesetMistake) -> JSONPath {
        do throws(JSONPathError) {
            return try JSONPath(text)
        } catch {
            throw RulesetMistake(
                message: "the path `\(text)` cannot be read: \(error.message) (character \(error.position + 1))",
                place: place)
        }
    }

    /// Reads an entry of `then`.
    private static func check(_ value: JSONValue) throws(RulesetMistake) -> Check {
        guard let name = value["function"], let text = name.string else {
            throw RulesetMistake(message: "`then` has a `function`: one of \(FunctionRegistry.names)", place: value)
        }
        let known = ["function", "functionOptions", "field"]
        if let stray = value.members.first(where: { !known.contains($0.name) }) {
            throw RulesetMistake(
                message: "`then` has no member `\(stray.name)`", place: stray.key,
                suggestion: NearestName.suggestion(among: known, to: stray.name))
        }
        let options = value["functionOptions"].flatMap { $0.isNull ? nil : $0 }
        let function = try FunctionRegistry.make(text, FunctionOptions(options, of: text, place: name), place: name)
        return Check(field: try field(value["field"]), function: function)
    }

    /// Reads `field`.
    private static func field(_ value: JSONValue?) throws(RulesetMistake) -> Check.Field {
        guard let value else { return .whole }
        guard let text = value.string ?? value.numberLiteral else {
            throw RulesetMistake(message: "`field` is a text", place: value)
        }
        if text == "@key" { return .names }
        return text.hasPrefix("$") ? .path(try path(text, value)) : .member(names(of: text))
    }

    /// The names of `a.b[0]['c.d']`, as lodash takes them apart.
    private static func names(of text: String) -> [String] {
        var names: [String] = []
        var current = ""
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case ".":
                if !current.isEmpty { names.append(current) }
                current = ""
            case "[":
                if !current.isEmpty { names.append(current) }
                let inner = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(inner.count + 1)
                let quotes = inner.first.map { "'\"".contains($0) } ?? false
                names.append(String(quotes ? inner.dropFirst().dropLast() : inner))
                current = ""
            default: current.append(character)
            }
        }
        if !current.isEmpty { names.append(current) }
        return names
    }
}
