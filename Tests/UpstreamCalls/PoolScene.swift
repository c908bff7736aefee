import HTTPExchanges
import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import UpstreamCalls

/// What a caller has heard, in words.
final class Heard: Sendable {
    private let words = Mutex<[String]>([])

    /// Everything so far.
    var all: [String] { words.withLock { $0 } }

    /// Notes a word.
    func note(_ word: String) { words.withLock { $0.append(word) } }
}

/// A caller that sends one request as soon as it can and notes what it hears. It lives on its loop.
final class NotingCaller: UpstreamCaller {
    /// What was heard.
    let heard: Heard
    /// The connection at hand.
    private(set) var connection: UpstreamConnection?
    private let request: String
    private let answersHEAD: Bool

    /// A caller that sends `request`.
    init(_ request: String, heard: Heard) {
        (self.request, self.heard) = (request, heard)
        answersHEAD = request.hasPrefix("HEAD ")
    }

    func connected(_ connection: UpstreamConnection) {
        self.connection = connection
        heard.note(connection.isReused ? "reused" : "connected")
        connection.send(head: ByteBuffer(string: request), answersHEAD: answersHEAD, isComplete: true)
    }

    func connectionFailed(_ failure: ExchangeFailure) {
        heard.note("no connection: \(failure.name), retry \(failure.retry)")
    }
    func receivedInterim(_ table: HeadTable, bytes: UnsafeRawBufferPointer) { heard.note("interim \(table.status)") }
    func received(
        _ table: HeadTable, head: ByteBuffer, bytes: UnsafeRawBufferPointer, content: ByteBuffer?, isComplete: Bool
    ) {
        heard.note("\(table.status) \(content.map { String(buffer: $0) } ?? "")\(isComplete ? " end" : "")")
    }
    func received(content: ByteBuffer) { heard.note("content \(String(buffer: content))") }
    func receivedEnd(trailers: [UInt8]) { heard.note("end \(String(decoding: trailers, as: UTF8.self))") }
    func callFailed(_ failure: ExchangeFailure) { heard.note("failed: \(failure.name), retry \(failure.retry)") }
    func upstreamWritabilityChanged(_ isWritable: Bool) {}
}

/// A pool on an event loop of its own.
final class PoolScene: Sendable {
    /// What lives on the loop.
    private final class Parts {
        let loop: ExchangeLoop
        let pool: UpstreamPool
        var callers: [NotingCaller] = []

        init(_ service: UpstreamService, on eventLoop: SocketLoop) {
            loop = ExchangeLoop(eventLoop: eventLoop, fields: 100) { 0 }
            loop.startTicking()
            pool = UpstreamPool(service, loop: loop, seed: 1)
        }

        func begin(_ heard: Heard, wish: EndpointWish = EndpointWish()) {
            let caller = NotingCaller("GET / HTTP/1.1\r\nHost: a\r\n\r\n", heard: heard)
            callers.append(caller)
            loop.readClock()
            pool.lease(to: caller, wish: wish)
        }
    }

    private let group: SocketLoopGroup
    private let parts: NIOLoopBound<Parts>
    /// What all loops would know of the service.
    let service: UpstreamService

    /// The instances at `ports`.
    static func endpoints(_ ports: [Int]) throws -> [UpstreamEndpoint] {
        try ports.map {
            UpstreamEndpoint(address: try SocketAddress(ipAddress: "127.0.0.1", port: $0), name: "127.0.0.1:\($0)")
        }
    }

    /// A pool for the services at `ports`; `adjust` changes the limits.
    init(ports: [Int], _ adjust: @Sendable @escaping (inout UpstreamConfiguration) -> Void = { _ in }) async throws {
        group = try SocketLoopGroup(count: 1)
        let eventLoop = group.loops[0]
        var configuration = UpstreamConfiguration(name: "test", endpoints: try Self.endpoints(ports))
        adjust(&configuration)
        let service = UpstreamService(configuration)
        self.service = service
        parts = try await eventLoop.submit {
            NIOLoopBound(Parts(service, on: eventLoop), eventLoop: eventLoop)
        }.get()
    }

    /// Begins to ask the instances for their health; returns what ends that.
    func checkHealth() async throws -> @Sendable () async throws -> Void {
        let checker = try await parts.eventLoop.submit { [parts, service] in
            NIOLoopBound(HealthChecker(service, loop: parts.value.loop, seed: 1), eventLoop: parts.eventLoop)
        }.get()
        return { try await checker.eventLoop.submit { checker.value?.stop() }.get() }
    }

    /// Begins a call; what is heard of it.
    ///
    /// - Parameter isGivenUp: the call is given up at once, before anything can have come of it.
    func call(isGivenUp: Bool = false) async throws -> Heard {
        let heard = Heard()
        try await parts.eventLoop.submit { [parts] in
            parts.value.begin(heard)
            if isGivenUp, let caller = parts.value.callers.last { parts.value.pool.withdraw(caller) }
        }.get()
        return heard
    }

    /// Begins several calls at the same moment.
    func calls(_ count: Int) async throws -> [Heard] {
        let heard = (0..<count).map { _ in Heard() }
        try await parts.eventLoop.submit { [parts] in
            for heard in heard { parts.value.begin(heard) }
        }.get()
        return heard
    }

    /// Begins a call that rather goes elsewhere than to the instance of a number.
    func call(avoiding index: Int) async throws -> Heard {
        let heard = Heard()
        try await parts.eventLoop.submit { [parts, service] in
            parts.value.begin(heard, wish: EndpointWish(avoided: service.endpoints[index]))
        }.get()
        return heard
    }

    /// Gives the newest call up, because it has taken too long or for no reason of the service's.
    func cancelLast(isLate: Bool) async throws {
        try await parts.eventLoop.submit { [parts] in
            parts.value.callers.last?.connection?.cancel(isLate: isLate)
        }.get()
    }

    /// Gives the newest call up.
    func withdrawLast() async throws {
        try await parts.eventLoop.submit { [parts] in
            guard let caller = parts.value.callers.last else { return }
            parts.value.pool.withdraw(caller)
            caller.connection?.cancel()
        }.get()
    }

    /// What the pool holds.
    func census() async throws -> UpstreamPool.Census {
        try await parts.eventLoop.submit { [parts] in parts.value.pool.census }.get()
    }

    /// Waits until `condition` holds, without holding a thread of the runtime.
    func settles(within seconds: Double = 5, _ condition: @Sendable @escaping () -> Bool) async throws -> Bool {
        try await BackgroundThread.run { Clock.poll(for: seconds, until: condition) }
    }

    /// Ends the loop.
    func end() async {
        try? await parts.eventLoop.submit { [parts] in
            parts.value.pool.close()
            parts.value.loop.stopTicking()
        }.get()
        await group.shutdown()
    }
}
