import Glibc
import Synchronization

/// A TCP socket on the loopback interface that blocks, with a limit on every wait.
package final class LoopbackSocket: Sendable {
    /// What a socket cannot do, with the system's error number.
    package struct Failure: Error, CustomStringConvertible {
        /// The call.
        package let call: String
        /// The system's error number.
        package let code: Int32

        package var description: String { "\(call): \(String(cString: strerror(code)))" }
    }

    /// The file descriptor.
    private let descriptor: Int32
    private let isClosed = Mutex(false)

    /// A socket over an open descriptor.
    private init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close() }

    /// Connects to a port of 127.0.0.1.
    ///
    /// - Parameter receiveBuffer: size of the kernel's receive buffer in bytes, for readers that are to be slow.
    package init(connectingTo port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = Self.address(port: port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close()
            throw Failure(call: "connect", code: code)
        }
    }

    /// Listens on a port of 127.0.0.1; port 0 lets the system choose.
    package init(listeningOn port: Int = 0, backlog: Int32 = 512) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = Self.address(port: port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0, listen(descriptor, backlog) == 0 else {
            let code = errno
            close()
            throw Failure(call: "bind", code: code)
        }
    }

    /// A loopback port that nobody listened on a moment ago.
    package static func freePort() throws -> Int {
        let probe = try LoopbackSocket()
        defer { probe.close() }
        return probe.port
    }

    /// The local port.
    package var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; nil when none comes within `seconds`, or the socket is closed.
    package func accept(within seconds: Double) -> LoopbackSocket? {
        guard waits(for: POLLIN, seconds) else { return nil }
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(adopting: accepted)
    }

    /// Sends everything; throws when the other end does not take it within `seconds` or is gone.
    package func send(_ bytes: [UInt8], within seconds: Double = 20) throws {
        var offset = 0
        while offset < bytes.count {
            guard waits(for: POLLOUT, seconds) else { throw Failure(call: "send", code: ETIMEDOUT) }
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let sent = bytes[offset...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
            if sent < 0, errno == EAGAIN || errno == EINTR { continue }
            guard sent > 0 else { throw Failure(call: "send", code: errno) }
            offset += sent
        }
    }

    /// Sends text as octets, one for each character up to U+00FF.
    package func send(_ text: String, within seconds: Double = 20) throws {
        try send(text.octets, within: seconds)
    }

    /// What has arrived, at most `most` bytes; empty at the end of input. Throws when nothing comes within `seconds`.
    package func receive(atMost most: Int = 1 << 16, within seconds: Double = 20) throws -> [UInt8] {
        guard waits(for: POLLIN, seconds) else { throw Failure(call: "receive", code: ETIMEDOUT) }
        return try [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            let received = recv(descriptor, buffer.baseAddress, most, 0)
            guard received >= 0 else { throw Failure(call: "receive", code: errno) }
            count = received
        }
    }

    /// Whether something can be read, or the end has come, within `seconds`.
    package func isReadable(within seconds: Double) -> Bool { waits(for: POLLIN, seconds) }

    /// Ends the sending side.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes so that the other end sees a reset.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Ends both directions, so that a thread which waits for the socket wakes up; the descriptor stays open.
    package func interrupt() {
        isClosed.withLock { closed in
            if !closed { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes. Only the thread that uses the socket may do so; others use ``interrupt()``.
    package func close() {
        isClosed.withLock { closed in
            guard !closed, descriptor >= 0 else { return }
            closed = true
            Glibc.close(descriptor)
        }
    }

    private func waits(for event: Int32, _ seconds: Double) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        while true {
            let result = poll(&entry, 1, Int32(seconds * 1000))
            if result < 0, errno == EINTR { continue }
            return result > 0
        }
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

extension String {
    /// One octet for each character, which is at most U+00FF (ISO 8859-1).
    package var octets: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

    /// Text with one character for each octet: the opposite of `octets`.
    package init(octets: [UInt8]) { self.init(String.UnicodeScalarView(octets.map { UnicodeScalar($0) })) }
}
