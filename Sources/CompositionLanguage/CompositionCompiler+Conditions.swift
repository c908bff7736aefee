import JSONDocuments
import SourceDiagnostics

/// `when`: comparisons and `exists`, joined by `&&`, `||`, `!` and parentheses.
extension CompositionCompiler {
    /// Reads a condition; nil where it is none, which is reported.
    mutating func condition(_ value: JSONValue, _ scope: Scope) -> Condition? {
        guard let text = value.string else {
            report("bad-condition", "`when` is a condition such as exists($steps.order.body#/note)", at: value.range)
            return nil
        }
        var parser = ConditionParser(text)
        let parsed: ConditionParser.Node
        do throws(ConditionParser.Fault) {
            parsed = try parser.parse()
        } catch {
            report("bad-condition", error.message, at: value.range)
            return nil
        }
        var scope = scope
        scope.isCondition = true
        return resolved(parsed, at: value.range, scope)
    }

    /// Looks the names of a condition up.
    private mutating func resolved(_ node: ConditionParser.Node, at range: SourceRange, _ scope: Scope) -> Condition? {
        switch node {
        case .exists(let text):
            var scope = scope
            scope.asksWhether = true
            return resolve(text, at: range, scope).map { .exists($0.reference) }
        case .not(let inner): return resolved(inner, at: range, scope).map { .not($0) }
        case .all(let left, let right):
            guard let left = resolved(left, at: range, scope), let right = resolved(right, at: range, scope) else {
                return nil
            }
            return .all(left, right)
        case .any(let left, let right):
            guard let left = resolved(left, at: range, scope), let right = resolved(right, at: range, scope) else {
                return nil
            }
            return .any(left, right)
        case .compares(let left, let comparison, let right):
            guard let left = operand(left, at: range, scope), let right = operand(right, at: range, scope) else {
                return nil
            }
            return .compares(left, comparison, right)
        }
    }

    /// Looks a side of a comparison up.
    private mutating func operand(
        _ operand: ConditionParser.Operand, at range: SourceRange, _ scope: Scope
    ) -> Condition.Operand? {
        switch operand {
        case .expression(let text): resolve(text, at: range, scope).map { .reference($0.reference) }
        case .text(let text): .text(Array(text.utf8))
        case .number(let number): .number(number)
        case .truth(let truth): .truth(truth)
        case .null: .null
        }
    }
}

/// Reads the text of a condition.
struct ConditionParser {
    /// A condition with names.
    indirect enum Node {
        case compares(Operand, Condition.Comparison, Operand), exists(String), not(Node), all(Node, Node), any(
            Node, Node)
    }

    /// A side of a comparison.
    enum Operand { case expression(String), text(String), number(Double), truth(Bool), null }

    /// Why a text is no condition.
    struct Fault: Error {
        /// A sentence about it.
        let message: String
    }

    /// What is left, character by character.
    private var rest: Substring
    /// How many parentheses and negations are open.
    private var depth = 0

    /// Starts on a text.
    init(_ text: String) { rest = Substring(text) }

    /// The whole text.
    mutating func parse() throws(Fault) -> Node {
        let node = try disjunction()
        skipBlanks()
        guard rest.isEmpty else { throw Fault(message: "`\(rest)` does not belong into a condition") }
        return node
    }

    private mutating func disjunction() throws(Fault) -> Node {
        var node = try conjunction()
        while take("||") { node = .any(node, try conjunction()) }
        return node
    }

    private mutating func conjunction() throws(Fault) -> Node {
        var node = try unary()
        while take("&&") { node = .all(node, try unary()) }
        return node
    }

    private mutating func unary() throws(Fault) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else { throw Fault(message: "the condition is nested too deeply") }
        skipBlanks()
        if rest.hasPrefix("!"), !rest.hasPrefix("!=") {
            rest.removeFirst()
            return .not(try unary())
        }
        if take("(") {
            let node = try disjunction()
            guard take(")") else { throw Fault(message: "a parenthesis is not closed") }
            return node
        }
        if take("exists(") {
            skipBlanks()
            let text = expression()
            guard take(")") else { throw Fault(message: "`exists(` is not closed") }
            return .exists(text)
        }
        let left = try operand()
        for (word, comparison): (String, Condition.Comparison) in [
            ("==", .equal), ("!=", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("<", .less),
            (">", .greater),
        ] where take(word) {
            return .compares(left, comparison, try operand())
        }
        throw Fault(message: "a comparison is missing: ==, !=, <, <=, >, >=, or exists(…)")
    }

    private mutating func operand() throws(Fault) -> Operand {
        skipBlanks()
        if rest.hasPrefix("$") { return .expression(expression()) }
        for quote: Character in ["'", "\""] where rest.first == quote {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: quote) else { throw Fault(message: "a quotation mark is not closed") }
            defer { rest = rest[rest.index(after: end)...] }
            return .text(String(rest[..<end]))
        }
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
        rest = rest[word.endIndex...]
        switch word {
        case "true": return .truth(true)
        case "false": return .truth(false)
        case "null": return .null
        default:
            guard let number = Double(word) else { throw Fault(message: "`\(word)` is no expression and no literal") }
            return .number(number)
        }
    }

    /// An expression: up to a blank, an operator or a parenthesis.
    private mutating func expression() -> String {
        let text = rest.prefix { !" )=<>&|!".contains($0) }
        rest = rest[text.endIndex...]
        return String(text)
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" } }

    /// Takes a word if it comes next.
    private mutating func take(_ word: String) -> Bool {
        skipBlanks()
        guard rest.hasPrefix(word) else { return false }
        rest = rest.dropFirst(word.count)
        return true
    }
}
