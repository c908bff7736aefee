import CEpoll
import Glibc
import NIOCore

/// A socket that accepts connections on its loop.
package final class ListeningSocket: ReadinessOwner {
    /// Most connections that are accepted in one turn: those that are open have their turn, too.
    private static let batch = 64
    /// Time without accepting when the process has no descriptors left. Connections wait in the backlog.
    private static let pause = TimeAmount.milliseconds(500)
    /// Connections that may wait to be accepted.
    private static let backlog: CInt = 4096

    /// The address in use, with the port that the system chose.
    package let address: SocketAddress
    private let loop: SocketLoop
    private let accepted: (StreamSocket) -> Void
    private var descriptor: CInt
    private var seat = -1

    /// Binds `address` and listens; `accepted` gets each connection, to start or close it. Called on the loop.
    ///
    /// TCP sockets may share their port with those of other loops (SO_REUSEPORT).
    ///
    /// - Throws: `IOError` when the address cannot be bound.
    package init(
        on address: SocketAddress, loop: SocketLoop, accepted: @escaping (StreamSocket) -> Void
    ) throws {
        self.loop = loop
        self.accepted = accepted
        descriptor = try Self.bind(address, sharesPort: true)
        do {
            _ = try SystemCall.check("listen") { [descriptor] in listen(descriptor, Self.backlog) }
            guard let bound = SocketNames.address(of: descriptor, getsockname) else {
                throw SystemCall.error("getsockname")
            }
            self.address = bound
            seat = try loop.watch(descriptor, for: .readable, owner: self)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Throws when somebody listens on `address`. SO_REUSEPORT would let a second process take half of the first one's
    /// connections without a word.
    package static func refuseIfTaken(_ address: SocketAddress) throws {
        Glibc.close(try bind(address, sharesPort: false))
    }

    /// Accepts no further connections.
    package func close() {
        guard descriptor >= 0 else { return }
        loop.close(descriptor, seat: seat)
        descriptor = -1
    }

    func loopEnds() { close() }

    func ready(_ readiness: Readiness) {
        for _ in 0..<Self.batch {
            let connection = accept4(
                descriptor, nil, nil, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            if connection >= 0 {
                accepted(StreamSocket(connection, on: loop, readSize: .short))
                // Whoever was accepted may have ended it all.
                guard descriptor >= 0 else { return }
                continue
            }
            switch errno {
            case EAGAIN: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return rest()
            // Network errors of the connection that was to be accepted; the next one may be well (accept(2)).
            default: continue
            }
        }
    }

    /// Accepts nothing for a while: the kernel would say again and again what cannot be helped.
    private func rest() {
        loop.change(descriptor, seat: seat, to: [])
        loop.start(
            LoopTimer(deadline: .now() + Self.pause) { [weak self] in
                guard let self, descriptor >= 0 else { return }
                loop.change(descriptor, seat: seat, to: .readable)
            })
    }

    /// A bound socket.
    private static func bind(_ address: SocketAddress, sharesPort: Bool) throws -> CInt {
        let family = SocketNames.family(of: address)
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try SystemCall.check("socket") { socket(family, kind, 0) }
        do {
            if family != AF_UNIX {
                try SystemCall.set(CInt(SO_REUSEADDR), of: CInt(SOL_SOCKET), to: 1, on: descriptor)
                if sharesPort { try SystemCall.set(CInt(SO_REUSEPORT), of: CInt(SOL_SOCKET), to: 1, on: descriptor) }
                // Accepted sockets inherit it.
                try SystemCall.set(CInt(TCP_NODELAY), of: CInt(IPPROTO_TCP), to: 1, on: descriptor)
            } else if let path = address.pathname {
                removeSocketFile(path)
            }
            _ = try address.withSockAddr { pointer, length in
                try SystemCall.check("bind") { Glibc.bind(descriptor, pointer, socklen_t(length)) }
            }
            return descriptor
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Removes the file that an earlier process left behind, if it is a socket.
    private static func removeSocketFile(_ path: String) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
    }
}
