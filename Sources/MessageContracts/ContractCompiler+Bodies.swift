import JSONDocuments
import OpenAPIDocuments
import SchemaEvaluation
import SourceDiagnostics

/// Compiling content.
extension ContractCompiler {
    /// The content of requests.
    mutating func compile(_ body: RequestBody) -> BodyContract {
        let legacy: FormContract? =
            body.formFields.isEmpty
            ? nil
            : FormContract(
                legacy: FieldSetContract(
                    body.formFields.map { compile($0, .body, subject: .bodyField) }, known: [], location: .body,
                    pointer: pointer(of: body.node) + "/parameters"))
        return BodyContract(
            isRequired: body.isRequired,
            content: body.content.compactMap { compile($0, isResponse: false, legacy: legacy) },
            pointer: pointer(of: body.node))
    }

    /// A response.
    mutating func compile(_ response: Response) -> ResponseDraft {
        let headers = response.headers.map { compile($0, .header, isResponse: true) }
        let content = response.content.compactMap { compile($0, isResponse: true, legacy: nil) }
        let pointer = pointer(of: response.node)
        return ResponseDraft(
            key: response.key, pointer: pointer, headers: HeaderSetContract(headers),
            body: BodyContract(isRequired: false, content: content, pointer: pointer),
            isUnconstrained: response.allowsContent && document.version != .version2 && response.node["content"] == nil)
    }

    /// A key of a `content` map.
    private mutating func compile(_ media: MediaType, isResponse: Bool, legacy: FormContract?) -> ContentContract? {
        guard let range = MediaTypeRange(media.key) else {
            diagnostics.append(
                Diagnostic(
                    .error, "media-type", "`\(media.key)` is neither a media type nor a range", at: media.keyRange))
            return nil
        }
        let kind: ContentKind? =
            range.isExact ? range.literal.withUnsafeBytes { MediaTypeText($0).map { ContentKind($0) } } : nil
        let shape = kind == .json ? ValueShape.any : shapes.shape(of: media.schema)
        let isFile = media.schema?["type"]?.string == "file" && document.version == .version2
        let entry = isFile ? nil : media.schema.map { add($0, isResponse: isResponse) }
        let pointer = pointer(of: media.node)
        var form = legacy
        if legacy == nil, kind == .form || kind == .multipart, media.schema != nil,
            shape.mayBe([.object, .array]) || !shape.isTyped
        {
            form = formContract(media, isMultipart: kind == .multipart)
        }
        let plan =
            kind == .xml
            ? media.schema.map {
                XMLPlanBuilder.plan(of: $0, version: document.version, references: document.references)
            } : nil
        let value = ParameterContract(
            name: "", location: .body, subject: .body, isRequired: false, allowsEmptyValue: false,
            layout: form != nil ? .form : plan != nil ? .xml : .text, form: .plain, shape: shape, entry: entry,
            pointer: pointer, formFields: form, xmlPlan: plan)
        let contract = ContentContract(
            range: range, entry: entry, itemEntry: media.itemSchema.map { add($0, isResponse: isResponse) },
            describesSequences: document.version >= .version32 || !shape.isTyped || shape.mayBe(.array),
            shape: shape, value: value, hasSchema: media.schema != nil && !isFile, pointer: pointer,
            failsClosed: !isResponse)
        warnIfUnchecked(contract, kind, media, isResponse)
        return contract
    }

    /// Says where a schema is declared that will not be applied.
    private mutating func warnIfUnchecked(
        _ contract: ContentContract, _ kind: ContentKind?, _ media: MediaType, _ isResponse: Bool
    ) {
        guard let kind else { return }
        let treatment = contract.treatment(kind)
        let isRefused = treatment == .refused
        let isSkipped =
            isResponse && treatment == .opaque && contract.hasSchema && !contract.shape.acceptsAnyText
            && !contract.shape.isBinary
        guard isRefused || isSkipped else { return }
        diagnostics.append(
            Diagnostic(
                .warning, "unchecked-media-type",
                isRefused
                    ? "content in \(media.key) cannot be checked against its schema yet: it is refused (415)"
                    : "content in \(media.key) cannot be checked against its schema yet: it passes unchecked",
                at: media.keyRange))
    }

    // MARK: - Forms

    /// The form that a schema and its Encoding Objects describe (OpenAPI 3.2 §4.15).
    mutating func formContract(_ media: MediaType, isMultipart: Bool) -> FormContract {
        let shape = shapes.shape(of: media.schema)
        let encodings = media.node["encoding"]
        var fields = shape.members.map { member in
            field(
                member.name, member.shape, encodings?[String(decoding: member.name, as: UTF8.self)],
                isMultipart: isMultipart)
        }
        for member in (encodings?.members).map(Array.init) ?? [] {
            let name = Array(member.name.utf8)
            if !shape.members.contains(where: { $0.name == name }) {
                fields.append(field(name, .any, member.value, isMultipart: isMultipart))
            }
        }
        guard isMultipart, shape.isOnly(.array) else { return FormContract(fields: fields, shape: shape) }
        let prefix = (media.node["prefixEncoding"]?.elements).map(Array.init) ?? []
        let positions = prefix.enumerated().map { field([], shape.item($0.offset), $0.element, isMultipart: true) }
        let later = media.node["itemEncoding"].map { field([], shape.item(prefix.count), $0, isMultipart: true) }
        return FormContract(fields: [], shape: shape, positions: positions, laterPositions: later)
    }

    /// A property of a form.
    private mutating func field(
        _ name: [UInt8], _ shape: ValueShape, _ encoding: JSONValue?, isMultipart: Bool
    ) -> FormContract.Field {
        var reading = FormContract.defaultReading(shape)
        var types: [MediaTypeRange] = []
        var declaresJSON = false
        if let encoding, encoding["style"] != nil || encoding["explode"] != nil || encoding["allowReserved"] != nil {
            // "If any of these are present, contentType is ignored" (OpenAPI 3.2 §4.15.1.2).
            let style = encoding["style"]?.string.flatMap(ParameterStyle.init) ?? .form
            let explode = encoding["explode"]?.bool ?? (style == .form)
            switch ContractCompiler.layout(style, explode) {
            case .separated(let separator): reading = .separated(separator)
            case .deep: reading = .deep
            default: reading = shape.mayBe(.array) ? .list : .scalar
            }
        } else if let text = encoding?["contentType"]?.string {
            for part in text.utf8.split(separator: UInt8(ascii: ",")) {
                let key = String(Substring(part)).drop { $0 == " " || $0 == "\t" }
                guard let range = MediaTypeRange(String(key)) else {
                    if let node = encoding?["contentType"] {
                        diagnostics.append(
                            Diagnostic(
                                .error, "media-type", "`\(key)` is neither a media type nor a range", at: node.range))
                    }
                    continue
                }
                types.append(range)
            }
            declaresJSON = types.contains {
                $0.type == Array("application".utf8)
                    && $0.subtype.map { $0 == Array("json".utf8) || $0.suffix(5) == Array("+json".utf8) } ?? false
            }
            if declaresJSON, !(isMultipart && shape.mayBe(.array)) { reading = .json }
        }
        return FormContract.Field(
            name: name, shape: shape, reading: reading, contentTypes: isMultipart ? types : [],
            declaresJSON: declaresJSON,
            headers: isMultipart ? partHeaders(encoding) : [])
    }

    /// `headers` of an Encoding Object; Content-Type among them is described separately and ignored.
    private mutating func partHeaders(_ encoding: JSONValue?) -> [ParameterContract] {
        guard let map = encoding?["headers"] else { return [] }
        return document.headers(map).map { compile($0, .header) }
    }
}
