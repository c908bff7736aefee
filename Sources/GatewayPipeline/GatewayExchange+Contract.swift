import ContentDecoding
import GatewayTelemetry
import HTTPExchanges
import MessageContracts
import NIOCore

/// The contract's part of an exchange: parameters before the content, content before the service.
///
/// The question "does it hold?" allocates nothing. Only after a "no" is the message looked at once more, to explain.
extension GatewayExchange {
    /// What is to be done with the request's content.
    enum ContentDisposition { case none, gathered, streamed, refused }

    /// Whether the parameters keep the contract, or are let through; replies when they are not.
    func parametersHold(
        _ row: RouteRow, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?, head: RequestHead
    ) -> Bool {
        guard row.requests != .skip, let contract = row.contract else { return true }
        let checksQuery =
            contract.needsQuery || (row.undeclaredQuery == .enforce || row.undeclaredQuery == .report) && query != nil
        guard contract.needsPath || checksQuery || contract.needsFields else { return true }
        let refusesUndeclared = row.undeclaredQuery == .enforce
        return worker.captures.withValues(in: path) { values in
            MessageFields.with(contract.needsFields ? head : nil) { fields in
                let view = RequestHeadView(query: query, pathValues: values, fields: fields)
                if row.undeclaredQuery == .report, let query {
                    contract.forEachUndeclaredQuery(query, using: &worker.contracts) { _, _ in violations += 1 }
                }
                let verdict = contract.checkParameters(
                    view, refusesUndeclaredQuery: refusesUndeclared, using: &worker.contracts)
                guard case .rejected(let refusal) = verdict else { return true }
                let found = contract.explainParameters(
                    view, refusesUndeclaredQuery: refusesUndeclared, options: row.explanation,
                    using: &worker.contracts)
                return isLetThrough(refusal, found, row: row)
            }
        }
    }

    /// Calls `body` with the query that the service sees: the client's, byte for byte, or what is left of it when
    /// undeclared parameters are stripped; nil when there is none.
    func withForwardedQuery(
        _ row: RouteRow, _ query: UnsafeRawBufferPointer?, _ body: (UnsafeRawBufferPointer?) -> Void
    ) {
        if let cacheTurn {
            guard !cacheTurn.query.isEmpty else { return body(nil) }
            return cacheTurn.query.withUnsafeBytes { body($0) }
        }
        guard row.undeclaredQuery == .strip, let contract = row.contract, let query,
            let stripped = contract.strippedQuery(query, using: &worker.contracts)
        else { return body(query) }
        guard !stripped.isEmpty else { return body(nil) }
        stripped.withUnsafeBytes { body($0) }
    }

    /// Decides about the content by what the head states; replies when it is refused at once.
    func contentDisposition(_ row: RouteRow, head: RequestHead) -> ContentDisposition {
        let framing = head.table.framing
        guard row.requests != .skip, let contract = row.contract else { return framing == .none ? .none : .streamed }
        if framing == .none, !contract.acceptsContent { return .none }
        let policy = MessageFields.with(head) { contract.bodyPolicy($0) }
        bodyPolicy = policy
        if framing == .none {
            guard policy.isRequired else { return .none }
            return holds(contract, policy, UnsafeRawBufferPointer(start: nil, count: 0), row: row) ? .none : .refused
        }
        switch policy.action {
        case .opaque: return .streamed
        case .checked: return .gathered
        case .refused:
            // Chunked content may turn out to be none, and no content is no broken contract.
            if framing == .chunked, row.requests == .enforce { return .gathered }
            var any: UInt8 = 0
            return withUnsafeBytes(of: &any) { holds(contract, policy, $0, row: row) } ? .streamed : .refused
        }
    }

    /// Whether gathered content keeps the contract, or is let through; replies when it is not.
    func contentHolds() -> Bool {
        guard let row, let contract = row.contract, let policy = bodyPolicy else { return true }
        guard let content else {
            return holds(contract, policy, UnsafeRawBufferPointer(start: nil, count: 0), row: row)
        }
        return content.withUnsafeReadableBytes { holds(contract, policy, $0, row: row) }
    }

    /// Checks content, and replies when it is refused.
    private func holds(
        _ contract: OperationContract, _ policy: BodyPolicy, _ bytes: UnsafeRawBufferPointer, row: RouteRow
    ) -> Bool {
        let limit = Int(row.requestBodyLimit)
        let verdict = contract.checkBody(policy, bytes, sizeLimit: limit, using: &worker.contracts)
        guard case .rejected(let refusal) = verdict else { return true }
        let found = contract.explainBody(
            policy, bytes, sizeLimit: limit, options: row.explanation, using: &worker.contracts)
        return isLetThrough(refusal, found, row: row)
    }

    /// Counts violations; under `enforce` the request is answered and false returned.
    private func isLetThrough(_ refusal: ContractRefusal, _ found: [ContractViolation], row: RouteRow) -> Bool {
        violations += max(1, found.count)
        for violation in found {
            worker.metrics.recordViolations(operation: row.metrics, in: ViolationPlace(request: violation.location))
        }
        guard row.requests == .enforce else { return true }
        let detail =
            switch refusal {
            case .violation: "The request breaks the contract of \(row.operation)."
            case .contentSize: "The request's content is larger than \(row.operation) accepts, once it is decoded."
            case .mediaType: "The request's media type is not one that \(row.operation) accepts."
            case .contentCoding: "The request's content coding is not one that \(row.operation) accepts."
            }
        let problem = ProblemDocument(
            status: refusal.status, title: "\(ReasonPhrase.standard(refusal.status))", detail: detail,
            operation: row.operation, errors: found)
        // RFC 9110 §15.5.16: the reply ought to say which codings would have been accepted.
        reply(
            problem, outcome: "contract-violation",
            acceptEncoding: refusal == .contentCoding ? ContentCodings.acceptedNames : nil)
        return false
    }
}

/// Lends the lines of a head to a contract.
enum MessageFields {
    /// Calls `body` with every field line of `head`; with none where there is no head to look at.
    static func with<Result>(
        _ head: RequestHead?, _ body: (UnsafeBufferPointer<MessageField>) -> Result
    ) -> Result {
        guard let head else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
        return with(head.table, bytes: head.bytes, body)
    }

    /// Calls `body` with every field line of a parsed head.
    static func with<Result>(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<MessageField>) -> Result
    ) -> Result {
        let count = table.count
        return withUnsafeTemporaryAllocation(of: MessageField.self, capacity: max(count, 1)) { fields in
            for index in 0..<count {
                let line = table[index]
                fields.initializeElement(
                    at: index, to: MessageField(name: line.name.slice(of: bytes), value: line.value.slice(of: bytes)))
            }
            return body(UnsafeBufferPointer(rebasing: fields[..<count]))
        }
    }
}

extension ViolationPlace {
    /// The place of a request's violation in the metrics.
    fileprivate init(request location: ContractViolation.Location) {
        switch location {
        case .query: self = .requestQuery
        case .path: self = .requestPath
        case .header: self = .requestHeader
        case .cookie: self = .requestCookie
        case .body, .status: self = .requestBody
        }
    }
}
