import GatewayTelemetry
import HTTPExchanges
import MessageContracts
import NIOCore
import UpstreamCalls

/// A response whose content is looked at before, or while, it goes to the client.
struct ResponseCheck {
    /// What the contract says about this status.
    let contract: ResponseContract
    /// What it says about this media type.
    let policy: BodyPolicy
    /// The received head, kept until the content is known; nil where the response is only watched.
    let heldHead: ByteBuffer?
    /// The content so far.
    var content = ByteBuffer()
}

/// The contract's part on the way back.
///
/// Under `enforce` nothing leaves before the whole response is known to hold: what breaks its contract is replaced by 502.
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
        guard let row, row.responses != .skip, let contract = row.contract, contract.hasResponses else { return true }
        switch disposition(row, contract, table, bytes: bytes, content: content) {
        case .passed: return true
        case .broken(let found): return isLetThrough(found, row: row)
        case .checked(let response, let policy):
            if isComplete {
                return holds(response, policy, content ?? ByteBuffer(), row: row)
            }
            let isHeld = row.responses == .enforce
            var check = ResponseCheck(contract: response, policy: policy, heldHead: isHeld ? head : nil)
            if let content { check.content.writeImmutableBuffer(content) }
            responseCheck = check
            return !isHeld
        }
    }

    /// Looks at more content; true when the caller sends it on.
    func contentMayPass(_ bytes: ByteBuffer) -> Bool {
        guard let row, responseCheck != nil else { return true }
        let isHeld = responseCheck?.heldHead != nil
        let size = Int64((responseCheck?.content.readableBytes ?? 0) + bytes.readableBytes)
        guard size <= row.responseBodyLimit else {
            responseCheck = nil
            guard isHeld else { return true }
            cancelCall()
            replyTooLarge(row)
            return false
        }
        responseCheck?.content.writeImmutableBuffer(bytes)
        return !isHeld
    }

    /// Looks at the whole response; true when the caller ends it towards the client, whose head has been sent.
    func endMayPass() -> Bool {
        guard let row, let check = responseCheck else { return true }
        responseCheck = nil
        let passes = holds(check.contract, check.policy, check.content, row: row)
        guard let heldHead = check.heldHead else { return true }
        if passes { sendHeld(heldHead, content: check.content) }
        return false
    }

    /// Decides by the head.
    private func disposition(
        _ row: RouteRow, _ contract: OperationContract, _ table: HeadTable, bytes: UnsafeRawBufferPointer,
        content: ByteBuffer?
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
        content.withUnsafeReadableBytes { bytes in
            guard case .rejected = response.checkBody(policy, bytes, using: &worker.contracts) else { return true }
            return isLetThrough(
                response.explainBody(policy, bytes, options: row.explanation, using: &worker.contracts), row: row)
        }
    }

    /// Counts violations; under `enforce` the client gets 502 and false is returned.
    private func isLetThrough(_ found: [ContractViolation], row: RouteRow) -> Bool {
        violations += max(1, found.count)
        let upstream = snapshot.upstreams[row.upstream].metrics
        for violation in found {
            worker.metrics.recordViolations(operation: row.metrics, in: ViolationPlace(response: violation.location))
        }
        guard row.responses == .enforce else { return true }
        worker.metrics.recordAttemptFailure(upstream: upstream, kind: .contract)
        cancelCall()
        reply(
            ProblemDocument(
                status: 502, title: "Bad Gateway",
                detail: "The service's reply breaks the contract of \(row.operation).",
                operation: row.operation, errors: found),
            outcome: "response-contract-violation")
        return false
    }

    /// Sends a response that was held back until it was known to be good.
    private func sendHeld(_ head: ByteBuffer, content: ByteBuffer) {
        head.withUnsafeReadableBytes { bytes in
            let table = worker.loop.responseTable
            // The table has been used for other heads since; the same bytes parse the same way again.
            _ = HeadParser.parseResponse(
                bytes, into: table, limits: HeadLimits(bytes: .max / 2, fields: 1024), answersHEAD: isHEAD)
            send(
                table, bytes: bytes, framing: .length(Int64(content.readableBytes)), content: content, isComplete: true)
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
