import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import Testing

/// What a handler has heard.
final class Hearing: Sendable {
    private let state = Mutex<(bytes: [UInt8], words: [String])>(([], []))

    /// All bytes so far.
    var bytes: [UInt8] { state.withLock(\.bytes) }
    /// Everything else, in words.
    var words: [String] { state.withLock(\.words) }

    func take(_ buffer: ByteBuffer) { state.withLock { $0.bytes += buffer.readableBytesView } }
    func note(_ word: String) { state.withLock { $0.words.append(word) } }
}

/// A handler that notes what it hears. It lives on its loop.
private final class NotingHandler: ByteStreamHandler {
    private let hearing: Hearing
    private let goesOn: Bool

    init(_ hearing: Hearing, goesOn: Bool = false) { (self.hearing, self.goesOn) = (hearing, goesOn) }

    func inputEnded() -> Bool {
        if goesOn { hearing.note("ended") }
        return goesOn
    }

    func received(_ bytes: ByteBuffer) { hearing.take(bytes) }
    func socketClosed(hasFailed: Bool) { hearing.note(hasFailed ? "failed" : "closed") }
    func socketIsWritable() { hearing.note("writable") }
}

@Suite("Stream sockets")
struct StreamSocketTests {
    /// A loop with one socket that is connected to a peer.
    private final class Scene: Sendable {
        let hearing = Hearing()
        let peer: LoopbackSocket
        let socket: NIOLoopBound<StreamSocket>
        let group: SocketLoopGroup

        init(receiveBuffer: Int32? = nil, goesOn: Bool = false) async throws {
            group = try SocketLoopGroup(count: 1)
            let loop = group.loops[0]
            let promise = loop.makePromise(of: NIOLoopBound<StreamSocket>.self)
            let hearing = hearing
            let listening = try await loop.submit {
                let address = try SocketAddress(ipAddress: "127.0.0.1", port: 0)
                let listening = try ListeningSocket(on: address, loop: loop) { socket in
                    do {
                        try socket.start(NotingHandler(hearing, goesOn: goesOn))
                        promise.succeed(NIOLoopBound(socket, eventLoop: loop))
                    } catch {
                        promise.fail(error)
                    }
                }
                return NIOLoopBound(listening, eventLoop: loop)
            }.get()
            let port = try await loop.submit { listening.value.address.port ?? 0 }.get()
            peer = try LoopbackSocket(connectingTo: port, receiveBuffer: receiveBuffer)
            socket = try await promise.futureResult.get()
            try await loop.submit { listening.value.close() }.get()
        }

        /// Does something with the socket on its loop.
        func use<Value: Sendable>(_ body: @escaping @Sendable (StreamSocket) throws -> Value) async throws -> Value {
            try await socket.eventLoop.submit { [socket] in try body(socket.value) }.get()
        }

        /// Waits until `condition` holds, without holding a thread of the runtime.
        func settles(_ condition: @escaping @Sendable () -> Bool) async throws -> Bool {
            try await BackgroundThread.run { Clock.poll(for: 5, until: condition) }
        }
    }

    @Test("bytes come and go; the peer's end is an end, a reset a failure; each is told once") func ends() async throws
    {
        for isReset in [false, true] {
            let scene = try await Scene()
            try scene.peer.send("hello")
            #expect(try await scene.settles { scene.hearing.bytes == Array("hello".utf8) })
            try await scene.use { $0.write(ByteBuffer(string: "good day")) }
            #expect(try scene.peer.receive() == Array("good day".utf8))
            if isReset { scene.peer.reset() } else { scene.peer.close() }
            #expect(try await scene.settles { scene.hearing.words == [isReset ? "failed" : "closed"] })
            #expect(try await scene.use { !$0.isOpen && $0.peerAddress == nil })
            // Nobody minds what comes too late.
            try await scene.use { socket in
                socket.write(ByteBuffer(string: "more"))
                socket.setReading(false)
                socket.closeOutput()
                socket.close()
            }
            await scene.group.shutdown()
            #expect(scene.hearing.words.count == 1)
        }
    }

    @Test("what a slow reader does not take is queued in order, told by the marks, and flushed before the end")
    func slowReader() async throws {
        let scene = try await Scene(receiveBuffer: 4096)
        let piece = 64 * 1024
        let pieces = 64
        let isFlushed = Hearing()
        let wasWritable = try await scene.use { socket in
            for number in 0..<pieces {
                socket.write(ByteBuffer(repeating: UInt8(number), count: piece), isFollowed: number % 2 == 0)
            }
            socket.whenFlushed { isFlushed.note("flushed") }
            socket.closeOutput()
            return socket.isWritable
        }
        #expect(!wasWritable && isFlushed.words.isEmpty)
        let received = try await BackgroundThread.run { [peer = scene.peer] in
            var received: [UInt8] = []
            while case let bytes = try peer.receive(), !bytes.isEmpty { received += bytes }
            return received
        }
        #expect(received.count == pieces * piece)
        #expect(
            (0..<pieces).allSatisfy { number in
                received[(number * piece)..<((number + 1) * piece)].allSatisfy { $0 == UInt8(number) }
            })
        #expect(isFlushed.words == ["flushed"] && scene.hearing.words == ["writable"])
        await scene.group.shutdown()
    }

    @Test("what was received before the peer hung up is read when reading goes on, and then the end is told")
    func hungUp() async throws {
        let scene = try await Scene()
        try await scene.use { socket in
            socket.setReading(false)
            socket.closeOutput()
        }
        try scene.peer.send([UInt8](repeating: 7, count: 100_000))
        scene.peer.finishSending()
        // Both directions are closed now; the loop is not to spin and not to forget.
        try await Task.sleep(nanoseconds: 50_000_000)
        #expect(scene.hearing.bytes.isEmpty && scene.hearing.words.isEmpty)
        try await scene.use { $0.setReading(true) }
        #expect(try await scene.settles { scene.hearing.words == ["closed"] })
        #expect(scene.hearing.bytes.count == 100_000)
        await scene.group.shutdown()
    }

    @Test("an owner may go on writing behind the peer's end; the socket closes when both have ended")
    func halfClosed() async throws {
        let scene = try await Scene(receiveBuffer: 4096, goesOn: true)
        try scene.peer.send("last word")
        scene.peer.finishSending()
        #expect(try await scene.settles { scene.hearing.words == ["ended"] })
        #expect(scene.hearing.bytes == Array("last word".utf8))
        try await scene.use { socket in
            // The end is told once, whatever is said about reading.
            socket.setReading(false)
            socket.setReading(true)
            socket.write(ByteBuffer(repeating: 7, count: 1 << 20))
            socket.closeOutput()
        }
        let received = try await BackgroundThread.run { [peer = scene.peer] in
            var count = 0
            while case let bytes = try peer.receive(), !bytes.isEmpty { count += bytes.count }
            return count
        }
        #expect(received == 1 << 20)
        #expect(try await scene.settles { scene.hearing.words.last == "closed" })
        #expect(scene.hearing.words.filter { $0 != "writable" } == ["ended", "closed"])
        await scene.group.shutdown()
    }

    @Test("a peer that breaks off behind its end has failed")
    func brokenBehindEnd() async throws {
        let scene = try await Scene(goesOn: true)
        scene.peer.finishSending()
        #expect(try await scene.settles { scene.hearing.words == ["ended"] })
        scene.peer.reset()
        #expect(try await scene.settles { scene.hearing.words == ["ended", "failed"] })
        await scene.group.shutdown()
    }

    @Test("an attempt to connect is answered, refused or given up at its time, and never before the call returns")
    func connecting() async throws {
        let group = try SocketLoopGroup(count: 1)
        let loop = group.loops[0]
        // Nobody accepts and the backlog is short: after a few attempts the kernel answers no more.
        let full = try LoopbackSocket(listeningOn: 0, backlog: 0)
        let ports = [try LoopbackSocket.freePort()] + Array(repeating: full.port, count: 4)
        var outcomes: [String] = []
        for port in ports {
            let promise = loop.makePromise(of: String.self)
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            try await loop.submit {
                let isBack = NIOLoopBoundBox(false, eventLoop: loop)
                loop.connect(to: address, timeout: .milliseconds(200)) { result in
                    #expect(isBack.value)
                    switch result {
                    case .success(let socket):
                        socket.close()
                        promise.succeed("connected")
                    case .failure(.timeout): promise.succeed("timeout")
                    case .failure(.system): promise.succeed("refused")
                    }
                }
                isBack.value = true
            }.get()
            outcomes.append(try await promise.futureResult.get())
        }
        #expect(outcomes.first == "refused" && outcomes[1] == "connected" && outcomes.last == "timeout", "\(outcomes)")
        await group.shutdown()
    }
}
