import SourceDiagnostics

/// What holds for an exchange: the settings that `gateway.defaults`, an API, a tag and an operation may each change.
///
/// Every leaf carries the place it came from, so that `lintel explain` can name it; a leaf without a place is built in.
package struct ExchangeSettings: Sendable {
    /// Which requests are shed first when there are too many.
    package enum Priority: String, Sendable, CaseIterable {
        /// Before all others.
        case low
        /// When shedding those of low priority has not helped.
        case normal
        /// Never for being late.
        case high
    }

    /// Time for the whole exchange; of a stream and of a tunnel, up to the head of the reply.
    package var timeout: Setting<Duration>
    /// What a request may make of its connection.
    package var upgrade: Setting<Upgrade>
    /// Which requests are shed first when there are too many.
    package var priority: Setting<Priority>
    /// Time for its parts.
    package var timeouts: Timeouts
    /// Bytes, fields, depth.
    package var limits: Limits
    /// What is checked against the contract.
    package var validation: Validation
    /// What a reply tells of violations.
    package var errors: Errors

    /// What a request may make of its connection.
    package enum Upgrade: String, Sendable, CaseIterable {
        /// Nothing: `Upgrade` ends here.
        case none
        /// A WebSocket to the service (RFC 6455, RFC 8441).
        case websocket
    }

    /// Time for the parts of an exchange.
    package struct Timeouts: Sendable {
        /// From the first byte of a request's head to its last. Holds before an operation is known.
        package var requestHead: Setting<Duration>
        /// For the content of the request.
        package var requestBody: Setting<Duration>
        /// For a connection without an exchange. Holds before an operation is known.
        package var idle: Setting<Duration>
        /// From the end of the request to the head of the upstream's response.
        package var responseHead: Setting<Duration>
        /// For silence within the upstream's response.
        package var responseIdle: Setting<Duration>
        /// For silence in both directions of a tunnel.
        package var tunnelIdle: Setting<Duration>
    }

    /// Bounds of messages.
    package struct Limits: Sendable {
        /// Bytes of a request's head. Holds before an operation is known.
        package var requestHead: Setting<Int>
        /// Fields of a request, trailers included. Holds before an operation is known.
        package var headerCount: Setting<Int>
        /// Bytes of a request's content.
        package var requestBody: Setting<Int>
        /// Bytes of a response's content that are held for validation.
        package var responseBody: Setting<Int>
        /// Nesting of JSON content.
        package var jsonDepth: Setting<Int>
    }

    /// What is checked against the contract.
    package struct Validation: Sendable {
        /// What becomes of a message that breaks its contract.
        package enum Mode: String, Sendable, CaseIterable {
            /// It is refused.
            case enforce
            /// It passes and is counted and logged.
            case report
            /// It is not checked.
            case skip
        }

        /// What becomes of a query parameter that the document does not declare.
        package enum UndeclaredQuery: String, Sendable, CaseIterable {
            /// The request is refused.
            case reject
            /// It passes and is counted and logged.
            case report
            /// It is not forwarded.
            case strip
            /// It passes.
            case pass
        }

        /// What becomes of a field of a response that the document does not declare.
        package enum UndeclaredFields: String, Sendable, CaseIterable {
            /// It is not sent to the client.
            case strip
            /// It passes and is counted and logged.
            case report
            /// It passes.
            case pass
        }

        /// Requests.
        package var requests: Setting<Mode>
        /// Responses.
        package var responses: Setting<Mode>
        /// Query parameters that the document does not declare.
        package var undeclaredQuery: Setting<UndeclaredQuery>
        /// Fields of responses that the document does not declare.
        package var undeclaredFields: Setting<UndeclaredFields>
    }

    /// What a reply tells of violations.
    package struct Errors: Sendable {
        /// Whether a reply quotes what the client sent.
        package enum Values: String, Sendable, CaseIterable {
            /// Never.
            case hide
            /// It does.
            case show
        }

        /// Violations that a reply lists at most.
        package var max: Setting<Int>
        /// Whether it quotes what the client sent.
        package var values: Setting<Values>
    }

    /// What holds where nothing is set.
    package static let builtIn = ExchangeSettings(
        timeout: Setting(.seconds(5)), upgrade: Setting(.none), priority: Setting(.normal),
        timeouts: Timeouts(
            requestHead: Setting(.seconds(10)), requestBody: Setting(.seconds(30)), idle: Setting(.seconds(60)),
            responseHead: Setting(.seconds(15)), responseIdle: Setting(.seconds(30)),
            tunnelIdle: Setting(.seconds(300))),
        limits: Limits(
            requestHead: Setting(32 << 10), headerCount: Setting(100), requestBody: Setting(1 << 20),
            responseBody: Setting(8 << 20), jsonDepth: Setting(64)),
        validation: Validation(
            requests: Setting(.enforce), responses: Setting(.report), undeclaredQuery: Setting(.pass),
            undeclaredFields: Setting(.pass)),
        errors: Errors(max: Setting(10), values: Setting(.hide)))
}
