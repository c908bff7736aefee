import GatewaySettings
import GatewayTelemetry
import MessageContracts
import NIOCore
import RequestRouting
import TrafficPolicies

/// What is done when a message breaks its contract.
package enum ContractEnforcement: Sendable {
    /// The message is refused.
    case enforce
    /// The message passes; the violations are logged and counted.
    case report
    /// Nothing is checked.
    case skip
}

/// What is done about a query parameter that the operation does not declare.
package enum UndeclaredQuery: Sendable {
    /// It breaks the contract.
    case enforce
    /// It is counted.
    case report
    /// It is taken out of the query that is forwarded.
    case strip
    /// It passes.
    case pass
}

/// What is done about a field of a response's content that the operation does not declare.
package enum UndeclaredFields: Sendable {
    /// It is taken out before the client gets the content.
    case strip
    /// It is counted.
    case report
    /// It passes.
    case pass
}

/// Whether and how often a request is sent again.
package struct RetryPolicy: Sendable {
    /// Further attempts after the first.
    package var attempts = 1
    /// Which methods are repeated when the service may have acted.
    package enum Methods: Sendable {
        /// Those that are idempotent by definition (RFC 9110 §9.2.2).
        case idempotent
        /// Those that ask for no change (RFC 9110 §9.2.1).
        case safe
    }

    /// Which methods are repeated when the service may have acted.
    package var methods = Methods.idempotent
    /// Whether a failed connection attempt is repeated.
    package var onConnect = true
    /// Whether a connection that broke before the reply is repeated.
    package var onReset = true
    /// Whether a reply that did not begin in time is asked for again.
    package var onTimeout = false
    /// Time for the reply to one attempt to begin; nil for as long as the operation allows.
    package var attemptTimeout: TimeAmount?
    /// Status codes after which the request is repeated.
    package var statuses: [Int] = [502, 503, 504]

    /// The defaults of the settings.
    package init() {}
}

/// Everything that the path of a request needs to know of one operation, resolved when the snapshot is built.
package final class RouteRow: Sendable {
    /// The API's name in the settings.
    package let api: String
    /// `operationId`, or `METHOD /path` where the document gives none.
    package let operation: String
    /// The method.
    package let method: String
    /// The public path template, mount included.
    package let template: String
    /// Index of the upstream in the snapshot.
    package let upstream: Int
    /// What replaces the mount towards the upstream.
    package let upstreamPath: PathPrefix
    /// The compiled operation; nil where nothing is declared (`undeclared: pass` and `report`).
    package let contract: OperationContract?
    /// What callers have to show; nil where that is nothing.
    package let security: SecurityRequirementPlan?
    /// What is done about broken requests.
    package let requests: ContractEnforcement
    /// What is done about broken responses.
    package let responses: ContractEnforcement
    /// What is done about fields of responses that are not declared.
    package let undeclaredFields: UndeclaredFields
    /// Largest request content, in bytes.
    package let requestBodyLimit: Int64
    /// Largest response content, in bytes.
    package let responseBodyLimit: Int64
    /// Time for the whole exchange.
    package let timeout: TimeAmount
    /// Time between the request's end and the response's head.
    package let responseHeadTimeout: TimeAmount
    /// Time between two pieces of the response.
    package let responseIdleTimeout: TimeAmount
    /// Time in which request content has to make progress.
    package let requestBodyTimeout: TimeAmount
    /// Time of silence in both directions after which a tunnel ends.
    package let tunnelIdleTimeout: TimeAmount
    /// Whether a GET may ask for a WebSocket to the service.
    package let opensWebSockets: Bool
    /// What is done about query parameters that are not declared.
    package let undeclaredQuery: UndeclaredQuery
    /// How much a reply says about violations.
    package let explanation: ExplanationOptions
    /// Whether and how often a request is sent again.
    package let retry: RetryPolicy
    /// Index in the metrics.
    package let metrics: Int
    /// The names in the access log.
    package let log: AccessLogOperation
    /// What answers instead of a service; nil for an operation that is forwarded.
    package let composition: CompositionRoute?
    /// Addresses and rates; nil where nothing is said about them.
    package let traffic: TrafficPlan?
    /// Pages of other origins; nil where nothing is said about them.
    package let cors: CORSPlan?
    /// Fields that are set and removed; nil where none are.
    package let headers: HeaderPlan?
    /// How replies are stored; nil where they are not.
    package let cache: CachePlan?
    /// Which stored replies a successful request makes invalid; nil for none.
    package let invalidation: CacheInvalidation?

    /// Time for the reply to an attempt to begin.
    let attemptTimeout: TimeAmount
    /// Which requests are turned away first when there are too many.
    let priority: ExchangeSettings.Priority
    /// Time after which a safe request is sent to a second instance; nil for never.
    let hedgeAfter: TimeAmount?

    /// Whether a response is compared with its description.
    var looksAtResponses: Bool { responses != .skip || undeclaredFields != .pass }

    /// Whether nothing of a response leaves before all of it has been looked at.
    var holdsResponses: Bool { responses == .enforce || undeclaredFields == .strip }

    /// A row with everything resolved.
    package init(
        api: String, operation: String, method: String, template: String, upstream: Int, upstreamPath: PathPrefix,
        contract: OperationContract?, security: SecurityRequirementPlan?, requests: ContractEnforcement,
        responses: ContractEnforcement, undeclaredFields: UndeclaredFields,
        undeclaredQuery: UndeclaredQuery, explanation: ExplanationOptions, requestBodyLimit: Int64,
        responseBodyLimit: Int64, timeout: TimeAmount, responseHeadTimeout: TimeAmount,
        responseIdleTimeout: TimeAmount, requestBodyTimeout: TimeAmount,
        retry: RetryPolicy, metrics: Int, composition: CompositionRoute? = nil, traffic: TrafficPlan? = nil,
        cors: CORSPlan? = nil, headers: HeaderPlan? = nil,
        cache: CachePlan? = nil, invalidation: CacheInvalidation? = nil, hedgeAfter: TimeAmount? = nil,
        opensWebSockets: Bool = false, tunnelIdleTimeout: TimeAmount = .minutes(5),
        priority: ExchangeSettings.Priority = .normal
    ) {
        self.priority = priority
        self.api = api
        self.operation = operation
        self.method = method
        self.template = template
        self.upstream = upstream
        self.upstreamPath = upstreamPath
        self.contract = contract
        self.security = security
        self.requests = requests
        self.responses = responses
        self.undeclaredFields = undeclaredFields
        self.requestBodyLimit = requestBodyLimit
        self.responseBodyLimit = responseBodyLimit
        self.timeout = timeout
        self.responseHeadTimeout = responseHeadTimeout
        self.responseIdleTimeout = responseIdleTimeout
        self.requestBodyTimeout = requestBodyTimeout
        self.undeclaredQuery = undeclaredQuery
        self.explanation = explanation
        self.retry = retry
        self.metrics = metrics
        self.log = AccessLogOperation(api: api, operation: operation)
        self.composition = composition
        self.traffic = traffic
        self.cors = cors
        self.headers = headers
        self.cache = cache
        self.invalidation = invalidation
        self.hedgeAfter = hedgeAfter
        self.opensWebSockets = opensWebSockets
        self.tunnelIdleTimeout = tunnelIdleTimeout
        attemptTimeout = min(responseHeadTimeout, retry.attemptTimeout ?? responseHeadTimeout)
    }
}
