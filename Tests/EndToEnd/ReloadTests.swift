import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Reload")
    struct ReloadTests {
        @Test("a changed document is served without being asked for, with its pages and listings")
        func watched() throws {
            let scene = try ReloadScene()
            #expect(try scene.status("/items/1") == 200)
            #expect(try scene.status("/offers") == 404)
            try scene.replace("specs/items.json", by: ReloadScene.document(["/items/{id}", "/offers"]))
            #expect(Clock.poll(for: 15) { (try? scene.status("/offers")) == 200 })
            #expect(try scene.status("/items/1") == 200)
            #expect(try HTTPClient.send("GET /routes", to: scene.gateway.adminPort).text.contains("/offers"))
            #expect(try HTTPClient.send("GET /docs/items", to: scene.gateway.port).text.contains("/offers"))
            #expect(try HTTPClient.send("GET /docs/items", to: scene.gateway.adminPort).text.contains("/offers"))
            #expect(try scene.metric("lintel_config_last_reload_successful") == 1)
            #expect(scene.gateway.process.error.contains("lintel: reloaded, snapshot "))
        }

        @Test("a change that cannot be loaded leaves everything as it is, and shows in the log, the metrics and /config")
        func failing() throws {
            let scene = try ReloadScene()
            try scene.replace("routes/shop.yaml", by: ReloadScene.shop(scene.backend.port, api: ["colour: red"]))
            #expect(scene.waits(for: "failed"))
            #expect(try scene.status("/items/1") == 200)
            #expect(try scene.metric("lintel_config_last_reload_successful") == 0)
            let problems = try #require(try scene.report()?["problems"]?.elements.compactMap(\.string))
            #expect(problems.contains { $0.contains("shop.yaml:7:5") && $0.contains("colour") }, "\(problems)")
            #expect(scene.gateway.process.error.contains("shop.yaml:7:5"))
            try scene.replace("routes/shop.yaml", by: ReloadScene.shop(scene.backend.port, api: ["mount: /shop"]))
            #expect(Clock.poll(for: 15) { (try? scene.status("/shop/items/1")) == 200 })
            #expect(scene.waits(for: "serving"))
            #expect(try scene.metric("lintel_config_last_reload_successful") == 1)
        }

        @Test("a document that was missing is loaded when it appears")
        func appearing() throws {
            let scene = try ReloadScene()
            try scene.replace("routes/shop.yaml", by: ReloadScene.shop(scene.backend.port, spec: "more.json"))
            #expect(scene.waits(for: "failed"))
            try scene.replace("specs/more.json", by: ReloadScene.document(["/more"]))
            #expect(Clock.poll(for: 15) { (try? scene.status("/more")) == 200 })
        }

        @Test("with --no-watch files are loaded at SIGHUP only")
        func asked() throws {
            let scene = try ReloadScene(options: ["--no-watch"])
            try scene.replace("specs/items.json", by: ReloadScene.document(["/offers"]))
            #expect(!Clock.poll(for: 3) { (try? scene.status("/offers")) == 200 })
            scene.gateway.process.send(SIGHUP)
            #expect(Clock.poll(for: 10) { (try? scene.status("/offers")) == 200 })
            #expect(scene.gateway.stop() == 0)
        }

        @Test("a change that breaks clients is told, and taken where the settings do not refuse it")
        func breaking() throws {
            let scene = try ReloadScene()
            try scene.replace("specs/items.json", by: ReloadScene.document(["/offers"]))
            #expect(Clock.poll(for: 15) { (try? scene.status("/offers")) == 200 })
            let report = try #require(try scene.report())
            #expect(report["ending"]?.string == "serving")
            #expect((report["breaking"]?.int ?? 0) >= 1)
            #expect(report["changes"]?.elements.contains { $0["severity"]?.string == "error" } == true)
            #expect(scene.gateway.process.error.contains("lintel: breaks clients: "))
        }

        @Test("`breakingChanges: refuse` keeps the contract that clients know, also for the next attempt")
        func refused() throws {
            let scene = try ReloadScene(["reload: { breakingChanges: refuse }"])
            for name in ["integer", "boolean"] {
                try scene.replace("specs/items.json", by: ReloadScene.document(title: name, name: name))
                #expect(Clock.poll(for: 15) { (try? scene.report())??["changes"]?.elements.contains {
                    $0["message"]?.string?.contains(name) == true } == true })
                #expect(try scene.report()?["ending"]?.string == "refused")
                #expect(try scene.status("/items/1") == 200)
                #expect(try scene.metric("lintel_config_last_reload_successful") == 0)
            }
            // What adds to the contract is no breach of it.
            try scene.replace("specs/items.json", by: ReloadScene.document(["/items/{id}", "/offers"]))
            #expect(Clock.poll(for: 15) { (try? scene.status("/offers")) == 200 })
            #expect(scene.waits(for: "serving"))
        }

        @Test("a listener whose address has changed is exchanged; connections of the others stay")
        func listeners() throws {
            let scene = try ReloadScene()
            let (first, second) = (try LoopbackSocket.freePort(), try LoopbackSocket.freePort())
            func settings(_ ports: [Int]) -> String {
                let binds = ports.map { "port\($0): { bind: \"127.0.0.1:\($0)\" }" }.joined(separator: ", ")
                return ReloadScene.settings(listeners: binds)
            }
            try scene.replace("routes/gateway.yaml", by: settings([first, second]))
            #expect(Clock.poll(for: 15) { (try? HTTPClient.send("GET /items/1", to: second).status) == 200 })
            #expect(Clock.poll(for: 5) { (try? HTTPClient(port: scene.gateway.port)) == nil })
            let kept = try HTTPClient(port: first)
            let leaving = try HTTPClient(port: second)
            let request = "GET /items/1 HTTP/1.1\r\nHost: a\r\n\r\n"
            #expect(try kept.exchange(request).status == 200)
            #expect(try leaving.exchange(request).status == 200)
            try scene.replace("routes/gateway.yaml", by: settings([first]))
            #expect(Clock.poll(for: 15) { (try? HTTPClient(port: second)) == nil })
            #expect(leaving.isClosed())
            #expect(try kept.exchange(request).status == 200)
        }

        @Test("an exchange finishes on the contract that it began with")
        func underWay() throws {
            let scene = try ReloadScene()
            let client = try HTTPClient(port: scene.gateway.port)
            // Its head is complete, its content is not: the exchange has begun.
            try client.send("GET /items/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
            _ = Clock.poll(for: 0.3) { false }
            try scene.replace("specs/items.json", by: ReloadScene.document(["/offers"]))
            #expect(Clock.poll(for: 15) { (try? scene.status("/offers")) == 200 })
            #expect(try scene.status("/items/1") == 404)
            try client.send("x")
            #expect(try client.reply().status == 415)
            #expect(try client.exchange("GET /items/1 HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
        }
    }
}
