import JSONDocuments
import SourceDiagnostics

/// Reads the model off a walked document and checks what needs more than one object: templates against parameters,
/// duplicates, names of security schemes.
///
/// Broken objects were reported by the walker; the builder leaves them out without a second word.
struct ModelBuilder {
    /// The version of the document.
    let version: OpenAPIVersion
    /// The root object.
    let root: JSONValue
    /// Where references lead.
    let references: ReferenceTable
    /// Diagnostics that are kept.
    let limit: Int
    /// What is wrong.
    var diagnostics: [Diagnostic] = []
    /// Where each `operationId` is used first.
    var operationIDs: [String: SourceRange] = [:]
    /// Schemes by name.
    var schemes: [String: SecurityScheme] = [:]
    /// Parameters already read, by node: many operations share them.
    var parameterCache: [JSONValue: Parameter] = [:]

    /// Starts on a document.
    init(version: OpenAPIVersion, root: JSONValue, references: ReferenceTable, limit: Int) {
        self.version = version
        self.root = root
        self.references = references
        self.limit = limit
    }

    /// The whole document.
    mutating func build(uri: String, files: [OpenAPIDocument.File]) -> OpenAPIDocument {
        readSchemes()
        let defaults = readSecurity(root["security"]) ?? []
        var operations: [Operation] = []
        for member in (root["paths"]?.members).map(Array.init) ?? [] where !member.name.hasPrefix("x-") {
            readPath(member, defaults, into: &operations)
        }
        return OpenAPIDocument(
            version: version, root: root, uri: uri, files: files, operations: operations, securitySchemes: schemes,
            references: references, title: root["info"]?["title"]?.string ?? "",
            apiVersion: root["info"]?["version"]?.string ?? "",
            schemaDialect: version >= .version31 ? root["jsonSchemaDialect"]?.string : nil)
    }

    /// One entry of `paths`.
    private mutating func readPath(_ member: JSONMember, _ security: [SecurityRequirement], into out: inout [Operation])
    {
        var template = PathTemplate(literal: member.name)
        do throws(PathTemplate.Fault) {
            template = try PathTemplate(member.name)
            if let name = template.repeatedNames.first {
                // OpenAPI 3.2 §4.9.2: "Each template expression MUST NOT appear more than once in a single path
                // template."
                report(
                    version >= .version32 ? .error : .warning, "path-template",
                    "`{\(name)}` stands in the path more than once",
                    at: member.key.range)
            }
        } catch {
            let message =
                switch error {
                case .braces: "the braces of the path do not pair up"
                case .emptyName: "a template expression needs a name"
                }
            report(.error, "path-template", message, at: member.key.range)
        }
        // OpenAPI 3.1 §4.8.9: fields beside `$ref` of a path item have no defined meaning; the nearer ones win here.
        var items = [member.value]
        if member.value["$ref"] != nil, let target = references.followed(member.value), target != member.value {
            items.append(target)
        }
        var methods: Set<String> = []
        for item in items {
            var shared: [Parameter] = []
            items.reversed().forEach { merge(readParameters($0["parameters"]), into: &shared) }
            for operation in item.members where operation.value.kind == .object {
                if let method = Self.method(operation.name, version), methods.insert(method).inserted {
                    out.append(read(operation.value, method, member, template, item, shared, security))
                } else if operation.name == "additionalOperations", version >= .version32 {
                    for extra in operation.value.members where extra.value.kind == .object {
                        guard methods.insert(extra.name).inserted else { continue }
                        if Self.method(extra.name.lowercased(), version) == extra.name {
                            report(
                                .error, "additional-operation",
                                "`\(extra.name)` has a field of its own: write it in small letters",
                                at: extra.key.range)
                        }
                        out.append(read(extra.value, extra.name, member, template, item, shared, security))
                    }
                }
            }
        }
    }

    /// The method of a field of a path item, in capitals.
    private static func method(_ field: String, _ version: OpenAPIVersion) -> String? {
        switch field {
        case "get", "put", "post", "delete", "options", "head", "patch": field.uppercased()
        case "trace": version >= .version30 ? "TRACE" : nil
        case "query": version >= .version32 ? "QUERY" : nil
        default: nil
        }
    }

    /// One operation.
    private mutating func read(
        _ node: JSONValue, _ method: String, _ path: JSONMember, _ template: PathTemplate, _ item: JSONValue,
        _ shared: [Parameter], _ security: [SecurityRequirement]
    ) -> Operation {
        var all = shared
        let own = readParameters(node["parameters"])
        merge(own, into: &all)
        let id = node["operationId"]
        if let id, let text = id.string {
            if let first = operationIDs[text] {
                diagnostics.append(
                    Diagnostic(
                        .error, "duplicate-operation-id", "operationId `\(text)` is used twice", at: id.range,
                        notes: [Diagnostic.Note("first used here", at: first)]))
            } else {
                operationIDs[text] = id.range
            }
        }
        checkTemplate(template, all, path, node)
        checkQueryString(all)
        let body = version == .version2 ? readVersion2Body(node, all, item) : readBody(node["requestBody"])
        return Operation(
            node: node, pathItem: item, method: method, pathTemplate: path.name, template: template,
            pathRange: path.key.range, operationID: id?.string,
            tags: node["tags"]?.elements.compactMap(\.string) ?? [],
            parameters: all.filter { $0.location != .formData && !isIgnored($0) }, requestBody: body,
            responses: readResponses(node), security: readSecurity(node["security"]) ?? security)
    }

    /// OpenAPI 3.1 §4.8.12.2: header parameters with these names SHALL be ignored.
    private func isIgnored(_ parameter: Parameter) -> Bool {
        parameter.location == .header && version >= .version30
            && ["accept", "content-type", "authorization"].contains(parameter.name.lowercased())
    }

    /// Every template expression has its parameter and every path parameter its expression.
    private mutating func checkTemplate(
        _ template: PathTemplate, _ parameters: [Parameter], _ path: JSONMember, _ node: JSONValue
    ) {
        let names = template.names
        let declared = parameters.filter { $0.location == .path }
        for name in names where !declared.contains(where: { Array($0.name.utf8) == Array(name.utf8) }) {
            diagnostics.append(
                Diagnostic(
                    .error, "path-parameter", "`{\(name)}` of \(path.name) is not declared as a path parameter",
                    at: node.keyRange ?? node.range,
                    suggestion: NearestName.among(declared.map(\.name), to: name).map { "did you mean `\($0)`?" },
                    notes: [Diagnostic.Note("the path is written here", at: path.key.range)]))
        }
        for parameter in declared where !names.contains(where: { Array($0.utf8) == Array(parameter.name.utf8) }) {
            diagnostics.append(
                Diagnostic(
                    .error, "path-parameter", "path parameter `\(parameter.name)` does not stand in \(path.name)",
                    at: parameter.node["name"]?.range ?? parameter.node.range,
                    suggestion: NearestName.among(names, to: parameter.name).map { "did you mean `\($0)`?" }))
        }
    }

    /// OpenAPI 3.2 §4.12.1: one `querystring` at most, and none beside `query` parameters.
    private mutating func checkQueryString(_ parameters: [Parameter]) {
        let whole = parameters.filter { $0.location == .querystring }
        guard let last = whole.last else { return }
        if whole.count > 1 || parameters.contains(where: { $0.location == .query }) {
            report(
                .error, "querystring-parameter", "a querystring parameter excludes every other query parameter",
                at: last.node["in"]?.range ?? last.node.range)
        }
    }

    // MARK: - Security

    /// `securitySchemes` or `securityDefinitions`.
    private mutating func readSchemes() {
        let map = version == .version2 ? root["securityDefinitions"] : root["components"]?["securitySchemes"]
        for member in (map?.members).map(Array.init) ?? [] {
            guard let node = references.followed(member.value), let type = node["type"]?.string else { continue }
            schemes[member.name] = SecurityScheme(
                node: node, name: member.name, type: type == "basic" ? "http" : type,
                scheme: type == "basic" ? "basic" : node["scheme"]?.string?.lowercased(), location: node["in"]?.string,
                parameterName: node["name"]?.string)
        }
    }

    /// A `security` list; nil if there is none.
    private mutating func readSecurity(_ list: JSONValue?) -> [SecurityRequirement]? {
        guard let list, list.kind == .array else { return nil }
        return list.elements.map { requirement in
            let needs = requirement.members.map { member in
                // OpenAPI 3.2 §4.31: a name that is no component may be the URI of a scheme.
                if schemes[member.name] == nil {
                    diagnostics.append(
                        Diagnostic(
                            .error, "unknown-security-scheme", "no security scheme is called `\(member.name)`",
                            at: member.key.range,
                            suggestion: NearestName.among(schemes.keys.sorted(), to: member.name).map {
                                "did you mean `\($0)`?"
                            }))
                }
                return SecurityRequirement.Need(
                    scheme: member.name, scopes: member.value.elements.compactMap(\.string), range: member.key.range)
            }
            return SecurityRequirement(needs: needs, range: requirement.range)
        }
    }

    // MARK: - Parameters

    /// A list of parameters, references followed, duplicates reported.
    mutating func readParameters(_ list: JSONValue?) -> [Parameter] {
        guard let list, list.kind == .array else { return [] }
        var out: [Parameter] = []
        for element in list.elements {
            guard let node = references.followed(element), let parameter = readParameter(node) else { continue }
            if out.contains(where: { Self.same($0, parameter) }) {
                report(
                    .error, "duplicate-parameter",
                    "\(parameter.location.rawValue) parameter `\(parameter.name)` is declared twice",
                    at: element.range)
                continue
            }
            out.append(parameter)
        }
        return out
    }

    /// Adds parameters to a list; those of the same name and place are replaced.
    private func merge(_ own: [Parameter], into all: inout [Parameter]) {
        for parameter in own {
            if let index = all.firstIndex(where: { Self.same($0, parameter) }) {
                all[index] = parameter
            } else {
                all.append(parameter)
            }
        }
    }

    /// "A unique parameter is defined by a combination of a name and location"; header names have no case.
    private static func same(_ left: Parameter, _ right: Parameter) -> Bool {
        guard left.location == right.location else { return false }
        return left.location == .header
            ? left.name.lowercased() == right.name.lowercased() : left.name.utf8.elementsEqual(right.name.utf8)
    }

    /// A Parameter Object; nil for broken ones and for 2.0's `body`.
    mutating func readParameter(_ node: JSONValue) -> Parameter? {
        if let known = parameterCache[node] { return known }
        guard let name = node["name"]?.string, let place = node["in"]?.string,
            let location = ParameterLocation(rawValue: place)
        else { return nil }
        if location == .path, node["required"]?.bool != true {
            // "If the parameter location is path, this property is REQUIRED and its value MUST be true."
            report(
                .error, "path-parameter-required", "a path parameter must be `required: true`",
                at: node["in"]?.range ?? node.range)
        }
        let parameter = makeParameter(node, name: name, location: location)
        parameterCache[node] = parameter
        return parameter
    }

    /// A Parameter or Header Object with a name from wherever it stands.
    func makeParameter(_ node: JSONValue, name: String, location: ParameterLocation) -> Parameter {
        let content: Parameter.Content
        if version == .version2 {
            let (style, explode) = Self.style(ofCollection: node["collectionFormat"]?.string, location)
            content = node["type"] == nil ? .unspecified : .schema(node, style: style, explode: explode)
        } else if let member = node["content"].flatMap({ Array($0.members).first }) {
            content = .media(readMediaType(member))
        } else if let schema = node["schema"] {
            let style = node["style"]?.string.flatMap(ParameterStyle.init) ?? Self.defaultStyle(location)
            // "When style is form, the default value is true. For all other styles, the default value is false."
            // 3.2 adds `cookie` to `form`.
            content = .schema(
                schema, style: style, explode: node["explode"]?.bool ?? (style == .form || style == .cookie))
        } else {
            content = .unspecified
        }
        return Parameter(
            node: node, name: name, location: location,
            isRequired: location == .path || node["required"]?.bool == true, content: content,
            allowsEmptyValue: (location == .query || location == .formData) && node["allowEmptyValue"]?.bool == true,
            isFile: version == .version2 && node["type"]?.string == "file")
    }

    /// OpenAPI 3.1 §4.8.12.2.1.
    private static func defaultStyle(_ location: ParameterLocation) -> ParameterStyle {
        switch location {
        case .path, .header: .simple
        case .query, .cookie, .querystring, .formData: .form
        }
    }

    /// `collectionFormat` in the words of 3.x (OpenAPI 2.0 "Parameter Object").
    private static func style(ofCollection format: String?, _ location: ParameterLocation) -> (ParameterStyle, Bool) {
        switch format {
        case "ssv": (.spaceDelimited, false)
        case "tsv": (.tabDelimited, false)
        case "pipes": (.pipeDelimited, false)
        case "multi": (.form, true)
        default: (location == .path || location == .header ? .simple : .form, false)
        }
    }

    /// Adds a diagnostic.
    mutating func report(_ severity: Severity, _ code: String, _ message: String, at range: SourceRange) {
        diagnostics.append(Diagnostic(severity, code, message, at: range))
    }
}
