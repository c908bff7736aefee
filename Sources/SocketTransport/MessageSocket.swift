import Glibc
import NIOCore
import Synchronization

/// A Unix domain socket that keeps messages apart (SOCK_SEQPACKET, unix(7)), for two processes of one user on one machine.
/// Its calls block: it is for a thread of its own, or for a process that has nothing else to do yet.
package final class MessageSocket: Sendable {
    private let descriptor: Atomic<CInt>

    private init(_ descriptor: CInt) { self.descriptor = Atomic(descriptor) }

    deinit { close() }

    /// A socket that listens at `path`, in the place of one that did before. Nobody but the user may connect.
    ///
    /// - Throws: `IOError`, or that the path is too long.
    package static func listening(at path: String) throws -> MessageSocket {
        // The file appears at its place when the socket listens: nobody finds it half made.
        let place = "\(path).\(getpid())"
        let socket = try MessageSocket.make()
        unlink(place)
        try SocketAddress(unixDomainSocketPath: place).withSockAddr { address, length in
            _ = try SystemCall.check("bind") { bind(socket.number, address, socklen_t(length)) }
        }
        do {
            _ = try SystemCall.check("chmod") { chmod(place, 0o600) }
            _ = try SystemCall.check("listen") { listen(socket.number, 8) }
            _ = try SystemCall.check("rename") { rename(place, path) }
        } catch {
            unlink(place)
            throw error
        }
        return socket
    }

    /// A connection to who listens at `path`; nil where nobody does.
    ///
    /// - Throws: `IOError`, or that the path is too long.
    package static func connected(to path: String) throws -> MessageSocket? {
        let socket = try MessageSocket.make()
        let result = try SocketAddress(unixDomainSocketPath: path).withSockAddr { address, length in
            connect(socket.number, address, socklen_t(length))
        }
        if result == 0 { return socket }
        if errno == ENOENT || errno == ECONNREFUSED { return nil }
        throw SystemCall.error("connect")
    }

    private static func make() throws -> MessageSocket {
        MessageSocket(
            try SystemCall.check("socket") {
                socket(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0)
            })
    }

    private var number: CInt { descriptor.load(ordering: .relaxed) }

    /// The next connection; waits for it.
    ///
    /// - Throws: `IOError`, also when the socket was shut meanwhile.
    package func accept() throws -> MessageSocket {
        MessageSocket(try SystemCall.check("accept") { Glibc.accept(number, nil, nil) })
    }

    /// Whether the process at the other end is one of the same user, or of the administrator (SO_PEERCRED, unix(7)).
    package var peerIsTrusted: Bool {
        // `ucred`: process, user, group.
        var credentials: (Int32, UInt32, UInt32) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return false }
        return credentials.1 == geteuid() || credentials.1 == 0
    }

    /// Lets `receive` wait for `seconds` at most.
    package func setPatience(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Sends a message.
    ///
    /// - Throws: `IOError`.
    package func send(_ message: DescriptorMessage) throws { try message.send(over: number) }

    /// The next message; nil when the other side has closed.
    ///
    /// - Throws: `IOError`, also when none came in time.
    package func receive() throws -> DescriptorMessage? { try .receive(from: number) }

    /// Wakes who waits on the socket: nothing comes any more.
    package func shut() { shutdown(number, CInt(SHUT_RDWR)) }

    /// Closes the socket.
    package func close() {
        let last = descriptor.exchange(-1, ordering: .relaxed)
        if last >= 0 { Glibc.close(last) }
    }
}
