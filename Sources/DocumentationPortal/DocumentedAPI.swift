import JSONDocuments
import OpenAPIDocuments

/// An API as clients of the gateway meet it: its document, and what the gateway makes of it.
package struct DocumentedAPI: Sendable {
    /// The name in the settings, which is part of the pages' addresses.
    package let name: String
    /// The document.
    package let document: OpenAPIDocument
    /// The public prefix: `/`, or a path without a slash at its end.
    package let mount: String
    /// The hosts it answers; none: any.
    package let hosts: [String]
    /// What the gateway does for each operation of the document, in the same order.
    package let treatments: [OperationTreatment]

    /// The operations by heading.
    let groups: [OperationGroup]
    /// The names of the shared schemas by the schema.
    let schemaNames: [JSONValue: String]

    /// Takes an API.
    package init(
        name: String, document: OpenAPIDocument, mount: String, hosts: [String], treatments: [OperationTreatment]
    ) {
        self.name = name
        self.document = document
        self.mount = mount
        self.hosts = hosts
        self.treatments = treatments
        groups = OperationGroup.all(of: document)
        let schemas = document.root["components"]?["schemas"] ?? document.root["definitions"]
        schemaNames = Dictionary(
            (schemas.map { Array($0.members) } ?? []).map { ($0.value, $0.name) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The public path template of an operation.
    func publicPath(_ operation: Operation) -> String {
        mount == "/" ? operation.pathTemplate : mount + operation.pathTemplate
    }

    /// What the gateway does for an operation.
    func treatment(_ number: Int) -> OperationTreatment? {
        treatments.indices.contains(number) ? treatments[number] : nil
    }
}

/// What the gateway does for an operation beside forwarding it.
package struct OperationTreatment: Sendable {
    /// Whether requests that break the contract are refused.
    package let enforcesRequests: Bool
    /// Whether replies that break the contract are replaced.
    package let enforcesResponses: Bool
    /// Whether it is the gateway that checks credentials.
    package let checksCredentials: Bool
    /// Whether only some addresses may call it.
    package let checksAddress: Bool
    /// Whether callers may come only so often.
    package let limitsRate: Bool
    /// How long replies are stored that do not say so themselves, in milliseconds; nil where none are.
    package let cacheLifetime: Int64?
    /// Of a composition: the steps whose parts may come from the store; nil for any other operation.
    package let storedParts: [String]?
    /// Whether each caller has stored replies of its own, but for those that call themselves public.
    package let storesPerCaller: Bool
    /// Largest content of a request, in bytes.
    package let requestBodyLimit: Int64
    /// Time for a whole exchange, in milliseconds.
    package let timeout: Int64

    /// States a treatment.
    package init(
        enforcesRequests: Bool, enforcesResponses: Bool, checksCredentials: Bool, checksAddress: Bool = false,
        limitsRate: Bool = false, cacheLifetime: Int64? = nil, storesPerCaller: Bool = false,
        storedParts: [String]? = nil, requestBodyLimit: Int64, timeout: Int64
    ) {
        self.enforcesRequests = enforcesRequests
        self.enforcesResponses = enforcesResponses
        self.checksCredentials = checksCredentials
        self.checksAddress = checksAddress
        self.limitsRate = limitsRate
        self.cacheLifetime = cacheLifetime
        self.storedParts = storedParts
        self.storesPerCaller = storesPerCaller
        self.requestBodyLimit = requestBodyLimit
        self.timeout = timeout
    }

    /// The replies that the gateway itself may give to an operation, as problem documents (RFC 9457), in order.
    func replies(for operation: Operation) -> [GatewayReply] {
        let takesContent = operation.requestBody != nil
        var replies: [GatewayReply] = []
        if enforcesRequests, takesContent || !operation.parameters.isEmpty { replies.append(.badRequest) }
        if checksCredentials { replies.append(.unauthorized) }
        if checksCredentials || checksAddress { replies.append(.forbidden) }
        if takesContent { replies.append(.contentTooLarge) }
        if enforcesRequests, takesContent { replies.append(.unsupportedMediaType) }
        if limitsRate { replies.append(.tooManyRequests) }
        return replies + [.badGateway, .serviceUnavailable, .gatewayTimeout]
    }
}

/// A reply of the gateway's own.
enum GatewayReply: Int, CaseIterable {
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case contentTooLarge = 413
    case unsupportedMediaType = 415
    case tooManyRequests = 429
    case badGateway = 502
    case serviceUnavailable = 503
    case gatewayTimeout = 504

    /// What it means.
    var summary: String {
        switch self {
        case .badRequest: "The request breaks its contract; `errors` tells where. The service never saw it."
        case .unauthorized: "Credentials are missing or not good."
        case .forbidden: "The credentials, or the place of the caller, do not permit this."
        case .contentTooLarge: "The content is larger than the gateway takes."
        case .unsupportedMediaType: "The content is in a media type or coding that is not declared."
        case .tooManyRequests:
            "The caller comes more often than the limit allows; `Retry-After` says when to come again."
        case .badGateway: "The service could not be reached, or its reply broke its contract."
        case .serviceUnavailable: "The service takes no requests at the moment."
        case .gatewayTimeout: "The service took too long."
        }
    }

    /// The fields that it has beside `X-Request-Id`.
    var fields: [(name: String, type: String, words: String)] {
        let retry = ("Retry-After", "integer", "Seconds after which to come again.")
        switch self {
        case .tooManyRequests:
            return [
                retry, ("RateLimit", "string", "How many requests remain, and the seconds until all do again."),
                ("RateLimit-Policy", "string", "The limit: how many requests in how many seconds."),
            ]
        case .serviceUnavailable: return [retry]
        case .unauthorized: return [("WWW-Authenticate", "string", "What credentials are wanted.")]
        default: return []
        }
    }

    /// Its name among the responses of an effective document.
    var component: String {
        switch self {
        case .badRequest: "GatewayBadRequest"
        case .unauthorized: "GatewayUnauthorized"
        case .forbidden: "GatewayForbidden"
        case .contentTooLarge: "GatewayContentTooLarge"
        case .unsupportedMediaType: "GatewayUnsupportedMediaType"
        case .tooManyRequests: "GatewayTooManyRequests"
        case .badGateway: "GatewayBadGateway"
        case .serviceUnavailable: "GatewayUnavailable"
        case .gatewayTimeout: "GatewayTimeout"
        }
    }
}
