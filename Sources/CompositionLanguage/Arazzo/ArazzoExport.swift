import JSONDocuments

/// Writes a composition as an Arazzo 1.1 description with one workflow.
///
/// Calls, parameters, content, accepted statuses, order, times, repetitions and plain outputs are Arazzo's own; whatever
/// it has no words for (elements and batches, conditions, templates, what is optional, what undoes a step) stands in
/// `x-lintel` as it was written, so that nothing is lost on the way back.
package struct ArazzoExport {
    /// The version that is written.
    package static let version = "1.1.0"

    private let source: CompositionSource
    private let plan: CompositionPlan
    private let apis: [CallableAPI]
    private let urls: [String]
    /// By step: names of outputs, and the expressions that they stand for.
    private var outputs: [String: [(name: String, expression: String)]] = [:]
    /// What Arazzo has no words for, in words.
    package private(set) var extensions: [String] = []

    /// Keys of a step that Arazzo has no words for.
    private static let extensionKeys = [
        "when", "forEach", "distinct", "concurrency", "limit", "tolerate", "batch", "optional", "onFailure", "status",
        "validate", "cache", "compensate",
    ]
    /// Keys of a composition that Arazzo has no words for.
    private static let workflowKeys = [
        "tags", "timeout", "inputs", "claims", "respond", "contract", "security", "use", "useOnly", "cache",
    ]

    /// The description as JSON, and what of it is no Arazzo.
    ///
    /// - Parameter urls: By API: where its document is found from the description.
    package static func json(
        _ source: CompositionSource, _ plan: CompositionPlan, over apis: [CallableAPI], urls: [String]
    ) -> (text: String, extensions: [String]) {
        var export = ArazzoExport(source: source, plan: plan, apis: apis, urls: urls)
        return (export.write(), export.extensions)
    }

    private init(source: CompositionSource, plan: CompositionPlan, apis: [CallableAPI], urls: [String]) {
        self.source = source
        self.plan = plan
        self.apis = apis
        self.urls = urls
    }

    // MARK: The description

    private mutating func write() -> String {
        gatherOutputs(source.value)
        var writer = JSONWriter(.pretty)
        writer.beginObject()
        Self.member("arazzo", Self.version, to: &writer)
        writer.key("info")
        writer.beginObject()
        Self.member("title", plan.summary ?? plan.name, to: &writer)
        Self.member("version", "1.0.0", to: &writer)
        writer.endObject()
        writer.key("sourceDescriptions")
        writer.beginArray()
        for index in Set(plan.steps.map(\.api) + plan.compensations.compactMap { $0?.api }).sorted() {
            writer.beginObject()
            Self.member("name", apis[index].name, to: &writer)
            Self.member("url", urls.indices.contains(index) ? urls[index] : apis[index].name, to: &writer)
            Self.member("type", "openapi", to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("workflows")
        writer.beginArray()
        writeWorkflow(to: &writer)
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    private mutating func writeWorkflow(to writer: inout JSONWriter) {
        writer.beginObject()
        Self.member("workflowId", plan.name, to: &writer)
        if let summary = plan.summary { Self.member("summary", summary, to: &writer) }
        if let description = plan.description { Self.member("description", description, to: &writer) }
        writeInputs(to: &writer)
        writer.key("steps")
        writer.beginArray()
        // Arazzo runs steps one after the other: each stands behind those that it needs.
        for index in plan.stages.joined() { writeStep(plan.steps[index], to: &writer) }
        writer.endArray()
        writeOutputs(to: &writer)
        writer.key("x-lintel")
        writer.beginObject()
        writer.key("endpoint")
        writer.beginObject()
        Self.member(plan.method.lowercased(), plan.path, to: &writer)
        writer.endObject()
        for key in Self.workflowKeys {
            guard let value = source.value[key] else { continue }
            writer.key(key)
            writer.value(value)
            if key == "respond" { extensions.append("the template of the reply") }
        }
        writer.endObject()
        writer.endObject()
    }

    /// `inputs`: a schema with a property for each.
    private func writeInputs(to writer: inout JSONWriter) {
        guard !plan.inputs.isEmpty else { return }
        writer.key("inputs")
        writer.beginObject()
        Self.member("type", "object", to: &writer)
        let required = plan.inputs.filter(\.isRequired)
        if !required.isEmpty {
            writer.key("required")
            writer.beginArray()
            for input in required { writer.string(input.name) }
            writer.endArray()
        }
        writer.key("properties")
        writer.beginObject()
        for input in plan.inputs {
            writer.key(input.name)
            if let schema = source.value["inputs"]?[input.name]?["schema"] {
                writer.value(schema)
            } else {
                writer.beginObject()
                writer.endObject()
            }
        }
        writer.endObject()
        writer.endObject()
    }

    // MARK: Steps

    private mutating func writeStep(_ step: PlannedStep, to writer: inout JSONWriter) {
        let value = source.value["steps"]?[step.name]
        let operation = apis[step.api].document.operations[step.operation]
        writer.beginObject()
        Self.member("stepId", step.name, to: &writer)
        Self.member(
            "operationId", "$sourceDescriptions.\(apis[step.api].name).\(operation.operationID ?? "")", to: &writer)
        var kept: [(String, JSONValue)] = []
        if let with = value?["with"], with.count > 0 {
            if with.members.allSatisfy({ Self.isPlain($0.value) }) {
                writer.key("parameters")
                writer.beginArray()
                for member in with.members {
                    let location = operation.parameters.first { $0.name == member.name }?.location.rawValue ?? "query"
                    writer.beginObject()
                    Self.member("name", member.name, to: &writer)
                    Self.member("in", location, to: &writer)
                    writer.key("value")
                    write(member.value, to: &writer)
                    writer.endObject()
                }
                writer.endArray()
            } else {
                kept.append(("with", with))
            }
        }
        if let body = value?["body"] {
            if Self.isPlain(body) {
                writer.key("requestBody")
                writer.beginObject()
                Self.member("contentType", "application/json", to: &writer)
                writer.key("payload")
                write(body, to: &writer)
                writer.endObject()
            } else {
                kept.append(("body", body))
            }
        }
        writeOutcome(step, value, to: &writer)
        for key in Self.extensionKeys {
            if let given = value?[key] { kept.append((key, given)) }
        }
        if let reasons = value?["retry"]?["when"] { kept.append(("retryWhen", reasons)) }
        if !kept.isEmpty {
            writer.key("x-lintel")
            writer.beginObject()
            for (key, given) in kept {
                writer.key(key)
                writer.value(given)
                extensions.append("`\(key)` of the step `\(step.name)`")
            }
            writer.endObject()
        }
        writer.endObject()
    }

    /// What a step accepts, what it waits for, how long it may take, how often it is tried, what it gives.
    private func writeOutcome(_ step: PlannedStep, _ value: JSONValue?, to writer: inout JSONWriter) {
        if value?["accept"] != nil {
            writer.key("successCriteria")
            writer.beginArray()
            writer.beginObject()
            Self.member(
                "condition", step.accepted.map { "$statusCode == \($0)" }.joined(separator: " || "), to: &writer)
            writer.endObject()
            writer.endArray()
        }
        if let waits = value?["dependsOn"], waits.count > 0 {
            // Names of steps stand there as expressions.
            writer.key("dependsOn")
            writer.beginArray()
            for wait in waits.elements { writer.string("$steps." + (wait.string ?? "")) }
            writer.endArray()
        }
        if let timeout = step.timeout {
            writer.key("timeout")
            writer.integer(timeout / 1_000_000)
        }
        if let attempts = step.retry?.attempts {
            writer.key("onFailure")
            writer.beginArray()
            writer.beginObject()
            Self.member("name", "retry", to: &writer)
            Self.member("type", "retry", to: &writer)
            writer.key("retryLimit")
            writer.integer(attempts)
            writer.endObject()
            writer.endArray()
        }
        guard let given = outputs[step.name], !given.isEmpty else { return }
        writer.key("outputs")
        writer.beginObject()
        for output in given { Self.member(output.name, output.expression, to: &writer) }
        writer.endObject()
    }

    /// `outputs`: members of the reply that are values as they stand.
    private func writeOutputs(to writer: inout JSONWriter) {
        guard let respond = source.value["respond"], respond.kind == .object else { return }
        let plain = respond.members.filter { member in
            member.value.string?.hasPrefix("$steps.") == true && Self.isPlain(member.value)
        }
        guard !plain.isEmpty else { return }
        writer.key("outputs")
        writer.beginObject()
        for member in plain { Self.member(member.name, translated(member.value.string ?? ""), to: &writer) }
        writer.endObject()
    }

    // MARK: Values

    /// Whether a value says nothing that Arazzo has no words for.
    private static func isPlain(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .string:
            let text = value.string ?? ""
            return !text.contains("$item") && !text.contains("$index") && !text.contains("$claims")
                && !(text.hasPrefix("$") && text.hasSuffix("?"))
                && !text.contains("?}")
        case .array: return value.elements.allSatisfy { isPlain($0) }
        case .object: return value.members.allSatisfy { !$0.name.hasPrefix("$") && isPlain($0.value) }
        default: return true
        }
    }

    /// Writes a value with its expressions in Arazzo's words.
    private func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .string: writer.string(translated(value.string ?? ""))
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for member in value.members {
                writer.key(member.name)
                write(member.value, to: &writer)
            }
            writer.endObject()
        default: writer.value(value)
        }
    }

    /// A text with its expressions in Arazzo's words.
    private func translated(_ text: String) -> String {
        if text.hasPrefix("$") { return reference(text) }
        guard let pieces = InterpolatedText.pieces(of: text) else { return text }
        return pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .expression(let text): "{" + reference(text) + "}"
            }
        }.joined()
    }

    /// `$steps.order.body#/userId` as `$steps.order.outputs.userId`.
    private func reference(_ text: String) -> String {
        guard let expression = try? Expression(text), let (step, response) = Self.response(expression),
            let output = outputs[step]?.first(where: { $0.expression == response })
        else { return text }
        return "$steps.\(step).outputs.\(output.name)"
    }

    /// What an expression asks of a step, as a runtime expression within it; nil for others.
    private static func response(_ expression: Expression) -> (step: String, expression: String)? {
        let pointer = expression.pointer.map { "/" + JSONPointer.escaped($0) }.joined()
        switch expression.root {
        case .body(let step): return (step, "$response.body" + (pointer.isEmpty ? "" : "#" + pointer))
        case .header(let step, let name): return (step, "$response.header." + name)
        case .status(let step): return (step, "$statusCode")
        default: return nil
        }
    }

    /// Names an output for everything that is asked of a step, wherever it stands.
    private mutating func gatherOutputs(_ value: JSONValue) {
        switch value.kind {
        case .string:
            let text = value.string ?? ""
            let texts =
                text.hasPrefix("$")
                ? [text]
                : (InterpolatedText.pieces(of: text) ?? []).compactMap { piece in
                    if case .expression(let text) = piece { text } else { nil }
                }
            for text in texts { noteOutput(text) }
        case .array: for element in value.elements { gatherOutputs(element) }
        case .object: for member in value.members { gatherOutputs(member.value) }
        default: break
        }
    }

    private mutating func noteOutput(_ text: String) {
        guard let expression = try? Expression(text), let (step, response) = Self.response(expression),
            outputs[step]?.contains(where: { $0.expression == response }) != true
        else { return }
        let base =
            switch expression.root {
            case .header(_, let name): "header-" + name
            case .status: "status"
            default: expression.pointer.isEmpty ? "body" : expression.pointer.joined(separator: ".")
            }
        let clean = String(base.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) ? $0 : "_" })
        var name = clean
        var number = 2
        while outputs[step]?.contains(where: { $0.name == name }) == true {
            name = "\(clean)-\(number)"
            number += 1
        }
        outputs[step, default: []].append((name, response))
    }

    private static func member(_ key: String, _ value: String, to writer: inout JSONWriter) {
        writer.key(key)
        writer.string(value)
    }
}
