import HTTPExchanges
import NIOCore
import UpstreamCalls

/// A request that wants to make a WebSocket of its connection. Until the service agrees it is an exchange like any other;
/// from then on a ``Tunnel`` has both ends, and the exchange only waits to be recorded.
extension GatewayExchange {
    /// Looks at what a request wants to make of its connection; false when it has been answered.
    func upgradeMayPass(_ row: RouteRow, head: RequestHead) -> Bool {
        guard row.opensWebSockets else {
            // Without its tunnel a CONNECT asks for nothing; an `Upgrade` that nobody takes is just left out.
            guard head.opensTunnel else { return true }
            reply(
                ProblemDocument(
                    status: 501, title: "Not Implemented", detail: "\(row.operation) opens no WebSocket.",
                    operation: row.operation),
                outcome: "no-upgrade")
            return false
        }
        guard WebSocketHandshake.isAskedFor(by: head) else { return true }
        guard !worker.loop.isDraining else {
            fail(ExchangeFailure(.draining, retry: .never))
            return false
        }
        if let cors = row.cors, !originMayConnect(cors, head) {
            reply(
                ProblemDocument(
                    status: 403, title: "Forbidden", detail: "\(row.operation) is not open to pages of this origin.",
                    operation: row.operation),
                outcome: "origin-refused")
            return false
        }
        do {
            handshake = try WebSocketHandshake(head)
            return true
        } catch {
            refuseUpgrade(error, row)
            return false
        }
    }

    /// Replies to a handshake that is none.
    private func refuseUpgrade(_ defect: WebSocketHandshake.Defect, _ row: RouteRow) {
        switch defect {
        case .key:
            reply(
                ProblemDocument(
                    status: 400, title: "Bad Request",
                    detail: "Sec-WebSocket-Key has to stand in a handshake once, with 16 octets in base64.",
                    operation: row.operation),
                outcome: "invalid-handshake")
        case .version:
            // RFC 6455 §4.4; RFC 9110 §15.5.22: the reply names the protocol.
            reply(
                ProblemDocument(
                    status: 426, title: "Upgrade Required", detail: "Sec-WebSocket-Version has to be 13.",
                    operation: row.operation),
                outcome: "invalid-handshake", namesWebSocket: true)
        case .content:
            reply(
                ProblemDocument(
                    status: 400, title: "Bad Request", detail: "A request to open a WebSocket has no content.",
                    operation: row.operation),
                outcome: "invalid-handshake", closes: true)
        }
    }

    /// The fields by which the service is asked.
    func writeUpgrade(_ handshake: WebSocketHandshake) {
        head.writeStaticString("Connection: Upgrade\r\nUpgrade: websocket\r\n")
        guard !handshake.madeKey.isEmpty else { return }
        head.writeStaticString("Sec-WebSocket-Key: ")
        head.writeBytes(handshake.madeKey)
        head.writeStaticString("\r\n")
    }

    func switchesProtocols(_ table: HeadTable, bytes: UnsafeRawBufferPointer) -> Bool {
        guard let handshake, let client, let connection, let row, handshake.isAnswered(by: table, bytes: bytes) else {
            return false
        }
        trace?.attempt?.status = table.status
        noteCallEnd()
        worker.loop.deadlines.set(slot, to: nil)
        isHeadSent = true
        status = table.status
        (self.client, self.connection) = (nil, nil)
        addOwnFields(hasDate: table.hasDate)
        // A tunnel may rest for hours: it keeps what the log needs, the beginning of the request line.
        worker.loop.heads.give(head)
        head = ByteBuffer()
        hasHead = false
        received = (received.getSlice(at: received.readerIndex, length: Int(target.upper)) ?? received).compacted()
        let tunnel = Tunnel(self, client: client, service: connection, idleTimeout: row.tunnelIdleTimeout)
        tunnel.open(
            ResponseHead(
                status: table.status, reason: table.reason.slice(of: bytes), received: bytes, framing: .none,
                replacesOriginFields: row.cors != nil, hidden: hiddenFields))
        return true
    }

    /// The tunnel is over.
    func tunnelEnded(bytesIn: Int64, bytesOut: Int64, outcome: String) {
        (self.bytesIn, self.bytesOut) = (bytesIn, bytesOut)
        conclude(outcome: outcome)
    }
}
