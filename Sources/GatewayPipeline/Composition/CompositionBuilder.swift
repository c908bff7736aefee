import CompositionLanguage
import DocumentationPortal
import GatewaySettings
import GatewayTelemetry
import MessageContracts
import NIOCore
import OpenAPIDocuments
import RequestRouting
import SourceDiagnostics

/// Builds the compositions of a snapshot: compiles them over the documents, derives their own document, and compiles that
/// like any other, so that routing, validation, listings and documentation see operations and nothing else.
struct CompositionBuilder {
    /// An API whose operations can be called.
    struct Callable {
        /// Name and document.
        let api: CallableAPI
        /// The rows of its operations, in the order of the document.
        let rows: [RouteRow]
    }

    /// What came of it.
    struct Outcome {
        /// The rows of the compositions.
        var rows: [RouteRow] = []
        /// By row: where its path is written.
        var ranges: [SourceRange] = []
        /// The derived document; nil where there are no compositions, or a diagnostic is an error.
        var document: OpenAPIDocument?
        /// Everything wrong.
        var diagnostics: [Diagnostic] = []
    }

    /// The settings.
    let settings: GatewaySettings
    /// The APIs.
    let callables: [Callable]
    /// Names of operations in the metrics.
    let metrics: MetricsRegistry

    /// The name that stands for the compositions where an API's name would.
    static let name = "compositions"

    /// Builds everything.
    func build() -> Outcome {
        var outcome = Outcome()
        let apis = callables.map(\.api)
        var plans: [CompositionPlan] = []
        for composition in settings.compositions {
            let value = composition.value
            let compiled = CompositionCompiler.compile(
                CompositionSource(
                    name: composition.name, range: composition.range, method: value.method, path: value.path.value,
                    pathRange: value.path.origin ?? composition.range, value: value.value),
                over: apis)
            outcome.diagnostics += compiled.diagnostics
            if let plan = compiled.plan { plans.append(plan) }
        }
        guard plans.count == settings.compositions.count, !plans.isEmpty else { return outcome }
        let text = DerivedDocument.json(plans, apis: apis)
        let files = DocumentFiles.memory([DerivedDocument.path: text])
        let loaded = DocumentLoader(files: files).load(DerivedDocument.path)
        outcome.diagnostics += loaded.diagnostics
        guard let document = loaded.document else { return outcome }
        let compiled = APIContract.compile(document, options: ContractOptions())
        outcome.diagnostics += compiled.diagnostics
        guard let contract = compiled.contract else { return outcome }
        for operation in contract.operations {
            guard let plan = plans.first(where: { $0.name == operation.operationID }),
                let row = row(plan, operation, &outcome.diagnostics)
            else { continue }
            outcome.rows.append(row)
            outcome.ranges.append(plan.pathRange)
        }
        outcome.document = document
        return outcome
    }

    /// The row of a composition.
    private func row(
        _ plan: CompositionPlan, _ operation: OperationContract, _ diagnostics: inout [Diagnostic]
    ) -> RouteRow? {
        let callees = plan.steps.map { callables[$0.api].rows[$0.operation] }
        let forwarded = plan.steps.map { forwardedFields($0, plan, &diagnostics) }
        let compensations = plan.compensations.map { step in
            step.map { step in
                CompositionRoute.Compensation(
                    step, callables[step.api].rows[step.operation], forwardedFields(step, plan, &diagnostics))
            }
        }
        let undoing = compensations.compactMap(\.self)
        guard let first = callees.first, let root = try? PathPrefix("/") else { return nil }
        guard
            needAgreement(
                plan.steps + undoing.map(\.step), callees + undoing.map(\.row), &diagnostics)
        else { return nil }
        let exchange = settings.resolve(api: Self.name).exchange
        return RouteRow(
            api: Self.name, operation: plan.name, method: plan.method, template: plan.path, upstream: first.upstream,
            upstreamPath: root, contract: operation,
            security: (callees + undoing.map(\.row)).lazy.compactMap(\.security).first,
            requests: .enforce, responses: ContractEnforcement(exchange.validation.responses.value),
            undeclaredFields: .pass, undeclaredQuery: UndeclaredQuery(exchange.validation.undeclaredQuery.value),
            explanation: ExplanationOptions(
                limit: exchange.errors.max.value, echoesValues: exchange.errors.values.value == .show),
            requestBodyLimit: Int64(exchange.limits.requestBody.value),
            responseBodyLimit: Int64(exchange.limits.responseBody.value),
            timeout: plan.timeout.map { .nanoseconds($0) } ?? TimeAmount(exchange.timeout.value),
            responseHeadTimeout: TimeAmount(exchange.timeouts.responseHead.value),
            responseIdleTimeout: TimeAmount(exchange.timeouts.responseIdle.value),
            requestBodyTimeout: TimeAmount(exchange.timeouts.requestBody.value), retry: RetryPolicy(),
            metrics: metrics.index(of: OperationLabels(api: Self.name, operation: plan.name)),
            composition: CompositionRoute(
                plan: plan, callees: callees, forwardedFields: forwarded, compensations: compensations,
                metrics: plan.steps.map {
                    metrics.index(ofStep: StepLabels(composition: plan.name, step: $0.name))
                }, tellsTimes: settings.telemetry.serverTiming))
    }

    /// The client's fields that a step's service needs, because its operation asks for credentials.
    private func forwardedFields(
        _ step: PlannedStep, _ plan: CompositionPlan, _ diagnostics: inout [Diagnostic]
    ) -> [[UInt8]] {
        let document = callables[step.api].api.document
        let operation = document.operations[step.operation]
        var names: [[UInt8]] = []
        for need in operation.security.flatMap(\.needs) {
            guard let scheme = document.securitySchemes[need.scheme] else { continue }
            switch (scheme.type, scheme.location) {
            case ("apiKey", "header"?): names.append(Array((scheme.parameterName ?? "").lowercased().utf8))
            case ("apiKey", "cookie"?): names.append(Array("cookie".utf8))
            case ("apiKey", _), ("mutualTLS", _):
                diagnostics.append(
                    Diagnostic(
                        .error, "unmet-security",
                        "the step `\(step.name)` cannot pass on the credentials of `\(need.scheme)`", at: step.range,
                        notes: [.init("needed here", at: need.range)]))
            default: names.append(Array("authorization".utf8))
            }
        }
        return names
    }

    /// Whether one check of the caller's credentials meets the needs of every step: fails closed where they differ.
    private func needAgreement(
        _ steps: [PlannedStep], _ callees: [RouteRow], _ diagnostics: inout [Diagnostic]
    ) -> Bool {
        var first: (step: PlannedStep, needs: String)?
        for (step, row) in zip(steps, callees) where row.security != nil {
            let security = callables[step.api].api.document.operations[step.operation].security
            let needs =
                "\(step.api) "
                + security.map { requirement in
                    requirement.needs.map { "\($0.scheme)(\($0.scopes.joined(separator: ",")))" }.joined(separator: "+")
                }.joined(separator: "|")
            guard let known = first else {
                first = (step, needs)
                continue
            }
            guard known.needs != needs else { continue }
            diagnostics.append(
                Diagnostic(
                    .error, "unmet-security",
                    "the steps `\(known.step.name)` and `\(step.name)` need different credentials, and a caller is asked once",
                    at: step.range, notes: [.init("the other step", at: known.step.range)]))
            return false
        }
        return true
    }
}
