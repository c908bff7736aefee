import CompositionLanguage
import HTTPExchanges
import NIOCore
import OpenAPIDocuments

/// A composition as a snapshot serves it: the plan, and for every step the row of the operation that it calls.
package final class CompositionRoute: Sendable {
    /// The plan.
    let plan: CompositionPlan
    /// By step: the called operation, with its limits, times and contract.
    let callees: [RouteRow]
    /// By step: the names of the client's fields that the service gets, in small letters, because its operation asks for
    /// credentials.
    let forwardedFields: [[[UInt8]]]
    /// By step: the JSON that stands in for a failed part.
    let fallbacks: [[UInt8]?]

    /// By step: the path template of the operation, taken apart.
    let templates: [PathTemplate]

    /// By step: when a call is repeated.
    let retries: [RetryPolicy]

    /// By step: what is done about an answer that breaks its contract.
    let enforcements: [ContractEnforcement]

    /// By step: its index in the metrics.
    let metrics: [Int]

    /// By step: how the part is stored; nil where it is not.
    let partPlans: [CachePlan?]

    /// Whether the whole reply is stored.
    let storesWhole: Bool

    /// Whether anything is stored, so that it matters who is calling.
    var usesStore: Bool { storesWhole || partPlans.contains { $0 != nil } }

    /// Whether clients are told how long each step took.
    let tellsTimes: Bool

    /// By step: how it is undone.
    let compensations: [Compensation?]

    /// The call that undoes a step.
    struct Compensation {
        /// What is called.
        let step: PlannedStep
        /// The called operation.
        let row: RouteRow
        /// Its path template, taken apart.
        let template: PathTemplate
        /// The client's fields that its service gets.
        let forwardedFields: [[UInt8]]
        /// When it is repeated.
        let retry: RetryPolicy

        /// Takes all parts but the template.
        init(_ step: PlannedStep, _ row: RouteRow, _ forwardedFields: [[UInt8]]) {
            self.step = step
            self.row = row
            self.forwardedFields = forwardedFields
            retry = row.retry.replaced(by: step.retry)
            template = CompositionRoute.template(of: row)
        }
    }

    /// Whether steps are undone when one fails.
    var isSaga: Bool { compensations.contains { $0 != nil } }

    /// The path template of an operation.
    private static func template(of row: RouteRow) -> PathTemplate {
        let text = row.contract?.pathTemplate ?? ""
        return (try? PathTemplate(text)) ?? PathTemplate(literal: text)
    }

    /// Takes all parts.
    init(
        plan: CompositionPlan, callees: [RouteRow], forwardedFields: [[[UInt8]]], compensations: [Compensation?],
        metrics: [Int], tellsTimes: Bool, partPlans: [CachePlan?], storesWhole: Bool
    ) {
        self.partPlans = partPlans
        self.storesWhole = storesWhole
        self.metrics = metrics
        self.tellsTimes = tellsTimes
        self.compensations = compensations
        self.plan = plan
        self.callees = callees
        self.forwardedFields = forwardedFields
        templates = callees.map { Self.template(of: $0) }
        retries = zip(callees, plan.steps).map { $0.retry.replaced(by: $1.retry) }
        enforcements = zip(callees, plan.steps).map { row, step in
            step.validation.map { ContractEnforcement($0) } ?? row.responses
        }
        fallbacks = Self.fallbackTexts(of: plan)
    }

    /// By step: the JSON that stands in for a failed part.
    static func fallbackTexts(of plan: CompositionPlan) -> [[UInt8]?] {
        plan.steps.map { step in
            guard case .value(let document) = step.fallback else { return nil }
            return document.file.bytes
        }
    }

    /// Names of the upstreams that may be called, each once, in the order of the steps.
    func upstreamNames(in snapshot: Snapshot) -> String {
        var names: [String] = []
        for row in callees where snapshot.upstreams.indices.contains(row.upstream) {
            let name = snapshot.upstreams[row.upstream].configuration.name
            if !names.contains(name) { names.append(name) }
        }
        return names.joined(separator: "+")
    }
}

extension RouteRow {
    /// The upstream's name; of a composition the names of all.
    func upstreamName(in snapshot: Snapshot) -> String {
        composition?.upstreamNames(in: snapshot) ?? snapshot.upstreams[upstream].configuration.name
    }
}

extension RetryPolicy {
    /// The policy of an upstream with what a step says in its place.
    fileprivate func replaced(by retry: PlannedStep.Retry?) -> RetryPolicy {
        guard let retry else { return self }
        var policy = self
        policy.attempts = retry.attempts
        if let reasons = retry.reasons {
            policy.onConnect = reasons.contains(.connect)
            policy.onReset = reasons.contains(.reset)
            policy.statuses = reasons.compactMap { if case .status(let status) = $0 { status } else { nil } }
        }
        return policy
    }
}

extension ContractEnforcement {
    /// The word of a step.
    fileprivate init(_ validation: PlannedStep.Validation) {
        switch validation {
        case .enforce: self = .enforce
        case .report: self = .report
        case .skip: self = .skip
        }
    }
}
