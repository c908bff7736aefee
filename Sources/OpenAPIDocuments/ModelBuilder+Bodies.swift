import JSONDocuments
import SourceDiagnostics

/// Request bodies, responses and media types.
extension ModelBuilder {
    /// A Request Body Object of 3.x.
    func readBody(_ value: JSONValue?) -> RequestBody? {
        guard let value, let node = references.followed(value), node.kind == .object else { return nil }
        return RequestBody(
            node: node, isRequired: node["required"]?.bool == true, content: readContent(node["content"]),
            formFields: [])
    }

    /// 2.0: the body or form parameters as a request body (OpenAPI 2.0 "Parameter Object").
    mutating func readVersion2Body(_ operation: JSONValue, _ parameters: [Parameter], _ item: JSONValue) -> RequestBody?
    {
        let lists = [operation["parameters"], item["parameters"]].compactMap { $0 }
        let all = lists.flatMap { $0.elements.compactMap { references.followed($0) } }
        let bodies = all.filter { $0["in"]?.string == "body" }
        let fields = parameters.filter { $0.location == .formData }
        let consumes = operation["consumes"] ?? root["consumes"]
        if let body = bodies.first {
            if !fields.isEmpty {
                report(
                    .error, "body-parameter", "a body parameter and form parameters exclude each other", at: body.range)
            }
            let own = operation["parameters"].map { $0.elements.compactMap { references.followed($0) } } ?? []
            let count = own.count { $0["in"]?.string == "body" }
            if count > 1 { report(.error, "body-parameter", "there can be one body parameter only", at: body.range) }
            return RequestBody(
                node: body, isRequired: body["required"]?.bool == true,
                content: mediaTypes(consumes, fallback: ["application/json"], schema: body["schema"], node: body),
                formFields: [])
        }
        guard !fields.isEmpty else { return nil }
        let hasFile = fields.contains(where: \.isFile)
        let fallback = hasFile ? ["multipart/form-data"] : ["application/x-www-form-urlencoded", "multipart/form-data"]
        return RequestBody(
            node: operation, isRequired: fields.contains(where: \.isRequired),
            content: mediaTypes(consumes, fallback: fallback, schema: nil, node: operation), formFields: fields)
    }

    /// 2.0: media types of `consumes` or `produces`, all with the same schema.
    private func mediaTypes(_ list: JSONValue?, fallback: [String], schema: JSONValue?, node: JSONValue) -> [MediaType]
    {
        let entries = list.map(\.elements).map(Array.init) ?? []
        if entries.isEmpty {
            return fallback.map {
                MediaType(key: $0, keyRange: node.range, node: node, schema: schema, itemSchema: nil)
            }
        }
        return entries.compactMap { entry in
            entry.string.map { MediaType(key: $0, keyRange: entry.range, node: node, schema: schema, itemSchema: nil) }
        }
    }

    /// A `content` map.
    func readContent(_ map: JSONValue?) -> [MediaType] {
        map.map { $0.members.map { readMediaType($0) } } ?? []
    }

    /// An entry of a `content` map.
    func readMediaType(_ member: JSONMember) -> MediaType {
        let node = references.followed(member.value) ?? member.value
        return MediaType(
            key: member.name, keyRange: member.key.range, node: node, schema: node["schema"],
            itemSchema: version >= .version32 ? node["itemSchema"] : nil)
    }

    /// The responses of an operation; nil if it declares none.
    func readResponses(_ operation: JSONValue) -> [Response]? {
        guard let map = operation["responses"], map.kind == .object else { return nil }
        return map.members.compactMap { member in
            guard let key = StatusKey(member.name, version: version), let node = references.followed(member.value),
                node.kind == .object
            else { return nil }
            let content =
                version == .version2
                ? (node["schema"].map { schema in
                    mediaTypes(
                        operation["produces"] ?? root["produces"], fallback: ["application/json"], schema: schema,
                        node: node)
                } ?? [])
                : readContent(node["content"])
            return Response(
                key: key, node: node, headers: readHeaders(node["headers"]), content: content,
                allowsContent: version == .version2 ? node["schema"] != nil : true)
        }
    }

    /// A `headers` map. OpenAPI 3.1 §4.8.17: "If a response header is defined with the name Content-Type, it SHALL be
    /// ignored."
    func readHeaders(_ map: JSONValue?) -> [Parameter] {
        guard let map else { return [] }
        return map.members.compactMap { member in
            guard let node = references.followed(member.value), node.kind == .object,
                member.name.lowercased() != "content-type"
            else { return nil }
            return makeParameter(node, name: member.name, location: .header)
        }
    }
}

/// Reading parts of a loaded document later.
extension OpenAPIDocument {
    /// The headers of a `headers` map, references followed: those of an Encoding Object.
    package func headers(_ map: JSONValue) -> [Parameter] {
        ModelBuilder(version: version, root: root, references: references, limit: 0).readHeaders(map)
    }
}
