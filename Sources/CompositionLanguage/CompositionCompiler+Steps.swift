import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Steps: first what they call and what comes back, so that references can be looked up in any order, then the rest.
extension CompositionCompiler {
    /// The keys of a step.
    private static let keys = [
        "call", "with", "body", "when", "forEach", "distinct", "concurrency", "limit", "tolerate", "optional",
        "onFailure", "accept", "status", "timeout", "retry", "dependsOn", "compensate", "batch", "validate",
        // Read with the settings, like that of an operation.
        "cache",
    ]

    // MARK: What is called

    /// Reads names and calls of all steps.
    mutating func readSteps() {
        guard let steps = source.value["steps"] else { return }
        guard steps.kind == .object else { return report("wrong-type", "`steps` is a map of names", at: steps.range) }
        for member in steps.members {
            if !Self.isName(member.name) {
                report(
                    "bad-name", "`\(member.name)` is no name for a step: a letter, then letters, digits, `_` and `-`",
                    at: member.key.range)
            }
            var draft = Draft(name: member.name, range: member.key.range, value: member.value)
            checkKeys(member.value, Self.keys, "a step")
            draft.target = target(member)
            draft.isFanOut = member.value["forEach"] != nil
            draft.fanOutText = member.value["forEach"]?.string.map(Self.canonical)
            let isOptional = truth("optional", in: member.value)
            draft.mayBeMissing = isOptional || member.value["when"] != nil
            draft.elementsMayBeMissing = isOptional || member.value["tolerate"] != nil
            if let target = draft.target {
                readAnswers(&draft, target, member)
                readBatch(&draft, target)
            }
            drafts.append(draft)
        }
        for index in drafts.indices { readFallback(index) }
    }

    /// Whether a name can stand in expressions and in header fields.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.first?.isASCII == true && text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }

    /// The operation of `call: API.operationId`.
    mutating func target(_ step: JSONMember) -> (api: Int, operation: Int)? {
        guard let call = step.value["call"], let text = call.string else {
            report("missing-key", "a step needs `call: API.operationId`", at: step.key.range)
            return nil
        }
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let api = apis.firstIndex(where: { $0.name == parts[0] }) else {
            report(
                "unknown-operation", "there is no API `\(parts.first ?? "")`", at: call.range,
                suggestion: NearestName.suggestion(among: apis.map(\.name), to: parts.first ?? ""))
            return nil
        }
        let operations = apis[api].document.operations
        guard let operation = operations.firstIndex(where: { $0.operationID == parts[1] }) else {
            let names = operations.compactMap(\.operationID)
            let near = NearestName.among(names, to: parts[1])
            report(
                "unknown-operation", "the API `\(parts[0])` has no operation `\(parts[1])`", at: call.range,
                suggestion: near.map { "did you mean \"\(parts[0]).\($0)\"?" },
                note: operations.first { $0.operationID == near }.map { ("the nearest operation", $0.range) })
            return nil
        }
        return (api, operation)
    }

    /// The operation that a call names, if there is one.
    func quietTarget(_ value: JSONValue) -> (api: Int, operation: Int)? {
        guard let parts = value["call"]?.string?.split(separator: ".", maxSplits: 1).map(String.init), parts.count == 2,
            let api = apis.firstIndex(where: { $0.name == parts[0] }),
            let operation = apis[api].document.operations.firstIndex(where: { $0.operationID == parts[1] })
        else { return nil }
        return (api, operation)
    }

    /// What the accepted responses hold.
    mutating func readAnswers(_ draft: inout Draft, _ target: (api: Int, operation: Int), _ step: JSONMember) {
        let responses = operation(target).responses ?? []
        var matching: [Response] = []
        if let accept = step.value["accept"] {
            for element in accept.elements {
                guard let status = element.int, (200...599).contains(status) else {
                    report("bad-number", "`accept` lists statuses", at: element.range)
                    continue
                }
                draft.accepted.append(status)
                guard let response = Self.response(for: status, among: responses) else {
                    report(
                        "unknown-status", "\(operation(target).name) does not declare the status \(status)",
                        at: element.range, note: ("the operation", operation(target).range))
                    continue
                }
                matching.append(response)
            }
        } else {
            for response in responses {
                guard case .exact(let status) = response.key, (200..<300).contains(status) else { continue }
                draft.accepted.append(status)
                matching.append(response)
            }
            let general =
                responses.first { $0.key == .range(2) }
                ?? (matching.isEmpty ? responses.first { $0.key == .default } : nil)
            if let general {
                draft.acceptsSuccess = true
                matching.append(general)
            }
        }
        let shapes = matching.map { Self.jsonSchema(of: $0) }
        let known = shapes.compactMap(\.self)
        guard !known.isEmpty else { return }
        draft.content = ValueType(
            .either(known.map { $0.map { .schema(SchemaPlace(api: target.api, node: $0)) } ?? .unknown }),
            isCertain: known.count == shapes.count)
    }

    /// The response that describes a status.
    private static func response(for status: Int, among responses: [Response]) -> Response? {
        responses.first { $0.key == .exact(status) } ?? responses.first { $0.key == .range(status / 100) }
            ?? responses.first { $0.key == .default }
    }

    /// The schema of a response's JSON: nil without JSON, an inner nil where nothing is said about it.
    private static func jsonSchema(of response: Response) -> JSONValue?? {
        guard let media = response.content.first(where: { isJSON($0.key) }) else { return nil }
        return .some(media.schema)
    }

    /// Whether a media type is JSON (RFC 6839 §3.1).
    static func isJSON(_ key: String) -> Bool {
        let name = key.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return name == "application/json" || name.hasSuffix("+json")
    }

    /// `onFailure`.
    private mutating func readFallback(_ index: Int) {
        guard let value = drafts[index].value["onFailure"] else { return }
        switch value.kind {
        case .null: drafts[index].fallback = .null
        case .string where value.string == "omit": drafts[index].fallback = .omit
        case .object where value["value"] != nil:
            guard let given = value["value"],
                let document = try? JSONDocument(parsing: JSONWriter.text(of: given), path: value.document.file.path)
            else { return }
            drafts[index].fallback = .value(document)
            checkFallback(index, given)
        default:
            report("bad-fallback", "`onFailure` is omit, null, or { value: … }", at: value.range)
        }
        if !drafts[index].mayBeMissing, !drafts[index].elementsMayBeMissing {
            report(
                "bad-fallback", "`onFailure` has no use: the step `\(drafts[index].name)` is required", at: value.range,
                suggestion: "say `optional: true`")
        }
    }

    /// Whether a fallback is what the part would be.
    private mutating func checkFallback(_ index: Int, _ value: JSONValue) {
        guard let content = drafts[index].content, let target = drafts[index].target,
            let fault = FallbackCheck.fault(of: value, against: content.shape, apis: apis)
        else { return }
        report(
            "bad-fallback", "the fallback is not what \(operation(target).name) answers: \(fault)", at: value.range,
            note: walker.place(of: content.shape).map { ("the schema", $0.range) })
    }

    // MARK: The rest

    /// The finished step; nil where it calls nothing.
    mutating func step(_ index: Int) -> PlannedStep? {
        let draft = drafts[index]
        guard let target = draft.target else { return nil }
        let value = draft.value
        var scope = Scope(step: index)
        let fanOut = readFanOut(index, value, &scope)
        let isOptional = value["optional"]?.bool == true
        var condition: Condition?
        // A batch asks for many elements at once: what it sends depends on none of them.
        if draft.batch != nil { scope = Scope(step: index) }
        if let when = value["when"] { condition = self.condition(when, scope) }
        let arguments = arguments(value["with"], target, draft, scope)
        let body = body(value["body"], target, draft, scope)
        for name in value["dependsOn"]?.elements.map(\.self) ?? [] {
            guard let other = drafts.firstIndex(where: { $0.name == name.string }) else {
                report(
                    "unknown-step", "there is no step `\(name.string ?? "")`", at: name.range,
                    suggestion: NearestName.suggestion(among: drafts.map(\.name), to: name.string ?? ""))
                continue
            }
            drafts[other].isUsed = true
            drafts[index].dependencies.insert(other)
        }
        let retry = readRetry(value, target)
        let references = arguments.flatMap { $0.value.pieces }
        let isFedByPath = references.contains { piece in
            guard case .value(let reference) = piece, case .input(let input) = reference.root else { return false }
            return inputs[input].location == .path
        }
        return PlannedStep(
            name: draft.name, range: draft.range, api: target.api, operation: target.operation, arguments: arguments,
            body: body, condition: condition, fanOut: fanOut, isOptional: isOptional, fallback: draft.fallback,
            accepted: draft.accepted, acceptsSuccess: draft.acceptsSuccess, statuses: readStatuses(value),
            timeout: duration("timeout", in: value), retry: retry, validation: readValidation(value),
            dependencies: drafts[index].dependencies.sorted(), isFedByPath: isFedByPath && fanOut == nil)
    }

    /// `forEach` with what belongs to it.
    private mutating func readFanOut(_ index: Int, _ value: JSONValue, _ scope: inout Scope) -> PlannedStep.FanOut? {
        guard let array = value["forEach"] else {
            for key in ["distinct", "concurrency", "limit", "tolerate", "batch"] {
                guard let alone = value[key] else { continue }
                report("bad-fan-out", "`\(key)` belongs to `forEach`", at: alone.keyRange ?? alone.range)
            }
            return nil
        }
        guard let text = array.string, text.hasPrefix("$") else {
            report("bad-expression", "`forEach` is an expression", at: array.range)
            return nil
        }
        guard let resolved = resolve(text, at: array.range, Scope(step: index)) else {
            scope.item = .unknown
            return nil
        }
        let type = allowing(resolved, at: array.range)
        guard let element = walker.element(of: type.shape) else {
            report(
                "type-mismatch", "`\(text)` is \(walker.types(of: type.shape).words), not an array", at: array.range,
                note: walker.place(of: type.shape).map { ("the schema", $0.range) })
            scope.item = .unknown
            return nil
        }
        scope.item = element
        scope.array = Self.canonical(text)
        let limit = integer("limit", in: value, 1...10_000)
        let most = walker.mostElements(of: type.shape)
        if limit == nil, most == nil {
            report(
                "unbounded-fan-out",
                "`\(text)` has no `maxItems`, so `\(drafts[index].name)` may make any number of calls",
                at: array.range, suggestion: "say `limit: 100`",
                note: walker.place(of: type.shape).map { ("the schema", $0.range) })
        }
        var distinct: ValueReference?
        if let key = value["distinct"] {
            if let text = key.string, text.hasPrefix("$item") {
                distinct = resolve(text, at: key.range, scope)?.reference
            } else {
                report("bad-expression", "`distinct` is an expression that begins with $item", at: key.range)
            }
        }
        return PlannedStep.FanOut(
            source: resolved.reference, distinct: distinct,
            concurrency: integer("concurrency", in: value, 1...256) ?? 8, limit: limit ?? min(most ?? 100, 10_000),
            tolerance: tolerance(value), batch: batch(index, scope))
    }

    /// `tolerate`: a number or a share. An optional step does without any of its elements.
    private mutating func tolerance(_ value: JSONValue) -> PlannedStep.Tolerance {
        guard let given = value["tolerate"] else { return value["optional"]?.bool == true ? .share(1) : .count(0) }
        if let number = given.int, number >= 0 { return .count(number) }
        if let text = given.string, text.hasSuffix("%"), let share = Int(text.dropLast()), (0...100).contains(share) {
            return .share(Double(share) / 100)
        }
        report("bad-number", "`tolerate` is a number of elements or a share such as 10%", at: given.range)
        return .count(0)
    }

    /// `retry: { attempts, when }`.
    mutating func readRetry(_ value: JSONValue, _ target: (api: Int, operation: Int)) -> PlannedStep.Retry? {
        guard let retry = value["retry"] else { return nil }
        guard retry.kind == .object else {
            report("wrong-type", "`retry` is { attempts: 1, when: [connect, 503] }", at: retry.range)
            return nil
        }
        checkKeys(retry, ["attempts", "when"], "`retry` of a step")
        let attempts = integer("attempts", in: retry, 0...10) ?? 1
        let method = operation(target).method
        if attempts > 0, !["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) {
            report(
                "unsafe-retry", "\(method) is not idempotent (RFC 9110 §9.2.2): a second attempt may act twice",
                at: retry.range, note: ("the operation", operation(target).range))
        }
        return PlannedStep.Retry(attempts: attempts, reasons: retry["when"].map { readReasons($0) })
    }

    /// `when` of a retry: `connect`, `reset`, and statuses of failures.
    private mutating func readReasons(_ value: JSONValue) -> [PlannedStep.Retry.Reason] {
        guard value.kind == .array else {
            report("wrong-type", "`when` of a retry is a list such as [connect, reset, 503]", at: value.range)
            return []
        }
        var reasons: [PlannedStep.Retry.Reason] = []
        for element in value.elements {
            switch (element.string, element.int) {
            case ("connect"?, _): reasons.append(.connect)
            case ("reset"?, _): reasons.append(.reset)
            case (_, let status?) where (500...599).contains(status): reasons.append(.status(status))
            default:
                report(
                    "bad-retry", "a call is repeated after `connect`, `reset` or a status from 500 to 599",
                    at: element.range,
                    suggestion: NearestName.suggestion(among: ["connect", "reset"], to: element.string ?? ""))
            }
        }
        return reasons
    }

    /// `validate`: what is done about a broken answer.
    private mutating func readValidation(_ value: JSONValue) -> PlannedStep.Validation? {
        guard let given = value["validate"] else { return nil }
        if let word = given.string.flatMap(PlannedStep.Validation.init) { return word }
        let words = PlannedStep.Validation.allCases.map(\.rawValue)
        report(
            "bad-validation", "`validate` is enforce, report or skip", at: given.range,
            suggestion: NearestName.suggestion(among: words, to: given.string ?? ""))
        return nil
    }

    /// `status: { 404: 422 }`.
    private mutating func readStatuses(_ value: JSONValue) -> [Int: Int] {
        var statuses: [Int: Int] = [:]
        for member in value["status"]?.members.map(\.self) ?? [] {
            guard let from = Int(member.name), let to = member.value.int, (400...599).contains(from),
                (400...599).contains(to)
            else {
                report(
                    "bad-number", "`status` maps statuses of failures to statuses of the reply", at: member.key.range)
                continue
            }
            statuses[from] = to
        }
        return statuses
    }

    // MARK: Requests

    /// `with`: parameters by name.
    mutating func arguments(
        _ with: JSONValue?, _ target: (api: Int, operation: Int), _ draft: Draft, _ scope: Scope
    ) -> [PlannedStep.Argument] {
        let operation = operation(target)
        var arguments: [PlannedStep.Argument] = []
        var given: Set<String> = []
        if let batch = draft.batch { given.insert(batch.into.name) }
        for member in with?.members.map(\.self) ?? [] {
            if member.name == draft.batch?.into.name {
                report(
                    "bad-batch", "`\(member.name)` takes the keys of the batch, and cannot be given",
                    at: member.key.range)
                continue
            }
            given.insert(member.name)
            guard let parameter = operation.parameters.first(where: { $0.name == member.name }) else {
                let names = operation.parameters.map(\.name)
                report(
                    "unknown-parameter", "\(operation.name) has no parameter `\(member.name)`", at: member.key.range,
                    suggestion: NearestName.suggestion(among: names, to: member.name),
                    note: ("the operation", operation.range))
                continue
            }
            if let argument = argument(member.value, parameter, target, draft, scope) { arguments.append(argument) }
        }
        for parameter in operation.parameters where parameter.isRequired && !given.contains(parameter.name) {
            report(
                "missing-parameter",
                "\(operation.name) needs the \(parameter.location.rawValue) parameter `\(parameter.name)`",
                at: with?.range ?? draft.range, note: ("declared here", parameter.node.range))
        }
        return arguments
    }

    /// One parameter's value.
    private mutating func argument(
        _ value: JSONValue, _ parameter: Parameter, _ target: (api: Int, operation: Int), _ draft: Draft, _ scope: Scope
    ) -> PlannedStep.Argument? {
        var wanted = TypeShape.unknown
        if case .schema(let schema, _, _) = parameter.content {
            wanted = .schema(SchemaPlace(api: target.api, node: schema))
        }
        guard value.kind == .string, let text = value.string else {
            guard value.kind != .object, value.kind != .array else {
                report("type-mismatch", "a parameter is a scalar or an expression", at: value.range)
                return nil
            }
            checkFit(.constant(value), wanted, parameter.name, parameter.node, at: value.range)
            return PlannedStep.Argument(
                parameter: parameter, value: TextTemplate(pieces: [.text(JSONWriter.bytes(of: value))]))
        }
        guard let (template, type) = self.text(text, at: value.range, scope) else { return nil }
        if parameter.isRequired, !type.isCertain, draft.value["when"] == nil {
            report(
                "maybe-absent", "\(text) may be absent, and `\(parameter.name)` is required", at: value.range,
                suggestion: "say `when: exists(…)`, or give the step it comes from a fallback",
                note: ("the parameter", parameter.node.range))
        }
        if text.hasPrefix("$") {
            checkFit(type.shape, wanted, parameter.name, parameter.node, at: value.range)
        } else if InterpolatedText.pieces(of: text) == nil {
            checkFit(.constant(value), wanted, parameter.name, parameter.node, at: value.range)
        }
        return PlannedStep.Argument(parameter: parameter, value: template)
    }

    /// `body`: the template of the request's content.
    mutating func body(
        _ value: JSONValue?, _ target: (api: Int, operation: Int), _ draft: Draft, _ scope: Scope
    ) -> ReplyTemplate? {
        let operation = operation(target)
        guard let value else {
            if operation.requestBody?.isRequired == true {
                report(
                    "missing-parameter", "\(operation.name) needs content: give the step a `body`", at: draft.range,
                    note: ("the operation", operation.range))
            }
            return nil
        }
        guard let declared = operation.requestBody, let media = declared.content.first(where: { Self.isJSON($0.key) })
        else {
            report(
                "unknown-parameter", "\(operation.name) takes no JSON content", at: value.keyRange ?? value.range,
                note: ("the operation", operation.range))
            return nil
        }
        let wanted = media.schema.map { TypeShape.schema(SchemaPlace(api: target.api, node: $0)) } ?? .unknown
        let (template, type) = template(value, scope)
        checkContent(type.shape, wanted, at: value)
        return template
    }
}
