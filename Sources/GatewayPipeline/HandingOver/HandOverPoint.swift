import Dispatch
import Glibc
import SocketTransport
import Synchronization

/// The place at which the next process gets the listening sockets of this one, so that an upgrade loses nothing.
///
/// ```
///   next process                     this process
///   loads its settings, connects ->
///                                 <- one message for each listener, its sockets with it
///                                 <- end
///   listens on the same sockets
///   ready, with the names it took ->
///                                    accepts nothing more, drains, ends
/// ```
/// The sockets are handed over themselves (SCM_RIGHTS) instead of opened a second time beside these (SO_REUSEPORT),
/// because a connection belongs to the queue of one socket from its first packet: a socket that is closed resets who is
/// in its queue. Here there is one queue all the time, and somebody who accepts from it. When the next process ends
/// before it is ready, nothing has happened: this one has never stopped.
package final class HandOverPoint: Sendable {
    /// The first message, with the version of what follows.
    static let greeting = Array("lintel hand-over 1".utf8)
    /// The message behind the last listener.
    static let end = Array("end".utf8)
    /// The first line of the message that ends it.
    static let ready = "ready"

    private let socket: MessageSocket
    private let path: String
    private let isOver = Atomic<Bool>(false)

    /// Opens the place at `path` for the sockets of `gateway`. `taken` is called once, when the next process serves, with
    /// the names of the listeners that it took.
    ///
    /// - Throws: the system's error when there can be no socket at the path.
    package init(
        _ path: String, gateway: Gateway, taken: @escaping @Sendable (Set<String>) -> Void
    ) throws {
        self.path = path
        socket = try MessageSocket.listening(at: path)
        let thread = try PosixThread.start(named: "lintel-handover") { [self] in
            while let claim = try? socket.accept() {
                guard let names = try? serve(claim, gateway) else { continue }
                isOver.store(true, ordering: .relaxed)
                socket.close()
                return taken(names)
            }
        }
        pthread_detach(thread)
    }

    /// Closes the place, unless the next process has opened it anew.
    package func stop() {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        unlink(path)
        socket.shut()
    }

    /// Serves one claim; the names that were taken, nil when nothing was.
    private func serve(_ claim: MessageSocket, _ gateway: Gateway) throws -> Set<String>? {
        guard claim.peerIsTrusted else { return nil }
        claim.setPatience(seconds: 30)
        guard try claim.receive()?.text == Self.greeting else { return nil }
        let sockets = Self.wait { await gateway.socketsToHandOver() }
        defer { for entry in sockets { ListeningSocket.close(entry.descriptors) } }
        for (name, descriptors) in sockets {
            var rest = descriptors[...]
            while !rest.isEmpty {
                let part = rest.prefix(DescriptorMessage.descriptorLimit)
                rest = rest.dropFirst(part.count)
                try claim.send(DescriptorMessage(name.utf8, descriptors: Array(part)))
            }
        }
        try claim.send(DescriptorMessage(Self.end))
        guard let answer = try claim.receive() else { return nil }
        let lines = String(decoding: answer.text, as: UTF8.self).split(separator: "\n").map(String.init)
        return lines.first == Self.ready ? Set(lines.dropFirst()) : nil
    }

    /// The result of work that is done elsewhere; blocks.
    private static func wait<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
        let (done, result) = (DispatchSemaphore(value: 0), ResultBox<Value>())
        Task {
            let value = await work()
            result.value.withLock { $0 = value }
            done.signal()
        }
        while true {
            done.wait()
            if let value = result.value.withLock({ $0 }) { return value }
        }
    }
}

/// A result on its way to another thread.
private final class ResultBox<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
