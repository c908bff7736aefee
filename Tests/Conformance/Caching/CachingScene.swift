import Glibc
import Synchronization
import TestSupport

/// A gateway over one origin that plays its part of every case at once, so that the waits of all cases are one wait.
final class CachingScene: Sendable {
    /// A request as the origin got it.
    private struct Sight: Sendable {
        let step: Int
        let fields: MessageFields
        let sentStatus: Int
    }

    /// What the origin knows.
    private final class Stage: Sendable {
        let cases: [CachingCase]
        let sights = Mutex<[Int: [Sight]]>([:])

        init(_ cases: [CachingCase]) { self.cases = cases }
    }

    private let stage: Stage
    private let origin: RecordingBackend
    private let gateway: RunningGateway

    /// Starts origin and gateway for these cases.
    init(_ cases: [CachingCase]) throws {
        let stage = Stage(cases)
        self.stage = stage
        origin = try RecordingBackend { request, socket in try Self.answer(request, socket, stage) }
        let profiles: [(CachingCase.Profile, String)] = [
            (.plain, "heuristic: true"), (.lenient, "heuristic: true, staleIfError: 60s"),
            (.cookies, "setCookie: store"), (.settled, "ttl: 60s, negative: { 404: 60s }"),
            (.varied, "vary: [Accept-Language]"),
        ]
        let operations = profiles.map {
            "          \($0.rawValue)One: { cache: { \($1) } }\n"
                + "          \($0.rawValue)More: { cache: { \($1) } }"
        }
        let paths = profiles.map { profile, _ in
            """
              /\(profile.rawValue)/{id}:
                parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                get: { operationId: \(profile.rawValue)One, responses: { default: { description: any } } }
                head: { responses: { default: { description: any } } }
                post: { requestBody: { content: { "*/*": {} } }, responses: { default: { description: any } } }
              /\(profile.rawValue)/{id}/{more}:
                parameters:
                  - { name: id, in: path, required: true, schema: { type: string } }
                  - { name: more, in: path, required: true, schema: { type: string } }
                get: { operationId: \(profile.rawValue)More, responses: { default: { description: any } } }
            """
        }
        gateway = try RunningGateway(
            TemporaryFolder([
                "routes/gateway.yaml": """
                version: 1
                gateway:
                  listeners: { public: { bind: "127.0.0.1:0" } }
                  admin: { bind: "127.0.0.1:0" }
                  workers: 1
                  telemetry: { accessLog: none }
                  defaults: { timeout: 20s, validation: { requests: report, responses: report, undeclaredQuery: pass } }
                upstreams:
                  origin:
                    targets: ["http://127.0.0.1:\(origin.port)"]
                    retry: { attempts: 0 }
                apis:
                  test:
                    spec: ../specs/any.yaml
                    upstream: origin
                    undeclared: pass
                    operations:
                \(operations.joined(separator: "\n"))
                """,
                "specs/any.yaml": """
                openapi: 3.1.0
                info: { title: any, version: "1" }
                paths:
                \(paths.joined(separator: "\n"))
                """,
            ]))
    }

    /// Ends both.
    func stop() {
        gateway.stop()
        origin.stop()
    }

    /// Plays every case, `width` at a time; what is wrong with each, nil for nothing.
    func outcomes(width: Int = 48) async throws -> [String?] {
        let count = stage.cases.count
        let turns = Turns(count)
        let scene = self
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<width {
                group.addTask {
                    try await BackgroundThread.run {
                        while let index = turns.next() {
                            let outcome: String?
                            do { outcome = try scene.play(index) } catch { outcome = "\(error)" }
                            turns.found.withLock { $0[index] = outcome }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return turns.found.withLock { $0 }
    }

    /// Which case is next, and what came of each.
    private final class Turns: Sendable {
        let count: Int
        let place = Atomic<Int>(0)
        let found: Mutex<[String?]>

        init(_ count: Int) {
            self.count = count
            found = Mutex(Array(repeating: "not played", count: count))
        }

        func next() -> Int? {
            let index = place.add(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }
    }

    // MARK: The client

    private func play(_ index: Int) throws -> String? {
        let story = stage.cases[index]
        for (number, step) in story.steps.enumerated() {
            let path = "/\(story.profile.rawValue)/case\(index)\(step.suffix)"
            let reply = try HTTPClient.send(
                "\(step.method) \(path)", to: gateway.port, host: step.host,
                fields: ["Step: \(number)"] + step.sends.map { "\($0.0): \($0.1)" }, content: step.content)
            if let wrong = verdict(reply, step, index: index, number: number) {
                return "step \(number + 1): \(wrong)\n\(reply)"
            }
            if step.pause > 0 { usleep(UInt32(step.pause * 1e6)) }
        }
        return nil
    }

    /// What is wrong with a reply; nil for nothing.
    private func verdict(_ reply: HTTPClient.Reply, _ step: CachingCase.Step, index: Int, number: Int) -> String? {
        let seen = stage.sights.withLock { $0[index, default: []] }.filter { $0.step == number }
        switch step.from {
        case .stored where !seen.isEmpty: return "the origin was asked"
        case .asked where seen.count != 1: return "the origin was asked \(seen.count) times"
        case .validated where seen.first?.sentStatus != 304: return "the origin was not asked with a condition"
        default: break
        }
        if step.from == .asked, reply.fields["Answered"] != "\(number)" { return "another step's reply" }
        let status = step.seen ?? (step.from == .validated ? 200 : step.status)
        if reply.status != status { return "status \(reply.status), not \(status)" }
        if reply.interim.map(\.status) != step.interim { return "interim \(reply.interim.map(\.status))" }
        for (name, value) in step.shows {
            let found = reply.fields.all(name).joined(separator: ", ")
            guard reply.fields[name] != nil else { return "no \(name)" }
            if value.hasPrefix(">"), let least = Int(value.dropFirst()) {
                if (Int(found) ?? -1) <= least { return "\(name) is \(found), not more than \(least)" }
            } else if !value.isEmpty, found != value {
                return "\(name) is \(found), not \(value)"
            }
        }
        for name in step.hides where reply.fields[name] != nil { return "\(name) is there" }
        for (name, value) in step.asks {
            guard let found = seen.first?.fields.all(name).joined(separator: ", ") else {
                return "the origin was not asked"
            }
            if found != value { return "the origin got \(name): \(found)" }
        }
        if let reads = step.reads, reply.text != reads { return "content \(reply.text)" }
        return nil
    }

    // MARK: The origin

    private static func answer(_ request: RecordingBackend.Request, _ socket: LoopbackSocket, _ stage: Stage) throws {
        let parts = request.target.split(whereSeparator: { $0 == "/" || $0 == "?" })
        guard parts.count >= 2, let index = Int(parts[1].dropFirst("case".count)), stage.cases.indices.contains(index),
            let number = request.fields["Step"].flatMap(Int.init), stage.cases[index].steps.indices.contains(number)
        else { return try socket.send("HTTP/1.1 599 Lost\r\nContent-Length: 0\r\n\r\n") }
        let story = stage.cases[index]
        let step = story.steps[number]
        var status = step.status
        if step.from == .validated, number > 0 {
            let before = story.steps[..<number].last { $0.from != .stored } ?? story.steps[0]
            func said(_ name: String) -> String? { before.says.first { $0.0 == name }?.1 }
            let matches =
                said("ETag").map { $0 == request.fields["If-None-Match"] }
                ?? said("Last-Modified").map { $0 == request.fields["If-Modified-Since"] } ?? false
            if matches { status = 304 }
        }
        stage.sights.withLock {
            $0[index, default: []].append(Sight(step: number, fields: request.fields, sentStatus: status))
        }
        if step.hangsUp { throw RecordingBackend.Hangup.close }
        for code in step.interim { try socket.send("HTTP/1.1 \(code) Interim\r\nLink: </a>\r\n\r\n") }
        let content = step.body ?? "content of case \(index)"
        var text = "HTTP/1.1 \(status) Said\r\nAnswered: \(number)\r\n"
        for (name, value) in step.says {
            text += "\(name): \(value.hasPrefix("@") ? date(Int(value.dropFirst()) ?? 0) : value)\r\n"
        }
        if !step.says.contains(where: { $0.0 == "Content-Type" }), status != 304 {
            text += "Content-Type: text/plain\r\n"
        }
        if status == 204 || status == 304 { return try socket.send(text + "\r\n") }
        text += "Content-Length: \(content.utf8.count)\r\n\r\n"
        try socket.send(text + (request.method == "HEAD" ? "" : content))
    }

    /// An HTTP-date so many seconds from now (RFC 9110 §5.6.7).
    static func date(_ offset: Int) -> String {
        var seconds = time(nil) + offset
        var fields = tm()
        gmtime_r(&seconds, &fields)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
