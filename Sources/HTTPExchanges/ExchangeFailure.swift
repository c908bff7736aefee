/// An exchange that failed, with who is to blame and whether trying again can do harm.
///
/// Lower floors only name what happened. One function of `GatewayPipeline` turns a failure into a status.
package struct ExchangeFailure: Error, Sendable, Equatable {
    /// Whose doing it was.
    package enum Blame: Sendable { case client, upstream, gateway }

    /// Whether the request may be sent once more (RFC 9110 §9.2.2).
    package enum RetrySafety: Sendable {
        /// Not a byte of the request can have been acted upon.
        case always
        /// The service may have acted: only an idempotent request may be repeated.
        case idempotentOnly
        /// Part of the reply has been seen, or the request cannot be repeated.
        case never
    }

    /// What happened.
    package enum Reason: Sendable, Equatable {
        case connectRefused, connectTimeout, handshakeFailed, unresolvable, noEndpoint, poolFull, circuitOpen
        case connectionReset, malformedResponse, truncatedResponse, unexpectedUpgrade, unexpectedReply
        case responseHeadTimeout, responseIdleTimeout, exchangeTimeout
        case requestTimeout, clientGone, malformedRequestContent, contentTooLarge
        case draining
    }

    /// What happened.
    package let reason: Reason
    /// Whether the request may be repeated.
    package let retry: RetrySafety

    /// A failure for `reason`.
    package init(_ reason: Reason, retry: RetrySafety) {
        self.reason = reason
        self.retry = retry
    }

    /// Whose doing it was.
    package var blame: Blame {
        switch reason {
        case .requestTimeout, .clientGone, .malformedRequestContent, .contentTooLarge: .client
        case .draining, .poolFull, .circuitOpen: .gateway
        default: .upstream
        }
    }

    /// The name for logs and metrics, in kebab-case.
    package var name: String {
        switch reason {
        case .connectRefused: "connect-refused"
        case .connectTimeout: "connect-timeout"
        case .handshakeFailed: "handshake-failed"
        case .unresolvable: "unresolvable"
        case .noEndpoint: "no-endpoint"
        case .poolFull: "pool-full"
        case .circuitOpen: "circuit-open"
        case .connectionReset: "connection-reset"
        case .malformedResponse: "malformed-response"
        case .truncatedResponse: "truncated-response"
        case .unexpectedUpgrade: "unexpected-upgrade"
        case .unexpectedReply: "unexpected-reply"
        case .responseHeadTimeout: "response-head-timeout"
        case .responseIdleTimeout: "response-idle-timeout"
        case .exchangeTimeout: "exchange-timeout"
        case .requestTimeout: "request-timeout"
        case .clientGone: "client-gone"
        case .malformedRequestContent: "malformed-request-content"
        case .contentTooLarge: "content-too-large"
        case .draining: "draining"
        }
    }
}
