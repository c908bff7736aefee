import JSONDocuments

/// One place on the way from the root.
struct PathPlace {
    /// The value, behind its references.
    let value: JSONValue
    /// The name or index under which the way came to it; nil for the root.
    let name: String?
    /// What stood there instead of the value, where that was a reference.
    var reference: JSONValue?
}

/// Runs a path over a document.
///
/// `..` goes through the tree of each file and takes up every referenced place once per step, however many references
/// lead there: what a path costs grows with the documents, not with the ways through them.
struct PathWalk {
    /// A node in combination with the step that is taken from it.
    private struct Visit: Hashable {
        /// The index of the step.
        let step: Int
        /// The node.
        let node: JSONValue
    }

    /// What was found.
    private(set) var matches: [PathMatch] = []
    /// Whether the walk came to its end.
    private(set) var isComplete = true

    /// The steps.
    private let steps: [PathStep]
    /// Follows references.
    private let follow: (JSONValue) -> JSONValue
    /// The way to the place.
    private var way: [PathPlace]
    /// How many steps may still be taken.
    private var remaining: Int
    /// Where `..` has been.
    private var visited: Set<Visit> = []
    /// What is among the matches: values and, apart from them, names.
    private var found: [Set<JSONValue>] = [[], []]

    /// Prepares a walk.
    init(_ steps: [PathStep], root: JSONValue, limit: Int, follow: @escaping (JSONValue) -> JSONValue) {
        self.steps = steps
        self.follow = follow
        remaining = limit
        way = [PathPlace(value: follow(root), name: nil)]
    }

    /// Walks.
    mutating func run() { take(0, isName: false) }

    /// Takes a step from the end of the way, and all that follow.
    private mutating func take(_ number: Int, isName: Bool) {
        guard remaining > 0 else {
            isComplete = false
            return
        }
        remaining -= 1
        guard let place = way.last else { return }
        guard number < steps.count else {
            if found[isName ? 1 : 0].insert(place.value).inserted {
                let references = way.compactMap(\.reference)
                matches.append(
                    PathMatch(value: place.value, isName: isName, name: place.name, references: references))
            }
            return
        }
        switch steps[number] {
        case .children(let selectors):
            for selector in selectors { take(selector, of: place.value, then: number + 1) }
        case .descendants:
            descend(number)
        case .parent:
            guard way.count > 1, let last = way.popLast() else { return }
            take(number + 1, isName: false)
            way.append(last)
        case .name:
            if place.name != nil { take(number + 1, isName: true) }
        }
    }

    /// Goes on from the place and from everything in it.
    private mutating func descend(_ number: Int) {
        let start = way
        var waiting = [way]
        var next = 0
        while next < waiting.count {
            way = waiting[next]
            next += 1
            enter(number, &waiting)
        }
        way = start
    }

    /// Goes on from a place and what stands in it; what references lead to has to wait.
    private mutating func enter(_ number: Int, _ waiting: inout [[PathPlace]]) {
        guard remaining > 0, let place = way.last else {
            isComplete = false
            return
        }
        guard visited.insert(Visit(step: number, node: place.value)).inserted else { return }
        take(number + 1, isName: false)
        Self.children(of: place.value) { name, child in
            let place = followed(child, named: name)
            way.append(place)
            if place.reference == nil {
                enter(number, &waiting)
            } else {
                waiting.append(way)
            }
            way.removeLast()
            return true
        }
    }

    // MARK: - Children

    /// Takes a step to the children that a selector takes.
    private mutating func take(_ selector: PathSelector, of value: JSONValue, then number: Int) {
        switch selector {
        case .member(let name):
            if value.kind == .array, let index = Int(name) { return take(.element(index), of: value, then: number) }
            if let child = value[name] { enter(child, named: name, then: number) }
        case .element(let index):
            if value.kind == .object { return take(.member(String(index)), of: value, then: number) }
            let place = index < 0 ? value.count + index : index
            if let child = value[place] { enter(child, named: String(place), then: number) }
        case .slice(let start, let end, let step):
            guard value.kind == .array else { return }
            let (lower, upper) = Self.bounds(start, end, count: value.count)
            for (index, child) in value.elements.enumerated() where index >= lower && index < upper {
                if (index - lower) % step == 0 { enter(child, named: String(index), then: number) }
            }
        case .every:
            Self.children(of: value) { name, child in
                enter(child, named: name, then: number)
                return remaining > 0
            }
        case .filter(let expression):
            Self.children(of: value) { name, child in
                way.append(followed(child, named: name))
                if FilterEvaluator(way, follow).isTrue(expression) { take(number, isName: false) }
                way.removeLast()
                remaining -= 1
                return remaining > 0
            }
        case .computed(let expression):
            guard let name = FilterEvaluator(way, follow).name(expression) else { return }
            take(.member(name), of: value, then: number)
        }
    }

    /// Takes a step to a child.
    private mutating func enter(_ child: JSONValue, named name: String, then number: Int) {
        way.append(followed(child, named: name))
        take(number, isName: false)
        way.removeLast()
    }

    /// The place of a child, behind its references.
    private func followed(_ child: JSONValue, named name: String) -> PathPlace {
        let target = follow(child)
        return PathPlace(value: target, name: name, reference: target == child ? nil : child)
    }

    /// The places of a slice.
    private static func bounds(_ start: Int?, _ end: Int?, count: Int) -> (Int, Int) {
        func clamped(_ index: Int) -> Int { max(0, min(count, index < 0 ? count &+ index : index)) }
        return (clamped(start ?? 0), clamped(end ?? count))
    }

    /// Calls a function with the name or index of each child and the child, until it answers no.
    private static func children(of value: JSONValue, _ body: (String, JSONValue) -> Bool) {
        switch value.kind {
        case .object:
            for member in value.members where !body(member.name, member.value) { return }
        case .array:
            for (index, element) in value.elements.enumerated() where !body(String(index), element) { return }
        default: return
        }
    }
}
