import Glibc
import Synchronization
import TestSupport
import Testing

/// What can be wrong with a service.
enum ServiceFault: String, CaseIterable, Sendable {
    case refuses, resetsAtAccept, resetsAfterHead, resetsWithinContent, neverReplies, repliesByteByByte, malformedHead,
        wrongLength, cutChunked

    /// What a client sees of a single instance with the fault.
    enum View: Equatable { case status(Int), cutOff }

    /// What a client has to see where nothing is done about it.
    var view: View {
        switch self {
        case .refuses, .resetsAtAccept, .malformedHead, .wrongLength: .status(502)
        case .neverReplies, .repliesByteByByte: .status(504)
        case .resetsAfterHead, .resetsWithinContent, .cutChunked: .cutOff
        }
    }

    /// Whether a GET may be sent again: only where not a byte of a reply has been seen (RFC 9110 §9.2.2).
    var isRepeated: Bool { [.refuses, .resetsAtAccept, .neverReplies, .repliesByteByByte].contains(self) }
}

/// A service with a fault, on a port of its own.
final class FaultyService: Sendable {
    /// The port.
    let port: Int
    private let backend: RecordingBackend?
    private let listener: LoopbackSocket?
    private let accepted = Mutex(0)
    private let isStopped = Mutex(false)

    init(_ fault: ServiceFault) throws {
        switch fault {
        case .refuses:
            (port, backend, listener) = (try LoopbackSocket.freePort(), nil, nil)
        case .resetsAtAccept:
            let listener = try LoopbackSocket(listeningOn: 0)
            (port, backend, self.listener) = (listener.port, nil, listener)
            BackgroundThread.start { [weak self] in
                while let self, !self.isStopped.withLock({ $0 }) {
                    guard let socket = listener.accept(within: 0.2) else { continue }
                    self.accepted.withLock { $0 += 1 }
                    socket.reset()
                }
            }
        default:
            let backend = try RecordingBackend { _, socket in try Self.answer(fault, on: socket) }
            (port, self.backend, listener) = (backend.port, backend, nil)
        }
    }

    deinit {
        isStopped.withLock { $0 = true }
        listener?.interrupt()
    }

    /// Requests, or connections where it reads none.
    var attempts: Int { backend?.requests.count ?? accepted.withLock { $0 } }

    private static func answer(_ fault: ServiceFault, on socket: LoopbackSocket) throws {
        switch fault {
        case .refuses, .resetsAtAccept: break
        case .resetsAfterHead:
            try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            usleep(100_000)
            throw RecordingBackend.Hangup.reset
        case .resetsWithinContent:
            try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            usleep(100_000)
            throw RecordingBackend.Hangup.reset
        case .neverReplies: _ = socket.isReadable(within: 60)
        case .repliesByteByByte:
            for byte in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8 {
                try socket.send([byte])
                if socket.isReadable(within: 1) { break }
            }
        case .malformedHead: try socket.send("HTTP/1.1 200 OK\r\nA : b\r\n\r\n")
        case .wrongLength: try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello")
        case .cutChunked: try socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        }
        throw RecordingBackend.Hangup.close
    }
}

extension EndToEnd {
    /// Every fault of a service, with each thing that may be done about it: what the client sees, and by when.
    @Suite("Faults of services, cell by cell")
    struct FaultMatrixTests {
        private static let bare = "retry: { attempts: 0 }\nhealth: { passive: { maxEjected: 0% } }"
        private static let limits = "timeout: 8s\ntimeouts: { responseHead: 500ms, responseIdle: 1s }"

        /// One GET; what the client sees, and how long it takes.
        private static func see(
            _ gateway: RunningGateway
        ) throws -> (view: ServiceFault.View, text: String, time: Double) {
            let start = Clock.now
            do {
                let reply = try HTTPClient.send("GET /t/x", to: gateway.port, host: "gw.test")
                return (.status(reply.status), reply.text, Clock.now - start)
            } catch {
                return (.cutOff, "", Clock.now - start)
            }
        }

        @Test("nothing done: one attempt, the right status, in time", arguments: ServiceFault.allCases)
        func bare(fault: ServiceFault) throws {
            let service = try FaultyService(fault)
            let gateway = try RunningGateway(upstream: service.port, defaults: Self.limits, upstreamSettings: Self.bare)
            for call in 1...3 {
                let seen = try Self.see(gateway)
                #expect(seen.view == fault.view)
                #expect(seen.time < 3)
                if fault != .refuses { #expect(service.attempts == call) }
            }
        }

        @Test(
            "repeated where that can do no harm, and never once a byte of a reply has been seen",
            arguments: ServiceFault.allCases)
        func repeated(fault: ServiceFault) throws {
            let service = try FaultyService(fault)
            let gateway = try RunningGateway(
                upstream: service.port, defaults: Self.limits,
                upstreamSettings: """
                    retry: { attempts: 2, when: [connect, reset, timeout] }
                    health: { passive: { maxEjected: 0% } }
                    """)
            let seen = try Self.see(gateway)
            #expect(seen.view == fault.view)
            #expect(seen.time < 5)
            if fault != .refuses { #expect(service.attempts == (fault.isRepeated ? 3 : 1)) }
            // A POST may have been acted upon: what has been sent once is not sent again.
            // Where the reset comes while the connection is made, nothing has been sent.
            guard fault != .refuses, fault != .resetsAtAccept else { return }
            let before = service.attempts
            _ = try? HTTPClient.send("POST /t/x", to: gateway.port, host: "gw.test", content: "a")
            #expect(service.attempts == before + 1)
        }

        @Test("the circuit opens, and the service is left in peace", arguments: ServiceFault.allCases)
        func circuit(fault: ServiceFault) throws {
            let service = try FaultyService(fault)
            let gateway = try RunningGateway(
                upstream: service.port, defaults: Self.limits,
                upstreamSettings: Self.bare + "\ncircuit: { minRequests: 4, errorRate: 50%, window: 1m, openFor: 1m }")
            var refused = 0
            for _ in 1...12 {
                let seen = try Self.see(gateway)
                if seen.view == .status(503) {
                    refused += 1
                    #expect(seen.time < 1, "refused at once")
                } else {
                    #expect(seen.view == fault.view && seen.time < 3)
                }
            }
            // A reply that begins well and breaks off counts once as each.
            #expect(refused == (fault.view == .cutOff ? 10 : 8))
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort, host: "a").text
            #expect(metrics.contains(#"lintel_circuit_open{upstream="service"} 1"#))
            #expect(metrics.contains(#"lintel_circuit_refusals_total{upstream="service"} \#(refused)"#))
        }

        @Test(
            "of two instances the sick one is left out, and the clients see little of it",
            arguments: ServiceFault.allCases)
        func ejected(fault: ServiceFault) throws {
            let sick = try FaultyService(fault)
            let well = try RecordingBackend()
            let gateway = try RunningGateway(
                upstream: sick.port, others: [well.port], defaults: Self.limits,
                upstreamSettings: """
                    balance: round-robin
                    retry: { attempts: 0 }
                    health: { passive: { consecutiveErrors: 3, ejectFor: 1m } }
                    """)
            var failed = 0
            for _ in 1...24 {
                let seen = try Self.see(gateway)
                #expect(seen.time < 3)
                if seen.view == .status(200) {
                    #expect(seen.text == "ok")
                } else {
                    failed += 1
                    #expect(seen.view == fault.view)
                }
            }
            // Who is refused a connection is passed on to the other instance at once; a reset may come that early, too.
            switch fault {
            case .refuses: #expect(failed == 0)
            case .resetsAtAccept: #expect(failed <= 3)
            default: #expect(failed == 3)
            }
            let name = "127.0.0.1:\(sick.port)"
            let metrics = try HTTPClient.send("GET /metrics", to: gateway.adminPort, host: "a").text
            #expect(
                metrics.contains(
                    #"lintel_endpoint_health{upstream="service",endpoint="\#(name)",state="ejected"} 1"#))
            #expect(
                metrics.contains(#"lintel_endpoint_ejections_total{upstream="service",endpoint="\#(name)"} 1"#))
            let listing = try HTTPClient.send("GET /upstreams", to: gateway.adminPort, host: "a").text
            #expect(listing.contains(#""name":"\#(name)","weight":1,"health":"ejected""#), "\(listing)")
        }

        @Test("an instance that is asked for its health is left out before clients notice, and is back when it is well")
        func checked() throws {
            let isSick = Mutex(true)
            let sick = try RecordingBackend { request, socket in
                if isSick.withLock({ $0 }) { throw RecordingBackend.Hangup.reset }
                try RecordingBackend.ok(request, socket)
            }
            let well = try RecordingBackend()
            let gateway = try RunningGateway(
                upstream: sick.port, others: [well.port],
                upstreamSettings: """
                    retry: { attempts: 0 }
                    health:
                      active: { path: /up, interval: 100ms, timeout: 500ms, downAfter: 2, upAfter: 2 }
                      passive: { maxEjected: 0% }
                    """)
            func state(_ state: String) -> Bool {
                let text = (try? HTTPClient.send("GET /upstreams", to: gateway.adminPort, host: "a").text) ?? ""
                return text.contains(#""name":"127.0.0.1:\#(sick.port)","weight":1,"health":"\#(state)""#)
            }
            #expect(Clock.poll(for: 10) { state("down") })
            for _ in 1...20 { #expect(try Self.see(gateway).view == .status(200)) }
            #expect(!sick.requests.contains { $0.target == "/t/x" })
            isSick.withLock { $0 = false }
            #expect(Clock.poll(for: 10) { state("available") })
            for _ in 1...20 { #expect(try Self.see(gateway).view == .status(200)) }
            #expect(sick.requests.contains { $0.target == "/t/x" })
            #expect(
                try HTTPClient.send("GET /metrics", to: gateway.adminPort, host: "a").text.contains(
                    #"lintel_endpoint_recoveries_total{upstream="service",endpoint="127.0.0.1:\#(sick.port)"} 1"#))
        }

        @Test("a gigabyte for a client that does not read stays with the service")
        func slowReader() throws {
            let sent = Mutex(0)
            let block = [UInt8](repeating: 0x61, count: 1 << 16)
            let service = try RecordingBackend { request, socket in
                guard request.target == "/t/large" else { return try RecordingBackend.ok(request, socket) }
                try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 30)\r\n\r\n")
                for _ in 0..<(1 << 14) {
                    try socket.send(block, within: 30)
                    sent.withLock { $0 += block.count }
                }
            }
            let gateway = try RunningGateway(
                upstream: service.port, defaults: "timeout: 60s\nlimits: { responseBody: 2GiB }")
            #expect(try Self.see(gateway).view == .status(200))
            let before = try #require(gateway.process.residentKiB)
            let client = try HTTPClient(port: gateway.port, receiveBuffer: 65_536)
            try client.send("GET /t/large HTTP/1.1\r\nHost: gw.test\r\n\r\n")
            var highest = 0
            for _ in 0..<20 {
                _ = try client.socket.receive(atMost: 1 << 12)
                usleep(50_000)
                highest = max(highest, gateway.process.residentKiB ?? 0)
            }
            #expect(highest - before < 16 * 1024, "memory grew from \(before) to \(highest) KiB")
            #expect(sent.withLock { $0 } < 32 << 20, "the service is made to wait")
            #expect(try Self.see(gateway).view == .status(200), "others are served meanwhile")
        }

        @Test("a hundred instances that come and go: every client gets its reply in time, no storm of repetitions")
        func flapping() throws {
            let backends = try (0..<100).map { index in
                try RecordingBackend { request, socket in
                    // Half of them are away at any time, each for half a second, one after the other: would all change
                    // places in the same moment, those left out would be the good ones, and chance would decide here.
                    let phase = (Clock.now + Double(index) / 100).truncatingRemainder(dividingBy: 1)
                    if phase < 0.5 { throw RecordingBackend.Hangup.reset }
                    try RecordingBackend.ok(request, socket)
                }
            }
            let gateway = try RunningGateway(
                upstream: backends[0].port, others: backends[1...].map(\.port), defaults: Self.limits,
                upstreamSettings: """
                    retry: { attempts: 2 }
                    health: { passive: { consecutiveErrors: 2, ejectFor: 500ms } }
                    """)
            var good = 0
            let calls = 600
            for _ in 0..<calls {
                let seen = try Self.see(gateway)
                #expect(seen.time < 3)
                if seen.view == .status(200) {
                    good += 1
                    #expect(seen.text == "ok")
                } else {
                    #expect(seen.view == .status(502))
                }
            }
            let attempts = backends.reduce(0) { $0 + $1.requests.count }
            #expect(attempts <= calls + max(10, calls / 5), "\(attempts) attempts for \(calls) calls")
            #expect(good > calls / 2, "\(good) of \(calls)")
        }
    }
}
