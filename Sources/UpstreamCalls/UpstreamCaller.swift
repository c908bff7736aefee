import HTTPExchanges
import NIOCore

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
    /// The service wants to switch protocols (101). From here on its bytes come as content, and the end of its side as
    /// the end of the response; the connection stays until ``tunnelClosed(hasFailed:)``.
    ///
    /// - Returns: whether that was asked for. If not the call fails; nothing else may have been done then.
    func switchesProtocols(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool
    /// The connection of a tunnel is closed.
    ///
    /// - Parameter hasFailed: it ended in an error, a reset for one.
    func tunnelClosed(hasFailed: Bool)
}

extension UpstreamCaller {
    package func switchesProtocols(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool { false }
    package func tunnelClosed(hasFailed: Bool) {}
}

/// What a caller says about the endpoint that it wants.
package struct EndpointWish {
    /// What the hash of a request goes by; other algorithms do not look at it.
    package var key: UInt64
    /// An endpoint that is only taken where there is no other: it has just failed this request.
    package var avoided: EndpointState?
    /// Whether the connection has to speak HTTP/1.1: only its connections become tunnels (RFC 9110 §7.8).
    package var needsHTTP1: Bool

    /// A wish.
    package init(key: UInt64 = 0, avoided: EndpointState? = nil, needsHTTP1: Bool = false) {
        self.key = key
        self.avoided = avoided
        self.needsHTTP1 = needsHTTP1
    }
}
