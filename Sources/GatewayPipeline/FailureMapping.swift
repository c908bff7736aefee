import HTTPExchanges

/// The one place where a failed exchange becomes a status (see "Four kinds of no" in Sources/README.md).
enum FailureMapping {
    /// The reply to a client whose exchange failed before its response began; nil where nobody is left to reply to.
    static func problem(for failure: ExchangeFailure) -> ProblemDocument? {
        switch failure.reason {
        case .clientGone: nil
        case .requestTimeout:
            ProblemDocument(
                status: 408, title: "Request Timeout", detail: "The request's content did not arrive in time.")
        case .malformedRequestContent:
            ProblemDocument(
                status: 400, title: "Bad Request",
                detail: "The chunked coding of the request's content is broken (RFC 9112 §7.1).")
        case .contentTooLarge:
            ProblemDocument(
                status: 413, title: "Content Too Large",
                detail: "The request's content is larger than this operation accepts.")
        case .connectRefused, .unresolvable:
            ProblemDocument(status: 502, title: "Bad Gateway", detail: "The service cannot be reached.")
        case .handshakeFailed:
            ProblemDocument(
                status: 502, title: "Bad Gateway", detail: "No secure connection to the service can be established.")
        case .connectionReset:
            ProblemDocument(
                status: 502, title: "Bad Gateway", detail: "The service closed the connection without a reply.")
        case .malformedResponse, .unexpectedUpgrade, .truncatedResponse:
            ProblemDocument(status: 502, title: "Bad Gateway", detail: "The service's reply is not well-formed HTTP.")
        case .unexpectedReply:
            ProblemDocument(status: 502, title: "Bad Gateway", detail: "The service does not open a WebSocket here.")
        case .connectTimeout, .responseHeadTimeout, .responseIdleTimeout, .exchangeTimeout:
            ProblemDocument(status: 504, title: "Gateway Timeout", detail: "The service did not reply in time.")
        case .noEndpoint:
            ProblemDocument(
                status: 503, title: "Service Unavailable", detail: "No instance of the service is available.")
        case .poolFull:
            ProblemDocument(
                status: 503, title: "Service Unavailable", detail: "Too many requests are waiting for the service.")
        case .circuitOpen:
            ProblemDocument(
                status: 503, title: "Service Unavailable",
                detail: "The service has been failing, and is not called for a while.")
        case .draining:
            ProblemDocument(status: 503, title: "Service Unavailable", detail: "The gateway is shutting down.")
        }
    }
}
