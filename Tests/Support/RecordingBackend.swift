import Synchronization

/// A service on raw sockets that records what it is sent and answers as a test says.
package final class RecordingBackend: Sendable {
    /// A request as it came.
    package struct Request: Sendable, CustomStringConvertible {
        /// The method.
        package let method: String
        /// The request-target as sent.
        package let target: String
        /// The fields.
        package let fields: MessageFields
        /// The beginning of the content, at most 1 MiB of it.
        package var content: [UInt8] = []
        /// Bytes of content.
        package var contentLength = 0
        /// The fields behind chunked content.
        package var trailers = MessageFields()
        /// Whether the content came to its end.
        package var isComplete = false
        /// Number of the connection it came on, from 1.
        package let connection: Int

        package var description: String { "\(method) \(target)\n\(fields)" }
    }

    /// What to do about a request, and the socket to do it on. The connection ends when it throws or closes the socket.
    package typealias Answer = @Sendable (Request, LoopbackSocket) throws -> Void

    /// Thrown by an answer to end the connection.
    package struct Hangup: Error {
        /// Whether the other end sees a reset.
        let resets: Bool

        /// Ends the connection in good order.
        package static let close = Hangup(resets: false)
        /// Resets the connection.
        package static let reset = Hangup(resets: true)
    }

    /// What all threads share.
    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open: [ObjectIdentifier: LoopbackSocket] = [:]
        var isStopped = false
    }

    /// The port on 127.0.0.1.
    package let port: Int
    private let listener: LoopbackSocket
    private let state: SharedState

    /// Holds the state, so that threads do not hold the backend.
    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    /// Starts a service.
    ///
    /// - Parameters:
    ///   - port: the port to listen on; 0 lets the system choose.
    ///   - onHead: called when the head is there and the content has not been read.
    ///   - answer: called when the request is complete.
    package init(port: Int, onHead: Answer?, answer: @escaping Answer) throws {
        listener = try LoopbackSocket(listeningOn: port)
        self.port = listener.port
        state = SharedState()
        BackgroundThread.start { [listener, state] in
            while !state.value.withLock(\.isStopped) {
                guard let socket = listener.accept(within: 0.2) else { continue }
                let place: Int? = state.value.withLock { state in
                    // Who has come in the moment of the end finds nobody.
                    guard !state.isStopped else { return nil }
                    state.connections += 1
                    state.open[ObjectIdentifier(socket)] = socket
                    return state.connections
                }
                guard let number = place else { break }
                BackgroundThread.start {
                    Self.serve(socket, number: number, state: state, onHead: onHead, answer: answer)
                    _ = state.value.withLock { $0.open.removeValue(forKey: ObjectIdentifier(socket)) }
                }
            }
            listener.close()
        }
    }

    /// Starts a service that reads requests whole and answers each.
    package convenience init(port: Int = 0, answer: @escaping Answer = RecordingBackend.ok) throws {
        try self.init(port: port, onHead: nil, answer: answer)
    }

    /// Starts a service that does something before it reads the content, and then answers `200`.
    package static func beforeContent(_ onHead: @escaping Answer) throws -> RecordingBackend {
        try RecordingBackend(port: 0, onHead: onHead, answer: ok)
    }

    deinit { stop() }

    /// `200` with a small text.
    package static let ok: Answer = { request, socket in
        let hasContent = request.method != "HEAD"
        try socket.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n" + (hasContent ? "ok" : ""))
    }

    /// An answer that is always these bytes.
    package static func always(_ text: String) -> Answer { { _, socket in try socket.send(text) } }

    /// The requests so far, complete or not.
    package var requests: [Request] { state.value.withLock(\.requests) }

    /// Number of connections so far.
    package var connectionCount: Int { state.value.withLock(\.connections) }

    /// Connections that are open now.
    package var openConnectionCount: Int { state.value.withLock(\.open.count) }

    /// Stops accepting and closes what is open.
    package func stop() {
        let open = state.value.withLock { state in
            state.isStopped = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for socket in open { socket.interrupt() }
        listener.interrupt()
    }

    private static func serve(
        _ socket: LoopbackSocket, number: Int, state: SharedState, onHead: Answer?, answer: Answer
    ) {
        let stream = MessageStream(socket, patience: 60)
        do {
            while let head = try stream.head() {
                let parts = head.startLine.split(separator: " ")
                guard parts.count == 3 else { throw Hangup.close }
                var request = Request(
                    method: String(parts[0]), target: String(parts[1]), fields: head.fields, connection: number)
                let index = state.value.withLock { state in
                    state.requests.append(request)
                    return state.requests.count - 1
                }
                try onHead?(request, socket)
                if head.fields["Expect"] != nil { try socket.send("HTTP/1.1 100 Continue\r\n\r\n") }
                let found = try stream.content(head.fields, untilClose: false, keeping: 1 << 20)
                (request.content, request.contentLength, request.trailers) = (found.bytes, found.count, found.trailers)
                request.isComplete = true
                let complete = request
                state.value.withLock { $0.requests[index] = complete }
                try answer(request, socket)
            }
        } catch let hangup as Hangup where hangup.resets {
            return socket.reset()
        } catch {}
        socket.close()
    }
}
