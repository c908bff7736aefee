import HTTPExchanges
import NIOCore
import SocketTransport

/// A connection that has switched to another protocol (RFC 9110 §7.8): its bytes are no longer HTTP.
extension HTTP1ServerConnection {
    func openTunnel(_ head: ResponseHead, to tunnel: any ExchangeResponder) {
        guard phase == .reply, !isHeadSent else { return }
        isHeadSent = true
        // Only the end of the connection ends what is sent from here on: breaking it off must not look like that.
        endsWithConnection = true
        phase = .tunnel
        responder = tunnel
        loop.deadlines.set(slot, to: nil)
        var buffer = loop.heads.take()
        buffer.writeHead(room: room(for: head)) { cursor in
            writeStatusLine(head, into: &cursor)
            writeReceivedLines(head, into: &cursor)
            cursor.write(loop.additions.text)
            cursor.write("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        }
        write(buffer)
        // What the client has sent ahead has waited for this.
        readsContent = true
        socket.setReading(true)
        resume()
    }

    func inputEnded() -> Bool {
        guard phase == .tunnel else { return false }
        loop.readClock()
        responder?.contentEnded(trailers: [])
        return true
    }
}
