import HTTPExchanges
import NIOCore
import UpstreamCalls

/// What is left of an exchange when its connection has switched protocols: octets in both directions, until both have ended.
///
/// Whoever takes octets more slowly than they come makes the other side wait: nothing is read that could not be sent on. The
/// end of one side goes on as an end of one side, a break as a break.
///
/// | event | done | then |
/// |---|---|---|
/// | one side sends no more | its end goes on | open, until the other side sends no more |
/// | client gone | call given up | over |
/// | service gone | client broken off, or told the end if it was orderly | over when the client has gone |
/// | nothing for `timeouts.tunnelIdle`, or the gateway ends | close frames (1001) and the ends of both sides | over when both have gone, or after a second |
///
/// The tunnel is held by its two connections, and by the worker so that a drain can reach it.
final class Tunnel: DeadlineOwner {
    /// Time for a peer to go when everything has been said.
    private static let patience = TimeAmount.seconds(10)
    /// Time for both to go when the gateway has told them.
    private static let farewell = TimeAmount.seconds(1)
    /// "Going away" (RFC 6455 §7.4.1).
    private static let goingAway: UInt16 = 1001

    private let exchange: GatewayExchange
    private let idleTimeout: TimeAmount
    /// The client; nil when it has gone.
    private var client: (any ExchangeClient)?
    /// The service; nil when it has gone.
    private var service: UpstreamConnection?
    private var slot = -1

    private var clientHasEnded = false
    private var serviceHasEnded = false
    /// Whether no deadline but the last one counts any more.
    private var isEnding = false
    /// Whether nothing more is passed on.
    private var isSilent = false
    private var isOver = false
    private var fromClient = WebSocketFrames()
    private var fromService = WebSocketFrames()
    private var bytesIn: Int64 = 0
    private var bytesOut: Int64 = 0
    private var outcome = "forwarded"

    /// A tunnel between the two ends of an exchange, which it ends at its own end.
    init(_ exchange: GatewayExchange, client: any ExchangeClient, service: UpstreamConnection, idleTimeout: TimeAmount)
    {
        self.exchange = exchange
        self.client = client
        self.service = service
        self.idleTimeout = idleTimeout
    }

    /// Opens the tunnel by the service's reply.
    func open(_ head: ResponseHead) {
        let loop = exchange.worker.loop
        slot = loop.deadlines.register(self)
        exchange.worker.tunnels[ObjectIdentifier(self)] = self
        service?.handOver(to: self)
        touch()
        client?.openTunnel(head, to: self)
    }

    /// Tells both ends to go.
    func close(_ outcome: String) {
        guard !isSilent, !isOver else { return }
        self.outcome = outcome
        (isEnding, isSilent) = (true, true)
        setDeadline(Self.farewell)
        if !serviceHasEnded {
            if fromService.takesFrame {
                client?.send(content: WebSocketFrames.close(code: Self.goingAway, isMasked: false))
            }
            client?.end(trailers: [])
        }
        if !clientHasEnded {
            if fromClient.takesFrame {
                service?.send(
                    content: WebSocketFrames.close(code: Self.goingAway, isMasked: true), isComplete: false)
            }
            service?.closeOutput()
        }
        // A peer that was made to wait could not say its last word.
        client?.setReadsContent(true)
        service?.setReading(true)
    }

    // MARK: Time

    /// Something has happened: the time of silence begins anew.
    private func touch() {
        if !isEnding { setDeadline(idleTimeout) }
    }

    /// Everything has been said: whoever is still there is given a while to go.
    private func linger() {
        guard !isEnding else { return }
        isEnding = true
        setDeadline(Self.patience)
    }

    private func setDeadline(_ time: TimeAmount) {
        let loop = exchange.worker.loop
        loop.deadlines.set(slot, to: loop.now + time)
    }

    func deadlinePassed(now: NIODeadline) {
        if isEnding { breakOff() } else { close("tunnel-idle") }
    }

    // MARK: The end

    /// Breaks off whatever is still there.
    private func breakOff() {
        let (lastClient, lastService) = (client, service)
        // Before: a stream tells its end at once.
        (client, service) = (nil, nil)
        (isEnding, isSilent) = (true, true)
        lastClient?.abort()
        lastService?.cancel()
        endIfOver()
    }

    /// Records the exchange when both ends have gone.
    private func endIfOver() {
        guard client == nil, service == nil, !isOver else { return }
        isOver = true
        let worker = exchange.worker
        worker.loop.deadlines.unregister(slot)
        slot = -1
        worker.tunnels[ObjectIdentifier(self)] = nil
        exchange.tunnelEnded(bytesIn: bytesIn, bytesOut: bytesOut, outcome: outcome)
    }
}

/// The client's end.
extension Tunnel: ExchangeResponder {
    func content(_ bytes: ByteBuffer) {
        guard !isSilent, let service else { return }
        touch()
        bytesIn += Int64(bytes.readableBytes)
        bytes.withUnsafeReadableBytes { fromClient.pass($0) }
        service.send(content: bytes, isComplete: false)
        if !service.isWritable { client?.setReadsContent(false) }
    }

    func contentEnded(trailers: [UInt8]) {
        guard !clientHasEnded else { return }
        clientHasEnded = true
        touch()
        if !isSilent { service?.closeOutput() }
    }

    func requestFailed(_ failure: ExchangeFailure) {
        client = nil
        if clientHasEnded || isSilent {
            // What it has sent before goes on to its end.
            linger()
        } else {
            outcome = failure.name
            breakOff()
        }
        endIfOver()
    }

    func clientWritabilityChanged(_ isWritable: Bool) {
        guard isWritable else { return }
        // Behind the service's end, too, whoever takes something is there.
        if isEnding, !isSilent { setDeadline(Self.patience) }
        touch()
        service?.setReading(true)
    }

    // A tunnel begins behind its request.
    func begin(_ head: RequestHead, client: any ExchangeClient) {}
    func refuse(status: Int, detail: StaticString, client: any ExchangeClient) {}
}

/// The service's end.
extension Tunnel: UpstreamCaller {
    func received(content: ByteBuffer) {
        guard !isSilent, let client else { return }
        touch()
        bytesOut += Int64(content.readableBytes)
        content.withUnsafeReadableBytes { fromService.pass($0) }
        client.send(content: content)
        if !client.isWritable { service?.setReading(false) }
    }

    func receivedEnd(trailers: [UInt8]) {
        guard !serviceHasEnded else { return }
        serviceHasEnded = true
        touch()
        if !isSilent { client?.end(trailers: []) }
    }

    func tunnelClosed(hasFailed: Bool) {
        service = nil
        if hasFailed, !serviceHasEnded, !isSilent {
            outcome = ExchangeFailure(.connectionReset, retry: .never).name
            breakOff()
        } else {
            receivedEnd(trailers: [])
            linger()
        }
        endIfOver()
    }

    func upstreamWritabilityChanged(_ isWritable: Bool) {
        guard isWritable else { return }
        touch()
        client?.setReadsContent(true)
    }

    // A tunnel begins behind its reply.
    func connected(_ connection: UpstreamConnection) {}
    func connectionFailed(_ failure: ExchangeFailure) {}
    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {}
    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) {}
    func callFailed(_ failure: ExchangeFailure) {}
}
