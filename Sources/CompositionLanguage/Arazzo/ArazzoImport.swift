import JSONDocuments
import SourceDiagnostics

/// Reads an Arazzo 1.x description into compositions: the part of it whose types are known before anything runs.
///
/// Steps of a description that was not exported from here run one after the other, as Arazzo says: each depends on the one
/// before. What has no counterpart (`goto`, criteria on content, workflows within workflows, reusable objects) is left out
/// and listed with its place.
package struct ArazzoImport {
    /// Everything that could not be taken, with its place.
    private var diagnostics: [Diagnostic] = []
    /// Names of the source descriptions that are OpenAPI documents.
    private var sources: [String] = []
    /// By step of the workflow at hand: what its outputs stand for.
    private var outputs: [String: [String: String]] = [:]

    private init() {}

    /// The compositions of a description as JSON, in the form of the settings; nil if it is no Arazzo description.
    package static func json(_ root: JSONValue) -> (text: String?, diagnostics: [Diagnostic]) {
        var reader = ArazzoImport()
        guard root["arazzo"]?.string?.hasPrefix("1.") == true, let workflows = root["workflows"] else {
            reader.note("this is no Arazzo description of version 1", at: root.range, severity: .error)
            return (nil, reader.diagnostics)
        }
        for source in root["sourceDescriptions"]?.elements.map(\.self) ?? [] {
            guard let name = source["name"]?.string, source["type"]?.string ?? "openapi" == "openapi" else {
                reader.note("a source that is no OpenAPI document", at: source.range)
                continue
            }
            reader.sources.append(name)
        }
        var writer = JSONWriter(.pretty)
        writer.beginObject()
        writer.key("version")
        writer.integer(1)
        writer.key("compositions")
        writer.beginObject()
        for workflow in workflows.elements { reader.write(workflow, to: &writer) }
        writer.endObject()
        writer.endObject()
        return (writer.text, reader.diagnostics)
    }

    private mutating func note(_ message: String, at range: SourceRange, severity: Severity = .warning) {
        diagnostics.append(Diagnostic(severity, "not-taken", message, at: range))
    }

    /// Notes members of an object that have no counterpart.
    private mutating func noteOthers(_ value: JSONValue, than known: [String], of what: String) {
        for member in value.members where !known.contains(member.name) {
            note("`\(member.name)` of \(what)", at: member.key.range)
        }
    }

    // MARK: Workflows

    private mutating func write(_ workflow: JSONValue, to writer: inout JSONWriter) {
        let own = workflow["x-lintel"]
        let name = workflow["workflowId"]?.string ?? "workflow"
        noteOthers(
            workflow, than: ["workflowId", "summary", "description", "inputs", "steps", "outputs", "x-lintel"],
            of: "the workflow `\(name)`")
        outputs = [:]
        for step in workflow["steps"]?.elements.map(\.self) ?? [] {
            for output in step["outputs"]?.members.map(\.self) ?? [] {
                outputs[step["stepId"]?.string ?? "", default: [:]][output.name] = output.value.string
            }
        }
        writer.key(name)
        writer.beginObject()
        if let endpoint = own?["endpoint"]?.members.first(where: { _ in true }) {
            writer.key(endpoint.name)
            writer.value(endpoint.value)
        } else {
            note("the workflow `\(name)` has no endpoint: /workflows/\(name) is made up", at: workflow.range)
            writer.key("post")
            writer.string("/workflows/\(name)")
        }
        for key in ["summary", "description"] {
            guard let value = workflow[key] else { continue }
            writer.key(key)
            writer.value(value)
        }
        for key in ["tags", "timeout", "inputs", "claims", "contract", "security", "use", "useOnly", "cache"] {
            guard let value = own?[key] else { continue }
            writer.key(key)
            writer.value(value)
        }
        if own == nil { writeInputs(workflow["inputs"], to: &writer) }
        writer.key("steps")
        writer.beginObject()
        var before: String?
        for step in workflow["steps"]?.elements.map(\.self) ?? [] {
            write(step, after: own == nil ? before : nil, to: &writer)
            before = step["stepId"]?.string
        }
        writer.endObject()
        writer.key("respond")
        if let respond = own?["respond"] {
            writer.value(respond)
        } else {
            writer.beginObject()
            for output in workflow["outputs"]?.members.map(\.self) ?? [] {
                writer.key(output.name)
                writeValue(output.value, to: &writer)
            }
            writer.endObject()
        }
        writer.endObject()
    }

    /// `inputs`, a schema with properties: all of them in the query, where scalars can stand.
    private mutating func writeInputs(_ schema: JSONValue?, to writer: inout JSONWriter) {
        guard let schema else { return }
        noteOthers(schema, than: ["type", "properties", "required", "description"], of: "`inputs`")
        let required = schema["required"]?.elements.compactMap(\.string) ?? []
        writer.key("inputs")
        writer.beginObject()
        for property in schema["properties"]?.members.map(\.self) ?? [] {
            let isObject = ["object", "array"].contains(property.value["type"]?.string)
            if isObject {
                note("the input `\(property.name)` is no scalar: it becomes the content", at: property.key.range)
            }
            writer.key(property.name)
            writer.beginObject()
            writer.key("in")
            writer.string(isObject ? "body" : "query")
            if required.contains(property.name), !isObject {
                writer.key("required")
                writer.bool(true)
            }
            writer.key("schema")
            writer.value(property.value)
            writer.endObject()
        }
        writer.endObject()
    }

    // MARK: Steps

    private mutating func write(_ step: JSONValue, after before: String?, to writer: inout JSONWriter) {
        let own = step["x-lintel"]
        let name = step["stepId"]?.string ?? "step"
        noteOthers(
            step,
            than: [
                "stepId", "description", "operationId", "parameters", "requestBody", "successCriteria", "dependsOn",
                "timeout", "onFailure", "outputs", "x-lintel",
            ], of: "the step `\(name)`")
        writer.key(name)
        writer.beginObject()
        writer.key("call")
        writer.string(call(of: step, name))
        writeParameters(step["parameters"], name, to: &writer)
        if let body = step["requestBody"] {
            noteOthers(body, than: ["contentType", "payload"], of: "`requestBody` of the step `\(name)`")
            if let type = body["contentType"]?.string, !CompositionCompiler.isJSON(type) {
                note("content in \(type) of the step `\(name)`", at: body.range)
            } else if let payload = body["payload"] {
                writer.key("body")
                writeValue(payload, to: &writer)
            }
        }
        writeAccepted(step["successCriteria"], name, to: &writer)
        writeOrder(step["dependsOn"], after: before, name, to: &writer)
        if let timeout = step["timeout"]?.int {
            writer.key("timeout")
            writer.string("\(timeout)ms")
        }
        writeRetry(step["onFailure"], own?["retryWhen"], name, to: &writer)
        for member in own?.members.map(\.self) ?? [] where member.name != "retryWhen" {
            writer.key(member.name)
            writer.value(member.value)
        }
        writer.endObject()
    }

    /// `API.operationId` of a step.
    private mutating func call(of step: JSONValue, _ name: String) -> String {
        guard let operation = step["operationId"]?.string else {
            note("the step `\(name)` names no operationId", at: step.range)
            return "unknown.unknown"
        }
        let prefix = "$sourceDescriptions."
        if operation.hasPrefix(prefix) { return String(operation.dropFirst(prefix.count)) }
        guard sources.count == 1 else {
            note("the step `\(name)` does not say which source `\(operation)` is in", at: step.range)
            return "unknown.\(operation)"
        }
        return "\(sources[0]).\(operation)"
    }

    private mutating func writeParameters(_ parameters: JSONValue?, _ name: String, to writer: inout JSONWriter) {
        guard let parameters, parameters.count > 0 else { return }
        writer.key("with")
        writer.beginObject()
        for parameter in parameters.elements {
            guard let key = parameter["name"]?.string, let value = parameter["value"] else {
                note("a reusable parameter of the step `\(name)`", at: parameter.range)
                continue
            }
            writer.key(key)
            writeValue(value, to: &writer)
        }
        writer.endObject()
    }

    /// `successCriteria` that list statuses.
    private mutating func writeAccepted(_ criteria: JSONValue?, _ name: String, to writer: inout JSONWriter) {
        var statuses: [Int]?
        for criterion in criteria?.elements.map(\.self) ?? [] {
            let parts = (criterion["condition"]?.string ?? "").split(separator: "|", omittingEmptySubsequences: true)
            let found = parts.map { part -> Int? in
                let words = part.split(separator: " ")
                guard words.count == 3, words[0] == "$statusCode", words[1] == "==" else { return nil }
                return Int(words[2])
            }
            guard !found.isEmpty, !found.contains(nil), criterion["type"]?.string ?? "simple" == "simple" else {
                note("a criterion of the step `\(name)`: \(criterion["condition"]?.string ?? "")", at: criterion.range)
                continue
            }
            // All criteria hold: what every one of them lists.
            let listed = found.compactMap(\.self)
            statuses = statuses.map { $0.filter(listed.contains) } ?? listed
        }
        guard let statuses else { return }
        writer.key("accept")
        writer.beginArray()
        for status in statuses { writer.integer(status) }
        writer.endArray()
    }

    private mutating func writeOrder(
        _ waits: JSONValue?, after before: String?, _ name: String, to writer: inout JSONWriter
    ) {
        var names: [String] = []
        for wait in waits?.elements.map(\.self) ?? [] {
            // 1.1 writes `$steps.NAME`; a plain name is understood too.
            let text = wait.string.map { $0.hasPrefix("$steps.") ? String($0.dropFirst("$steps.".count)) : $0 }
            guard let text, !text.hasPrefix("$") else {
                note("the step `\(name)` waits for a step of another workflow", at: wait.range)
                continue
            }
            names.append(text)
        }
        if let before, !names.contains(before) { names.append(before) }
        guard !names.isEmpty else { return }
        writer.key("dependsOn")
        writer.beginArray()
        for name in names { writer.string(name) }
        writer.endArray()
    }

    private mutating func writeRetry(
        _ actions: JSONValue?, _ reasons: JSONValue?, _ name: String, to writer: inout JSONWriter
    ) {
        for action in actions?.elements.map(\.self) ?? [] {
            switch action["type"]?.string {
            case "retry"? where action["criteria"] == nil && action["retryAfter"] == nil:
                writer.key("retry")
                writer.beginObject()
                writer.key("attempts")
                writer.integer(min(max(action["retryLimit"]?.int ?? 1, 0), 10))
                if let reasons {
                    writer.key("when")
                    writer.value(reasons)
                }
                writer.endObject()
            // A step that fails ends the workflow here as well.
            case "end"? where action["criteria"] == nil: continue
            default: note("an action after a failure of the step `\(name)`", at: action.range)
            }
        }
    }

    // MARK: Values

    /// Writes a value with its expressions in the words of compositions.
    private mutating func writeValue(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .string: writer.string(translated(value))
        case .array:
            writer.beginArray()
            for element in value.elements { writeValue(element, to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for member in value.members {
                writer.key(member.name)
                writeValue(member.value, to: &writer)
            }
            writer.endObject()
        default: writer.value(value)
        }
    }

    private mutating func translated(_ value: JSONValue) -> String {
        let text = value.string ?? ""
        if text.hasPrefix("$") { return reference(text, at: value.range) }
        guard let pieces = InterpolatedText.pieces(of: text) else { return text }
        return pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .expression(let text): "{" + reference(text, at: value.range) + "}"
            }
        }.joined()
    }

    /// `$steps.order.outputs.userId` as `$steps.order.body#/userId`.
    private mutating func reference(_ text: String, at range: SourceRange) -> String {
        guard text.hasPrefix("$steps.") else {
            if !text.hasPrefix("$inputs.") { note("the expression `\(text)`", at: range) }
            return text
        }
        let whole = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let words = whole[0].split(separator: ".", maxSplits: 3).map(String.init)
        guard words.count == 4, words[2] == "outputs", let output = outputs[words[1]]?[words[3]] else {
            note("the expression `\(text)`", at: range)
            return text
        }
        let pointer = whole.count > 1 ? whole[1] : ""
        if output == "$statusCode" { return "$steps.\(words[1]).status" }
        if output.hasPrefix("$response.header.") {
            return "$steps.\(words[1]).header." + output.dropFirst("$response.header.".count)
        }
        guard output.hasPrefix("$response.body") else {
            note("the output `\(output)`", at: range)
            return text
        }
        let inner = output.dropFirst("$response.body".count)
        if inner.isEmpty { return "$steps.\(words[1]).body" + (pointer.isEmpty ? "" : "#" + pointer) }
        return "$steps.\(words[1]).body" + inner + pointer
    }
}
