import NIOCore

/// A request head as it is handed over: borrowed bytes, the table over them, and what the connection knows.
///
/// `bytes` and `table` are valid during the call that hands them over; `buffer` shares the bytes' storage and may be
/// kept, with offsets counted from its reader index.
package struct RequestHead {
    /// The received bytes, the head first.
    package let bytes: UnsafeRawBufferPointer
    /// The parsed head.
    package let table: HeadTable
    /// The same bytes, to keep.
    package let buffer: ByteBuffer
    /// The client's address without its port, as text.
    package let clientAddress: [UInt8]
    /// Whether the client speaks TLS, to this gateway or to a proxy that is believed.
    package let isSecure: Bool
    /// Whether the client asks for a tunnel by extended CONNECT (RFC 8441): any reply of 2xx would open one.
    package let opensTunnel: Bool
    /// What is known of the connection's other end beside its address; nil where that is all.
    package let peer: ConnectionPeer?
    /// The host that the client has asked a proxy for; nil where no proxy that is believed says so.
    package let forwardedHost: UnsafeRawBufferPointer?

    /// A head over `bytes`.
    @inline(__always)
    package init(
        bytes: UnsafeRawBufferPointer, table: HeadTable, buffer: ByteBuffer, clientAddress: [UInt8], isSecure: Bool,
        opensTunnel: Bool = false, peer: ConnectionPeer? = nil, forwardedHost: UnsafeRawBufferPointer? = nil
    ) {
        self.peer = peer
        self.forwardedHost = forwardedHost
        self.bytes = bytes
        self.table = table
        self.buffer = buffer
        self.clientAddress = clientAddress
        self.isSecure = isSecure
        self.opensTunnel = opensTunnel
    }

    /// The request as the client has sent it to the first of the proxies that are believed: its address, and whether it came
    /// by https, are the client's. The same where there are none; nil where they contradict each other.
    package var asSentByClient: RequestHead? {
        guard let peer, peer.isTrustedProxy else { return self }
        guard let chain = ForwardedChain(table, bytes: bytes, from: peer) else { return nil }
        return RequestHead(
            bytes: bytes, table: table, buffer: buffer, clientAddress: chain.client.text,
            isSecure: chain.isSecure ?? isSecure, opensTunnel: opensTunnel, peer: peer, forwardedHost: chain.host)
    }

    /// The method.
    package var method: UnsafeRawBufferPointer { table.method.slice(of: bytes) }
    /// The request-target as sent.
    package var target: UnsafeRawBufferPointer { table.target.slice(of: bytes) }
    /// The value of `Host`, empty when there is none.
    package var host: UnsafeRawBufferPointer {
        table.hostLine >= 0
            ? table[table.hostLine].value.slice(of: bytes) : UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

/// A response head to send: a status, lines of a received head that pass a filter, and lines that the gateway adds.
package struct ResponseHead {
    /// The status code.
    package let status: Int
    /// The reason phrase; empty lets the writer take the standard one.
    package let reason: UnsafeRawBufferPointer
    /// The bytes of the received head in ``ExchangeLoop/responseTable`` whose lines are forwarded; nil for a reply of
    /// the gateway's own.
    package let received: UnsafeRawBufferPointer?
    /// How the content is delimited towards the client, as far as it is known.
    package let framing: BodyFraming
    /// A Content-Length to state although no content follows: replies to HEAD, and 304 (RFC 9110 §8.6).
    package let statedLength: Int64?
    /// Whether the gateway says which pages of other origins may read the response, and not the service.
    package let replacesOriginFields: Bool
    /// Names of received lines that do not go on, in lower case.
    package let hidden: [[UInt8]]
    /// Whether the connection ends behind this response, because the request was not well-formed.
    package let closes: Bool

    /// A head; lines that the gateway adds stand in ``ExchangeLoop/additions``.
    package init(
        status: Int, reason: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        received: UnsafeRawBufferPointer? = nil, framing: BodyFraming,
        statedLength: Int64? = nil, replacesOriginFields: Bool = false, hidden: [[UInt8]] = [], closes: Bool = false
    ) {
        self.status = status
        self.reason = reason
        self.received = received
        self.framing = framing
        self.statedLength = statedLength
        self.replacesOriginFields = replacesOriginFields
        self.hidden = hidden
        self.closes = closes
    }

    /// Whether a line of ``received`` goes on to the client.
    package func forwards(_ line: FieldLine) -> Bool {
        Self.isForwarded(line) && !(replacesOriginFields && line.token == .originPermission)
            && (hidden.isEmpty || !isHidden(line))
    }

    /// Whether a line has one of the names that do not go on.
    private func isHidden(_ line: FieldLine) -> Bool {
        guard let received else { return false }
        let name = line.name.slice(of: received)
        return hidden.contains { hidden in hidden.withUnsafeBytes { name.equalsIgnoringCase($0) } }
    }

    /// Whether a line received from an upstream goes on to the client.
    package static func isForwarded(_ line: FieldLine) -> Bool {
        switch line.token {
        case .other: !line.isNamedByConnection
        case .contentLength, .impostor, .xRequestID: false
        default: !line.token.isHopByHop && !line.isNamedByConnection
        }
    }
}

/// The client's side of an exchange, as the one who answers sees it. HTTP/1.1 and HTTP/2 each have their own.
package protocol ExchangeClient: AnyObject {
    /// The loop that owns the exchange.
    var loop: ExchangeLoop { get }
    /// Whether bytes sent now would go out without piling up.
    var isWritable: Bool { get }
    /// Sends `100 Continue`, if the client waits for it.
    func sendContinue()
    /// Sends an interim response (1xx other than 100 and 101).
    func sendInterim(_ head: ResponseHead)
    /// Sends the head, with `content` right behind it, and ends the response there if `isComplete`.
    func send(_ head: ResponseHead, content: ByteBuffer?, isComplete: Bool)
    /// Sends content.
    func send(content: ByteBuffer)
    /// Ends the response. `trailers` are field lines with their CR LF; they are left out where none can be sent.
    func end(trailers: [UInt8])
    /// Breaks the response off so that the client can tell (RFC 9112 §8).
    func abort()
    /// Makes a tunnel of the exchange, whose request has no content, by a service's reply of 101 (RFC 9110 §7.8).
    ///
    /// From here on `tunnel` hears, as content, what the client sends; as its end, that it sends no more; and as the
    /// request's failure, once and at last, that the connection or stream is over, unless it was aborted. Content that
    /// is sent goes out as it is, and the end of the response is the end of this side only.
    func openTunnel(_ head: ResponseHead, to tunnel: any ExchangeResponder)
    /// Stops or resumes the request's content.
    func setReadsContent(_ reads: Bool)
    /// Time in which content has to make progress; starts as the listener's.
    var contentTimeout: TimeAmount { get set }
    /// Bytes of content per second that have to come on average over one ``contentTimeout``; 0 where any sign of life will do.
    var contentRate: Int { get set }
}

/// Gives every exchange of one loop the one who answers it.
package protocol ExchangeResponderProvider: AnyObject {
    /// A responder for one exchange. It may have served an earlier one that is over.
    func responder() -> any ExchangeResponder
}

/// The one who answers an exchange. Calls come in order: begin, content…, contentEnded; `clientGone` at any time.
package protocol ExchangeResponder: AnyObject {
    /// A request begins. Content follows if its framing says so, and ``contentEnded(trailers:)`` is called either way
    /// unless the responder has finished with the request before.
    func begin(_ head: RequestHead, client: any ExchangeClient)
    /// Content of the request.
    func content(_ bytes: ByteBuffer)
    /// The request is complete.
    func contentEnded(trailers: [UInt8])
    /// The request will not be completed: the client is gone, too slow, or broke the message's framing.
    func requestFailed(_ failure: ExchangeFailure)
    /// The client's connection takes bytes again, or no more for now.
    func clientWritabilityChanged(_ isWritable: Bool)
    /// What came is no request (or did not come in time); the responder only writes the reply, with `status`.
    func refuse(status: Int, detail: StaticString, client: any ExchangeClient)
}
