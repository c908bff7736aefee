import NIOCore
import TestSupport
import Testing
import UpstreamCalls

@Suite("Instances that fail")
struct UpstreamHealthTests {
    private static let reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// Makes calls one after the other; what the last word of each was.
    private static func call(_ scene: PoolScene, times: Int) async throws -> [String] {
        var words: [String] = []
        for _ in 0..<times {
            let heard = try await scene.call()
            #expect(
                try await scene.settles {
                    heard.all.last.map { $0.hasSuffix("end") || $0.hasPrefix("failed") || $0.hasPrefix("no ") } ?? false
                })
            words.append(heard.all.last ?? "")
        }
        return words
    }

    /// What counts as an instance's failure, and what does not.
    enum Answer: String, CaseIterable {
        case badGateway = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
        case unavailable = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        case nonsense = "nonsense\r\n\r\n"
        case truncated = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
        case reset = ""
        case bug = "HTTP/1.1 500 Bug\r\nContent-Length: 0\r\n\r\n"
        case notFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

        var isFailure: Bool { self != .bug && self != .notFound }
    }

    @Test("what speaks of the instance leaves it out, what speaks of the request does not", arguments: Answer.allCases)
    func ejection(answer: Answer) async throws {
        let sick = try RecordingBackend { _, socket in
            if !answer.rawValue.isEmpty { try socket.send(answer.rawValue) }
            throw RecordingBackend.Hangup.close
        }
        let well = try RecordingBackend(answer: RecordingBackend.always(Self.reply))
        let scene = try await PoolScene(ports: [sick.port, well.port]) {
            $0.balancing = .roundRobin
            $0.consecutiveErrors = 3
        }
        _ = try await Self.call(scene, times: 20)
        #expect(sick.requests.count == (answer.isFailure ? 3 : 10))
        let now = NIODeadline.now()
        #expect(scene.service.endpoints[0].health(at: now) == (answer.isFailure ? .ejected : .available))
        await scene.end()
    }

    @Test("an instance that refuses is left out as well, and is not called in vain any more")
    func refused() async throws {
        let well = try RecordingBackend(answer: RecordingBackend.always(Self.reply))
        let scene = try await PoolScene(ports: [try LoopbackSocket.freePort(), well.port]) {
            $0.balancing = .roundRobin
            $0.consecutiveErrors = 3
        }
        let words = try await Self.call(scene, times: 20)
        #expect(words.allSatisfy { $0 == "200 ok end" })
        #expect(scene.service.endpoints[0].report(at: .now()).ejections == 1)
        #expect(scene.service.endpoints[0].report(at: .now()).errors == 0)
        await scene.end()
    }

    @Test("a reply that does not come in time speaks against the instance; a client that leaves does not")
    func late() async throws {
        let silent = try RecordingBackend { _, socket in
            _ = socket.isReadable(within: 60)
            throw RecordingBackend.Hangup.close
        }
        let scene = try await PoolScene(ports: [silent.port]) { $0.maxEjected = 1 }
        for isLate in [false, true, true] {
            let heard = try await scene.call()
            #expect(try await scene.settles { heard.all == ["connected"] })
            try await scene.cancelLast(isLate: isLate)
        }
        #expect(scene.service.endpoints[0].report(at: .now()).errors == 2)
        await scene.end()
    }

    @Test("a call that rather goes elsewhere does so")
    func avoided() async throws {
        let backends = try (0..<2).map { _ in try RecordingBackend(answer: RecordingBackend.always(Self.reply)) }
        let scene = try await PoolScene(ports: backends.map(\.port))
        for _ in 0..<10 {
            let heard = try await scene.call(avoiding: 0)
            #expect(try await scene.settles { heard.all.count == 2 })
        }
        #expect(backends.map(\.requests.count) == [0, 10])
        await scene.end()
    }

    @Test("an open circuit refuses calls at once, and a call that succeeds closes it")
    func circuit() async throws {
        let port = try LoopbackSocket.freePort()
        let scene = try await PoolScene(ports: [port]) {
            $0.circuit = CircuitPolicy(
                errorRate: 0.5, window: .seconds(10), minRequests: 4, openFor: .milliseconds(300))
        }
        #expect(
            try await Self.call(scene, times: 5) == Array(
                repeating: "no connection: connect-refused, retry always", count: 4)
                + ["no connection: circuit-open, retry never"])
        let backend = try RecordingBackend(port: port, answer: RecordingBackend.always(Self.reply))
        #expect(
            try await scene.settles { scene.service.circuit?.isOpen(at: .now()) == false })
        #expect(try await Self.call(scene, times: 3) == Array(repeating: "200 ok end", count: 3))
        #expect(backend.requests.count == 3)
        await scene.end()
    }

    @Test("instances that come are called, those that go are not, and their connections are closed")
    func membership() async throws {
        let backends = try (0..<2).map { _ in try RecordingBackend(answer: RecordingBackend.always(Self.reply)) }
        let scene = try await PoolScene(ports: [backends[0].port])
        _ = try await Self.call(scene, times: 2)
        scene.service.use(try PoolScene.endpoints([backends[1].port]), at: .now())
        _ = try await Self.call(scene, times: 2)
        #expect(backends.map(\.requests.count) == [2, 2])
        let census = try await scene.census()
        #expect((census.open, census.leased) == (1, 0))
        scene.service.use([], at: .now())
        #expect(try await Self.call(scene, times: 1) == ["no connection: no-endpoint, retry never"])
        await scene.end()
    }

    @Test("an instance that does not answer well when asked is down, and up again when it does")
    func activeChecks() async throws {
        let mood = Heard()
        let backends = try (0..<2).map { index in
            try RecordingBackend { request, socket in
                let isSick = index == 0 && mood.all.last == "sick"
                try socket.send(isSick ? "HTTP/1.1 500 Sick\r\nContent-Length: 0\r\n\r\n" : Self.reply)
            }
        }
        let scene = try await PoolScene(ports: backends.map(\.port)) {
            $0.activeHealth = ActiveHealthPolicy(
                path: "/up?x=1", interval: .milliseconds(60), timeout: .seconds(5), downAfter: 2, upAfter: 3)
        }
        let end = try await scene.checkHealth()
        let first = scene.service.endpoints[0]
        #expect(try await scene.settles { first.report(at: .now()).checksPassed > 2 })
        #expect(backends[0].requests.allSatisfy { $0.method == "GET" && $0.target == "/up?x=1" })
        #expect(backends[0].requests.first?.fields["Host"] == "127.0.0.1:\(backends[0].port)")
        mood.note("sick")
        #expect(try await scene.settles { first.health(at: .now()) == .down })
        #expect(first.report(at: .now()).checksFailed >= 2)
        let before = backends[0].requests.count { $0.target == "/" }
        _ = try await Self.call(scene, times: 10)
        #expect(backends[0].requests.count { $0.target == "/" } == before)
        mood.note("well")
        #expect(try await scene.settles { first.health(at: .now()) == .available })
        #expect(first.report(at: .now()).recoveries == 1)
        try await end()
        let asked = backends[0].requests.count
        _ = try await scene.settles(within: 0.3) { false }
        #expect(backends[0].requests.count == asked, "who has been stopped asks no more")
        await scene.end()
    }

    @Test("an instance that takes too long for the answer is down, without one more connection for each question")
    func slowAnswer() async throws {
        let silent = try RecordingBackend { _, socket in
            _ = socket.isReadable(within: 60)
            throw RecordingBackend.Hangup.close
        }
        let scene = try await PoolScene(ports: [silent.port]) {
            $0.activeHealth = ActiveHealthPolicy(
                path: "/", interval: .milliseconds(50), timeout: .milliseconds(100), downAfter: 2, upAfter: 1)
            $0.panicBelow = 0
        }
        let end = try await scene.checkHealth()
        #expect(try await scene.settles { scene.service.endpoints[0].health(at: .now()) == .down })
        #expect(try await scene.call().all == ["no connection: no-endpoint, retry never"])
        try await end()
        await scene.end()
    }
}
