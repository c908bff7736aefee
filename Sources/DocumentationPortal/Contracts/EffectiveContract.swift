import JSONDocuments
import OpenAPIDocuments

/// The document of an API as it holds at the edge: in one file, at the gateway's own place, with the replies that the
/// gateway itself may give.
struct EffectiveContract {
    /// The API.
    private let api: DocumentedAPI
    /// The API's document in one file.
    private let bundle: JSONDocument
    /// The operations by path and method, with their numbers.
    private let numbers: [String: [String: Int]]
    /// The shared responses that the gateway may give as well: they get its media type where they stand.
    private let shared: Set<String>
    /// The name of the schema of problem documents, one that the document does not use.
    private let problemName: String

    /// The contract of an API; nil where its files cannot be put into one.
    init?(_ api: DocumentedAPI) {
        var bundler = DocumentBundler(api.document)
        guard let bundle = bundler.bundle().document else { return nil }
        self.api = api
        self.bundle = bundle
        var numbers: [String: [String: Int]] = [:]
        for (number, operation) in api.document.operations.enumerated() {
            numbers[operation.pathTemplate, default: [:]][operation.method.uppercased()] = number
        }
        self.numbers = numbers
        let schemas = bundle.root["components"]?["schemas"] ?? bundle.root["definitions"]
        var name = "GatewayProblem"
        while schemas?[name] != nil { name += "_" }
        problemName = name
        shared = Self.shared(api, bundle, numbers)
    }

    /// The names of the shared responses under statuses that the gateway may answer with.
    private static func shared(
        _ api: DocumentedAPI, _ bundle: JSONDocument, _ numbers: [String: [String: Int]]
    ) -> Set<String> {
        var names: Set<String> = []
        for path in bundle.root["paths"].map({ Array($0.members) }) ?? [] {
            for member in path.value.members {
                guard let number = numbers[path.name]?[member.name.uppercased()],
                    api.document.operations.indices.contains(number), let treatment = api.treatment(number)
                else { continue }
                for reply in treatment.replies(for: api.document.operations[number]) {
                    let response = member.value["responses"]?[String(reply.rawValue)]
                    if let name = response.flatMap(sharedName) { names.insert(name) }
                }
            }
        }
        return names
    }

    /// The name of the shared response that a reference leads to.
    private static func sharedName(_ value: JSONValue) -> String? {
        let prefix = "#/components/responses/"
        guard let text = value["$ref"]?.string, text.hasPrefix(prefix) else { return nil }
        let name = text.dropFirst(prefix.count)
        return name.contains("/") || name.contains("~") || name.contains("%") ? nil : String(name)
    }

    /// Whether the document follows Swagger 2.0.
    private var isVersion2: Bool { api.document.version == .version2 }

    /// The document as JSON.
    func json() -> [UInt8] {
        var writer = JSONWriter(.pretty)
        let root = bundle.root
        writer.beginObject()
        var isPlaced = false
        for member in root.members {
            switch member.name {
            case "servers", "host", "basePath", "schemes": continue
            case "paths":
                place(&writer)
                isPlaced = true
                writer.key("paths")
                paths(member.value, &writer)
            case "components" where !isVersion2:
                writer.key("components")
                components(member.value, &writer)
            case "definitions" where isVersion2:
                writer.key("definitions")
                definitions(member.value, &writer)
            default:
                writer.key(member.name)
                writer.value(member.value)
            }
        }
        if !isPlaced { place(&writer) }
        if !isVersion2, root["components"] == nil {
            writer.key("components")
            components(nil, &writer)
        }
        if isVersion2, root["definitions"] == nil {
            writer.key("definitions")
            definitions(nil, &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Writes where the API is: below the host that serves the document.
    private func place(_ writer: inout JSONWriter) {
        if isVersion2 {
            writer.key("basePath")
            writer.string(api.mount)
            return
        }
        writer.key("servers")
        writer.beginArray()
        let places = api.hosts.isEmpty ? [api.mount] : api.hosts.map { "//\($0)\(api.mount == "/" ? "" : api.mount)" }
        for place in places {
            writer.beginObject()
            writer.key("url")
            writer.string(place)
            writer.key("description")
            writer.string("The gateway that serves this document.")
            writer.endObject()
        }
        writer.endArray()
    }

    // MARK: - Paths

    /// Writes the paths.
    private func paths(_ value: JSONValue, _ writer: inout JSONWriter) {
        writer.beginObject()
        for member in value.members {
            writer.key(member.name)
            guard let methods = numbers[member.name], member.value.kind == .object else {
                writer.value(member.value)
                continue
            }
            writer.beginObject()
            for part in member.value.members where part.name != "servers" {
                writer.key(part.name)
                if part.name == "additionalOperations" {
                    writer.beginObject()
                    for inner in part.value.members {
                        writer.key(inner.name)
                        operation(inner.value, methods[inner.name.uppercased()], &writer)
                    }
                    writer.endObject()
                } else {
                    operation(part.value, methods[part.name.uppercased()], &writer)
                }
            }
            writer.endObject()
        }
        writer.endObject()
    }

    /// Writes an operation; anything else as it is.
    private func operation(_ value: JSONValue, _ number: Int?, _ writer: inout JSONWriter) {
        guard let number, value.kind == .object, let treatment = api.treatment(number),
            api.document.operations.indices.contains(number)
        else { return writer.value(value) }
        let replies = treatment.replies(for: api.document.operations[number])
        writer.beginObject()
        var hasResponses = false
        for member in value.members where member.name != "servers" && member.name != "schemes" {
            writer.key(member.name)
            if member.name == "responses" {
                hasResponses = true
                responses(member.value, replies, &writer)
            } else {
                writer.value(member.value)
            }
        }
        if !hasResponses {
            writer.key("responses")
            responses(nil, replies, &writer)
        }
        writer.endObject()
    }

    /// Writes the responses of the service, and those of the gateway.
    private func responses(_ value: JSONValue?, _ replies: [GatewayReply], _ writer: inout JSONWriter) {
        writer.beginObject()
        var declared: Set<String> = []
        for member in value.map({ Array($0.members) }) ?? [] {
            declared.insert(member.name)
            writer.key(member.name)
            let isOurs = replies.contains { String($0.rawValue) == member.name }
            if isOurs, !isVersion2 { both(member.value, &writer) } else { writer.value(member.value) }
        }
        for reply in replies where !declared.contains(String(reply.rawValue)) {
            writer.key(String(reply.rawValue))
            writer.beginObject()
            if isVersion2 {
                writer.key("description")
                writer.string(reply.summary)
                writer.key("schema")
                reference("#/definitions/\(problemName)", &writer)
            } else {
                writer.key("$ref")
                writer.string("#/components/responses/\(reply.component)")
            }
            writer.endObject()
        }
        writer.endObject()
    }

    /// Writes a response that the service and the gateway may give: a problem document, and what the service declares.
    ///
    /// In this order: some generated clients know one media type for a status, the first, and at the edge most such replies
    /// are the gateway's.
    private func both(_ value: JSONValue, _ writer: inout JSONWriter) {
        if Self.sharedName(value).map(shared.contains) == true { return writer.value(value) }
        guard let response = followed(value) else { return writer.value(value) }
        writer.beginObject()
        var hasContent = false
        for member in response.members {
            writer.key(member.name)
            guard member.name == "content" else {
                writer.value(member.value)
                continue
            }
            hasContent = true
            writer.beginObject()
            if let declared = member.value["application/problem+json"] {
                writer.key("application/problem+json")
                writer.value(declared)
            } else {
                problemMedia(&writer)
            }
            for media in member.value.members where media.name != "application/problem+json" {
                writer.key(media.name)
                writer.value(media.value)
            }
            writer.endObject()
        }
        if !hasContent {
            writer.key("content")
            writer.beginObject()
            problemMedia(&writer)
            writer.endObject()
        }
        writer.endObject()
    }

    /// Follows a reference within the bundle.
    private func followed(_ value: JSONValue) -> JSONValue? {
        var current = value
        for _ in 0..<16 {
            guard let text = current["$ref"]?.string else { return current }
            guard text.hasPrefix("#"), let pointer = JSONPointer(fragment: String(text.dropFirst())),
                let next = bundle.root.value(at: pointer)
            else { return nil }
            current = next
        }
        return nil
    }

    /// Writes the media type of problem documents.
    private func problemMedia(_ writer: inout JSONWriter) {
        writer.key("application/problem+json")
        writer.beginObject()
        writer.key("schema")
        reference("#/components/schemas/\(problemName)", &writer)
        writer.endObject()
    }

    /// Writes a reference.
    private func reference(_ address: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("$ref")
        writer.string(address)
        writer.endObject()
    }

    // MARK: - Components

    /// Writes the components with those of the gateway.
    private func components(_ value: JSONValue?, _ writer: inout JSONWriter) {
        writer.beginObject()
        let used = used
        for member in value.map({ Array($0.members) }) ?? [] {
            writer.key(member.name)
            switch member.name {
            case "schemas": definitions(member.value, &writer)
            case "responses": gatewayResponses(member.value, used, &writer)
            default: writer.value(member.value)
            }
        }
        if value?["schemas"] == nil {
            writer.key("schemas")
            definitions(nil, &writer)
        }
        if value?["responses"] == nil {
            writer.key("responses")
            gatewayResponses(nil, used, &writer)
        }
        writer.endObject()
    }

    /// The replies that some operation refers to.
    private var used: [GatewayReply] {
        var used: Set<Int> = []
        for (number, operation) in api.document.operations.enumerated() {
            let declared = Set((operation.responses ?? []).map(\.key.text))
            for reply in api.treatment(number)?.replies(for: operation) ?? []
            where !declared.contains(String(reply.rawValue)) {
                used.insert(reply.rawValue)
            }
        }
        return GatewayReply.allCases.filter { used.contains($0.rawValue) }
    }

    /// Writes the shared responses with those of the gateway.
    private func gatewayResponses(_ value: JSONValue?, _ used: [GatewayReply], _ writer: inout JSONWriter) {
        writer.beginObject()
        for member in value.map({ Array($0.members) }) ?? [] {
            writer.key(member.name)
            if shared.contains(member.name) { both(member.value, &writer) } else { writer.value(member.value) }
        }
        for reply in used where value?[reply.component] == nil {
            writer.key(reply.component)
            writer.beginObject()
            writer.key("description")
            writer.string(reply.summary)
            writer.key("headers")
            writer.beginObject()
            writer.key("X-Request-Id")
            writer.beginObject()
            writer.key("description")
            writer.string("Names the exchange in the gateway's log.")
            writer.key("schema")
            type("string", &writer)
            writer.endObject()
            for field in reply.fields {
                writer.key(field.name)
                writer.beginObject()
                writer.key("description")
                writer.string(field.words)
                writer.key("schema")
                type(field.type, &writer)
                writer.endObject()
            }
            writer.endObject()
            writer.key("content")
            writer.beginObject()
            problemMedia(&writer)
            writer.endObject()
            writer.endObject()
        }
        writer.endObject()
    }

    /// Writes the shared schemas with that of problem documents.
    private func definitions(_ value: JSONValue?, _ writer: inout JSONWriter) {
        writer.beginObject()
        for member in value.map({ Array($0.members) }) ?? [] {
            writer.key(member.name)
            writer.value(member.value)
        }
        writer.key(problemName)
        problem(&writer)
        writer.endObject()
    }

    /// Writes the schema of problem documents (RFC 9457 §3.1), with the violations of a contract.
    private func problem(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string("object")
        writer.key("description")
        writer.string("A reply of the gateway's own (RFC 9457).")
        writer.key("required")
        writer.beginArray()
        for name in ["type", "title", "status", "detail"] { writer.string(name) }
        writer.endArray()
        writer.key("properties")
        writer.beginObject()
        for name in ["type", "title", "detail", "instance", "operation"] {
            writer.key(name)
            type("string", &writer)
        }
        writer.key("status")
        type("integer", &writer)
        writer.key("errors")
        writer.beginObject()
        writer.key("type")
        writer.string("array")
        writer.key("description")
        writer.string("Where the request breaks its contract.")
        writer.key("items")
        writer.beginObject()
        writer.key("type")
        writer.string("object")
        writer.key("properties")
        writer.beginObject()
        for name in ["in", "name", "pointer", "code", "detail", "schema"] {
            writer.key(name)
            type("string", &writer)
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
        writer.endObject()
        writer.endObject()
    }

    /// Writes a schema of one type.
    private func type(_ name: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string(name)
        writer.endObject()
    }
}
