import JSONDocuments
import OpenAPIDocuments

/// The OpenAPI document that compositions make by themselves: parameters from what they feed, replies from templates.
///
/// It is an ordinary document: loaded, compiled, routed, documented and linted like those of the services.
package enum DerivedDocument {
    /// The name that stands for the document where a file's name would.
    package static let path = "/compositions/openapi.json"

    /// The document as JSON.
    ///
    /// - Parameters:
    ///   - server: the URL of the gateway; nil leaves `servers` out.
    ///   - examples: examples of replies, by composition, as JSON.
    package static func json(
        _ plans: [CompositionPlan], apis: [CallableAPI], server: String? = nil, examples: [String: String] = [:]
    ) -> String {
        var writer = JSONWriter(.pretty)
        var copier = SchemaCopier(apis: apis)
        writer.beginObject()
        writer.key("openapi")
        writer.string("3.1.0")
        writeInfo(contact(plans, apis), to: &writer)
        if let server {
            writer.key("servers")
            writer.beginArray()
            writer.beginObject()
            member("url", server, to: &writer)
            member("description", "This gateway.", to: &writer)
            writer.endObject()
            writer.endArray()
        }
        writeTags(plans, to: &writer)
        writer.key("paths")
        writer.beginObject()
        var paths: [String] = []
        for plan in plans where !paths.contains(plan.path) { paths.append(plan.path) }
        for path in paths {
            writer.key(path)
            writer.beginObject()
            for plan in plans where plan.path == path {
                writer.key(plan.method.lowercased())
                write(plan, apis, &copier, example: examples[plan.name], to: &writer)
            }
            writer.endObject()
        }
        writer.endObject()
        writer.key("components")
        writer.beginObject()
        writer.key("schemas")
        writer.beginObject()
        copier.writeComponents(to: &writer)
        writeProblemSchema(to: &writer)
        writer.endObject()
        writeSecuritySchemes(plans, apis, to: &writer)
        writer.endObject()
        writer.endObject()
        return writer.text
    }

    /// Whom to ask: those who answer for the first of the called APIs.
    private static func contact(_ plans: [CompositionPlan], _ apis: [CallableAPI]) -> JSONValue? {
        plans.flatMap(\.steps).lazy.compactMap { apis[$0.api].document.root["info"]?["contact"] }
            .first { $0.kind == .object }
    }

    /// `info`.
    private static func writeInfo(_ contact: JSONValue?, to writer: inout JSONWriter) {
        writer.key("info")
        writer.beginObject()
        member("title", "Compositions", to: &writer)
        member("version", "1.0.0", to: &writer)
        member(
            "description",
            "Endpoints of the gateway that call several operations and shape one reply. Parameters and replies are derived from the documents of the services.",
            to: &writer)
        if let contact {
            writer.key("contact")
            writer.value(contact)
        }
        writer.endObject()
    }

    /// `tags`: those that the compositions use.
    private static func writeTags(_ plans: [CompositionPlan], to writer: inout JSONWriter) {
        var names: [String] = []
        for name in plans.flatMap(\.tags) where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { return }
        writer.key("tags")
        writer.beginArray()
        for name in names.sorted() {
            writer.beginObject()
            member("name", name, to: &writer)
            member("description", "Compositions tagged \(name).", to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    /// An Operation Object.
    private static func write(
        _ plan: CompositionPlan, _ apis: [CallableAPI], _ copier: inout SchemaCopier, example: String?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        member("operationId", plan.name, to: &writer)
        if !plan.tags.isEmpty {
            writer.key("tags")
            writer.beginArray()
            for tag in plan.tags { writer.string(tag) }
            writer.endArray()
        }
        member("summary", plan.summary ?? plan.name, to: &writer)
        member("description", plan.description ?? describe(plan, apis), to: &writer)
        writeSecurity(plan, apis, to: &writer)
        let parameters = plan.inputs.filter { $0.location != .body }
        if !parameters.isEmpty {
            writer.key("parameters")
            writer.beginArray()
            for input in parameters { write(input, &copier, to: &writer) }
            writer.endArray()
        }
        if let body = plan.inputs.first(where: { $0.location == .body }) {
            writer.key("requestBody")
            writer.beginObject()
            writer.key("required")
            writer.bool(true)
            writeContent("application/json", to: &writer) { copier.write(body.shape, to: &$0) }
            writer.endObject()
        }
        writer.key("responses")
        writer.beginObject()
        writer.key("200")
        writer.beginObject()
        member(
            "description", "The composed reply. `Lintel-Partial` names optional parts that are missing.", to: &writer)
        writeContent("application/json", example: example, to: &writer) { copier.write(plan.replyShape, to: &$0) }
        writer.endObject()
        for (status, text) in problems(plan, apis) {
            writer.key(String(status))
            writer.beginObject()
            member("description", text, to: &writer)
            writeContent("application/problem+json", to: &writer) { writer in
                writer.beginObject()
                member("$ref", "#/components/schemas/Problem", to: &writer)
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
    }

    /// What a composition does, in a sentence.
    private static func describe(_ plan: CompositionPlan, _ apis: [CallableAPI]) -> String {
        let calls = plan.steps.map { step in
            let operation = apis[step.api].document.operations[step.operation].name
            return "\(apis[step.api].name).\(operation)" + (step.isOptional ? " (optional)" : "")
        }
        return "Composed of " + calls.joined(separator: ", ") + "."
    }

    /// The problems that a composition may answer with.
    private static func problems(_ plan: CompositionPlan, _ apis: [CallableAPI]) -> [(Int, String)] {
        var statuses: [Int: String] = [
            400: "The request breaks the contract.", 502: "A required part could not be had.",
            503: "A required service is not available.", 504: "A required part did not come in time.",
        ]
        if asksForCredentials(plan, apis) {
            statuses[401] = "The request shows no credentials, or not those that are asked for."
            statuses[403] = "The caller may not do this."
        }
        if plan.steps.contains(where: { $0.isFedByPath && !$0.isOptional }) {
            statuses[404] = "What the path names does not exist."
        }
        for status in plan.steps.flatMap(\.statuses.values) where statuses[status] == nil {
            statuses[status] = "A required part answered so."
        }
        return statuses.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A Parameter Object.
    private static func write(_ input: PlannedInput, _ copier: inout SchemaCopier, to writer: inout JSONWriter) {
        writer.beginObject()
        member("name", input.wireName, to: &writer)
        member("in", input.location.rawValue, to: &writer)
        member("description", input.description ?? "Input `\(input.name)`.", to: &writer)
        writer.key("required")
        writer.bool(input.isRequired)
        writer.key("schema")
        if case .unknown = input.shape {
            copier.write(.text, to: &writer)
        } else {
            copier.write(input.shape, to: &writer)
        }
        writer.endObject()
    }

    /// A `content` with one media type.
    private static func writeContent(
        _ type: String, example: String? = nil, to writer: inout JSONWriter, _ schema: (inout JSONWriter) -> Void
    ) {
        writer.key("content")
        writer.beginObject()
        writer.key(type)
        writer.beginObject()
        writer.key("schema")
        schema(&writer)
        if let example, let value = try? JSONDocument(parsing: example, path: "example").root {
            writer.key("example")
            writer.value(value)
        }
        writer.endObject()
        writer.endObject()
    }

    /// The schema of problem documents (RFC 9457).
    private static func writeProblemSchema(to writer: inout JSONWriter) {
        writer.key("Problem")
        writer.beginObject()
        member("type", "object", to: &writer)
        member("description", "Why there is no reply (RFC 9457).", to: &writer)
        writer.key("required")
        writer.beginArray()
        for name in ["type", "title", "status"] { writer.string(name) }
        writer.endArray()
        writer.key("properties")
        writer.beginObject()
        for (name, type, text) in [
            ("type", "string", "What kind of problem it is."), ("title", "string", "The kind in words."),
            ("status", "integer", "The status of the reply."), ("detail", "string", "The reason, for people."),
            ("instance", "string", "The id of the request."), ("operation", "string", "The composition."),
            ("step", "string", "The step that failed."), ("reason", "string", "Why it failed."),
        ] {
            writer.key(name)
            writer.beginObject()
            member("type", type, to: &writer)
            member("description", text, to: &writer)
            writer.endObject()
        }
        writeCompensationSchema(to: &writer)
        writer.endObject()
        writer.endObject()
    }

    /// The schema of what became of steps that were to be undone.
    private static func writeCompensationSchema(to writer: inout JSONWriter) {
        writer.key("compensation")
        writer.beginObject()
        member("type", "array", to: &writer)
        member("description", "What became of the steps that changed something, the last one first.", to: &writer)
        writer.key("items")
        writer.beginObject()
        member("type", "object", to: &writer)
        member("description", "One step.", to: &writer)
        writer.key("required")
        writer.beginArray()
        for name in ["step", "result"] { writer.string(name) }
        writer.endArray()
        writer.key("properties")
        writer.beginObject()
        for (name, text) in [
            ("step", "The step."), ("result", "Whether it is undone."), ("reason", "Why it is not undone."),
        ] {
            writer.key(name)
            writer.beginObject()
            member("type", "string", to: &writer)
            member("description", text, to: &writer)
            if name == "result" {
                writer.key("enum")
                writer.beginArray()
                for word in ["undone", "kept", "failed", "unknown"] { writer.string(word) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
    }

    /// A member that is text.
    private static func member(_ key: String, _ value: String, to writer: inout JSONWriter) {
        writer.key(key)
        writer.string(value)
    }
}
