import CompositionLanguage
import GatewaySettings
import JSONDocuments
import MessageContracts
import ResponseCaching
import SourceDiagnostics
import TrafficPolicies

/// Makes the cache plans of a composition: one for each part, one for the whole; and finds settings that cannot be
/// carried out.
///
/// | a step says | its operation says | the part is stored |
/// |---|---|---|
/// | nothing | `cache` | like the operation's own replies, under the same keys |
/// | `cache` | the same in effect | the same |
/// | `cache` | something else, or nothing | by these rules, under keys that only steps with the same rules share |
/// | `cache: none` | anything | not at all |
struct ComposedCachePlanner {
    private let plan: CompositionPlan
    private let composition: Named<CompositionSettings>?
    private let settings: GatewaySettings
    private let callables: [CompositionBuilder.Callable]
    /// What is wrong with the settings.
    private(set) var diagnostics: [Diagnostic] = []

    /// A planner for a composition.
    init(_ plan: CompositionPlan, _ settings: GatewaySettings, _ callables: [CompositionBuilder.Callable]) {
        self.plan = plan
        self.settings = settings
        self.callables = callables
        composition = settings.compositions.first { $0.name == plan.name }
    }

    /// Whether a composition stores anything that is made of an API's replies: then what changes them makes it invalid.
    static func storesParts(of api: String, _ compositions: [Named<CompositionSettings>]) -> Bool {
        compositions.contains { composition in
            let value = composition.value
            return (value.value["steps"]?.members.map(\.self) ?? []).contains { step in
                let isStored =
                    if case .layer? = value.partCaches[step.name] { true } else { value.cache != nil }
                return isStored && step.value["call"]?.string?.hasPrefix(api + ".") == true
            }
        }
    }

    // MARK: Parts

    /// How a step's part is stored; nil where it is not.
    mutating func plan(for step: PlannedStep) -> CachePlan? {
        let callable = callables[step.api]
        let row = callable.rows[step.operation]
        let own = row.cache.flatMap { $0.storesReplies ? $0 : nil }
        guard let said = composition?.value.partCaches[step.name] else {
            // What nobody checks is not stored.
            return step.validation == .skip ? nil : own
        }
        guard case .layer(let layer) = said, let contract = row.contract else { return nil }
        let operation = callable.api.document.operations[step.operation]
        let resolved = settings.resolve(
            api: callable.api.name, operationID: operation.operationID, method: operation.method,
            path: operation.pathTemplate, tags: operation.tags)
        let merged = (resolved.caching ?? .untouched).changed(by: layer)
        let name = "\(callable.api.name).\(contract.name)"
        guard row.method == "GET" else {
            return refuse(
                "cache-method", "replies to \(row.method) are not stored: the step `\(step.name)` calls \(name)", step,
                "remove cache")
        }
        let needsCredentials = row.security != nil || operation.security.contains { !$0.needs.isEmpty }
        if needsCredentials, row.security == nil || callable.needs[step.operation].leavesToService {
            return refuse(
                "cache-without-principal",
                "the part `\(step.name)` is cached, but the credentials of \(name) are checked by the service, so that "
                    + "nobody knows whose part is stored", step,
                "bind its security schemes to policies, or remove cache")
        }
        let isUnchecked = step.validation.map { $0 == .skip } ?? (row.responses == .skip)
        if isUnchecked {
            return refuse(
                "cache-unchecked", "the part `\(step.name)` is cached, but the replies of \(name) are not checked",
                step,
                "say `validate: report` or `validate: enforce`")
        }
        if contract.hasCookieParameters {
            return refuse(
                "cache-cookies", "the part `\(step.name)` is cached, but \(name) declares cookies as parameters", step,
                "remove cache")
        }
        let rules = CacheRules(merged)
        let inputs = CacheInputs(
            contract, keepsOrder: merged.keyOrder == .significant, stripsUndeclared: row.undeclaredQuery == .strip)
        if let own, own.rules.mark == rules.mark, own.inputs.keepsOrder == inputs.keepsOrder { return own }
        return CachePlan(
            api: callable.api.name, operation: contract.name, contract: "\(callable.digest);\(rules.mark)",
            rules: rules,
            inputs: inputs, isSecured: needsCredentials, storesReplies: true, takesParts: false, completesParts: false)
    }

    private mutating func refuse(
        _ code: String, _ message: String, _ step: PlannedStep, _ suggestion: String
    ) -> CachePlan? {
        let operation = callables[step.api].api.document.operations[step.operation]
        diagnostics.append(
            Diagnostic(
                .error, code, message, at: step.range, suggestion: suggestion,
                notes: [.init("the operation", at: operation.range)]))
        return nil
    }

    // MARK: The whole

    /// How the whole reply is stored; nil where it is not.
    ///
    /// - Parameters:
    ///   - contract: the derived operation.
    ///   - security: what callers have to show to the gateway.
    ///   - forwards: whether a service gets the client's credentials.
    mutating func plan(
        _ contract: OperationContract, security: SecurityRequirementPlan?, forwards: Bool
    ) -> CachePlan? {
        guard let composition, let layer = composition.value.cache else { return nil }
        func refuse(_ code: String, _ message: String, _ suggestion: String) {
            diagnostics.append(Diagnostic(.error, code, message, at: plan.range, suggestion: suggestion))
        }
        let changing = plan.steps.first { callables[$0.api].rows[$0.operation].method != "GET" }
        guard plan.method == "GET", changing == nil else {
            let why = changing.map { "its step `\($0.name)` changes something" } ?? "it answers \(plan.method)"
            refuse("cache-method", "\(plan.name) cannot be cached: \(why)", "remove cache")
            return nil
        }
        if let unknown = plan.steps.first(where: { callables[$0.api].needs[$0.operation].leavesToService }) {
            refuse(
                "cache-without-principal",
                "\(plan.name) is cached, but credentials for its step `\(unknown.name)` are checked by the service, so that "
                    + "nobody knows whose reply is stored", "bind its security schemes to policies, or remove cache")
            return nil
        }
        if !plan.claims.isEmpty {
            refuse(
                "cache-claims", "\(plan.name) is cached, but its reply depends on claims of the caller's token",
                "remove cache; its parts can be cached")
            return nil
        }
        if plan.inputs.contains(where: { $0.location == .cookie }) {
            refuse("cache-cookies", "\(plan.name) is cached, but has cookies as inputs", "remove cache")
            return nil
        }
        // No step gets to see what nothing declares, so it has no part in keys either, where it is not refused.
        let word = settings.resolve(api: CompositionBuilder.name).exchange.validation.undeclaredQuery.value
        let stripsUndeclared = word == .pass || word == .strip
        var digest = ContentDigest()
        digest.update(Array(JSONWriter.text(of: composition.value.value).utf8))
        for step in plan.steps { digest.update(Array(callables[step.api].digest.utf8)) }
        let base = settings.resolve(api: CompositionBuilder.name).caching ?? .untouched
        let merged = base.changed(by: layer)
        var groups: [[UInt8]] = []
        for step in plan.steps {
            let row = callables[step.api].rows[step.operation]
            let group = SharedStore.operation(api: row.api, row.operation)
            if !groups.contains(group) { groups.append(group) }
        }
        return CachePlan(
            api: CompositionBuilder.name, operation: plan.name, contract: digest.text, rules: CacheRules(merged),
            inputs: CacheInputs(
                contract, keepsOrder: merged.keyOrder == .significant, stripsUndeclared: stripsUndeclared),
            isSecured: security != nil || forwards, storesReplies: true, takesParts: false, completesParts: false,
            partGroups: groups, isForFleets: false)
    }
}

extension CacheRules {
    /// A digest of the rules: equal rules have equal ones.
    var mark: String {
        let times = [lifetime, staleWhileRevalidate, staleIfError].map { $0.map(String.init) ?? "-" }
        let statuses = negative.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let names = (vary + groups).map { String(decoding: $0, as: UTF8.self) }
        let rest = ["\(scope)", "\(minUses)", "\(maxObject)", "\(overrides)", "\(storesCookies)", "\(heuristic)"]
        var digest = ContentDigest()
        digest.update(Array((times + statuses + ["\(vary.count)"] + names + rest).joined(separator: "\n").utf8))
        return digest.text
    }
}
