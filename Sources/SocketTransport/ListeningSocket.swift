import CEpoll
import Glibc
import NIOCore

/// A socket that accepts connections on its loop.
package final class ListeningSocket: ReadinessOwner {
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
    package convenience init(
        on address: SocketAddress, loop: SocketLoop, accepted: @escaping (StreamSocket) -> Void
    ) throws {
        try self.init(adopting: try Self.bind(address, sharesPort: true), loop: loop, accepted: accepted)
    }

    /// Listens on a socket that is bound, perhaps one on which another process listens, too. The socket is closed when
    /// that fails. Called on the loop.
    ///
    /// - Throws: `IOError`.
    package init(
        adopting bound: CInt, loop: SocketLoop, accepted: @escaping (StreamSocket) -> Void
    ) throws {
        self.loop = loop
        self.accepted = accepted
        descriptor = bound
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

    /// Closes sockets that nobody has begun to listen on here.
    package static func close(_ descriptors: some Sequence<CInt>) {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }

    /// Accepts no further connections. Those that wait in the queue are reset, unless another process has the socket,
    /// too.
    package func close() {
        guard descriptor >= 0 else { return }
        loop.close(descriptor, seat: seat)
        descriptor = -1
    }

    /// Time for handshakes under way to come to their end before the socket closes.
    private static let farewell = TimeAmount.milliseconds(50)

    /// Lets no further client in, accepts who has come, and closes. `done` is called behind that.
    package func retire(_ done: @escaping () -> Void) {
        guard descriptor >= 0 else { return done() }
        // A Unix domain socket has no handshake: who has connected is in the queue.
        guard address.port != nil, SynFilter.attach(to: descriptor) else {
            acceptAll()
            close()
            return done()
        }
        loop.start(
            LoopTimer(
                deadline: .now() + Self.farewell,
                action: { [self] in
                    acceptAll()
                    close()
                    done()
                }, refusal: done))
    }

    /// Accepts until nobody waits.
    private func acceptAll() {
        while descriptor >= 0, accept() {}
    }

    /// Another descriptor of the socket, to be handed to another process; nil when there is none to be had. The caller
    /// closes it.
    package func duplicate() -> CInt? {
        guard descriptor >= 0 else { return nil }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    func loopEnds() { close() }

    func ready(_ readiness: Readiness) {
        // One in a turn: a crowd of new connections does not keep those that are open from theirs.
        if descriptor >= 0 { _ = accept() }
    }

    /// Accepts a connection; false when there is none for now.
    private func accept() -> Bool {
        let connection = accept4(
            descriptor, nil, nil, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        if connection >= 0 {
            accepted(StreamSocket(connection, on: loop, readSize: .short))
            return true
        }
        switch errno {
        case EAGAIN, EBADF, EINVAL: return false
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            rest()
            return false
        // Network errors of the connection that was to be accepted; the next one may be well (accept(2)).
        default: return true
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
