import ContentDecoding
import JSONDocuments
import SchemaEvaluation

/// Checking content that was collected.
extension BodyContract {
    /// Checks content by the policy that `policy` returned for its head.
    ///
    /// - Parameter limits: Bounds of the content once its codings are undone.
    /// - Returns: nil if it keeps the contract, else how it is refused.
    func check(
        _ policy: BodyPolicy, _ body: UnsafeRawBufferPointer, _ program: SchemaProgram, _ limits: ContentLimits,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> ContractRefusal? {
        if body.isEmpty {
            guard policy.isRequired else { return nil }
            sink.report {
                ContractViolation(.body, code: "required", detail: "a body is required", schema: pointer + "/required")
            }
            return .violation
        }
        switch policy.action {
        case .opaque: return nil
        case .refused(let reason):
            sink.report { refusal(reason, policy) }
            return reason == .contentCoding ? .contentCoding : .mediaType
        case .checked: break
        }
        defer { workspace.trim() }
        if policy.codings.isEmpty { return checkPlain(policy, body, program, limits.json, &workspace, &sink) }
        return checkCoded(policy, body, program, limits, &workspace, &sink)
    }

    /// Undoes the codings of content and checks what the service will read.
    ///
    /// Coded content that decodes to nothing is still content: it is checked as such, not taken for absent.
    private func checkCoded(
        _ policy: BodyPolicy, _ body: UnsafeRawBufferPointer, _ program: SchemaProgram, _ limits: ContentLimits,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> ContractRefusal? {
        var plain: [UInt8] = []
        swap(&plain, &workspace.plainContent)
        defer { swap(&plain, &workspace.plainContent) }
        do throws(ContentCodingFault) {
            try workspace.decoder.decode(body, policy.codings, limit: limits.size, into: &plain)
        } catch {
            sink.report {
                ContractViolation(
                    .body, code: error.isAboutSize ? "content-size" : "content-coding", detail: error.detail,
                    schema: pointer + "/content")
            }
            return error.isAboutSize ? .contentSize : .violation
        }
        return plain.withUnsafeBytes { checkPlain(policy, $0, program, limits.json, &workspace, &sink) }
    }

    /// Checks content without codings.
    private func checkPlain(
        _ policy: BodyPolicy, _ body: UnsafeRawBufferPointer, _ program: SchemaProgram, _ limits: JSONLimits,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> ContractRefusal? {
        guard content.indices.contains(policy.index) else { return .violation }
        let media = content[policy.index]
        let isGood =
            switch policy.treatment {
            case .json: media.checkJSON(body, program, limits, &workspace, &sink)
            case .sequence(let format):
                media.checkSequence(body, format, program, limits, &workspace, &sink)
            case .text, .sizedOctets: media.checkText(body, policy.treatment, program, &workspace, &sink)
            case .form: media.checkForm(body, program, &workspace, &sink)
            case .multipart: media.checkMultipart(body, policy.boundary ?? [], program, &workspace, &sink)
            case .xml: media.checkXML(body, program, &workspace, &sink)
            case .opaque: true
            case .refused: false
            }
        return isGood ? nil : .violation
    }

    /// Why content is refused, for people.
    private func refusal(_ reason: BodyPolicy.RefusalReason, _ policy: BodyPolicy) -> ContractViolation {
        let declared = content.map { "`" + String(decoding: $0.range.literal, as: UTF8.self) + "`" }
        let expected = declared.prefix(5).joined(separator: ", ") + (declared.count > 5 ? ", …" : "")
        let detail =
            switch reason {
            case .undeclaredContent: "the contract declares no content here"
            case .missingType: "content needs a Content-Type: \(expected)"
            case .malformedType: "the Content-Type is not well-formed; expected \(expected)"
            case .undeclaredType: "this media type is not declared; expected \(expected)"
            case .uncheckableType: "content of this media type cannot be checked against its schema and is refused"
            case .contentCoding:
                "this Content-Encoding cannot be undone to check the content; understood are \(ContentCodings.acceptedNames)"
            }
        return ContractViolation(.body, code: reason.code, detail: detail, schema: pointer + "/content")
    }
}

/// Codes of refusals.
extension BodyPolicy.RefusalReason {
    /// The code in a problem document.
    var code: String { self == .contentCoding || self == .undeclaredContent ? rawValue : "media-type" }
}

/// Checking content of one kind.
extension ContentContract {
    /// A whole JSON text.
    func checkJSON(
        _ body: UnsafeRawBufferPointer, _ program: SchemaProgram, _ limits: JSONLimits,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        guard parse(body, limits, "the body", &workspace, &sink) else { return false }
        guard let entry else { return true }
        return evaluate(entry, "", program, &workspace, &sink)
    }

    /// Parses a text to the workspace's tape; `subject` says in messages what it is.
    func parse(
        _ text: UnsafeRawBufferPointer, _ limits: JSONLimits, _ subject: @autoclosure () -> String,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        do throws(JSONSyntaxError) {
            try workspace.tape.parse(text, limits: limits)
            return true
        } catch {
            sink.report { syntax(error, subject()) }
            return false
        }
    }

    /// The value on the tape against a schema.
    func evaluate(
        _ entry: SchemaEntry, _ prefix: String, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        let verdict = program.accepts(entry, workspace.tape.view, using: &workspace.evaluation)
        if verdict == .valid { return true }
        if sink.isCollecting, !sink.isFull {
            let found = program.violations(
                entry, workspace.tape.view, after: verdict, limit: sink.limit, echoesValues: sink.echoesValues)
            for one in found {
                let pointer = prefix + one.instancePointer
                sink.report {
                    ContractViolation(
                        .body, pointer: pointer, code: one.keyword,
                        detail: Wording.finding("the body", pointer, one.message), schema: one.schemaPointer)
                }
            }
            if found.isEmpty {
                sink.report {
                    ContractViolation(
                        .body, code: "schema", detail: "the body breaks its schema", schema: pointer + "/schema")
                }
            }
        }
        return false
    }

    /// A text that is no JSON.
    private func syntax(_ error: JSONSyntaxError, _ subject: String) -> ContractViolation {
        let code =
            switch error.kind {
            case .duplicateKey: "duplicate-key"
            case .depthExceeded: "json-depth"
            default: "json-syntax"
            }
        let detail =
            switch error.kind {
            case .duplicateKey, .depthExceeded: "\(subject) is refused at byte \(error.offset): \(error.message)"
            default: "\(subject) is not well-formed JSON at byte \(error.offset): \(error.message)"
            }
        return ContractViolation(.body, code: code, detail: detail, schema: pointer)
    }

    /// Text, or octets of which only the count matters.
    func checkText(
        _ body: UnsafeRawBufferPointer, _ treatment: ContentTreatment, _ program: SchemaProgram,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        guard let value else { return true }
        if treatment == .text { return workspace.check(value, .single(body), program, &sink) }
        guard let entry else { return true }
        workspace.tape.removeAll()
        workspace.writeOctets(body, shape)
        return evaluate(entry, "", program, &workspace, &sink)
    }

    /// An urlencoded form.
    func checkForm(
        _ body: UnsafeRawBufferPointer, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        guard let value, let form = value.formFields else { return false }
        if let legacy = form.legacy {
            let isSorted = legacy.sort(body, refusesUndeclared: false, &workspace, &sink)
            guard isSorted || sink.isCollecting else { return false }
            return legacy.check(body, program, &workspace, &sink) && isSorted
        }
        do throws(ReadFault) {
            try workspace.sortForm(form, body)
        } catch {
            sink.report { value.violation(for: error, workspace.syntaxError) }
            return false
        }
        return workspace.check(value, .chain(first: workspace.fields.first(of: 0), base: body), program, &sink)
    }

    /// An XML document.
    func checkXML(
        _ body: UnsafeRawBufferPointer, _ program: SchemaProgram, _ workspace: inout ContractWorkspace,
        _ sink: inout ViolationSink
    ) -> Bool {
        guard let value else { return false }
        do throws(XMLFault) {
            workspace.xml = try XMLTree(body)
        } catch {
            sink.report {
                switch error {
                case .syntax(let offset): value.violation("xml-syntax", "is not well-formed XML at byte \(offset)")
                case .documentType(let offset):
                    value.violation("xml-doctype", "has a declaration at byte \(offset) that is not accepted")
                case .tooLarge: value.violation("xml-size", "has too many or too deeply nested elements")
                }
            }
            return false
        }
        let isGood = workspace.check(value, .single(body), program, &sink)
        workspace.xml = nil
        return isGood
    }

    /// Parts.
    func checkMultipart(
        _ body: UnsafeRawBufferPointer, _ boundary: [UInt8], _ program: SchemaProgram,
        _ workspace: inout ContractWorkspace, _ sink: inout ViolationSink
    ) -> Bool {
        guard let value, let form = value.formFields else { return false }
        do throws(MultipartFault) {
            try sortParts(body, boundary, form, program, &workspace)
        } catch {
            sink.report { value.violation("multipart", error.words) }
            return false
        }
        if let legacy = form.legacy { return legacy.check(body, program, &workspace, &sink) }
        return workspace.check(value, .chain(first: workspace.fields.first(of: 0), base: body), program, &sink)
    }

    /// Takes the body apart and sorts the parts like the fields of a form.
    private func sortParts(
        _ body: UnsafeRawBufferPointer, _ boundary: [UInt8], _ form: FormContract, _ program: SchemaProgram,
        _ workspace: inout ContractWorkspace
    ) throws(MultipartFault) {
        workspace.fields.reset(owners: form.legacy?.parameters.count ?? form.ownerCount)
        workspace.names.count = 0
        var parts = MultipartParts(body, boundary: boundary)
        var count = 0
        while let part = try parts.next() {
            guard count < ReadingLimit.entries else { throw .tooMany }
            let head = try PartHead(part.head)
            var field: FormContract.Field?
            if let positions = form.positions {
                field = count < positions.count ? positions[count] : form.laterPositions
            } else {
                guard let name = head.name else { throw .name }
                field = name.withUnsafeBytes { form.field($0) }
            }
            count += 1
            let kind = try partForm(head, field, program, &workspace)
            let offset = FieldSetContract.offset(of: part.content, in: body)
            let length = part.content.count
            (head.name ?? []).withUnsafeBytes { name in
                if let legacy = form.legacy {
                    _ = legacy.place(name, value: part.content, of: body, form: kind, &workspace)
                } else {
                    workspace.append(form, name, offset, length, kind)
                }
            }
        }
    }

    /// How a part is read, after its media type and headers were checked.
    private func partForm(
        _ head: PartHead, _ field: FormContract.Field?, _ program: SchemaProgram, _ workspace: inout ContractWorkspace
    ) throws(MultipartFault) -> FieldForm {
        let name = String(decoding: head.name ?? [], as: UTF8.self)
        for header in field?.headers ?? [] {
            let isGood = head.fields.withUnsafeBufferPointer { fields in
                var sink = ViolationSink.none
                return HeaderSetContract([header]).check(fields, program, &workspace, &sink)
            }
            if !isGood { throw .partHeader(header.name) }
        }
        guard let type = head.contentType.flatMap({ MediaTypeText($0) }) else {
            // RFC 7578 §4.4: without a Content-Type a part is text/plain.
            if let declared = field?.contentTypes, !declared.isEmpty {
                let isText = Array("text/plain".utf8).withUnsafeBytes { bytes in
                    MediaTypeText(bytes).map { media in declared.contains { $0.specificity(for: media) > 0 } } ?? false
                }
                if field?.declaresJSON == true { return .json }
                if !isText { throw .mediaType(name) }
            }
            return .plain
        }
        if let declared = field?.contentTypes, !declared.isEmpty,
            !declared.contains(where: { $0.specificity(for: type) > 0 })
        {
            throw .mediaType(name)
        }
        switch ContentKind(type) {
        case .json: return .json
        case .text: return .plain
        default:
            // A field of scalars is text whatever its part is called; files are octets.
            return field.map { $0.shape.isTyped && !$0.shape.isBinary } ?? false ? .plain : .octets
        }
    }
}
