import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// An input while it is compiled.
struct InputDraft {
    /// The name in expressions.
    let name: String
    /// Where it comes from.
    let location: PlannedInput.Location
    /// The name on the wire.
    let wireName: String
    /// The schema that the author gave.
    let declared: JSONValue?
    /// Whether it must be given.
    let isRequired: Bool
    /// Where it is written.
    let range: SourceRange
    /// Position in the path template; −1 elsewhere.
    let position: Int
    /// What it feeds: it has to keep all of these.
    var demands: [TypeShape] = []
    /// One line for the documentation.
    var description: String?
}

/// The inputs: those of the path by their names in it, all others as declared.
extension CompositionCompiler {
    /// Reads `inputs` and the path.
    mutating func readInputs() {
        guard let template = try? PathTemplate(source.path) else {
            return report("bad-path", "`\(source.path)` is no path template", at: source.pathRange)
        }
        let declared = source.value["inputs"]
        for (position, name) in template.names.enumerated() {
            let own = declared?[name]
            inputs.append(
                InputDraft(
                    name: name, location: .path, wireName: name, declared: own?["schema"], isRequired: true,
                    range: own?.range ?? source.pathRange, position: position,
                    description: own?["description"]?.string))
        }
        guard let declared else { return }
        guard declared.kind == .object else {
            return report("wrong-type", "`inputs` is a map of names", at: declared.range)
        }
        for member in declared.members where !inputs.contains(where: { $0.name == member.name }) {
            readInput(member)
        }
        if inputs.count(where: { $0.location == .body }) > 1 {
            report("bad-input", "a request has one content: only one input can be `in: body`", at: declared.range)
        }
    }

    /// Reads one declared input.
    private mutating func readInput(_ member: JSONMember) {
        let value = member.value
        checkKeys(value, ["in", "name", "schema", "required", "description"], "an input")
        guard let word = value["in"]?.string, let location = PlannedInput.Location(rawValue: word), location != .path
        else {
            return report(
                "bad-input",
                "the input `\(member.name)` needs `in: query`, `header`, `cookie` or `body`; inputs of the path are those in \(source.path)",
                at: member.key.range)
        }
        inputs.append(
            InputDraft(
                name: member.name, location: location, wireName: value["name"]?.string ?? member.name,
                declared: value["schema"], isRequired: truth("required", in: value) || location == .body,
                range: member.key.range, position: -1, description: value["description"]?.string))
    }

    /// Gathers what inputs without a schema feed as a whole, so that they are what all of that asks for; before any
    /// reference is looked up, so that the order of the steps does not matter.
    mutating func gatherDemands() {
        for draft in drafts {
            if let target = draft.target { gatherDemands(of: draft.value, target) }
            if let undoing = draft.value.members.first(where: { $0.name == "compensate" }),
                let target = quietTarget(undoing.value)
            {
                gatherDemands(of: undoing.value, target)
            }
        }
    }

    /// What the request of one call demands.
    private mutating func gatherDemands(of call: JSONValue, _ target: (api: Int, operation: Int)) {
        let operation = operation(target)
        for member in call["with"]?.members.map(\.self) ?? [] {
            guard let parameter = operation.parameters.first(where: { $0.name == member.name }),
                case .schema(let schema, _, _) = parameter.content
            else { continue }
            demand(member.value, .schema(SchemaPlace(api: target.api, node: schema)))
        }
        guard let body = call["body"],
            let schema = operation.requestBody?.content.first(where: { Self.isJSON($0.key) })?.schema
        else { return }
        demand(body, .schema(SchemaPlace(api: target.api, node: schema)))
    }

    /// Notes a demand where a value is an input as a whole.
    private mutating func demand(_ value: JSONValue, _ wanted: TypeShape) {
        guard let text = value.string, text.hasPrefix("$"), let expression = try? Expression(text),
            case .input(let name) = expression.root, expression.pointer.isEmpty,
            let index = inputs.firstIndex(where: { $0.name == name }), inputs[index].declared == nil
        else { return }
        inputs[index].demands.append(wanted)
    }

    /// What an input is known to be.
    func shape(of input: InputDraft) -> TypeShape {
        input.declared.map { .schema(SchemaPlace(api: -1, node: $0)) } ?? .every(input.demands)
    }

    /// Whether an input always has a value.
    func isCertain(_ input: InputDraft) -> Bool { input.isRequired || input.declared?["default"] != nil }

    /// The finished input.
    func planned(_ input: InputDraft) -> PlannedInput {
        let shape = shape(of: input)
        let types = walker.types(of: shape)
        var standard: [UInt8]?
        if let value = input.declared?["default"] {
            standard = value.kind == .string ? value.text : JSONWriter.bytes(of: value)
        }
        return PlannedInput(
            name: input.name, location: input.location, wireName: input.wireName, shape: shape,
            isRequired: input.isRequired, standard: standard,
            isBare: !types.isEmpty && types.isSubset(of: [.integer, .fraction, .boolean]),
            description: input.description, position: input.position)
    }
}
