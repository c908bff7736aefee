import HTTPExchanges
import NIOCore
import SecureTransport

/// How connections to an endpoint are secured.
package enum EndpointSecurity: Sendable, Hashable {
    /// Not at all.
    case none
    /// By TLS. The certificate has to name the server; without a name, the address (RFC 9110 §4.3.4).
    case tls(serverName: String?)
}

/// One address of an upstream.
package struct UpstreamEndpoint: Sendable, Hashable {
    /// Where to connect.
    package let address: SocketAddress
    /// The address as people write it, for logs: `127.0.0.1:9102`.
    package let name: String
    /// Its share of the calls in relation to the others'; 0 takes none.
    package let weight: Int
    /// Whether it runs where the gateway runs, as far as the settings say.
    package let isNear: Bool
    /// How connections to it are secured.
    package let security: EndpointSecurity

    /// An endpoint.
    package init(
        address: SocketAddress, name: String, weight: Int = 1, isNear: Bool = true, security: EndpointSecurity = .none
    ) {
        self.security = security
        self.address = address
        self.name = name
        self.weight = weight
        self.isNear = isNear
    }
}

/// How the endpoint of a call is chosen.
package enum BalancingAlgorithm: Sendable {
    /// One after the other, in the proportion of their weights.
    case roundRobin
    /// The less busy of two drawn at random.
    case leastRequest
    /// Of two drawn at random the one whose replies are to be expected first.
    case peakEWMA
    /// By a hash of the request: the same key goes to the same endpoint as long as that is there.
    case hash
}

/// What connections to an upstream speak.
package enum UpstreamProtocols: Sendable, Hashable {
    /// HTTP/1.1.
    case http1
    /// HTTP/2: agreed on in the handshake of TLS, known beforehand in the clear (RFC 9113 §3.3).
    case http2
    /// What the handshake of TLS agrees on, HTTP/2 if it can be (RFC 7301).
    case negotiated
}

/// When endpoints are asked for their health.
package struct ActiveHealthPolicy: Sendable, Hashable {
    /// The path to ask for.
    package var path: String
    /// Time between two questions.
    package var interval: TimeAmount
    /// Time for the answer.
    package var timeout: TimeAmount
    /// Failures in a row until an endpoint is down.
    package var downAfter: Int
    /// Successes in a row until it is up again.
    package var upAfter: Int

    /// A policy.
    package init(path: String, interval: TimeAmount, timeout: TimeAmount, downAfter: Int, upAfter: Int) {
        self.path = path
        self.interval = interval
        self.timeout = timeout
        self.downAfter = downAfter
        self.upAfter = upAfter
    }
}

/// When no call is made for a while.
package struct CircuitPolicy: Sendable, Hashable {
    /// Share of failures that opens the circuit.
    package var errorRate: Double
    /// Time over which calls are counted.
    package var window: TimeAmount
    /// Calls in that time below which it never opens.
    package var minRequests: Int
    /// How long it stays open.
    package var openFor: TimeAmount

    /// A policy.
    package init(errorRate: Double, window: TimeAmount, minRequests: Int, openFor: TimeAmount) {
        self.errorRate = errorRate
        self.window = window
        self.minRequests = minRequests
        self.openFor = openFor
    }
}

/// How one loop calls an upstream. A reload keeps the connections of an upstream whose configuration is equal.
package struct UpstreamConfiguration: Sendable, Equatable {
    /// The upstream's name in the settings.
    package var name: String
    /// Its addresses, as known when serving begins.
    package var endpoints: [UpstreamEndpoint]
    /// How the endpoint of a call is chosen.
    package var balancing = BalancingAlgorithm.leastRequest
    /// Time over which an endpoint that is new or has recovered takes more and more of its share; zero for at once.
    package var slowStart = TimeAmount.zero
    /// Most connections of this loop to all endpoints.
    package var maxConnections = 256
    /// Most exchanges of this loop that wait for a connection.
    package var maxPending = 1024
    /// Time without use after which a connection is closed.
    package var idleTimeout = TimeAmount.seconds(60)
    /// Time for a connection to be established.
    package var connectTimeout = TimeAmount.seconds(1)
    /// Whom TLS believes, where an endpoint is secured by it.
    package var trust: ClientTrust?
    /// The same where only HTTP/1.1 is offered, for connections that become tunnels; nil where that is the same.
    package var http1Trust: ClientTrust?
    /// What connections speak.
    package var protocols = UpstreamProtocols.http1
    /// Limits on a response head.
    package var head = HeadLimits(bytes: 64 * 1024, fields: 128)
    /// Failures in a row after which an endpoint is left out for a while.
    package var consecutiveErrors = 5
    /// Time for which a failing endpoint is left out.
    package var ejectionTime = TimeAmount.seconds(30)
    /// Share of the endpoints that may be left out at the same time.
    package var maxEjected = 0.5
    /// Share of endpoints in good health below which health is not looked at: too few would bear all.
    package var panicBelow = 0.3
    /// How endpoints are asked for their health; nil for not at all.
    package var activeHealth: ActiveHealthPolicy?
    /// When no call is made for a while; nil for never.
    package var circuit: CircuitPolicy?
    /// Share of calls that may be repetitions.
    package var retryBudget = 0.2

    /// An upstream with the default limits.
    package init(name: String, endpoints: [UpstreamEndpoint]) {
        self.name = name
        self.endpoints = endpoints
    }
}
