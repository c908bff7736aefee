/// One step of a path.
enum PathStep: Sendable {
    /// `.name`, `['name', 2, 1:3]`, `[*]`, `[?(…)]`: some of the children.
    case children([PathSelector])
    /// `..`: the value itself and everything in it; what follows selects from each of them.
    case descendants
    /// `^`: what is around.
    case parent
    /// `~`: the name instead of the value.
    case name
}

/// Which children a step takes.
enum PathSelector: Sendable {
    /// The member with a name; of an array, the element with the index that the name is.
    case member(String)
    /// An element; a negative index counts from the end.
    case element(Int)
    /// `start:end:step` of an array.
    case slice(start: Int?, end: Int?, step: Int)
    /// Every child.
    case every
    /// The children that a filter takes.
    case filter(FilterExpression)
    /// The child whose name or index an expression gives: `[(@.length - 1)]`.
    case computed(FilterExpression)
}

/// An expression of a filter: the part of JavaScript that rulesets use.
indirect enum FilterExpression: Sendable {
    /// `@`: the child in question.
    case current
    /// `$` or `@root`: the root of the document.
    case root
    /// `@property`: the name or index of the child.
    case property
    /// `@parent`: the value around.
    case parent
    /// `@parentProperty`: the name or index of the value around.
    case parentProperty
    /// `@path`: the way from the root, as `$['a'][0]`.
    case path
    /// A text, number, `true`, `null`, `undefined`…
    case literal(FilterValue)
    /// `[a, b]`.
    case list([FilterExpression])
    /// `a.name`, `a['name']`, `a[expression]`.
    case member(FilterExpression, FilterExpression)
    /// `a.function(b, c)`.
    case call(FilterExpression, FilterFunction, [FilterExpression])
    /// `!a`.
    case not(FilterExpression)
    /// `-a`.
    case negative(FilterExpression)
    /// `typeof a`.
    case type(FilterExpression)
    /// `a && b`.
    case and(FilterExpression, FilterExpression)
    /// `a || b`.
    case or(FilterExpression, FilterExpression)
    /// `a ? b : c`.
    case choice(FilterExpression, FilterExpression, FilterExpression)
    /// `a === b` and the like.
    case comparison(FilterExpression, FilterComparison, FilterExpression)
    /// `a + b` and the like.
    case arithmetic(FilterExpression, FilterArithmetic, FilterExpression)
}

/// How two values are compared.
enum FilterComparison: String, Sendable, CaseIterable {
    /// The same type and value.
    case identical = "==="
    /// Not the same type and value.
    case different = "!=="
    /// The same value, after conversion.
    case equal = "=="
    /// Not the same value, after conversion.
    case unequal = "!="
    /// Less or equal.
    case lessOrEqual = "<="
    /// Greater or equal.
    case greaterOrEqual = ">="
    /// Less.
    case less = "<"
    /// Greater.
    case greater = ">"
    /// Whether an object has a member with a name.
    case contained = "in"
}

/// What is computed from two values.
enum FilterArithmetic: Character, Sendable {
    /// The sum, or texts one after the other.
    case plus = "+"
    /// The difference.
    case minus = "-"
    /// The product.
    case times = "*"
    /// The quotient.
    case over = "/"
    /// The remainder.
    case remainder = "%"
}

/// The functions of texts, lists and patterns that filters may call.
enum FilterFunction: String, Sendable, CaseIterable {
    /// Whether a text or list contains a value.
    case includes
    /// Whether a text matches a pattern; null where it does not.
    case match
    /// Whether a pattern is found in a text.
    case test
    /// Whether a text begins with another.
    case startsWith
    /// Whether a text ends with another.
    case endsWith
    /// The first place of a value in a text or list, or -1.
    case indexOf
    /// A text in lower case.
    case toLowerCase
    /// A text in upper case.
    case toUpperCase
    /// A text without white space around it.
    case trim
    /// Whether an object has a member of its own.
    case hasOwnProperty
    /// Anything as text.
    case toString
}
