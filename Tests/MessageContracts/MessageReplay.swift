import MessageContracts
import OpenAPIDocuments

/// A stand-in for the gateway: finds the operation, asks the contract what the gateway asks, in its order.
struct MessageReplay {
    /// What comes out: a status and what a problem document would list.
    struct Outcome {
        /// 200 for forwarded.
        var status: Int
        /// What is wrong.
        var violations: [ContractViolation] = []
    }

    /// The contract.
    let contract: APIContract
    /// The document's operations.
    let operations: [Operation]

    /// Replays a request, and the response if one comes and is looked at.
    func run(_ vector: ContractVector) -> Outcome {
        let request = vector.value["request"]
        let target = Array((request?["target"]?.string ?? "").utf8)
        let cut = target.firstIndex(of: UInt8(ascii: "?"))
        let path = Array(target[..<(cut ?? target.count)])
        let query = cut.map { Array(target[($0 + 1)...]) }
        guard let (index, captures) = match(request?["method"]?.string ?? "", path) else { return Outcome(status: 404) }
        let operation = contract.operations[index]
        let settings = vector.value["settings"]
        var workspace = ContractWorkspace()
        if settings?["requests"]?.string != "skip" {
            let refusal = checkRequest(
                operation, path, captures, query, ContractVector.fields(request), ContractVector.content(request),
                rejectsUndeclared: settings?["undeclaredQuery"]?.string == "reject", &workspace)
            if let refusal { return refusal }
        }
        guard settings?["responses"]?.string == "enforce" else { return Outcome(status: 200) }
        let response = vector.value["response"]
        return checkResponse(
            operation, response?["status"]?.int ?? 200, ContractVector.fields(response),
            ContractVector.content(response),
            hasContent: request?["method"]?.string != "HEAD", &workspace)
    }

    /// Finds an operation by its template; enough for documents with few paths.
    private func match(_ method: String, _ path: [UInt8]) -> (Int, [Range<Int>])? {
        for (index, operation) in operations.enumerated() where operation.method == method {
            if let captures = Self.captures(operation.template, path) { return (index, captures) }
        }
        return nil
    }

    /// What the expressions of a template match.
    private static func captures(_ template: PathTemplate, _ path: [UInt8]) -> [Range<Int>]? {
        var position = 0
        var captures: [Range<Int>] = []
        for (index, piece) in template.pieces.enumerated() {
            switch piece {
            case .literal(let text):
                let bytes = Array(text.utf8)
                guard path[position...].starts(with: bytes) else { return nil }
                position += bytes.count
            case .expression:
                var end = position
                var stop = UInt8(ascii: "/")
                if index + 1 < template.pieces.count, case .literal(let next) = template.pieces[index + 1] {
                    stop = next.utf8.first ?? stop
                }
                while end < path.count, path[end] != stop, path[end] != UInt8(ascii: "/") { end += 1 }
                guard end > position else { return nil }
                captures.append(position..<end)
                position = end
            }
        }
        return position == path.count ? captures : nil
    }

    /// What the gateway does with a request.
    private func checkRequest(
        _ operation: OperationContract, _ path: [UInt8], _ captures: [Range<Int>], _ query: [UInt8]?,
        _ fields: [(name: [UInt8], value: [UInt8])], _ content: [UInt8], rejectsUndeclared: Bool,
        _ workspace: inout ContractWorkspace
    ) -> Outcome? {
        Borrowed.withFields(fields) { fields in
            path.withUnsafeBytes { path in
                (query ?? []).withUnsafeBytes { queryBytes in
                    content.withUnsafeBytes { content in
                        let values = captures.map { UnsafeRawBufferPointer(rebasing: path[$0]) }
                        return values.withUnsafeBufferPointer { values in
                            let head = RequestHeadView(
                                query: query == nil ? nil : queryBytes, pathValues: values, fields: fields)
                            let verdict = operation.checkParameters(
                                head, refusesUndeclaredQuery: rejectsUndeclared, using: &workspace)
                            let explained = operation.explainParameters(
                                head, refusesUndeclaredQuery: rejectsUndeclared, using: &workspace)
                            if verdict.isAccepted != explained.isEmpty {
                                return Outcome(status: -1, violations: explained)
                            }
                            if !verdict.isAccepted { return Outcome(status: 400, violations: explained) }
                            let policy = operation.bodyPolicy(fields)
                            let body = operation.checkBody(policy, content, using: &workspace)
                            let wrong = operation.explainBody(policy, content, using: &workspace)
                            if body.isAccepted != wrong.isEmpty { return Outcome(status: -1, violations: wrong) }
                            switch body {
                            case .accepted: return nil
                            case .rejected(let refusal): return Outcome(status: refusal.status, violations: wrong)
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the gateway does with a response under `enforce`.
    private func checkResponse(
        _ operation: OperationContract, _ status: Int, _ fields: [(name: [UInt8], value: [UInt8])], _ content: [UInt8],
        hasContent: Bool, _ workspace: inout ContractWorkspace
    ) -> Outcome {
        guard operation.hasResponses else { return Outcome(status: 200) }
        guard let response = operation.response(for: status) else {
            return Outcome(status: 502, violations: [operation.undeclaredStatus(status)])
        }
        return Borrowed.withFields(fields) { fields in
            content.withUnsafeBytes { content in
                if !response.checkFields(fields, using: &workspace) {
                    return Outcome(status: 502, violations: response.explainFields(fields, using: &workspace))
                }
                guard hasContent, status != 204, status != 304 else { return Outcome(status: 200) }
                let policy = response.bodyPolicy(fields)
                if response.checkBody(policy, content, using: &workspace).isAccepted { return Outcome(status: 200) }
                return Outcome(status: 502, violations: response.explainBody(policy, content, using: &workspace))
            }
        }
    }
}

/// Lending arrays as field lines.
enum Borrowed {
    /// Calls a function with field lines that are valid during the call.
    static func withFields<R>(
        _ fields: [(name: [UInt8], value: [UInt8])], _ body: (UnsafeBufferPointer<MessageField>) -> R
    ) -> R {
        let bytes = fields.flatMap { $0.name + $0.value }
        return bytes.withUnsafeBytes { bytes in
            var lines: [MessageField] = []
            var position = 0
            for field in fields {
                let name = position..<(position + field.name.count)
                let value = name.upperBound..<(name.upperBound + field.value.count)
                lines.append(
                    MessageField(
                        name: UnsafeRawBufferPointer(rebasing: bytes[name]),
                        value: UnsafeRawBufferPointer(rebasing: bytes[value])))
                position = value.upperBound
            }
            return lines.withUnsafeBufferPointer(body)
        }
    }
}
