import JSONDocuments

/// The parameters of a path and its operations are those that the path has, each once.
struct PathParameters: LintRule {
    static let profile = RuleProfile(
        id: "path-params",
        summary: "Every `{name}` of a path is declared once, as a required path parameter, and nothing else is.",
        why: "A value that is not declared is not checked; one that is declared but not in the path never arrives.",
        category: .paths, severity: .error,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                get:
                  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
                  responses: {'200': {description: The pet.}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                get:
                  responses: {'200': {description: The pet.}}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// A parameter by its name and the place in the list that brings it in.
    private typealias Declared = [(name: String, place: JSONValue)]

    /// Methods that operations stand under.
    private static let methods: Set<String> = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
    ]

    /// The first path of each shape.
    private var shapes: [String: String] = [:]
    /// Places of parameters that were said to be unused.
    private var unused: Set<JSONValue> = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        for member in node.value.members where !member.name.hasPrefix("x-") && member.value.kind == .object {
            let names = checkTemplate(member.name, member.value, context)
            guard let item = context.followed(member.value), item.kind == .object else { continue }
            checkItem(item, member.name, names, context)
        }
    }

    /// A path has a shape of its own and each name once; gives its names.
    private mutating func checkTemplate(_ path: String, _ item: JSONValue, _ context: LintContext) -> [String] {
        let (shape, names) = PathExpression.read(path)
        if let first = shapes[shape] {
            context.report("Paths \"\(first)\" and \"\(path)\" must not be equivalent.", atNameOf: item)
        } else {
            shapes[shape] = path
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            context.report("Path \"\(path)\" must not use parameter \"{\(name)}\" multiple times.", atNameOf: item)
        }
        return names
    }

    /// The parameters of a path item and of its operations.
    private mutating func checkItem(_ item: JSONValue, _ path: String, _ names: [String], _ context: LintContext) {
        let shared = declared(in: item["parameters"], context)
        for member in item.members where member.value.kind == .object {
            if Self.methods.contains(member.name) {
                checkOperation(member.value, shared, path, names, context)
            } else if member.name == "additionalOperations" {
                for other in member.value.members { checkOperation(other.value, shared, path, names, context) }
            }
        }
    }

    /// The parameters of an operation with those of its path item.
    private mutating func checkOperation(
        _ operation: JSONValue, _ shared: Declared, _ path: String, _ names: [String], _ context: LintContext
    ) {
        let all = shared + declared(in: operation["parameters"], context)
        for (name, place) in all where !names.contains(name) && unused.insert(place).inserted {
            context.report("Parameter \"\(name)\" must be used in path \"\(path)\".", at: place)
        }
        for name in Set(names).sorted() where !all.contains(where: { $0.name == name }) {
            context.report(
                "Operation must define parameter \"{\(name)}\" as expected by path \"\(path)\".", at: operation)
        }
    }

    /// The path parameters of a list; each is required and there once.
    private func declared(in list: JSONValue?, _ context: LintContext) -> Declared {
        guard let list, list.kind == .array else { return [] }
        var declared: Declared = []
        for place in list.elements {
            guard let parameter = context.followed(place), parameter["in"]?.isString("path") == true,
                let name = parameter["name"]?.string
            else { continue }
            if declared.contains(where: { $0.name == name }) {
                context.report("Path parameter \"\(name)\" must not be defined multiple times.", at: place)
            } else {
                declared.append((name, place))
            }
            if parameter["required"]?.bool != true {
                context.report(
                    "Path parameter \"\(name)\" must have \"required\" property that is set to \"true\".", at: place)
            }
        }
        return declared
    }
}
