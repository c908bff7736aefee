import JSONDocuments
import OpenAPIDocuments

/// The conditions between the fields of a parameter (OpenAPI 3.1.2 §4.8.12; 2.0 "Parameter Object").
enum ParameterStructure {
    /// Checks a parameter.
    static func check(_ node: LintNode, _ context: LintContext) {
        guard let location = node["in"] else { return }
        let places = places(of: context.version)
        guard let place = location.string, places.contains(place) else {
            return DocumentStructure.reportChoice("in", location, places, context)
        }
        if place == "path", node["required"]?.bool != true {
            context.report("Path parameter must have \"required\" property that is set to \"true\".", at: node.value)
        }
        if context.version == .version2 { return checkVersion2(node, place, context) }
        checkContent(node, "Parameter", context)
        checkStyle(node, place, context)
    }

    /// Where parameters can be.
    private static func places(of version: OpenAPIVersion) -> [String] {
        switch version {
        case .version2: ["path", "query", "header", "formData", "body"]
        case .version30, .version31: ["path", "query", "header", "cookie"]
        case .version32: ["path", "query", "querystring", "header", "cookie"]
        }
    }

    /// "MUST contain either a schema property, or a content property, but not both."
    static func checkContent(_ node: LintNode, _ title: String, _ context: LintContext) {
        guard context.version != .version2 else {
            if node["type"] == nil { DocumentStructure.reportMissing("type", in: node.value, context) }
            return
        }
        DocumentStructure.checkExamples(node, context)
        let schema = node["schema"]
        guard let content = node["content"] else {
            if schema == nil {
                context.report("\(title) must have either \"schema\" or \"content\".", at: node.value)
            }
            return
        }
        if schema != nil {
            context.report("\(title) must not have both \"schema\" and \"content\".", at: content)
        }
        if content.kind == .object, content.count != 1 {
            context.report("\"content\" property of a \(title.lowercased()) must have exactly one entry.", at: content)
        }
    }

    /// The styles of each location.
    private static func checkStyle(_ node: LintNode, _ place: String, _ context: LintContext) {
        guard let style = node["style"] else { return }
        let known: [String] =
            switch place {
            case "path": ["matrix", "label", "simple"]
            case "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"]
            case "header": ["simple"]
            case "cookie": context.version >= .version32 ? ["form", "cookie"] : ["form"]
            default: []
            }
        if !known.isEmpty, !known.contains(style.string ?? "") {
            DocumentStructure.reportChoice("style", style, known, context)
        }
    }

    /// 2.0: `body` has a schema, everything else a type.
    private static func checkVersion2(_ node: LintNode, _ place: String, _ context: LintContext) {
        let needed = place == "body" ? "schema" : "type"
        if node[needed] == nil { return DocumentStructure.reportMissing(needed, in: node.value, context) }
        guard place != "body", let type = node["type"] else { return }
        let types = ["string", "number", "boolean", "integer", "array"] + (place == "formData" ? ["file"] : [])
        if !types.contains(type.string ?? "") { DocumentStructure.reportChoice("type", type, types, context) }
        if type.isString("array"), node["items"] == nil {
            DocumentStructure.reportMissing("items", in: node.value, context)
        }
    }
}
