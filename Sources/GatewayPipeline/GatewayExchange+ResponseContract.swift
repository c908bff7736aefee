import GatewayTelemetry
import HTTPExchanges
import MessageContracts
import NIOCore
import UpstreamCalls

/// The contract's part on the way back.
///
/// Under `enforce` nothing leaves before it is known to hold: a response that breaks its contract is replaced by 502. Of a
/// stream of items (`itemSchema`) that means each item: those that ended and hold go on, head first, and an item that
/// breaks the contract ends the stream. Nothing had been sent? Then it is a 502. Else the connection is broken off, so
/// that the client can tell an end from a stop (RFC 9112 §8); what it has read is good.
/// Under `report` the content is watched beside the stream and nothing waits for it.
extension GatewayExchange {
    /// What is to be done with a response whose head has come.
    private enum ResponseDisposition {
        /// It goes to the client as it is.
        case passed
        /// Its content has to be looked at.
        case checked(ResponseContract, BodyPolicy)
        /// It breaks its contract already.
        case broken([ContractViolation])
    }

    /// Looks at a response's head, and at its content when that has come too; true when the caller goes on sending.
    func responseMayPass(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) -> Bool {
        guard let row, row.looksAtResponses, let contract = row.contract, contract.hasResponses else { return true }
        switch disposition(row, contract, table, bytes: bytes) {
        case .passed: return true
        case .broken(let found): return isLetThrough(found, row: row)
        case .checked(let response, let policy):
            if isComplete, row.undeclaredFields == .pass {
                return holds(response, policy, content ?? ByteBuffer(), row: row)
            }
            let isHeld = row.holdsResponses
            responseCheck = ResponseCheck(response, policy, heldHead: isHeld ? head : nil)
            if isComplete {
                responseCheck?.items = nil
                responseCheck?.content = content ?? ByteBuffer()
                return endMayPass()
            }
            guard let content else { return !isHeld }
            return admit(content) != nil
        }
    }

    /// Looks at more content; returns what may be sent on now, nil for nothing.
    func admit(_ piece: ByteBuffer) -> ByteBuffer? {
        guard let row, let check = responseCheck else { return piece }
        // What is held back has not been counted as sent.
        let kept = Int64(check.content.readableBytes) + Int64(piece.readableBytes)
        guard kept + (check.isHeld && !isStream ? bytesOut : 0) <= row.responseBodyLimit else {
            responseCheck = nil
            return check.isHeld ? refuseRest(row) : piece
        }
        if check.items != nil { return admitItems(piece, row: row) }
        responseCheck?.content.writeImmutableBuffer(piece)
        return check.isHeld ? nil : piece
    }

    /// Looks at the items that end in a piece.
    private func admitItems(_ piece: ByteBuffer, row: RouteRow) -> ByteBuffer? {
        // Taken out, so that nothing is copied when it changes.
        guard var check = responseCheck, var items = check.items else { return piece }
        responseCheck = nil
        check.items = nil
        let found = explainItems(of: piece, isLast: false, check.contract, &items, row: row)
        guard found.isEmpty || isLetThrough(found, row: row) else { return nil }
        let boundary = items.boundary
        check.items = items
        guard check.isHeld else {
            responseCheck = check
            return piece
        }
        let released = check.release(piece, upTo: boundary)
        let head = check.heldHead
        if released != nil { check.heldHead = nil }
        responseCheck = check
        guard let released, let head else { return released }
        sendHeld(head, content: released, isComplete: false)
        return nil
    }

    /// What is wrong with the items that end in a piece.
    private func explainItems(
        of piece: ByteBuffer, isLast: Bool, _ response: ResponseContract, _ items: inout ItemStream, row: RouteRow
    ) -> [ContractViolation] {
        piece.withUnsafeReadableBytes {
            response.explainItems(
                of: $0, isLast: isLast, &items, options: row.explanation, using: &worker.contracts)
        }
    }

    /// Ends a held response that grows past `limits.responseBody`.
    private func refuseRest(_ row: RouteRow) -> ByteBuffer? {
        cancelCall()
        if isHeadSent { fail(ExchangeFailure(.truncatedResponse, retry: .never)) } else { replyTooLarge(row) }
        return nil
    }

    /// Looks at the whole response; true when the caller ends it towards the client, whose head has been sent.
    func endMayPass() -> Bool {
        guard let row, var check = responseCheck else { return true }
        responseCheck = nil
        guard var items = check.items else {
            let passes = holds(check.contract, check.policy, check.content, row: row)
            guard passes, let content = declaredContent(of: check, row: row) else { return false }
            guard let head = check.heldHead else { return true }
            sendHeld(head, content: content, isComplete: true)
            return false
        }
        check.items = nil
        let found = explainItems(of: ByteBuffer(), isLast: true, check.contract, &items, row: row)
        guard found.isEmpty || isLetThrough(found, row: row) else { return false }
        if let head = check.heldHead {
            sendHeld(head, content: check.content, isComplete: true)
            return false
        }
        if check.content.readableBytes > 0 {
            bytesOut += Int64(check.content.readableBytes)
            if let cacheTurn { capture(check.content, cacheTurn) }
            client?.send(content: check.content)
        }
        return true
    }

    /// Decides by the head.
    private func disposition(
        _ row: RouteRow, _ contract: OperationContract, _ table: HeadTable, bytes: UnsafeRawBufferPointer
    ) -> ResponseDisposition {
        guard let response = contract.response(for: table.status) else {
            return .broken([contract.undeclaredStatus(table.status)])
        }
        let hasContent = table.framing != .none
        guard response.needsFields || hasContent else { return .passed }
        return MessageFields.with(table, bytes: bytes) { fields in
            if !response.checkFields(fields, using: &worker.contracts) {
                return .broken(response.explainFields(fields, options: row.explanation, using: &worker.contracts))
            }
            guard hasContent else { return .passed }
            let policy = response.bodyPolicy(fields)
            switch policy.action {
            case .opaque: return .passed
            case .checked: return .checked(response, policy)
            // What is wrong is known, but a response without content breaks nothing.
            case .refused: return .checked(response, policy)
            }
        }
    }

    /// Checks the whole content.
    private func holds(
        _ response: ResponseContract, _ policy: BodyPolicy, _ content: ByteBuffer, row: RouteRow
    ) -> Bool {
        row.responses == .skip
            || content.withUnsafeReadableBytes { bytes in
                let limit = Int(row.responseBodyLimit)
                let verdict = response.checkBody(policy, bytes, sizeLimit: limit, using: &worker.contracts)
                guard case .rejected = verdict else { return true }
                return isLetThrough(
                    response.explainBody(
                        policy, bytes, sizeLimit: limit, options: row.explanation, using: &worker.contracts), row: row)
            }
    }

    /// The content as the client may see it: without what is not declared, where that is not to pass. Nil when nothing may
    /// pass, and the client has its reply.
    private func declaredContent(of check: ResponseCheck, row: RouteRow) -> ByteBuffer? {
        guard row.undeclaredFields != .pass else { return check.content }
        let undeclared = check.content.withUnsafeReadableBytes {
            check.contract.undeclared(check.policy, $0, using: &worker.contracts)
        }
        switch undeclared {
        case .none, .unknown: return check.content
        case .coded:
            guard row.undeclaredFields == .strip else { return check.content }
            replyUncheckable(row)
            return nil
        case .members(let count, let rest):
            violations += count
            worker.metrics.recordViolations(operation: row.metrics, in: .responseField, count: count)
            return row.undeclaredFields == .strip ? ByteBuffer(bytes: rest) : check.content
        }
    }

    /// Replies 502 to content that was coded though no coding was accepted, and out of which nothing can be taken.
    private func replyUncheckable(_ row: RouteRow) {
        cancelCall()
        reply(
            ProblemDocument(
                status: 502, title: "Bad Gateway",
                detail: "The service coded a reply of which undeclared fields are to be taken out.",
                operation: row.operation),
            outcome: "response-coded")
    }

    /// Counts violations; under `enforce` the response is refused and false is returned.
    private func isLetThrough(_ found: [ContractViolation], row: RouteRow) -> Bool {
        guard row.responses != .skip else { return true }
        isResponseBroken = true
        violations += max(1, found.count)
        let upstream = snapshot.upstreams[row.upstream].metrics
        for violation in found {
            worker.metrics.recordViolations(operation: row.metrics, in: ViolationPlace(response: violation.location))
        }
        guard row.responses == .enforce else { return true }
        worker.metrics.recordAttemptFailure(upstream: upstream, kind: .contract)
        if servesOnError() { return false }
        cancelCall()
        refuse(found, row: row, outcome: "response-contract-violation")
        return false
    }

    /// Replies 502, or breaks off a stream whose good items have been sent.
    private func refuse(_ found: [ContractViolation], row: RouteRow, outcome: String) {
        guard isHeadSent else {
            return reply(
                ProblemDocument(
                    status: 502, title: "Bad Gateway",
                    detail: "The service's reply breaks the contract of \(row.operation).",
                    operation: row.operation, errors: found),
                outcome: outcome)
        }
        guard let client else { return }
        self.client = nil
        client.abort()
        conclude(outcome: outcome)
    }

    /// Sends the head of a response that was held back until it, or its first items, were known to be good.
    private func sendHeld(_ head: ByteBuffer, content: ByteBuffer, isComplete: Bool) {
        head.withUnsafeReadableBytes { bytes in
            let table = worker.loop.responseTable
            // The table has been used for other heads since; the same bytes parse the same way again.
            _ = HeadParser.parseResponse(
                bytes, into: table, limits: HeadLimits(bytes: .max / 2, fields: 1024), answersHEAD: isHEAD)
            send(
                table, bytes: bytes,
                framing: isComplete ? .length(Int64(content.readableBytes)) : table.framing, content: content,
                isComplete: isComplete)
        }
    }
}

extension ViolationPlace {
    /// The place of a response's violation in the metrics.
    fileprivate init(response location: ContractViolation.Location) {
        switch location {
        case .status: self = .responseStatus
        case .header, .cookie, .query, .path: self = .responseHeader
        case .body: self = .responseBody
        }
    }
}
