import CompositionLanguage
import DocumentationPortal
import GatewaySettings
import GatewayTelemetry
import MessageContracts
import NIOCore
import OpenAPIDocuments
import RequestRouting
import SourceDiagnostics
import TrafficPolicies

/// Builds the compositions of a snapshot: compiles them over the documents, derives their own document, and compiles that
/// like any other, so that routing, validation, listings and documentation see operations and nothing else.
struct CompositionBuilder {
    /// An API whose operations can be called.
    struct Callable {
        /// Name and document.
        let api: CallableAPI
        /// The rows of its operations, in the order of the document.
        let rows: [RouteRow]
        /// What each operation asks of callers, in the same order.
        let needs: [SecurityPlanner.OperationNeeds]
        /// Digest of the document.
        let digest: String
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
        /// Files beside those of the APIs: the contracts that compositions have to keep.
        var files: [SourceFile] = []
    }

    /// The settings.
    let settings: GatewaySettings
    /// The APIs.
    let callables: [Callable]
    /// Names of operations in the metrics.
    let metrics: MetricsRegistry
    /// How the contracts are reached that compositions have to keep.
    let files: DocumentFiles

    /// The name that stands for the compositions where an API's name would.
    static let name = "compositions"

    /// Builds everything.
    ///
    /// - Parameter security: the credential policies; it reports what callers cannot show.
    func build(_ security: inout SecurityPlanner) -> Outcome {
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
        let plain = derive(plans, apis)
        outcome.diagnostics += plain.diagnostics
        guard var (document, contract) = plain.result else { return outcome }
        let composer = ExampleComposer(apis: apis, derived: document)
        var examples: [String: String] = [:]
        for operation in contract.operations {
            guard let plan = plans.first(where: { $0.name == operation.operationID }) else { continue }
            examples[plan.name] = composer.example(of: plan, contract: operation)
        }
        if !examples.isEmpty, let result = derive(plans, apis, examples).result { (document, contract) = result }
        for operation in contract.operations {
            guard let plan = plans.first(where: { $0.name == operation.operationID }),
                let row = row(plan, operation, &security, &outcome.diagnostics)
            else { continue }
            outcome.rows.append(row)
            outcome.ranges.append(plan.pathRange)
        }
        var contracts = DeclaredContracts(reading: self.files)
        for plan in plans { contracts.prove(plan, derived: document) }
        outcome.diagnostics += contracts.diagnostics
        outcome.files = contracts.files
        outcome.document = document
        return outcome
    }

    /// The derived document, loaded and compiled like any other.
    ///
    /// - Parameter examples: examples of replies, by composition, as JSON.
    private func derive(
        _ plans: [CompositionPlan], _ apis: [CallableAPI], _ examples: [String: String] = [:]
    ) -> (result: (OpenAPIDocument, APIContract)?, diagnostics: [Diagnostic]) {
        let text = DerivedDocument.json(plans, apis: apis, examples: examples)
        let loaded = DocumentLoader(files: .memory([DerivedDocument.path: text])).load(DerivedDocument.path)
        guard let document = loaded.document else { return (nil, loaded.diagnostics) }
        let compiled = APIContract.compile(document, options: ContractOptions())
        let diagnostics = loaded.diagnostics + compiled.diagnostics
        return (compiled.contract.map { (document, $0) }, diagnostics)
    }

    /// The row of a composition.
    private func row(
        _ plan: CompositionPlan, _ operation: OperationContract, _ security: inout SecurityPlanner,
        _ diagnostics: inout [Diagnostic]
    ) -> RouteRow? {
        let callees = plan.steps.map { callables[$0.api].rows[$0.operation] }
        let forwarded = plan.steps.map { forwardedFields($0) }
        let compensations = plan.compensations.map { step in
            step.map { step in
                CompositionRoute.Compensation(
                    step, callables[step.api].rows[step.operation], forwardedFields(step))
            }
        }
        let undoing = compensations.compactMap(\.self)
        guard let first = callees.first, let root = try? PathPrefix("/") else { return nil }
        let exchange = settings.resolve(api: Self.name).exchange
        let policies = policies(of: plan, calling: plan.steps + undoing.map(\.step))
        let asked = asked(plan, plan.steps + undoing.map(\.step), policies, &security, &diagnostics)
        if !plan.claims.isEmpty, asked?.demandsToken != true {
            diagnostics.append(
                Diagnostic(
                    .error, "unmet-security",
                    "`$claims` of \(plan.name) needs one token that the gateway checks, and callers may come without it",
                    at: plan.range, suggestion: "say `use: [NAME]` with a policy of the kind jwt"))
        }
        var caching = ComposedCachePlanner(plan, settings, callables)
        let partPlans = plan.steps.map { caching.plan(for: $0) }
        let cache = caching.plan(operation, security: asked, forwards: forwarded.contains { !$0.isEmpty })
        diagnostics += caching.diagnostics
        let query = UndeclaredQuery(exchange.validation.undeclaredQuery.value)
        let responses = ContractEnforcement(exchange.validation.responses.value)
        return RouteRow(
            api: Self.name, operation: plan.name, method: plan.method, template: plan.path, upstream: first.upstream,
            upstreamPath: root, contract: operation,
            security: asked,
            requests: .enforce,
            // What is stored has been checked, and has no key for what no step gets to see.
            responses: cache != nil && responses == .skip ? .report : responses,
            undeclaredFields: .pass, undeclaredQuery: cache != nil && query == .pass ? .strip : query,
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
                }, tellsTimes: settings.telemetry.serverTiming, partPlans: partPlans, storesWhole: cache != nil),
            traffic: TrafficPlan(policies.map(\.value), settings: settings),
            cors: CORSPlan(
                policies.map(\.value), settings: settings, contract: operation, asksForCredentials: asked != nil),
            headers: HeaderPlan(policies.map(\.value), settings: settings), cache: cache,
            priority: exchange.priority.value)
    }

    /// The client's fields that a step's service needs, because its operation asks for credentials.
    private func forwardedFields(_ step: PlannedStep) -> [[UInt8]] {
        let document = callables[step.api].api.document
        let operation = document.operations[step.operation]
        var names: [[UInt8]] = []
        for need in operation.security.flatMap(\.needs) {
            guard let scheme = document.securitySchemes[need.scheme] else { continue }
            switch (scheme.type, scheme.location) {
            case ("apiKey", "header"?): names.append(Array((scheme.parameterName ?? "").lowercased().utf8))
            case ("apiKey", "cookie"?): names.append(Array("cookie".utf8))
            // No plan comes about where credentials cannot be passed on.
            case ("apiKey", _), ("mutualTLS", _): break
            default: names.append(Array("authorization".utf8))
            }
        }
        return names
    }

    /// The settings of a composition.
    private func settings(of plan: CompositionPlan) -> CompositionSettings? {
        settings.compositions.first { $0.name == plan.name }?.value
    }

    /// The policies of a composition: those of all exchanges, its own, and the rules for addresses of what it calls, which
    /// hold whoever the way leads through. Rates of the called operations are for their own callers.
    private func policies(of plan: CompositionPlan, calling steps: [PlannedStep]) -> [Setting<String>] {
        guard let own = settings(of: plan) else { return [] }
        var policies = own.useOnly ?? settings.resolve(api: Self.name).policies + own.use
        for policy in steps.flatMap({ callables[$0.api].needs[$0.operation].policies }) {
            guard case .ip? = settings.policy(policy.value)?.value.kind else { continue }
            policies.append(policy)
        }
        var seen: Set<String> = []
        return policies.filter { seen.insert($0.value).inserted }
    }

    /// What callers have to show: everything that the called operations ask for, and what the composition asks itself.
    private func asked(
        _ plan: CompositionPlan, _ steps: [PlannedStep], _ policies: [Setting<String>],
        _ security: inout SecurityPlanner, _ diagnostics: inout [Diagnostic]
    ) -> SecurityRequirementPlan? {
        let needs = steps.map { callables[$0.api].needs[$0.operation] }
        let own = settings(of: plan)?.security
        if let own, own.isEmpty {
            for (step, needs) in zip(steps, needs) {
                let isOpen = needs.alternatives.isEmpty || needs.alternatives.contains { $0.isEmpty }
                guard !isOpen, let first = callables[step.api].api.document.operations[step.operation].security.first
                else { continue }
                diagnostics.append(
                    Diagnostic(
                        .error, "unmet-security",
                        "`security` asks nobody for anything, and the step `\(step.name)` needs credentials",
                        at: step.range, notes: first.needs.first.map { [.init("needed here", at: $0.range)] } ?? []))
            }
        }
        return security.plan(
            composition: plan.name, calling: needs, oneOf: own ?? [], use: policies, at: plan.range)
    }
}
