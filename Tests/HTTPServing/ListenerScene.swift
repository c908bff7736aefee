import HTTPExchanges
import HTTPServing
import NIOCore
import SocketTransport
import Synchronization
import TestSupport

/// A listener on an event loop of its own whose requests are answered with what was received.
final class ListenerScene: Sendable {
    /// Answers `method target content|trailers`; a target of `/silent` is never answered.
    private final class EchoResponder: ExchangeResponder {
        private var client: (any ExchangeClient)?
        private var text = ""
        private let failures: Mutex<[String]>.Box

        init(failures: Mutex<[String]>.Box) { self.failures = failures }

        func begin(_ head: RequestHead, client: any ExchangeClient) {
            self.client = client
            text =
                String(decoding: head.method, as: UTF8.self) + " " + String(decoding: head.target, as: UTF8.self) + " "
            if text.contains("/early") { return answer("early") }
            client.sendContinue()
        }

        func content(_ bytes: ByteBuffer) { text += String(buffer: bytes) }

        func contentEnded(trailers: [UInt8]) {
            if !text.contains("/silent") { answer(text + "|" + String(decoding: trailers, as: UTF8.self)) }
        }

        func requestFailed(_ failure: ExchangeFailure) {
            failures.value.withLock { $0.append(failure.name) }
            client = nil
        }

        func clientWritabilityChanged(_ isWritable: Bool) {}

        func refuse(status: Int, detail: StaticString, client: any ExchangeClient) {
            self.client = client
            answer("\(detail)", status: status)
        }

        private func answer(_ text: String, status: Int = 200) {
            guard let client else { return }
            self.client = nil
            client.loop.additions.removeAll()
            client.send(
                ResponseHead(
                    status: status, framing: .length(Int64(text.utf8.count)), statedLength: Int64(text.utf8.count)),
                content: ByteBuffer(string: text), isComplete: true)
        }
    }

    private final class Provider: ExchangeResponderProvider {
        private let failures: Mutex<[String]>.Box

        init(failures: Mutex<[String]>.Box) { self.failures = failures }

        func responder() -> any ExchangeResponder { EchoResponder(failures: failures) }
    }

    /// The listener.
    let listener: Listener
    private let group: SocketLoopGroup
    private let loop: NIOLoopBound<ExchangeLoop>
    private let failureBox: Mutex<[String]>.Box

    /// Starts a listener on a port that the system chooses.
    init(_ adjust: @Sendable (inout ServingLimits) -> Void = { _ in }) async throws {
        group = try SocketLoopGroup(count: 1)
        let eventLoop = group.loops[0]
        let box = Mutex<[String]>.Box()
        failureBox = box
        let seat = try await eventLoop.submit {
            let loop = ExchangeLoop(eventLoop: eventLoop, fields: 100) { 0 }
            loop.startTicking()
            return Listener.Seat(
                loop: NIOLoopBound(loop, eventLoop: eventLoop),
                provider: NIOLoopBound(Provider(failures: box) as any ExchangeResponderProvider, eventLoop: eventLoop))
        }.get()
        loop = seat.loop
        var limits = ServingLimits()
        adjust(&limits)
        listener = try await Listener.start(on: .tcp(host: "127.0.0.1", port: 0), limits: limits, seats: [seat])
    }

    /// The port.
    var port: Int { listener.address.port ?? 0 }

    /// What requests failed with.
    var failures: [String] { failureBox.value.withLock { $0 } }

    /// Says that the process is about to end.
    func beginDraining() async throws {
        try await loop.eventLoop.submit { [loop] in loop.value.isDraining = true }.get()
    }

    /// Ends everything.
    func end() async {
        await listener.stopAccepting()
        try? await loop.eventLoop.submit { [loop] in loop.value.stopTicking() }.get()
        await group.shutdown()
    }
}

extension Mutex where Value == [String] {
    /// A list that several owners share.
    final class Box: Sendable {
        let value = Mutex<[String]>([])
    }
}
