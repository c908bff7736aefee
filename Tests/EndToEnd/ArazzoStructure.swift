import JSONDocuments

/// What the text of Arazzo 1.1 says about the structure of a description, as far as one with calls of OpenAPI operations
/// goes: which fields an object has, which of them it needs, and what they may be.
struct ArazzoStructure {
    /// Everything that is not as it should be, with its place.
    private(set) var faults: [String] = []

    /// Looks at a description.
    init(_ root: JSONValue) {
        fields(
            root, "", ["arazzo", "info", "sourceDescriptions", "workflows", "components"],
            needed: ["arazzo", "info", "sourceDescriptions", "workflows"])
        matches(root["arazzo"], "arazzo", /1\.1\.[0-9]+(-.+)?/)
        fields(root["info"], "info", ["title", "summary", "description", "version"], needed: ["title", "version"])
        list(root["sourceDescriptions"], "sourceDescriptions", isNonEmpty: true) { structure, source, place in
            structure.fields(source, place, ["name", "url", "type"], needed: ["name", "url"])
            structure.matches(source["name"], place + ".name", /[A-Za-z0-9_\-]+/)
            structure.oneOf(source["type"], place + ".type", ["arazzo", "openapi", "asyncapi"])
        }
        list(root["workflows"], "workflows", isNonEmpty: true) { $0.workflow($1, $2) }
    }

    private mutating func workflow(_ workflow: JSONValue, _ place: String) {
        fields(
            workflow, place,
            [
                "workflowId", "summary", "description", "inputs", "dependsOn", "steps", "successActions",
                "failureActions", "outputs", "parameters",
            ], needed: ["workflowId", "steps"])
        list(workflow["steps"], place + ".steps", isNonEmpty: true) { $0.step($1, $2) }
        outputs(workflow["outputs"], place + ".outputs")
        let ids = workflow["steps"]?.elements.compactMap { $0["stepId"]?.string } ?? []
        if Set(ids).count != ids.count { faults.append("\(place).steps: a stepId stands twice") }
    }

    private mutating func step(_ step: JSONValue, _ place: String) {
        fields(
            step, place,
            [
                "stepId", "description", "operationId", "operationPath", "timeout", "dependsOn", "parameters",
                "requestBody", "successCriteria", "onSuccess", "onFailure", "outputs",
            ], needed: ["stepId"])
        if (step["operationId"] == nil) == (step["operationPath"] == nil) {
            faults.append("\(place): one of operationId and operationPath")
        }
        if let timeout = step["timeout"], timeout.int == nil { faults.append("\(place).timeout: no integer") }
        list(step["dependsOn"], place + ".dependsOn", isNonEmpty: true) { structure, name, place in
            structure.matches(name, place, /\$(workflows\.[^.]+\.)?steps\.[^.]+/)
        }
        list(step["parameters"], place + ".parameters") { structure, parameter, place in
            structure.fields(parameter, place, ["name", "in", "value"], needed: ["name", "in", "value"])
            structure.oneOf(parameter["in"], place + ".in", ["path", "query", "querystring", "header", "cookie"])
        }
        if let content = step["requestBody"] {
            fields(content, place + ".requestBody", ["contentType", "payload", "replacements"], needed: [])
        }
        list(step["successCriteria"], place + ".successCriteria", isNonEmpty: true) { structure, criterion, place in
            structure.fields(criterion, place, ["context", "condition", "type"], needed: ["condition"])
        }
        list(step["onFailure"], place + ".onFailure") { structure, action, place in
            structure.fields(
                action, place,
                ["name", "type", "workflowId", "stepId", "parameters", "retryAfter", "retryLimit", "criteria"],
                needed: ["name", "type"])
            structure.oneOf(action["type"], place + ".type", ["end", "goto", "retry"])
            if let limit = action["retryLimit"], (limit.int ?? -1) < 0 {
                structure.faults.append("\(place).retryLimit")
            }
        }
        outputs(step["outputs"], place + ".outputs")
    }

    private mutating func outputs(_ outputs: JSONValue?, _ place: String) {
        for output in outputs?.members.map(\.self) ?? [] {
            if output.name.wholeMatch(of: /[a-zA-Z0-9.\-_]+/) == nil { faults.append("\(place): \(output.name)") }
            if output.value.string?.hasPrefix("$") != true { faults.append("\(place).\(output.name): no expression") }
        }
    }

    // MARK: What all of them need

    /// An object with these fields and extensions, and no others.
    private mutating func fields(_ value: JSONValue?, _ place: String, _ known: [String], needed: [String]) {
        guard let value, value.kind == .object else { return faults.append("\(place): no object") }
        for member in value.members where !known.contains(member.name) && !member.name.hasPrefix("x-") {
            faults.append("\(place): \(member.name)")
        }
        for name in needed where value[name] == nil { faults.append("\(place): \(name) is missing") }
    }

    /// A list whose elements are all different.
    private mutating func list(
        _ value: JSONValue?, _ place: String, isNonEmpty: Bool = false,
        _ look: (inout ArazzoStructure, JSONValue, String) -> Void
    ) {
        guard let value else { return }
        guard value.kind == .array, !isNonEmpty || value.count > 0 else { return faults.append("\(place): no list") }
        let texts = value.elements.map { JSONWriter.text(of: $0) }
        if Set(texts).count != texts.count { faults.append("\(place): an element stands twice") }
        for (index, element) in value.elements.enumerated() { look(&self, element, "\(place)[\(index)]") }
    }

    private mutating func matches(_ value: JSONValue?, _ place: String, _ pattern: some RegexComponent) {
        guard let text = value?.string, text.wholeMatch(of: pattern) != nil else { return faults.append(place) }
    }

    private mutating func oneOf(_ value: JSONValue?, _ place: String, _ words: [String]) {
        guard let value else { return }
        if !words.contains(value.string ?? "") { faults.append(place) }
    }
}
