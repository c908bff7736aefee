import HTTPExchanges
import SecureTransport

/// How a listener's connections are encrypted, what they speak, for whom, and how many there may be.
package struct ListenerProtocols: Sendable {
    /// Who the listener is to its clients; nil for connections that are not encrypted.
    package var identity: ServerIdentity?
    /// Whether HTTP/1.1 is spoken.
    package var http1 = true
    /// Whether HTTP/2 is spoken: chosen by ALPN on encrypted connections, by its preface on others (RFC 9113 §3.3).
    package var http2 = false
    /// Whether clients of HTTP/2 are told that they may ask for WebSockets (RFC 8441).
    package var webSockets = false

    /// Whether a proxy says whom it speaks for before anything else (``ProxyHeader``). Others are not listened to.
    package var expectsProxyHeader = false
    /// The proxies whose word about their clients is believed.
    package var trustedProxies = TrustedProxies()

    /// Most open connections.
    package var quota = ConnectionQuota()

    /// HTTP/1.1 in the clear.
    package init() {}
}
