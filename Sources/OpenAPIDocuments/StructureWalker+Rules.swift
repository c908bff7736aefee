import JSONDocuments
import SourceDiagnostics

/// Rules that hold between the fields of one object.
extension StructureWalker {
    /// Checks an object whose fields have the right types.
    mutating func checkRules(_ index: Int, _ kind: ObjectKind) {
        switch kind {
        case .document: checkDocument(index)
        case .parameter: checkParameter(index)
        case .pathItem, .operation: checkQueryStrings(index)
        case .header: checkHeader(index)
        case .securityScheme: checkSecurityScheme(index)
        case .serverVariable: checkServerVariable(index)
        case .example: checkExample(index)
        case .mediaType, .encoding: checkEncodings(index)
        case .xml: checkXML(index)
        default: break
        }
    }

    /// OpenAPI 3.1.2 §4.8.1: at least one of `components`, `paths`, `webhooks` MUST be present.
    private mutating func checkDocument(_ index: Int) {
        guard version >= .version31 else { return }
        if member(index, "paths") == nil, member(index, "components") == nil, member(index, "webhooks") == nil {
            report(.error, "missing-field", "one of `paths`, `components` and `webhooks` is required", at: index)
        }
    }

    /// OpenAPI 3.1.2 §4.8.12, 2.0 "Parameter Object".
    private mutating func checkParameter(_ index: Int) {
        guard let place = member(index, "in"), view[place].kind == .string else { return }
        let location = text(place)
        let known =
            switch version {
            case .version2: ["query", "header", "path", "formData", "body"]
            case .version30, .version31: ["query", "header", "path", "cookie"]
            case .version32: ["query", "querystring", "header", "path", "cookie"]
            }
        guard known.contains(location) else {
            diagnostics.append(
                Diagnostic(
                    .error, "parameter-location",
                    "`\(location)` is no place for a parameter: expected \(Self.list(known))",
                    at: range(place), suggestion: NearestName.among(known, to: location).map { "did you mean `\($0)`?" }
                ))
            return
        }
        if let name = member(index, "name"), view[name].kind == .string, view.text(of: name).isEmpty {
            report(.error, "parameter-name", "a parameter's name must not be empty", at: name)
        }
        if location == "path", let name = member(index, "name"),
            view.text(of: name).contains(where: { $0 == 0x7B || $0 == 0x7D })
        {
            report(.error, "parameter-name", "the name of a path parameter must not contain braces", at: name)
        }
        if location == "header", let name = member(index, "name"), view[name].kind == .string { checkFieldName(name) }
        guard version != .version2 else { return checkVersion2Parameter(index, location) }
        checkSchemaOrContent(index, location)
        checkStyle(index, location)
    }

    /// OpenAPI 3.2 §4.12.1: `querystring` at most once, and not beside `query`. Of parameters behind references the
    /// model sees to it.
    private mutating func checkQueryStrings(_ index: Int) {
        guard version >= .version32, let list = member(index, "parameters") else { return }
        var places: [(text: String, node: Int)] = []
        forEachElement(of: list) { walker, parameter in
            if let place = walker.member(parameter, "in") { places.append((walker.text(place), place)) }
        }
        let whole = places.filter { $0.text == "querystring" }
        guard let last = whole.last else { return }
        if whole.count > 1 || places.contains(where: { $0.text == "query" }) {
            report(
                .error, "querystring-parameter", "a querystring parameter excludes every other query parameter",
                at: last.node)
        }
    }

    /// 2.0: `body` has a schema, everything else a type.
    private mutating func checkVersion2Parameter(_ index: Int, _ location: String) {
        if location == "body" {
            if member(index, "schema") == nil {
                report(.error, "missing-field", "a body parameter needs a `schema`", at: index)
            }
            return
        }
        guard let type = member(index, "type") else {
            report(.error, "missing-field", "a \(location) parameter needs a `type`", at: index)
            return
        }
        if view.text(of: type).elementsEqual("file".utf8), location != "formData" {
            report(.error, "parameter-type", "`type: file` is for formData parameters only", at: type)
        }
        if view.text(of: type).elementsEqual("array".utf8), member(index, "items") == nil {
            report(.error, "missing-field", "an array needs `items`", at: index)
        }
        checkCollectionFormat(index, location)
    }

    /// 2.0: `multi` is for query and form parameters.
    private mutating func checkCollectionFormat(_ index: Int, _ location: String) {
        guard let node = member(index, "collectionFormat"), view[node].kind == .string else { return }
        let known = ["csv", "ssv", "tsv", "pipes"] + (location == "query" || location == "formData" ? ["multi"] : [])
        if !known.contains(text(node)) {
            report(.error, "collection-format", "`collectionFormat` must be \(Self.list(known)) here", at: node)
        }
    }

    /// OpenAPI 3.1.2 §4.8.21; the name comes from the map and is checked by the response.
    private mutating func checkHeader(_ index: Int) {
        guard version != .version2 else {
            if member(index, "type") == nil { report(.error, "missing-field", "a header needs a `type`", at: index) }
            return checkCollectionFormat(index, "header")
        }
        if let node = member(index, "allowReserved"), version >= .version31 {
            report(.warning, "parameter-field", "`allowReserved` does not apply to headers", at: node)
        }
        checkSchemaOrContent(index, "header")
        if let node = member(index, "style"), view[node].kind == .string,
            !view.text(of: node).elementsEqual("simple".utf8)
        {
            report(.error, "parameter-style", "a header's style must be `simple`", at: node)
        }
    }

    /// "A parameter MUST contain either a schema property, or a content property, but not both."
    private mutating func checkSchemaOrContent(_ index: Int, _ location: String) {
        let schema = member(index, "schema")
        if let content = member(index, "content") {
            if schema != nil {
                report(.error, "parameter-content", "`schema` and `content` exclude each other", at: content)
            }
            if view[content].kind == .object, view[content].payload != 1 {
                report(.error, "parameter-content", "`content` of a parameter must have exactly one entry", at: content)
            }
            if version >= .version32 {
                for name in ["style", "explode", "allowReserved"] {
                    if let node = member(index, name) {
                        report(.warning, "parameter-field", "`\(name)` does not apply beside `content`", at: node)
                    }
                }
            }
        } else if location == "querystring" {
            report(.error, "parameter-content", "a querystring parameter needs `content`", at: index)
        } else if schema == nil {
            report(.warning, "parameter-content", "neither `schema` nor `content`: any value will pass", at: index)
        }
        if member(index, "example") != nil, let examples = member(index, "examples") {
            report(.warning, "example-fields", "`example` and `examples` exclude each other", at: examples)
        }
    }

    /// OpenAPI 3.1.2 §4.8.12.4: the styles of each location.
    private mutating func checkStyle(_ index: Int, _ location: String) {
        let known: [String] =
            switch location {
            case "path": ["matrix", "label", "simple"]
            case "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"]
            case "header": ["simple"]
            case "cookie": version >= .version32 ? ["form", "cookie"] : ["form"]
            default: []
            }
        if let node = member(index, "style"), view[node].kind == .string {
            let style = text(node)
            if !known.contains(style) {
                diagnostics.append(
                    Diagnostic(
                        .error, "parameter-style",
                        "`\(style)` is no style of \(location) parameters: expected \(Self.list(known))",
                        at: range(node), suggestion: NearestName.among(known, to: style).map { "did you mean `\($0)`?" }
                    ))
            }
        }
        if location == "header" || (version < .version32 && location != "query"),
            let node = member(index, "allowReserved")
        {
            report(.warning, "parameter-field", "`allowReserved` does not apply to \(location) parameters", at: node)
        } else if location == "cookie", let node = member(index, "allowReserved"),
            let style = member(index, "style"), text(style) == "cookie"
        {
            report(.warning, "parameter-field", "`allowReserved` does not apply to the style `cookie`", at: node)
        }
        if location != "query", let node = member(index, "allowEmptyValue"), view[node].kind == .true {
            report(.warning, "parameter-field", "`allowEmptyValue` is for query parameters", at: node)
        }
    }

    /// OpenAPI 3.1.2 §4.8.27, 2.0 "Security Scheme Object".
    private mutating func checkSecurityScheme(_ index: Int) {
        guard let node = member(index, "type"), view[node].kind == .string else { return }
        let type = text(node)
        let known =
            switch version {
            case .version2: ["basic", "apiKey", "oauth2"]
            case .version30: ["apiKey", "http", "oauth2", "openIdConnect"]
            case .version31, .version32: ["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"]
            }
        if !known.contains(type) {
            report(
                .error, "security-scheme", "`\(type)` is no type of security scheme: expected \(Self.list(known))",
                at: node)
        }
        if type == "http", member(index, "scheme") == nil {
            report(.error, "missing-field", "an http security scheme needs `scheme`", at: index)
        }
        guard type == "apiKey" else { return }
        if member(index, "name") == nil { report(.error, "missing-field", "an apiKey scheme needs `name`", at: index) }
        guard let place = member(index, "in") else {
            return report(.error, "missing-field", "an apiKey scheme needs `in`", at: index)
        }
        let places = version == .version2 ? ["query", "header"] : ["query", "header", "cookie"]
        if !places.contains(text(place)) {
            report(.error, "security-scheme", "`in` of an apiKey must be \(Self.list(places))", at: place)
        }
    }

    /// "The array MUST NOT be empty."
    private mutating func checkServerVariable(_ index: Int) {
        if version >= .version31, let node = member(index, "enum"), view[node].kind == .array, view[node].payload == 0 {
            report(.warning, "server-variable", "`enum` of a server variable must not be empty", at: node)
        }
    }

    /// OpenAPI 3.2 §4.19: which fields of an Example Object exclude each other.
    private mutating func checkExample(_ index: Int) {
        let exclusive: [(String, [String])] = [
            ("value", ["externalValue", "dataValue", "serializedValue"]), ("serializedValue", ["externalValue"]),
        ]
        for (name, others) in exclusive where member(index, name) != nil {
            for other in others {
                if let node = member(index, other) {
                    report(.warning, "example-fields", "`\(name)` and `\(other)` exclude each other", at: node)
                }
            }
        }
    }

    /// OpenAPI 3.2 §4.14: `encoding` excludes `prefixEncoding` and `itemEncoding`; `example` excludes `examples`.
    private mutating func checkEncodings(_ index: Int) {
        if member(index, "encoding") != nil {
            for name in ["prefixEncoding", "itemEncoding"] {
                if let node = member(index, name) {
                    report(.error, "encoding-fields", "`encoding` and `\(name)` exclude each other", at: node)
                }
            }
        }
        if member(index, "example") != nil, let node = member(index, "examples") {
            report(.warning, "example-fields", "`example` and `examples` exclude each other", at: node)
        }
    }

    /// OpenAPI 3.2 §4.26: `nodeType` replaces `attribute` and `wrapped`.
    private mutating func checkXML(_ index: Int) {
        guard member(index, "nodeType") != nil else { return }
        for name in ["attribute", "wrapped"] {
            if let node = member(index, name) {
                report(.warning, "xml-fields", "`nodeType` and `\(name)` exclude each other", at: node)
            }
        }
    }

    /// Field names are tokens (RFC 9110 §5.1); others can never arrive.
    mutating func checkFieldName(_ index: Int) {
        let special = Array("!#$%&'*+-.^_`|~".utf8)
        let isToken = view.text(of: index).allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || special.contains($0)
        }
        if !isToken { report(.error, "parameter-name", "`\(text(index))` is no header name", at: index) }
    }

    /// Words with commas and an "or".
    static func list(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
