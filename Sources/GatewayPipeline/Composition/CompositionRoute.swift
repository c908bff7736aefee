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

        /// Takes all parts but the template.
        init(_ step: PlannedStep, _ row: RouteRow, _ forwardedFields: [[UInt8]]) {
            self.step = step
            self.row = row
            self.forwardedFields = forwardedFields
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
        plan: CompositionPlan, callees: [RouteRow], forwardedFields: [[[UInt8]]], compensations: [Compensation?]
    ) {
        self.compensations = compensations
        self.plan = plan
        self.callees = callees
        self.forwardedFields = forwardedFields
        templates = callees.map { Self.template(of: $0) }
        fallbacks = plan.steps.map { step in
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
