/// Where a walk over a pair of schemas is: what its findings are called and say.
struct SchemaScope {
    /// What the outermost schema describes.
    enum Subject {
        /// The content of a request.
        case request
        /// A parameter.
        case parameter(name: String, location: String)
        /// The content of a response with a status.
        case response(status: String)
        /// A header field of a response.
        case header(name: String, status: String)
    }

    /// What the outermost schema describes.
    let subject: Subject
    /// The operation, such as `POST /orders`.
    let operation: String?
    /// The media type, where one was negotiated.
    let mediaType: String?
    /// The way from the outermost schema: names of properties, `*` for elements, `oneOf[Cat]`.
    var path: [String] = []
    /// Whether the path has come to a part of the instance: then findings are those of a property.
    var isProperty = false
    /// Whether only the service writes what is here.
    var isReadOnly = false
    /// Whether only clients write what is here.
    var isWriteOnly = false

    /// Whether clients write what is described.
    var isRequest: Bool {
        switch subject {
        case .request, .parameter: true
        case .response, .header: false
        }
    }

    /// Whether values are text on the wire that only the schema gives a type: parameters, forms, XML.
    var isLooselyTyped: Bool {
        if case .parameter = subject { return mediaType == nil }
        if case .header = subject { return mediaType == nil }
        guard let type = mediaType?.split(separator: ";").first?.lowercased() else { return false }
        return type.hasSuffix("/xml") || type.hasSuffix("+xml") || type.hasPrefix("text/")
            || type == "application/x-www-form-urlencoded" || type == "multipart/form-data"
    }

    /// The beginning of the ids of changes here.
    var place: SchemaPlace {
        switch subject {
        case .request: !isProperty ? .requestBody : isReadOnly ? .requestReadOnlyProperty : .requestProperty
        case .parameter(_, let location):
            !isProperty ? .parameter : location == "header" ? .headerProperty : .parameterProperty
        case .response: !isProperty ? .responseBody : isWriteOnly ? .responseWriteOnlyProperty : .responseProperty
        case .header: .responseHeader
        }
    }

    /// The place in words.
    var words: String {
        let way = path.isEmpty ? "" : "/" + path.joined(separator: "/")
        let type = mediaType.map { $0 == "application/json" ? "" : " (\($0))" } ?? ""
        switch subject {
        case .request: return way.isEmpty ? "the request body\(type)" : "`\(way)` of the request body\(type)"
        case .parameter(let name, let location):
            let parameter = "\(location) parameter `\(name)`"
            return way.isEmpty ? "the \(parameter)" : "`\(way)` of the \(parameter)"
        case .response(let status):
            return way.isEmpty ? "the body of response \(status)\(type)" : "`\(way)` of response \(status)\(type)"
        case .header(let name, let status):
            let header = "header `\(name)` of response \(status)"
            return way.isEmpty ? "the \(header)" : "`\(way)` of the \(header)"
        }
    }

    /// The scope of a part of the instance.
    func property(_ name: String) -> SchemaScope {
        var scope = self
        scope.path.append(name)
        scope.isProperty = true
        return scope
    }

    /// The scope of a subschema that describes the same part of the instance: what changes in one of several alternatives
    /// is told like what changes in a property.
    func subschema(_ name: String) -> SchemaScope { property(name) }
}
