import PatternMatching

/// Reads the expressions of filters: the operators of ECMA-262 §13 that have to do with values, by rising precedence.
struct FilterParser {
    /// The deepest nesting; what follows from hostile texts must not exhaust the stack.
    private static let maximumDepth = 64

    /// The text of the path.
    private let scalars: [Unicode.Scalar]
    /// The next scalar to read.
    private(set) var position: Int
    /// How many expressions are open.
    private var depth = 0

    /// Prepares to read at a place of a path.
    init(_ scalars: [Unicode.Scalar], at position: Int) {
        self.scalars = scalars
        self.position = position
    }

    /// Reads an expression up to the bracket or comma behind it.
    mutating func whole() throws(JSONPathError) -> FilterExpression { try choice() }

    // MARK: - Operators

    /// `a ? b : c`.
    private mutating func choice() throws(JSONPathError) -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("the expression is nested too deeply") }
        let condition = try alternatives()
        guard take("?") else { return condition }
        let first = try choice()
        guard take(":") else { throw error("`:` is expected") }
        return .choice(condition, first, try choice())
    }

    /// `a || b`.
    private mutating func alternatives() throws(JSONPathError) -> FilterExpression {
        var left = try conjunction()
        while take("||") { left = .or(left, try conjunction()) }
        return left
    }

    /// `a && b`.
    private mutating func conjunction() throws(JSONPathError) -> FilterExpression {
        var left = try comparison()
        while take("&&") { left = .and(left, try comparison()) }
        return left
    }

    /// `a === b`, `a < b`, `'a' in b`.
    private mutating func comparison() throws(JSONPathError) -> FilterExpression {
        var left = try sum()
        while let kind = takeComparison() { left = .comparison(left, kind, try sum()) }
        return left
    }

    /// The operator of a comparison, if one comes next.
    private mutating func takeComparison() -> FilterComparison? {
        FilterComparison.allCases.first { $0 == .contained ? takeWord("in") : take($0.rawValue) }
    }

    /// `a + b`.
    private mutating func sum() throws(JSONPathError) -> FilterExpression {
        var left = try product()
        while let kind = takeArithmetic(["+", "-"]) { left = .arithmetic(left, kind, try product()) }
        return left
    }

    /// `a * b`.
    private mutating func product() throws(JSONPathError) -> FilterExpression {
        var left = try unary()
        while let kind = takeArithmetic(["*", "/", "%"]) { left = .arithmetic(left, kind, try unary()) }
        return left
    }

    /// The operator of a computation, if one comes next.
    private mutating func takeArithmetic(_ signs: [String]) -> FilterArithmetic? {
        signs.first { take($0) }.flatMap { $0.first }.flatMap(FilterArithmetic.init)
    }

    /// `!a`, `-a`, `typeof a`, `void 0`.
    private mutating func unary() throws(JSONPathError) -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("the expression is nested too deeply") }
        skipSpace()
        if !comes("!="), take("!") { return .not(try unary()) }
        if take("-") { return .negative(try unary()) }
        if take("+") { return .negative(.negative(try unary())) }
        if takeWord("typeof") { return .type(try unary()) }
        if takeWord("void") {
            _ = try unary()
            return .literal(.undefined)
        }
        return try postfix()
    }

    // MARK: - Values

    /// A value with what is taken from it: `a.b['c'][0].includes(d)`.
    private mutating func postfix() throws(JSONPathError) -> FilterExpression {
        var value = try primary()
        while true {
            if take("?.") || take(".") {
                guard let name = word() else { throw error("a name must follow `.`") }
                if comes("(") {
                    guard let function = FilterFunction(rawValue: name) else {
                        let known = FilterFunction.allCases.map(\.rawValue).joined(separator: ", ")
                        throw error("filters know no function `\(name)`: there are \(known)")
                    }
                    value = .call(value, function, try arguments())
                } else {
                    value = .member(value, .literal(.text(name)))
                }
            } else if take("[") {
                let index = try choice()
                guard take("]") else { throw error("`]` is expected") }
                value = .member(value, index)
            } else {
                return value
            }
        }
    }

    /// The values in parentheses behind a function.
    private mutating func arguments() throws(JSONPathError) -> [FilterExpression] {
        guard take("(") else { return [] }
        var found: [FilterExpression] = []
        while !take(")") {
            found.append(try choice())
            guard take(",") || comes(")") else { throw error("`,` or `)` is expected") }
        }
        return found
    }

    /// A value by itself.
    private mutating func primary() throws(JSONPathError) -> FilterExpression {
        skipSpace()
        guard let scalar = next else { throw error("the filter ends too early") }
        switch scalar {
        case "(":
            position += 1
            let inner = try choice()
            guard take(")") else { throw error("`)` is expected") }
            return inner
        case "[":
            position += 1
            var values: [FilterExpression] = []
            while !take("]") {
                values.append(try choice())
                guard take(",") || comes("]") else { throw error("`,` or `]` is expected") }
            }
            return .list(values)
        case "@":
            position += 1
            return try atWord()
        case "$":
            position += 1
            return .root
        case "'", "\"":
            return .literal(.text(try quoted()))
        case "/":
            return .literal(.pattern(try pattern()))
        default:
            return scalar.properties.numericType != nil ? try number() : try name()
        }
    }

    /// `@` with the name of what it stands for.
    private mutating func atWord() throws(JSONPathError) -> FilterExpression {
        let start = position
        guard let word = word() else { return .current }
        switch word {
        case "property": return .property
        case "parent": return .parent
        case "parentProperty": return .parentProperty
        case "path": return .path
        case "root": return .root
        default: throw JSONPathError(at: start, "there is no `@\(word)`")
        }
    }

    /// A text in quotation marks.
    private mutating func quoted() throws(JSONPathError) -> String {
        var parser = PathParser(scalars, at: position)
        let content = try parser.quoted()
        position = parser.position
        return content
    }

    /// `/…/flags`.
    private mutating func pattern() throws(JSONPathError) -> Pattern {
        let start = position
        position += 1
        var source = String.UnicodeScalarView()
        var isInClass = false
        while let scalar = next, scalar != "/" || isInClass {
            position += 1
            source.append(scalar)
            if scalar == "[" { isInClass = true }
            if scalar == "]" { isInClass = false }
            if scalar == "\\", let escaped = next {
                position += 1
                source.append(escaped)
            }
        }
        guard next == "/" else { throw JSONPathError(at: start, "the regular expression is never closed") }
        position += 1
        let flags = word() ?? ""
        do throws(PatternError) {
            return try Pattern(String(source), flags: flags)
        } catch {
            throw JSONPathError(at: start, "the regular expression cannot be read: \(error.message)")
        }
    }

    /// A number.
    private mutating func number() throws(JSONPathError) -> FilterExpression {
        let start = position
        while let scalar = next, scalar.properties.numericType != nil || scalar == "." || scalar == "e" {
            position += 1
        }
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: scalars[start..<position])
        guard let value = Double(String(digits)) else {
            throw JSONPathError(at: start, "`\(String(digits))` is no number")
        }
        return .literal(.number(value))
    }

    /// `true`, `false`, `null`, `undefined`, `NaN`.
    private mutating func name() throws(JSONPathError) -> FilterExpression {
        let start = position
        guard let word = word() else { throw error("`\(next.map(String.init) ?? "")` is not expected here") }
        switch word {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        case "undefined": return .literal(.undefined)
        case "NaN": return .literal(.number(.nan))
        default: throw JSONPathError(at: start, "`\(word)` is unknown: a filter speaks of `@`, texts and numbers")
        }
    }

    // MARK: - Scalars

    /// The scalar that comes next; nil at the end.
    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// Passes over white space.
    private mutating func skipSpace() {
        while let scalar = next, scalar.properties.isWhitespace { position += 1 }
    }

    /// Whether a sign comes next, after white space.
    private mutating func comes(_ sign: String) -> Bool {
        skipSpace()
        return scalars[position...].starts(with: sign.unicodeScalars)
    }

    /// Takes a sign if it comes next.
    private mutating func take(_ sign: String) -> Bool {
        guard comes(sign) else { return false }
        position += sign.unicodeScalars.count
        return true
    }

    /// Takes a word if it comes next and ends there.
    private mutating func takeWord(_ expected: String) -> Bool {
        skipSpace()
        let start = position
        if word() == expected { return true }
        position = start
        return false
    }

    /// A name, if one comes next.
    private mutating func word() -> String? {
        let start = position
        while let scalar = next, scalar == "_" || scalar.properties.isAlphabetic || position > start && isDigit(scalar)
        {
            position += 1
        }
        guard position > start else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<position])
        return String(view)
    }

    /// Whether a scalar is a digit of ASCII.
    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// An error at the place.
    private func error(_ message: String) -> JSONPathError { JSONPathError(at: position, message) }
}
