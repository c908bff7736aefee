import HTTPExchanges
import NIOCore
import SecureTransport
import SocketTransport

/// Why there is no connection to an endpoint.
enum UpstreamConnectFailure: Error, Equatable {
    /// The time was over.
    case timeout
    /// The endpoint refused, or the system did.
    case refused
    /// TLS came to nothing, or what it agreed on is not spoken here; the reason is for people.
    case handshake(String)

    /// What that means for a call. Nothing has been sent.
    var exchangeFailure: ExchangeFailure {
        switch self {
        case .timeout: ExchangeFailure(.connectTimeout, retry: .always)
        case .refused: ExchangeFailure(.connectRefused, retry: .always)
        case .handshake: ExchangeFailure(.handshakeFailed, retry: .always)
        }
    }
}

/// A connection that has been established: whoever takes it starts or closes it.
struct EstablishedStream {
    /// The bytes in both directions.
    let stream: any ByteStream
    /// Whether HTTP/2 is spoken over it.
    let speaksHTTP2: Bool
}

/// Connects to an endpoint: the socket first, TLS over it where that is wanted, both within one time.
enum UpstreamConnector {
    /// Connects; `completion` is called once, on the loop, never before this returns.
    static func connect(
        to endpoint: UpstreamEndpoint, _ configuration: UpstreamConfiguration, speaking protocols: UpstreamProtocols,
        loop: ExchangeLoop,
        completion: @escaping (Result<EstablishedStream, UpstreamConnectFailure>) -> Void
    ) {
        let deadline = NIODeadline.now() + configuration.connectTimeout
        let trust = protocols == .http1 ? configuration.http1Trust ?? configuration.trust : configuration.trust
        loop.eventLoop.connect(to: endpoint.address, timeout: configuration.connectTimeout) { result in
            loop.readClock()
            switch result {
            case .failure(.timeout): completion(.failure(.timeout))
            case .failure(.system): completion(.failure(.refused))
            case .success(let socket):
                guard case .tls(let name) = endpoint.security else {
                    return completion(
                        .success(EstablishedStream(stream: socket, speaksHTTP2: protocols == .http2)))
                }
                guard let trust else {
                    socket.close()
                    return completion(.failure(.handshake("nobody is trusted")))
                }
                UpstreamHandshake(
                    over: socket, protocols: protocols, deadline: deadline, loop: loop, completion: completion
                ).begin(trust, name)
            }
        }
    }
}

/// One handshake of TLS with an endpoint, within a time. The loop's deadlines hold it until it is over.
private final class UpstreamHandshake: DeadlineOwner {
    private let stream: SecureStream
    private let protocols: UpstreamProtocols
    private let loop: ExchangeLoop
    private var completion: ((Result<EstablishedStream, UpstreamConnectFailure>) -> Void)?
    private var slot = -1

    init(
        over socket: StreamSocket, protocols: UpstreamProtocols, deadline: NIODeadline, loop: ExchangeLoop,
        completion: @escaping (Result<EstablishedStream, UpstreamConnectFailure>) -> Void
    ) {
        stream = SecureStream(over: socket, loop: loop.eventLoop)
        self.protocols = protocols
        self.loop = loop
        self.completion = completion
        slot = loop.deadlines.register(self)
        loop.deadlines.set(slot, to: deadline)
    }

    func begin(_ trust: ClientTrust, _ name: String?) {
        do {
            try stream.connect(trust, to: name) { [self] outcome in
                loop.readClock()
                switch outcome {
                case .failed(let reason): end(.failure(.handshake(reason)))
                case .established(let spoken): established(spoken)
                }
            }
        } catch {
            end(.failure(.handshake("\(error)")))
        }
    }

    private func established(_ spoken: String?) {
        let isHTTP2 = spoken == "h2"
        // A server that ignores ALPN speaks HTTP/1.1 (RFC 9113 §3.2: only the name makes it HTTP/2).
        guard protocols != .http2 || isHTTP2 else {
            stream.close()
            return end(.failure(.handshake("the server does not agree to HTTP/2")))
        }
        end(.success(EstablishedStream(stream: stream, speaksHTTP2: isHTTP2)))
    }

    private func end(_ result: Result<EstablishedStream, UpstreamConnectFailure>) {
        guard let completion else { return }
        self.completion = nil
        loop.deadlines.unregister(slot)
        completion(result)
    }

    func deadlinePassed(now: NIODeadline) {
        let completion = completion
        self.completion = nil
        loop.deadlines.unregister(slot)
        stream.close()
        completion?(.failure(.timeout))
    }
}
