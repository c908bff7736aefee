import Glibc
import NIOCore

/// Why no connection was made.
package enum ConnectFailure: Error {
    /// The time was over.
    case timeout
    /// The system's answer: refused, unreachable, no descriptor left.
    case system(IOError)
}

/// One attempt to connect: non-blocking, with a time.
private final class SocketConnector: ReadinessOwner {
    private let loop: SocketLoop
    private let descriptor: CInt
    private var seat = -1
    private var timer: LoopTimer?
    private var completion: ((Result<StreamSocket, ConnectFailure>) -> Void)?

    init(
        _ descriptor: CInt, on loop: SocketLoop, timeout: TimeAmount,
        completion: @escaping (Result<StreamSocket, ConnectFailure>) -> Void
    ) throws {
        self.descriptor = descriptor
        self.loop = loop
        self.completion = completion
        seat = try loop.watch(descriptor, for: .writable, owner: self)
        let timer = LoopTimer(deadline: .now() + timeout) { [weak self] in self?.fail(.timeout) }
        self.timer = timer
        loop.start(timer)
    }

    func ready(_ readiness: Readiness) {
        var error: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0, error == 0 else {
            return fail(.system(IOError(errnoCode: error, reason: "connect")))
        }
        guard let completion else { return }
        self.completion = nil
        timer?.cancel()
        loop.unwatch(descriptor, seat: seat)
        completion(.success(StreamSocket(descriptor, on: loop, readSize: .middle)))
    }

    func loopEnds() { fail(.system(IOError(errnoCode: ECANCELED, reason: "connect"))) }

    private func fail(_ failure: ConnectFailure) {
        guard let completion else { return }
        self.completion = nil
        timer?.cancel()
        loop.close(descriptor, seat: seat)
        completion(.failure(failure))
    }
}

extension SocketLoop {
    /// Connects to `address` within `timeout`. Called on the loop; `completion` is called there, never before this returns.
    ///
    /// The socket of a success reads nothing until it is started, and is to be started or closed by whoever takes it.
    package func connect(
        to address: SocketAddress, timeout: TimeAmount,
        completion: @escaping (Result<StreamSocket, ConnectFailure>) -> Void
    ) {
        do {
            let descriptor = try beginConnecting(to: address)
            do {
                _ = try SocketConnector(descriptor, on: self, timeout: timeout, completion: completion)
            } catch {
                Glibc.close(descriptor)
                throw error
            }
        } catch {
            let failure = error as? IOError ?? IOError(errnoCode: EIO, reason: "connect")
            putOff { completion(.failure(.system(failure))) }
        }
    }

    /// A socket that is connecting, or connected already.
    private func beginConnecting(to address: SocketAddress) throws -> CInt {
        let family = SocketNames.family(of: address)
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw SystemCall.error("socket") }
        if family != AF_UNIX {
            var on: CInt = 1
            setsockopt(
                descriptor, CInt(IPPROTO_TCP), CInt(TCP_NODELAY), &on, socklen_t(MemoryLayout<CInt>.size))
        }
        let result = address.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            let error = SystemCall.error("connect")
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }
}
