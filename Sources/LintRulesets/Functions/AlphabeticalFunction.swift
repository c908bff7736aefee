import JSONDocuments

/// `alphabetical`: the names of an object, or the elements of a list, come in order; with `keyedBy`, a list of objects
/// by one of their members.
struct AlphabeticalFunction: RulesetFunction {
    static let name = "alphabetical"

    /// The member that a list of objects is sorted by.
    private let key: String?

    init(_ options: FunctionOptions) throws(RulesetMistake) {
        try options.only("keyedBy")
        key = try options.text("keyedBy")
    }

    /// What is compared.
    private enum Item {
        /// A text.
        case text(String)
        /// A number.
        case number(Double, String)

        /// The item of a value; nil for what has no order.
        init?(_ value: JSONValue?) {
            if let text = value?.string {
                self = .text(text)
            } else if let number = value?.double, let literal = value?.numberLiteral {
                self = .number(number, literal)
            } else {
                return nil
            }
        }

        /// The item in a message.
        var printed: String {
            switch self {
            case .text(let text): PrintedValue.quoted(text)
            case .number(_, let literal): literal
            }
        }
    }

    func check(_ target: RuleTarget, _ scene: RuleScene) -> [FunctionResult] {
        guard let value = target.value, value.kind == .object || value.kind == .array, value.count > 1 else {
            return []
        }
        let children = value.kind == .array ? value.elements.map { $0 } : value.members.map(\.value)
        var items: [Item] = []
        for child in children {
            let item: Item?
            if let key {
                let element = scene.followed(child)
                guard element.kind == .object else {
                    return [FunctionResult(wording: .property("must be an object"))]
                }
                item = Item(element[key])
            } else {
                item = value.kind == .array ? Item(child) : child.key?.string.map { .text($0) }
            }
            guard let item else {
                return [FunctionResult(wording: .property("must be one of the allowed types: number, string"))]
            }
            items.append(item)
        }
        guard let place = (1..<items.count).first(where: { Self.isWrong(items[$0 - 1], items[$0]) }) else { return [] }
        if key != nil { return [FunctionResult(wording: .sentence("properties must follow the alphabetical order"))] }
        let sentence = "\(items[place - 1].printed) must be placed after \(items[place].printed)"
        return [
            FunctionResult(
                wording: .sentence(sentence), place: children[place - 1], isName: value.kind == .object)
        ]
    }

    /// Whether an item belongs behind the next one: numbers by value, texts as people sort them, case last.
    private static func isWrong(_ one: Item, _ other: Item) -> Bool {
        switch (one, other) {
        case (.number(let one, _), .number(let other, _)): return one > other
        case (.text(let one), .text(let other)):
            let (low, high) = (one.lowercased(), other.lowercased())
            return low == high ? one < other && one != other : low > high
        default: return false
        }
    }
}
