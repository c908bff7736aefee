import SecureTransport

/// How a listener's connections are encrypted, and what they speak.
package struct ListenerProtocols: Sendable {
    /// Who the listener is to its clients; nil for connections that are not encrypted.
    package var identity: ServerIdentity?
    /// Whether HTTP/1.1 is spoken.
    package var http1 = true
    /// Whether HTTP/2 is spoken: chosen by ALPN on encrypted connections, by its preface on others (RFC 9113 §3.3).
    package var http2 = false
    /// Whether clients of HTTP/2 are told that they may ask for WebSockets (RFC 8441).
    package var webSockets = false

    /// HTTP/1.1 in the clear.
    package init() {}
}
