import NIOCore
import NIOSSL

/// One connection for one fetch: sends the request, gives the bytes to a ``KeySetResponse``, and closes.
final class KeySetConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let promise: EventLoopPromise<KeySetReply>
    private var response = KeySetResponse()
    private var isConnected = false
    private var isOver = false

    /// A connection that sends `request` and settles `promise` once it is connected, whatever happens then. Why there is
    /// no connection is told by who tried.
    init(request: ByteBuffer, promise: EventLoopPromise<KeySetReply>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        isConnected = true
        // Behind TLS this waits in the channel until the handshake is over.
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        settle(response.take(unwrapInboundIn(data)), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard !isOver else { return }
        settle(response.inputEnded(), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An end without the closing alert of TLS may be a cut (RFC 8446 §6.1): what it would complete is not taken.
        settle(.failed(KeySetConnection.failure(of: error)), context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // The handlers of a failed attempt may be gone before its failure is heard of.
        guard isConnected else { return }
        settle(.failed(KeySetFetchFailure(.malformed, "the connection ended before the reply did")), context)
    }

    /// Settles the promise once, and closes.
    private func settle(_ progress: KeySetResponse.Progress, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        switch progress {
        case .incomplete: return
        case .complete(let reply): promise.succeed(reply)
        case .failed(let failure): promise.fail(failure)
        }
        isOver = true
        context.close(promise: nil)
    }

    /// The kind and the words of an error of the channel.
    static func failure(of error: any Error) -> KeySetFetchFailure {
        switch error {
        case let failure as KeySetFetchFailure: failure
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: KeySetFetchFailure(.tls, "TLS: \(error)")
        default: KeySetFetchFailure(.connect, "\(error)")
        }
    }
}
