import GatewaySettings
import MessageContracts
import ResponseCaching
import SourceDiagnostics
import TrafficPolicies

/// Makes the plans of an API's cached operations, and finds settings that would have no effect.
struct CachePlanner {
    private let api: Named<APISettings>
    private let digest: String
    /// Whether compositions store parts of the API, or wholes that are made of them.
    private let isStoredInParts: Bool
    /// GET operations that are cached, by path template.
    private var cached: [String: (operation: OperationContract, resolved: ResolvedSettings)] = [:]
    /// What is wrong with the settings.
    private(set) var diagnostics: [Diagnostic] = []

    /// A planner for an API whose document has a digest.
    init(api: Named<APISettings>, digest: String, isStoredInParts: Bool = false) {
        self.isStoredInParts = isStoredInParts
        self.api = api
        self.digest = digest
    }

    /// Makes an operation known.
    mutating func add(_ operation: OperationContract, _ resolved: ResolvedSettings) {
        if operation.method == "GET" {
            if resolved.caching != nil { cached[operation.pathTemplate] = (operation, resolved) }
            return
        }
        let names = [operation.operationID, "\(operation.method) \(operation.pathTemplate)"].compactMap(\.self)
        for named in api.value.operations where names.contains(named.name) && named.value.hasCache {
            diagnostics.append(
                Diagnostic(
                    .error, "cache-method",
                    "replies to \(operation.method) are not stored: `cache` is for GET operations",
                    at: named.range, suggestion: "remove cache"))
        }
    }

    /// How an operation's replies are stored; nil where they are not.
    mutating func plan(
        for operation: OperationContract, _ resolved: ResolvedSettings, security: SecurityRequirementPlan?,
        needs: SecurityPlanner.OperationNeeds
    ) -> CachePlan? {
        guard operation.method == "GET" || operation.method == "HEAD", let source = cached[operation.pathTemplate],
            let settings = source.resolved.caching
        else { return nil }
        let isSecured = security != nil || operation.security.contains { !$0.needs.isEmpty }
        if operation.method == "GET" {
            if isSecured, security == nil || needs.leavesToService {
                report(
                    "cache-without-principal",
                    "\(operation.name) is cached, but its credentials are checked by the service, so that nobody knows whose "
                        + "reply is stored", "bind its security schemes to policies, or remove cache")
                return nil
            }
            if resolved.exchange.validation.responses.value == .skip {
                report(
                    "cache-unchecked", "\(operation.name) is cached, but its replies are not checked",
                    "set validation.responses of the operation to enforce or report")
                return nil
            }
            if operation.hasCookieParameters {
                report(
                    "cache-cookies", "\(operation.name) is cached, but declares cookies as parameters", "remove cache")
                return nil
            }
        }
        return CachePlan(
            api: api.name, operation: source.operation.name, contract: digest, rules: CacheRules(settings),
            inputs: CacheInputs(
                source.operation, keepsOrder: settings.keyOrder == .significant,
                stripsUndeclared: source.resolved.exchange.validation.undeclaredQuery.value == .strip),
            isSecured: isSecured, storesReplies: operation.method == "GET",
            takesParts: source.operation.repliesInParts, completesParts: source.operation.leavesContentOpen)
    }

    /// Which stored replies an operation makes invalid; nil for none.
    func invalidation(of operation: OperationContract) -> CacheInvalidation? {
        guard !cached.isEmpty || isStoredInParts, !["GET", "HEAD", "OPTIONS", "TRACE"].contains(operation.method) else {
            return nil
        }
        return CacheInvalidation(api: api.name, isItem: operation.pathTemplate.hasSuffix("}"))
    }

    /// What requests make invalid that the document does not declare: their path and the one above. Nil where nothing of the
    /// API is stored.
    var undeclaredInvalidation: CacheInvalidation? {
        cached.isEmpty && !isStoredInParts ? nil : CacheInvalidation(api: api.name, isItem: true)
    }

    private mutating func report(_ code: String, _ message: String, _ suggestion: String) {
        diagnostics.append(Diagnostic(.error, code, message, at: api.range, suggestion: suggestion))
    }
}

extension CacheRules {
    /// The settings in the store's units.
    init(_ settings: CacheSettings) {
        self.init()
        lifetime = settings.ttl.map(Self.milliseconds)
        staleWhileRevalidate = settings.staleWhileRevalidate.map(Self.milliseconds)
        staleIfError = settings.staleIfError.map(Self.milliseconds)
        negative = settings.negative.mapValues(Self.milliseconds)
        scope =
            switch settings.scope {
            case .auto: .automatic
            case .public: .shared
            case .principal: .principal
            }
        vary = settings.vary.map { Array($0.lowercased().utf8) }
        minUses = settings.minUses
        maxObject = settings.maxObject
        overrides = settings.overrides
        storesCookies = settings.setCookie == .store
        heuristic = settings.isHeuristic ? 0.1 : 0
        groups = settings.groups.map { Array($0.utf8) }
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
