import HTTPExchanges
import NIOCore

/// What a listener allows its clients, before a request is known well enough to have settings of its own.
package struct ServingLimits: Sendable {
    /// Limits on a head.
    package var head = HeadLimits()
    /// Time for a handshake, or for the bytes that say which protocol follows.
    package var greetingTimeout = TimeAmount.seconds(5)
    /// Time for a head, from its first byte.
    package var headTimeout = TimeAmount.seconds(10)
    /// Time in which content has to make progress (see ``minimumContentRate``).
    package var contentTimeout = TimeAmount.seconds(30)
    /// Time without a byte in either direction between two requests.
    package var idleTimeout = TimeAmount.seconds(60)
    /// Bytes of content per second that a client has to send on average over one ``contentTimeout``.
    package var minimumContentRate = 500
    /// Bytes that a client may send ahead while its request is being answered.
    package var pipelinedBytes = 64 * 1024
    /// Time given to a client to read a reply behind which the connection closes.
    package var lingerTimeout = TimeAmount.seconds(2)
    /// Most open connections of one loop.
    package var connections = 16_384

    /// The defaults.
    package init() {}
}
