import JSONDocuments
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "The corpora's own runners, against the executable",
        .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
    struct CorporaTests {
        /// The folder of this file, with the relay.
        static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))

        /// The verdict of one case.
        private struct Verdict: Sendable {
            let id: String
            let verdict: String
            let note: String
        }

        /// A runner at work on some cases, with a gateway of its own: a runner is its gateway's only service.
        private final class Run: Sendable {
            let process: ChildProcess
            private let gateway: RunningGateway
            private let relay: ChildProcess?
            private let folder: TemporaryFolder

            /// - Parameter isRelayed: the runner speaks no TLS and goes through a relay that does.
            init(_ script: String, only: [String], _ options: [String], listener: String, isRelayed: Bool) throws {
                let port = try LoopbackSocket.freePort()
                gateway = try RunningGateway(
                    upstream: port, listener: listener,
                    defaults: """
                        timeout: 30s
                        timeouts: { requestHead: 5s, requestBody: 5s, idle: 5s, responseHead: 3s, responseIdle: 3s }
                        """, files: TestCertificates.files)
                folder = try TemporaryFolder()
                var entrance = gateway.port
                if isRelayed {
                    let relay = try ChildProcess(
                        ["python3", CorporaTests.folder + "/tls_relay.py", "\(gateway.port)"])
                    _ = Clock.poll(for: 10) { relay.output.contains("\n") }
                    entrance = try #require(Int(relay.output.prefix { $0 != "\n" }))
                    self.relay = relay
                } else {
                    relay = nil
                }
                process = try ChildProcess(
                    [
                        "python3", Corpora.file("http/\(script)"), "--gw", "127.0.0.1:\(entrance)",
                        "--backend-port", "\(port)",
                        "--only", only.joined(separator: ","), "--out", folder.file("out.json"),
                    ] + options)
            }

            /// The verdicts, once the runner has ended.
            func verdicts() throws -> [Verdict] {
                let code = process.wait(within: 240)
                try #require(code == 0, "the runner ended with \(code ?? -1): \(process.output)\(process.error)")
                return try JSONText.parse(FileContent.bytes(folder.file("out.json")) ?? []).elements.map {
                    Verdict(
                        id: $0["id"]?.string ?? "", verdict: $0["verdict"]?.string ?? "", note: $0["note"]?.string ?? ""
                    )
                }
            }
        }

        /// Runs all cases in several runners side by side (they mostly wait), and once more, alone, those that failed:
        /// the runners judge by pauses, which a machine at its limit makes too.
        private static func verdicts(
            _ script: String, cases file: String, shards: Int, _ options: [String] = [], listener: String = "",
            isRelayed: Bool = false
        ) throws -> [Verdict] {
            let cases = try JSONText.parse(FileContent.bytes(Corpora.file("http/\(file)")) ?? [])["cases"]
            let ids = try #require(cases).elements.compactMap { $0["id"]?.string }
            let runs = try (0..<shards).map { shard in
                try Run(
                    script, only: ids.indices.filter { $0 % shards == shard }.map { ids[$0] }, options,
                    listener: listener, isRelayed: isRelayed)
            }
            let first = try runs.flatMap { try $0.verdicts() }
            let doubtful = first.filter { $0.verdict != "PASS" }.map(\.id)
            guard !doubtful.isEmpty else { return first }
            print("\(script): again, alone: \(doubtful)")
            let second = try Run(script, only: doubtful, options, listener: listener, isRelayed: isRelayed).verdicts()
            return first.filter { $0.verdict == "PASS" } + second
        }

        private static func report(_ script: String, _ verdicts: [Verdict]) -> (pass: Int, fail: [String]) {
            let pass = verdicts.count { $0.verdict == "PASS" }
            print("\(script): \(pass)/\(verdicts.count) PASS")
            for verdict in verdicts where verdict.verdict != "PASS" {
                print("  \(verdict.verdict) \(verdict.id) \(verdict.note)")
            }
            return (pass, verdicts.filter { $0.verdict == "FAIL" }.map { "\($0.id): \($0.note)" })
        }

        @Test("raw requests, in the clear and by TLS: no FAIL, and at least 99 % PASS", arguments: [false, true])
        func requests(isSecure: Bool) throws {
            let verdicts = try Self.verdicts(
                "run_requests.py", cases: "http1_requests.json", shards: 4, ["--skip-slow"],
                listener: isSecure ? TestCertificates.listener : "", isRelayed: isSecure)
            var (pass, fail) = Self.report("run_requests.py", verdicts)
            #expect(verdicts.count > 200)
            // The client claims that it came by https; by TLS that is what the gateway says itself.
            if isSecure { fail.removeAll { $0 == "hb-xfp-spoof: x-forwarded-proto = https leaked" } }
            #expect(fail == [])
            #expect(pass * 100 >= verdicts.count * 99)
        }

        @Test("broken upstreams, told in the clear and by TLS: all PASS", arguments: [false, true])
        func responses(isSecure: Bool) throws {
            let verdicts = try Self.verdicts(
                "run_responses.py", cases: "http1_responses.json", shards: 6,
                listener: isSecure ? TestCertificates.listener : "", isRelayed: isSecure)
            let (pass, fail) = Self.report("run_responses.py", verdicts)
            #expect(verdicts.count > 50)
            #expect(fail == [])
            #expect(pass == verdicts.count)
        }

        @Test("HTTP/2 requests, in the clear and encrypted: all PASS", arguments: [false, true])
        func downgrades(isSecure: Bool) throws {
            let verdicts = try Self.verdicts(
                "run_h2.py", cases: "h2_downgrade.json", shards: 4, isSecure ? ["--tls"] : [],
                listener: "protocols: [h2, http1]" + (isSecure ? ", " + TestCertificates.listener : ""))
            let (pass, fail) = Self.report("run_h2.py", verdicts)
            #expect(verdicts.count > 50)
            #expect(fail == [])
            #expect(pass == verdicts.count)
        }

        /// Vectors that fail, each with its reason. One that begins to pass has to leave this list.
        private static let knownFailures: [String] = []

        @Test("contract vectors, all of them")
        func contracts() throws {
            let folder = try TemporaryFolder()
            let result = try ChildProcess.run(
                [
                    "python3", Corpora.file("contract/run.py"), "--lintel", LintelExecutable.path, "--out",
                    folder.file("failures.jsonl"),
                    Corpora.file("contract/vectors.jsonl"),
                ], within: 200)
            #expect(result.code == 0 || result.code == 1, "\(result)")
            print(result.output)
            var failed: [String] = []
            for line in FileContent.text(folder.file("failures.jsonl")).split(separator: "\n") {
                let entry = try JSONText.parse(Array(line.utf8))
                if let id = entry["id"]?.string, entry["failed"]?.isNull == false { failed.append(id) }
            }
            #expect(failed.sorted() == Self.knownFailures)
            let total = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("all ") })
            let passed = total.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix { $0 != "/" }) }
            #expect(passed == 527)
        }
    }
}
