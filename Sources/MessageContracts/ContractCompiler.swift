import JSONDocuments
import OpenAPIDocuments
import SchemaCompilation
import SchemaEvaluation
import SourceDiagnostics

/// Compiles a document: every schema that messages meet into the programs of both directions, everything around them
/// into contracts.
struct ContractCompiler: ~Copyable {
    /// A parameter that many operations share.
    struct ParameterKey: Hashable {
        /// The Parameter or Header Object.
        let node: JSONValue
        /// The name.
        let name: String
        /// Whether its schema belongs to responses.
        let isResponse: Bool
    }

    /// The document.
    let document: OpenAPIDocument
    /// What was chosen.
    let options: ContractOptions
    /// Compiles schemas of requests.
    var requests: SchemaCompiler
    /// Compiles schemas of responses.
    var responses: SchemaCompiler
    /// What schemas say about text.
    var shapes: ValueShapeBuilder
    /// Parameters compiled so far.
    var parameters: [ParameterKey: ParameterContract] = [:]
    /// Pointers computed so far.
    var pointers: [JSONValue: String] = [:]
    /// What is wrong.
    var diagnostics: [Diagnostic] = []

    /// Starts on a document.
    init(_ document: OpenAPIDocument, _ options: ContractOptions) {
        self.document = document
        self.options = options
        let dialect = Self.dialect(of: document)
        var resources = SchemaResources()
        for file in document.files { resources.register(file.document, uri: file.uri, dialect: dialect) }
        requests = SchemaCompiler(resources: resources, dialect: dialect, direction: .request)
        responses = SchemaCompiler(resources: resources, dialect: dialect, direction: .response)
        shapes = ValueShapeBuilder(version: document.version, references: document.references)
    }

    /// The dialect of schemas that do not name one (OpenAPI 3.1 §4.8.24.6: `jsonSchemaDialect`).
    static func dialect(of document: OpenAPIDocument) -> Dialect {
        switch document.version {
        case .version2: return .oas2_0
        case .version30: return .oas3_0
        case .version31, .version32:
            if let dialect = document.schemaDialect.flatMap({ Dialect(identifier: $0) }) { return dialect }
            return document.version == .version31 ? .oas3_1 : .oas3_2
        }
    }

    /// The whole document.
    mutating func compile() -> (contract: APIContract?, diagnostics: [Diagnostic]) {
        var drafts: [OperationDraft] = []
        drafts.reserveCapacity(document.operations.count)
        for operation in document.operations { drafts.append(draft(operation)) }
        let request = requests.finish()
        let response = responses.finish()
        diagnostics += Self.merged(request.diagnostics, response.diagnostics)
        let shared = SharedPrograms(
            request: request.program, response: response.program, limits: JSONLimits(depth: options.jsonDepth))
        let contract = APIContract(operations: drafts.map { $0.finished(shared) }, title: document.title)
        let sorted = Diagnostic.sorted(diagnostics)
        return (sorted.contains { $0.severity == .error } ? nil : contract, sorted)
    }

    /// Diagnostics of both directions, each once.
    private static func merged(_ left: [Diagnostic], _ right: [Diagnostic]) -> [Diagnostic] {
        /// A diagnostic without its notes.
        struct Key: Hashable {
            /// The code.
            let code: String
            /// The message.
            let message: String
            /// The place.
            let range: SourceRange?
        }
        var seen: Set<Key> = []
        return (left + right).filter { seen.insert(Key(code: $0.code, message: $0.message, range: $0.range)).inserted }
    }

    /// One operation, without the programs that are not finished yet.
    private mutating func draft(_ operation: Operation) -> OperationDraft {
        let names = operation.template.names
        var path: [(position: Int, parameter: ParameterContract)] = []
        var query: [ParameterContract] = []
        var headers: [ParameterContract] = []
        var cookies: [ParameterContract] = []
        var queryString: ParameterContract?
        for parameter in operation.parameters {
            switch parameter.location {
            case .path:
                for (position, name) in names.enumerated() where name.utf8.elementsEqual(parameter.name.utf8) {
                    path.append((position, compile(parameter, .path)))
                }
            case .query: query.append(compile(parameter, .query))
            case .querystring: queryString = compile(parameter, .query)
            case .header: headers.append(compile(parameter, .header))
            case .cookie: cookies.append(compile(parameter, .cookie))
            case .formData: break
            }
        }
        // A path value that needs no look costs nothing.
        let pointer = pointer(of: operation.node)
        return OperationDraft(
            operation: operation, pointer: pointer, path: path,
            query: FieldSetContract(
                query, known: knownQueryNames(), location: .query, pointer: pointer + "/parameters"),
            queryString: queryString, headers: HeaderSetContract(headers), cookies: CookieSetContract(cookies),
            body: operation.requestBody.map { compile($0) },
            responses: (operation.responses ?? []).map { compile($0) })
    }

    /// Names of apiKey schemes in the query count as declared.
    private func knownQueryNames() -> [String] {
        options.knownQueryNames
            + document.securitySchemes.values.compactMap {
                $0.type == "apiKey" && $0.location == "query" ? $0.parameterName : nil
            }
    }

    // MARK: - Parameters

    /// A parameter, once for all operations that share it.
    mutating func compile(
        _ parameter: Parameter, _ location: ContractViolation.Location, subject: Subject = .parameter,
        isResponse: Bool = false
    ) -> ParameterContract {
        let key = ParameterKey(node: parameter.node, name: parameter.name, isResponse: isResponse)
        if let known = parameters[key] { return known }
        let contract = make(parameter, location, subject, isResponse)
        parameters[key] = contract
        return contract
    }

    /// Compiles a parameter.
    private mutating func make(
        _ parameter: Parameter, _ location: ContractViolation.Location, _ subject: Subject, _ isResponse: Bool
    ) -> ParameterContract {
        var layout = ParameterLayout.repeated
        var form = Self.form(of: parameter.location)
        var schema: JSONValue?
        var formFields: FormContract?
        switch parameter.content {
        case .unspecified:
            if parameter.location != .query { layout = .separated(.none) }
        case .schema(let value, let style, let explode):
            schema = value
            layout = Self.layout(style, explode)
            if style == .cookie { form = .plain }
        case .media(let media):
            schema = media.schema
            (layout, formFields) = contentLayout(media, parameter)
        }
        let pointer = pointer(of: parameter.node)
        var prefix = ""
        if let own = schema, own == parameter.node, let cut = ParameterSchema.cutOut(of: own) {
            schema = cut.root
            prefix = pointer
        }
        // 2.0: `type: file` is no type of the schema dialect.
        let entry = parameter.isFile ? nil : schema.map { add($0, isResponse: isResponse) }
        let needsShape = layout != .json
        return ParameterContract(
            name: parameter.name, location: location, subject: subject, isRequired: parameter.isRequired,
            allowsEmptyValue: parameter.allowsEmptyValue, layout: layout, form: form,
            shape: needsShape ? shapes.shape(of: schema) : .any, entry: entry, pointer: pointer,
            schemaPrefix: prefix, formFields: formFields, isFile: parameter.isFile,
            defaultValue: shapes.defaultValue(of: schema))
    }

    /// Adds a schema to the program of a direction.
    mutating func add(_ schema: JSONValue, isResponse: Bool) -> SchemaEntry {
        isResponse ? responses.add(schema) : requests.add(schema)
    }

    /// How texts of a location are encoded.
    private static func form(of location: ParameterLocation) -> FieldForm {
        switch location {
        case .query, .querystring, .formData: .form
        case .path, .cookie: .percent
        case .header: .plain
        }
    }

    /// The layout of a style.
    static func layout(_ style: ParameterStyle, _ explode: Bool) -> ParameterLayout {
        switch style {
        case .simple: explode ? .assigned : .separated(.comma)
        case .form, .cookie: explode ? .repeated : .separated(.comma)
        // Undefined with explode; 3.0.4 §4.7.12.4 calls it the same as `form`.
        case .spaceDelimited: explode ? .repeated : .separated(.space)
        case .pipeDelimited: explode ? .repeated : .separated(.pipe)
        case .tabDelimited: .separated(.tab)
        case .deepObject: .deep
        case .label: .label(explode: explode)
        case .matrix: .matrix(explode: explode)
        }
    }

    /// The layout of a parameter with `content`.
    private mutating func contentLayout(_ media: MediaType, _ parameter: Parameter) -> (ParameterLayout, FormContract?)
    {
        let kind: ContentKind? = Array(media.key.utf8).withUnsafeBytes { MediaTypeText($0).map { ContentKind($0) } }
        switch kind {
        case .json?: return (.json, nil)
        case .text?: return (.text, nil)
        case .form? where parameter.location == .querystring: return (.form, formContract(media, isMultipart: false))
        case nil:
            diagnostics.append(
                Diagnostic(.error, "media-type", "`\(media.key)` is no media type", at: media.keyRange))
            return (.text, nil)
        default:
            guard media.schema != nil, !shapes.shape(of: media.schema).acceptsAnyText else { return (.text, nil) }
            diagnostics.append(
                Diagnostic(
                    .warning, "unchecked-media-type",
                    "parameter `\(parameter.name)`: values in \(media.key) cannot be checked and are refused",
                    at: media.keyRange))
            return (.form, nil)
        }
    }

    /// JSON Pointer of a node, computed once.
    mutating func pointer(of node: JSONValue) -> String {
        if let known = pointers[node] { return known }
        let text = node.pointer.description
        pointers[node] = text
        return text
    }
}

/// An operation whose programs are not finished yet.
struct OperationDraft {
    /// The operation.
    let operation: Operation
    /// Its pointer.
    let pointer: String
    /// Path parameters.
    let path: [(position: Int, parameter: ParameterContract)]
    /// Query parameters.
    let query: FieldSetContract
    /// The whole query.
    let queryString: ParameterContract?
    /// Header parameters.
    let headers: HeaderSetContract
    /// Cookie parameters.
    let cookies: CookieSetContract
    /// Content.
    let body: BodyContract?
    /// Responses.
    let responses: [ResponseDraft]

    /// The contract.
    func finished(_ shared: SharedPrograms) -> OperationContract {
        OperationContract(
            operation, pointer: pointer, path: path, query: query, queryString: queryString, headers: headers,
            cookies: cookies, body: body, responses: responses.map { $0.finished(shared) }, shared: shared)
    }
}

/// A response whose program is not finished yet.
struct ResponseDraft {
    /// The statuses.
    let key: StatusKey
    /// Its pointer.
    let pointer: String
    /// Headers.
    let headers: HeaderSetContract
    /// Content.
    let body: BodyContract
    /// Whether nothing is said about content.
    let isUnconstrained: Bool

    /// The contract.
    func finished(_ shared: SharedPrograms) -> ResponseContract {
        ResponseContract(
            key: key, pointer: pointer, headers: headers, body: body, isUnconstrained: isUnconstrained, shared: shared)
    }
}
