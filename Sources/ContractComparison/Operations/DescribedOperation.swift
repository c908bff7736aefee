import JSONDocuments
import OpenAPIDocuments

/// An operation as both generations of the specification describe it: Swagger 2.0 §5, OpenAPI 3.2 §4.10.
struct DescribedOperation {
    /// The method, in capitals.
    let method: String
    /// The path template as written.
    let path: String
    /// The Operation Object.
    let value: JSONValue
    /// The Path Item Object, followed.
    let pathItem: JSONValue
    /// The document.
    let document: ComparedDocument

    /// How messages name it.
    var name: String { "\(method) \(path)" }

    /// A parameter.
    struct Parameter {
        /// Its name.
        let name: String
        /// Where it is: `path`, `query`, `querystring`, `header`, `cookie`, `formData`.
        let location: String
        /// The Parameter Object, followed.
        let value: JSONValue
        /// Whether it stands in the path item and so belongs to all operations of the path.
        let isShared: Bool

        /// Whether it must be there.
        var isRequired: Bool { value["required"]?.bool == true || location == "path" }

        /// The media type of its `content`.
        var mediaType: String? { value["content"]?.members.first { _ in true }?.name }

        /// Its schema; in Swagger 2.0 the parameter itself is one.
        func schema(_ version: OpenAPIVersion) -> JSONValue? {
            if version == .version2 { return value }
            if let content = value["content"] { return content.members.first { _ in true }?.value["schema"] }
            return value["schema"]
        }
    }

    /// Content of a media type.
    struct Content {
        /// The media type as written.
        let mediaType: String
        /// The Media Type Object, or what names the media type.
        let value: JSONValue
        /// The schema of the content as a whole.
        let schema: JSONValue?
    }

    /// The content of requests.
    struct Body {
        /// The Request Body Object or the body parameter, followed.
        let value: JSONValue
        /// Whether it must be there.
        let isRequired: Bool
        /// What it may be.
        let contents: [Content]
    }

    /// A response.
    struct Response {
        /// The key: a status, a range or `default`.
        let status: String
        /// The Response Object, followed.
        let value: JSONValue
        /// What it may be.
        let contents: [Content]

        /// Whether clients take it for success. RFC 9110 §15.3.
        var isSuccess: Bool { status.hasPrefix("2") }
    }

    /// The parameters: those of the operation, then those of the path item that it does not replace. OpenAPI 3.2 §4.9.1.
    var parameters: [Parameter] {
        var seen: Set<String> = []
        return [(value, false), (pathItem, true)].flatMap { holder, isShared in
            (Array(holder["parameters"]?.elements) as [JSONValue]).compactMap { element -> Parameter? in
                guard let found = document.followed(element), let name = found["name"]?.string,
                    let location = found["in"]?.string, location != "body"
                else { return nil }
                // RFC 9110 §5.1: names of fields are compared without regard to case.
                let key = "\(location) \(location == "header" ? name.lowercased() : name)"
                guard seen.insert(key).inserted else { return nil }
                return Parameter(name: name, location: location, value: found, isShared: isShared)
            }
        }
    }

    /// The content of requests; nil where there is none.
    var body: Body? {
        if document.version == .version2 {
            let all = [value, pathItem].flatMap { Array($0["parameters"]?.elements) as [JSONValue] }
            let found = all.lazy.compactMap { document.followed($0) }.first { $0["in"]?.string == "body" }
            guard let body = found else { return nil }
            return Body(
                value: body, isRequired: body["required"]?.bool == true,
                contents: mediaTypes("consumes").map { Content(mediaType: $0, value: body, schema: body["schema"]) })
        }
        guard let body = value["requestBody"].flatMap({ document.followed($0) }) else { return nil }
        return Body(value: body, isRequired: body["required"]?.bool == true, contents: contents(of: body))
    }

    /// The responses in the order of the document.
    var responses: [Response] {
        (Array(value["responses"]?.members) as [JSONMember]).compactMap { member in
            guard !member.name.hasPrefix("x-"), let found = document.followed(member.value) else { return nil }
            guard document.version == .version2 else {
                return Response(status: member.name, value: found, contents: contents(of: found))
            }
            let types = found["schema"] == nil ? [] : mediaTypes("produces")
            return Response(
                status: member.name, value: found,
                contents: types.map { Content(mediaType: $0, value: found, schema: found["schema"]) })
        }
    }

    /// The security requirements that hold: those of the operation, else those of the document. OpenAPI 3.2 §4.10.1.
    var security: JSONValue? { value["security"] ?? document.root["security"] }

    /// The members of `content`.
    private func contents(of value: JSONValue) -> [Content] {
        (Array(value["content"]?.members) as [JSONMember]).compactMap { member in
            guard let media = document.followed(member.value) else { return nil }
            return Content(mediaType: member.name, value: media, schema: media["schema"] ?? media["itemSchema"])
        }
    }

    /// Media types in Swagger 2.0: those of the operation, else those of the document.
    private func mediaTypes(_ keyword: String) -> [String] {
        let list = value[keyword] ?? document.root[keyword]
        let types = (Array(list?.elements) as [JSONValue]).compactMap(\.string)
        return types.isEmpty ? ["application/json"] : types
    }
}

/// A path of a document with its operations.
struct DescribedPath {
    /// The template as written.
    let template: String
    /// The value of the member of `paths`.
    let value: JSONValue
    /// The operations by method.
    let operations: [DescribedOperation]

    /// The template with the names of its expressions left out: clients never see them.
    var shape: String {
        guard let template = try? PathTemplate(template) else { return template }
        return template.pieces.map { piece in
            if case .literal(let text) = piece { text } else { "{}" }
        }.joined()
    }

    /// The names of the expressions in order.
    var names: [String] { (try? PathTemplate(template))?.names ?? [] }

    /// Reads a member of `paths`.
    init(_ member: JSONMember, in document: ComparedDocument) {
        template = member.name
        value = member.value
        guard let item = document.followed(member.value) else {
            operations = []
            return
        }
        let fixed = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]
        let named = fixed.compactMap { name in item[name].map { (name.uppercased(), $0) } }
        let additional = (Array(item["additionalOperations"]?.members) as [JSONMember]).map { ($0.name, $0.value) }
        operations = (named + additional).filter { $0.1.kind == .object }.map { method, value in
            DescribedOperation(method: method, path: member.name, value: value, pathItem: item, document: document)
        }
    }
}
