import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// A few seconds of each in every run; `LINTEL_LOAD_SECONDS=60` for the whole thing.
    @Suite("Reload, drain and hand-over under load")
    struct ReloadLoadTests {
        /// How long the load lasts.
        private static func seconds(_ short: Double) -> Double {
            getenv("LINTEL_LOAD_SECONDS").flatMap { Double(String(cString: $0)) } ?? short
        }

        /// Kilobytes of memory that a process has.
        private static func memory(of process: ChildProcess) -> Int {
            FileContent.text("/proc/\(process.id)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
                .flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }

        /// How often a gateway has been reloaded.
        private static func reloads(of scene: ReloadScene) -> Int {
            scene.gateway.process.error.split(separator: "\n").count { $0.contains("lintel: reloaded") }
        }

        @Test("no request fails while settings and document change every second, and memory stays as it is")
        func reloads() throws {
            let scene = try ReloadScene(workers: 2, options: ["--no-watch"])
            let load = SteadyLoad(port: scene.gateway.port)
            let end = Clock.now + Self.seconds(8)
            var round = 0
            var memory: [Int] = []
            while Clock.now < end {
                round += 1
                let paths = ["/items/{id}"] + (0..<round % 7).map { "/more\($0)" }
                try scene.replace("specs/items.json", by: ReloadScene.document(paths, title: "round \(round)"))
                // Every other time the upstream is another one, whose connections are new.
                try scene.replace(
                    "routes/shop.yaml",
                    by: ReloadScene.shop(scene.backend.port, host: round % 2 == 0 ? "127.0.0.1" : "localhost"))
                let next = Clock.now + 1
                scene.gateway.process.send(SIGHUP)
                #expect(Clock.poll(for: 30) { Self.reloads(of: scene) == round }, "\(scene.gateway.process.error)")
                _ = Clock.poll(for: max(0, next - Clock.now)) { false }
                memory.append(Self.memory(of: scene.gateway.process))
            }
            load.stop()
            let seen = load.seen
            #expect(seen.failures.isEmpty, "\(seen.failures.count) of \(seen.good): \(seen.failures.prefix(5))")
            #expect(seen.good > round * 50, "\(seen.good) replies")
            // The first third is for caches and pools to fill; what is left behind by a reload would grow for ever.
            let early = memory[memory.count / 3]
            let late = memory.last ?? 0
            #expect(late < early + max(8192, early / 5), "kilobytes: \(memory)")
            print(
                "\(round) reloads under load: \(seen.good) replies, kilobytes \(memory.first ?? 0), \(early), \(late)")
        }

        @Test(
            "no request fails while certificates change every second, and what is shown is always the last one",
            .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "openssl is not installed"))
        func certificates() throws {
            let pairs = [
                ("localhost", TestCertificates.files["tls/localhost.pem"], TestCertificates.files["tls/localhost.key"]),
                ("other", TestCertificates.files["tls/stranger.pem"], TestCertificates.files["tls/stranger.key"]),
            ]
            let scene = try ReloadScene(workers: 2, options: ["--no-watch"])
            // One gateway with both entrances: the load in the clear, and clients of TLS through a relay.
            let secure = try LoopbackSocket.freePort()
            try scene.replace("served.pem", by: pairs[0].1 ?? "")
            try scene.replace("served.key", by: pairs[0].2 ?? "")
            try scene.replace(
                "routes/gateway.yaml",
                by: ReloadScene.settings(
                    workers: 2,
                    listeners: #"public: { bind: "127.0.0.1:0" }, secure: { bind: "127.0.0.1:\#(secure)", "#
                        + "tls: { certificates: [{ cert: ../served.pem, key: ../served.key }] } }"))
            scene.gateway.process.send(SIGHUP)
            #expect(Clock.poll(for: 30) { Self.reloads(of: scene) == 1 }, "\(scene.gateway.process.error)")
            let relay = try ChildProcess(["python3", CorporaTests.folder + "/tls_relay.py", "\(secure)"])
            #expect(Clock.poll(for: 10) { relay.output.contains("\n") })
            let entrance = try #require(Int(relay.output.prefix { $0 != "\n" }))
            let plain = SteadyLoad(port: scene.gateway.port, clients: 32)
            let encrypted = SteadyLoad(port: entrance, clients: 32)
            let end = Clock.now + Self.seconds(8)
            var round = 1
            while Clock.now < end {
                let next = Clock.now + 1
                let (subject, chain, key) = pairs[round % 2]
                // The key first: between the two the pair does not fit, and is not taken over.
                try scene.replace("served.key", by: key ?? "")
                try scene.replace("served.pem", by: chain ?? "")
                round += 1
                scene.gateway.process.send(SIGHUP)
                #expect(Clock.poll(for: 30) { Self.reloads(of: scene) == round }, "\(scene.gateway.process.error)")
                let shown = try ChildProcess.run(
                    ["sh", "-c", "openssl s_client -connect 127.0.0.1:\(secure) </dev/null 2>&1"], within: 10)
                #expect(shown.output.contains("CN = \(subject)\n"), "\(shown.output)")
                _ = Clock.poll(for: max(0, next - Clock.now)) { false }
            }
            plain.stop()
            encrypted.stop()
            for load in [plain, encrypted] {
                #expect(load.seen.failures.isEmpty, "\(load.seen.failures.count): \(load.seen.failures.prefix(5))")
                #expect(load.seen.good > round * 20, "\(load.seen.good) replies")
            }
            print("\(round - 1) changes of the certificate: \(plain.seen.good) and \(encrypted.seen.good) replies")
        }

        @Test("no request fails when the gateway ends under load")
        func ends() throws {
            let scene = try ReloadScene(workers: 2)
            let load = SteadyLoad(port: scene.gateway.port, endsRefused: true)
            _ = Clock.poll(for: 2) { false }
            #expect(load.seen.failures.isEmpty, "\(load.seen.failures.prefix(5))")
            scene.gateway.process.send(SIGTERM)
            #expect(scene.gateway.process.wait(within: 15) == 0)
            #expect(Clock.poll(for: 15) { load.hasEnded })
            let seen = load.seen
            #expect(seen.failures.isEmpty, "\(seen.failures.count) of \(seen.good): \(seen.failures.prefix(5))")
            #expect(seen.refusals == 64)
            #expect(seen.good > 100)
        }

        @Test("no request fails, and no connection is refused, while processes take over from each other under load")
        func handsOver() throws {
            let folder = try TemporaryFolder()
            let options = ["--take-over", folder.file("next")]
            let first = try ReloadScene(workers: 2, options: options)
            let load = SteadyLoad(port: first.gateway.port)
            let end = Clock.now + Self.seconds(6)
            var last = first.gateway
            var count = 0
            while Clock.now < end || count < 2 {
                count += 1
                let next = try RunningGateway(first.gateway.folder, options: options)
                #expect(next.port == first.gateway.port)
                #expect(next.adminPort == first.gateway.adminPort)
                #expect(last.process.wait(within: 20) == 0, "\(last.process.error)")
                #expect(last.process.error.contains("another process has taken over"))
                last = next
            }
            load.stop()
            let seen = load.seen
            #expect(seen.failures.isEmpty, "\(seen.failures.count) of \(seen.good): \(seen.failures.prefix(5))")
            #expect(seen.good > 100)
            print("\(count) hand-overs under load: \(seen.good) replies")
            #expect(last.stop() == 0)
        }

        @Test("a process that cannot be loaded takes nothing over")
        func failsToTakeOver() throws {
            let folder = try TemporaryFolder()
            let options = ["--take-over", folder.file("next")]
            let scene = try ReloadScene(options: options + ["--no-watch"])
            try scene.replace("routes/shop.yaml", by: "version: 1\ncolour: red\n")
            #expect(throws: RunningGateway.Failure.self) {
                try RunningGateway(scene.gateway.folder, options: options)
            }
            #expect(try scene.status("/items/1") == 200)
            try scene.replace("routes/shop.yaml", by: ReloadScene.shop(scene.backend.port))
            let next = try RunningGateway(scene.gateway.folder, options: options)
            #expect(scene.gateway.process.wait(within: 20) == 0)
            #expect(try HTTPClient.send("GET /items/1", to: next.port).status == 200)
        }

        @Test(
            "the corpora's own probe finds nothing lost by reloads",
            .enabled(if: Corpora.isPresent, Comment(rawValue: Corpora.absence)))
        func probe() throws {
            let backend = try RecordingBackend { request, socket in
                if request.target == "/t/slow" { usleep(300_000) }
                try RecordingBackend.ok(request, socket)
            }
            let gateway = try RunningGateway(
                TemporaryFolder([
                    "routes/gateway.yaml": ReloadScene.settings(workers: 2),
                    "routes/shop.yaml": ReloadScene.shop(
                        backend.port, spec: "empty.json",
                        api: ["mount: /t", "upstreamPath: /t", "undeclared: pass"]),
                    "specs/empty.json": #"{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{}}"#,
                ]))
            let probe = try ChildProcess([
                "python3", Corpora.file("http/reload_probe.py"), "--gw", "127.0.0.1:\(gateway.port)",
                "--cmd", "kill -HUP \(gateway.process.id)", "--every", "1", "--times", "4",
            ])
            #expect(probe.wait(within: 60) == 0)
            #expect(probe.output.contains("CLEAN"), "\(probe.output)\(probe.error)")
        }
    }
}
