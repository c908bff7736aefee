import Glibc
import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import Testing

@Suite("Listening sockets")
struct ListeningSocketTests {
    /// What has been accepted.
    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
        func count(_ socket: StreamSocket) {
            value.add(1, ordering: .relaxed)
            socket.close()
        }
    }

    /// A listening socket that belongs to a loop.
    private static func listening(
        on loop: SocketLoop, _ counter: Counter
    ) async throws -> (socket: NIOLoopBound<ListeningSocket>, port: Int) {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        return try await loop.submit {
            let socket = try ListeningSocket(on: address, loop: loop) { counter.count($0) }
            return (NIOLoopBound(socket, eventLoop: loop), socket.address.port ?? 0)
        }.get()
    }

    @Test("a socket that retires accepts who is in its queue, lets nobody else in, and closes")
    func retire() async throws {
        let group = try SocketLoopGroup(count: 1)
        let loop = group.loops[0]
        let counter = Counter()
        let (socket, port) = try await Self.listening(on: loop, counter)
        let done = loop.makePromise(of: Int.self)
        // The loop is busy while they come, so all of them are in the queue when it retires.
        try await loop.submit {
            for _ in 0..<100 { _ = try LoopbackSocket(connectingTo: port) }
            socket.value.retire { done.succeed(counter.value.load(ordering: .relaxed)) }
        }.get()
        #expect(try await done.futureResult.get() == 100)
        #expect(throws: (any Error).self) { try LoopbackSocket(connectingTo: port) }
        await group.shutdown()
    }

    @Test("a socket that another one shares is closed without a loss: the other accepts from the same queue")
    func shared() async throws {
        let group = try SocketLoopGroup(count: 2)
        let (old, new) = (group.loops[0], group.loops[1])
        let (first, second) = (Counter(), Counter())
        let (socket, port) = try await Self.listening(on: old, first)
        let copy = try #require(try await old.submit { socket.value.duplicate() }.get())
        let number = copy
        // Nobody accepts: both loops are busy while the clients come.
        let adopted = try await old.submit {
            for _ in 0..<50 { _ = try LoopbackSocket(connectingTo: port) }
            socket.value.close()
        }.flatMap {
            new.submit {
                NIOLoopBound(
                    try ListeningSocket(adopting: number, loop: new) { second.count($0) }, eventLoop: new)
            }
        }.get()
        #expect(try await new.submit { adopted.value.address.port }.get() == port)
        #expect(Clock.poll(for: 5) { second.value.load(ordering: .relaxed) == 50 })
        _ = try LoopbackSocket(connectingTo: port)
        #expect(Clock.poll(for: 5) { second.value.load(ordering: .relaxed) == 51 })
        #expect(first.value.load(ordering: .relaxed) == 0)
        await group.shutdown()
    }
}
