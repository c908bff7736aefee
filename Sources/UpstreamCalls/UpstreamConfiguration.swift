import HTTPExchanges
import NIOCore

/// One address of an upstream.
package struct UpstreamEndpoint: Sendable, Hashable {
    /// Where to connect.
    package let address: SocketAddress
    /// The address as people write it, for logs: `127.0.0.1:9102`.
    package let name: String

    /// An endpoint.
    package init(address: SocketAddress, name: String) {
        self.address = address
        self.name = name
    }
}

/// How one loop calls an upstream. A reload keeps the connections of an upstream whose configuration is equal.
package struct UpstreamConfiguration: Sendable, Equatable {
    /// The upstream's name in the settings.
    package var name: String
    /// Its addresses.
    package var endpoints: [UpstreamEndpoint]
    /// Most connections of this loop to all endpoints.
    package var maxConnections = 256
    /// Most exchanges of this loop that wait for a connection.
    package var maxPending = 1024
    /// Time without use after which a connection is closed.
    package var idleTimeout = TimeAmount.seconds(60)
    /// Time for a connection to be established.
    package var connectTimeout = TimeAmount.seconds(1)
    /// Limits on a response head.
    package var head = HeadLimits(bytes: 64 * 1024, fields: 128)
    /// Failures in a row after which an endpoint is left out for a while.
    package var consecutiveErrors = 5
    /// Time for which a failing endpoint is left out.
    package var ejectionTime = TimeAmount.seconds(30)
    /// Share of the endpoints that may be left out at the same time.
    package var maxEjected = 0.5

    /// An upstream with the default limits.
    package init(name: String, endpoints: [UpstreamEndpoint]) {
        self.name = name
        self.endpoints = endpoints
    }
}

/// The one for whom an upstream is called.
package protocol UpstreamCaller: AnyObject {
    /// A connection is ready for the request.
    func connected(_ connection: UpstreamConnection)
    /// No connection could be had.
    func connectionFailed(_ failure: ExchangeFailure)
    /// An interim response (1xx other than 100 and 101).
    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer)
    /// The head of the response.
    ///
    /// - Parameter head: the received bytes, the head first, to keep.
    /// - Parameter bytes: the same bytes, valid during the call.
    /// - Parameter content: content that arrived with the head.
    /// - Parameter isComplete: whether the response ends with it.
    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool)
    /// Content of the response.
    func received(content: ByteBuffer)
    /// The end of the response; the connection has gone back to its pool, or is closed.
    func receivedEnd(trailers: [UInt8])
    /// The call failed after a connection was had; the connection is closed.
    func callFailed(_ failure: ExchangeFailure)
    /// The upstream takes bytes again, or no more for now.
    func upstreamWritabilityChanged(_ isWritable: Bool)
}
