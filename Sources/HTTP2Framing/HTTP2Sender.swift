import NIOHTTP2

/// A stream of either end that sends content by an ``HTTP2Link``, in turn with the connection's other streams.
package protocol HTTP2Sender: AnyObject {
    /// The stream's number; nil as long as it has none, when it cannot send.
    var number: HTTP2StreamID? { get }
    /// What it has to send.
    var outgoing: OutgoingContent { get set }
    /// END_STREAM has gone out.
    func sentEnd()
    /// Some of its content has gone out.
    func hasMoved()
    /// It has to wait for the connection, for which no time is set by anybody else.
    func isHeldUp()
    /// Its turn is over and it waits for nothing that the connection could give, or for the peer's window alone.
    func settleAfterSending()
}
