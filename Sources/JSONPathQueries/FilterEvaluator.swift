import JSONDocuments
import PatternMatching

/// Evaluates the expressions of filters at a place.
///
/// Where JavaScript would throw, as for a member of `undefined`, nothing is selected.
struct FilterEvaluator {
    /// What JavaScript would throw.
    private struct Failure: Error {}

    /// The way to the child in question.
    private let way: [PathPlace]
    /// Follows references.
    private let follow: (JSONValue) -> JSONValue

    /// An evaluator at the end of a way.
    init(_ way: [PathPlace], _ follow: @escaping (JSONValue) -> JSONValue) {
        self.way = way
        self.follow = follow
    }

    /// Whether an expression counts as true.
    func isTrue(_ expression: FilterExpression) -> Bool {
        (try? value(of: expression).isTrue) ?? false
    }

    /// The name or index that an expression gives; nil where it gives none.
    func name(_ expression: FilterExpression) -> String? {
        switch try? value(of: expression) {
        case .text(let text)?: text
        case .number(let number)?: FilterValue.number(number).text
        default: nil
        }
    }

    /// Evaluates an expression.
    private func value(of expression: FilterExpression) throws(Failure) -> FilterValue {
        switch expression {
        case .current: return FilterValue(way.last?.value)
        case .root: return FilterValue(way.first?.value)
        case .property: return Self.text(way.last?.name)
        case .parent: return FilterValue(way.dropLast().last?.value)
        case .parentProperty: return Self.text(way.dropLast().last?.name)
        case .path: return .text(pathText)
        case .literal(let literal): return literal
        case .list(let expressions):
            var values: [FilterValue] = []
            for expression in expressions { values.append(try value(of: expression)) }
            return .list(values)
        case .member(let owner, let name): return try member(try value(of: owner), try value(of: name))
        case .call(let owner, let function, let arguments):
            var values: [FilterValue] = []
            for argument in arguments { values.append(try value(of: argument)) }
            return try call(function, of: try value(of: owner), values)
        case .not(let inner): return .bool(!(try value(of: inner).isTrue))
        case .negative(let inner): return .number(-(try value(of: inner).number))
        case .type(let inner): return .text(try value(of: inner).typeName)
        case .and(let left, let right):
            let first = try value(of: left)
            return first.isTrue ? try value(of: right) : first
        case .or(let left, let right):
            let first = try value(of: left)
            return first.isTrue ? first : try value(of: right)
        case .choice(let condition, let first, let second):
            return try value(of: condition).isTrue ? try value(of: first) : try value(of: second)
        case .comparison(let left, let kind, let right):
            return .bool(try compare(try value(of: left), kind, try value(of: right)))
        case .arithmetic(let left, let kind, let right):
            return Self.compute(try value(of: left), kind, try value(of: right))
        }
    }

    /// A name as a value.
    private static func text(_ name: String?) -> FilterValue { name.map { .text($0) } ?? .undefined }

    /// The way as jsonpath-plus writes it: `$['paths']['/pets'][0]`.
    private var pathText: String {
        way.dropFirst().enumerated().reduce(into: "$") { text, step in
            let name = step.element.name ?? ""
            text += way[step.offset].value.kind == .array ? "[\(name)]" : "['\(name)']"
        }
    }

    /// A member of a value.
    private func member(_ owner: FilterValue, _ key: FilterValue) throws(Failure) -> FilterValue {
        let name = key.text
        switch owner {
        case .undefined, .null: throw Failure()
        case .text(let text):
            return name == "length" ? .number(Double(text.utf16.count)) : constructor(owner, name)
        case .list(let values):
            if name == "length" { return .number(Double(values.count)) }
            return Int(name).flatMap { values.indices.contains($0) ? values[$0] : nil } ?? constructor(owner, name)
        case .node(let value):
            let child = value.kind == .array ? Int(name).flatMap { value[$0] } : value[name]
            if let child { return FilterValue(follow(child)) }
            if name == "length", value.kind == .array { return .number(Double(value.count)) }
            return constructor(owner, name)
        case .bool, .number, .pattern: return constructor(owner, name)
        }
    }

    /// `.constructor` of a value, as a list whose `name` is read next.
    private func constructor(_ owner: FilterValue, _ name: String) -> FilterValue {
        if name == "constructor", let made = owner.constructorName { return .text(made) }
        // `.constructor.name`: the constructor is its own name here.
        if name == "name", case .text(let made) = owner { return .text(made) }
        return .undefined
    }

    /// What a function gives.
    private func call(
        _ function: FilterFunction, of owner: FilterValue, _ arguments: [FilterValue]
    ) throws(Failure) -> FilterValue {
        let argument = arguments.first ?? .undefined
        switch function {
        case .toString: return .text(owner.text)
        case .hasOwnProperty:
            guard case .node(let value) = owner else { return .bool(false) }
            return .bool(value[argument.text] != nil)
        case .includes, .indexOf:
            let place = try place(of: argument, in: owner)
            return function == .includes ? .bool(place >= 0) : .number(Double(place))
        case .match, .test:
            let (subject, pattern) = function == .match ? (owner, argument) : (argument, owner)
            guard function == .match else { return .bool(try matches(subject.text, pattern)) }
            let text = try Self.text(of: owner)
            return try matches(text, pattern) ? .list([.text(text)]) : .null
        case .startsWith: return .bool(try Self.text(of: owner).hasPrefix(argument.text))
        case .endsWith: return .bool(try Self.text(of: owner).hasSuffix(argument.text))
        case .toLowerCase: return .text(try Self.text(of: owner).lowercased())
        case .toUpperCase: return .text(try Self.text(of: owner).uppercased())
        case .trim:
            let text = try Self.text(of: owner)
            let start = text.drop(while: \.isWhitespace)
            return .text(String(start.reversed().drop(while: \.isWhitespace).reversed()))
        }
    }

    /// The first place of a value in a text or list; -1 where there is none.
    private func place(of value: FilterValue, in owner: FilterValue) throws(Failure) -> Int {
        switch owner {
        case .text(let text):
            let (text, part) = (Array(text.utf16), Array(value.text.utf16))
            guard part.count <= text.count else { return -1 }
            return (0...(text.count - part.count)).first { text[$0...].starts(with: part) } ?? -1
        case .list(let values):
            return values.firstIndex { $0.isIdentical(to: value) } ?? -1
        case .node(let array) where array.kind == .array:
            for (index, element) in array.elements.enumerated()
            where FilterValue(follow(element)).isIdentical(to: value) {
                return index
            }
            return -1
        default: throw Failure()
        }
    }

    /// Whether a pattern is found in a text.
    private func matches(_ text: String, _ pattern: FilterValue) throws(Failure) -> Bool {
        switch pattern {
        case .pattern(let pattern): return pattern.matches(text) == .match
        case .text(let source):
            guard let made = try? Pattern(source) else { throw Failure() }
            return made.matches(text) == .match
        default: throw Failure()
        }
    }

    /// The text that a value is.
    private static func text(of value: FilterValue) throws(Failure) -> String {
        guard case .text(let text) = value else { throw Failure() }
        return text
    }

    /// Compares.
    private func compare(
        _ left: FilterValue, _ kind: FilterComparison, _ right: FilterValue
    ) throws(Failure) -> Bool {
        switch kind {
        case .identical: return left.isIdentical(to: right)
        case .different: return !left.isIdentical(to: right)
        case .equal: return left.isEqual(to: right)
        case .unequal: return !left.isEqual(to: right)
        case .less: return left.isLess(than: right) ?? false
        case .greater: return right.isLess(than: left) ?? false
        case .lessOrEqual: return right.isLess(than: left).map { !$0 } ?? false
        case .greaterOrEqual: return left.isLess(than: right).map { !$0 } ?? false
        case .contained:
            guard case .node(let value) = right else { throw Failure() }
            if value.kind == .array { return Int(left.text).map { $0 >= 0 && $0 < value.count } ?? false }
            return value[left.text] != nil
        }
    }

    /// Computes.
    private static func compute(
        _ left: FilterValue, _ kind: FilterArithmetic, _ right: FilterValue
    ) -> FilterValue {
        switch kind {
        case .plus:
            if case .text(let text) = left { return .text(text + right.text) }
            if case .text(let text) = right { return .text(left.text + text) }
            return .number(left.number + right.number)
        case .minus: return .number(left.number - right.number)
        case .times: return .number(left.number * right.number)
        case .over: return .number(left.number / right.number)
        case .remainder: return .number(left.number.truncatingRemainder(dividingBy: right.number))
        }
    }
}
