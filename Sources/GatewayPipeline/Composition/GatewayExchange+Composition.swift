import CompositionLanguage
import GatewayTelemetry
import HTTPExchanges
import MessageContracts
import NIOCore

/// An exchange that a composition answers.
extension GatewayExchange {
    /// Takes the inputs of a composition; the run begins when the request's content is complete.
    func prepare(
        _ route: CompositionRoute, head: RequestHead, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?,
        host: UnsafeRawBufferPointer
    ) {
        composition = CompositionRun(
            route, exchange: self,
            inputs: CompositionInputs.read(
                route.plan.inputs, head: head, captures: worker.captures, path: path, query: query),
            client: RunClient(
                host: Array(host), forwardedHost: head.forwardedHost.map { Array($0) }, address: clientAddress,
                isSecure: isSecure, callers: callers,
                credentials: CompositionInputs.fields(route.forwardedFields.flatMap(\.self), of: head),
                claims: claims,
                directives: route.usesStore ? CompositionInputs.fields(RunClient.directiveNames, of: head) : []))
    }

    /// Gives an exchange more time, because something is being undone.
    func extend(by time: TimeAmount) {
        endsBy = max(endsBy, worker.loop.now + time)
        worker.loop.deadlines.set(slot, to: endsBy)
    }

    /// A required step has failed; of a saga, what became of the steps that change something.
    func compositionFailed(_ step: String, _ failure: StepFailure, undone: [Unwinding.Result] = []) {
        guard client != nil, let row else { return }
        // RFC 5861 §4: what was composed before stands in for what cannot be had now.
        if failure.status >= 500, undone.isEmpty, servesOnError() { return }
        var detail = "The part `\(step)` of \(row.operation) could not be had: \(failure.reason)"
        if let status = failure.serviceStatus { detail += " \(status)" }
        var problem = ProblemDocument(
            status: failure.status, title: "\(ReasonPhrase.standard(failure.status))", detail: detail + ".",
            operation: row.operation)
        problem.step = step
        problem.reason = failure.reason
        problem.undone = undone
        reply(problem, outcome: "composition-failed")
    }

    /// Every step is settled, and `content` is the reply.
    func compositionFinished(_ content: ByteBuffer, partial: [UInt8]) {
        guard let client else { return }
        isHeadSent = true
        status = 200
        repliedAt = worker.loop.now
        bytesOut = isHEAD ? 0 : Int64(content.readableBytes)
        addOwnFields(hasDate: false)
        addStepTimes()
        worker.loop.additions.add("Content-Type", "application/json")
        if !partial.isEmpty {
            worker.loop.additions.add("Lintel-Partial", partial)
        }
        addWholeFields(content, isPartial: !partial.isEmpty)
        let head = ResponseHead(
            status: 200, framing: .length(Int64(content.readableBytes)), statedLength: Int64(content.readableBytes))
        self.client = nil
        client.send(head, content: content, isComplete: true)
        conclude(outcome: partial.isEmpty ? "composed" : "composed-partial")
    }

    /// How long each step took, where the settings allow clients to know (W3C Server Timing).
    func addStepTimes() {
        guard let composition, composition.route.tellsTimes else { return }
        worker.loop.additions.add("Server-Timing", composition.serverTiming)
    }

    /// Compares a reply with the derived contract, if the settings say so.
    ///
    /// - Returns: What keeps the reply from being sent; nothing under `report`.
    func violations(ofComposed content: ByteBuffer) -> [ContractViolation] {
        guard let row, row.responses != .skip, let response = row.contract?.response(for: 200) else { return [] }
        let found = content.withUnsafeReadableBytes { bytes -> [ContractViolation] in
            let name = Array("Content-Type".utf8)
            let value = Array("application/json".utf8)
            return name.withUnsafeBytes { name in
                value.withUnsafeBytes { value in
                    withUnsafeTemporaryAllocation(of: MessageField.self, capacity: 1) { fields in
                        fields.initializeElement(at: 0, to: MessageField(name: name, value: value))
                        let policy = response.bodyPolicy(UnsafeBufferPointer(fields))
                        guard case .rejected = response.checkBody(policy, bytes, using: &worker.contracts) else {
                            return []
                        }
                        return response.explainBody(
                            policy, bytes, options: row.explanation, using: &worker.contracts)
                    }
                }
            }
        }
        guard !found.isEmpty else { return [] }
        isResponseBroken = true
        violations += found.count
        worker.metrics.recordViolations(operation: row.metrics, in: .responseBody, count: found.count)
        return row.responses == .enforce ? found : []
    }

    /// The reply breaks the derived contract; of a saga, what became of the steps that changed something.
    func composedReplyBroken(_ found: [ContractViolation], undone: [Unwinding.Result] = []) {
        guard client != nil, let row else { return }
        var problem = ProblemDocument(
            status: 502, title: "Bad Gateway", detail: "The composed reply breaks the contract of \(row.operation).",
            operation: row.operation, errors: found)
        problem.undone = undone
        reply(problem, outcome: "response-contract-violation")
    }
}

extension CompositionRun {
    /// `order;dur=12.3, shipping;dur=250.1;desc="timeout"`: the steps that have ended, in the order of the file.
    var serverTiming: [UInt8] {
        var text = ""
        for (step, state) in zip(route.plan.steps, states) {
            guard state.phase != .skipped, let time = state.nanoseconds else { continue }
            if !text.isEmpty { text += ", " }
            text += "\(step.name);dur=\(time / 1_000_000).\(time / 100_000 % 10)"
            if let failure = state.failure {
                text += ";desc=\"\(failure.reason)\""
            } else if state.isStored {
                text += ";desc=\"stored\""
            }
        }
        return Array(text.utf8)
    }

    /// The steps for the access log.
    var logSteps: [AccessLogStep] {
        zip(route.plan.steps, states).map { step, state in
            let outcome =
                switch state.phase {
                case .waiting: "not-begun"
                case .running: "given-up"
                case .skipped: "skipped"
                case .failed: state.failure?.reason ?? "failed"
                case .done: state.failure.map { "partial-\($0.reason)" } ?? (state.isStored ? "stored" : "done")
                }
            return AccessLogStep(name: step.name, outcome: outcome, nanoseconds: state.nanoseconds)
        }
    }
}
