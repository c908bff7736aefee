import GatewaySettings
import SourceDiagnostics
import Testing

@Suite("Settings that are right")
struct SettingsValuesTests {
    /// The settings of a text, or the test fails with what was said.
    private func settings(_ fixture: SettingsFixture) throws -> GatewaySettings {
        try #require(fixture.load().settings, "\(fixture.everythingSaid())")
    }

    /// Every key of the format at once.
    static let everything = """
        version: 1
        gateway:
          listeners:
            public:
              bind: "[::1]:8443"
              tls:
                certificates: [ { cert: "${file:../tls/c.pem}", key: "${file:../tls/k.pem}" } ]
                minVersion: "1.3"
                clientCA: ../tls/ca.pem
                verifyClient: optional
              protocols: [h2, http1]
              proxyProtocol: required
              maxConnections: 1000
              maxConnectionsPerAddress: 10
            local: { bind: unix:/run/lintel.sock }
          admin: { bind: localhost:9091 }
          docs: { path: /documentation/, assets: viewers, insights: public }
          workers: 7
          zone: a
          resolver: 127.0.0.1:5353
          drain: { readinessDelay: 250ms, grace: 1m }
          telemetry:
            accessLog: text
            serverTiming: true
            traces: { otlp: "${env:OTLP_ENDPOINT}", sample: 0.5%, ca: ../tls/ca.pem }
          reload: { breakingChanges: refuse }
          cache: { memory: 32MiB, redis: "${env:REDIS}", redisCA: ../tls/ca.pem }
          trustedProxies: [10.0.0.0/8, "::1"]
          overload: { targetLatency: 50ms, memory: 512MiB }
          defaults:
            timeout: 6s
            upgrade: websocket
            priority: low
            timeouts:
              { requestHead: 1s, requestBody: 2s, idle: 3s, responseHead: 4s, responseIdle: 1h, tunnelIdle: 2h }
            limits: { requestHead: 16KiB, headerCount: 50, requestBody: 2048, responseBody: 1GiB, jsonDepth: 32 }
            validation: { requests: report, responses: enforce, undeclaredQuery: strip, undeclaredFields: strip }
            errors: { max: 3, values: show }
            cache:
              { ttl: 5s, staleWhileRevalidate: 1s, staleIfError: 1s, negative: { 404: 5s }, scope: public, vary: [],
                minUses: 2, maxObject: 1KiB, override: true, heuristic: false, keyOrder: significant, setCookie: store,
                groups: [a] }
            use: [office]
        upstreams:
          products:
            targets: [http://127.0.0.1:9102, { url: "https://[::1]", weight: 3, zone: b }]
            balance: hash
            hashBy: header:X-Tenant
            slowStart: 20s
            resolveEvery: 7s
            tls: { serverName: shop.internal, ca: ../tls/ca.pem, certificate: { cert: ../tls/c.pem, key: ../tls/k.pem } }
            protocols: [h2]
            pool: { maxConnections: 1, maxPending: 0, idle: 2s }
            connectTimeout: 3s
            health:
              active: { path: /up?x=1, interval: 4s, timeout: 5s, downAfter: 6, upAfter: 7 }
              passive: { consecutiveErrors: 8, ejectFor: 9s, maxEjected: 100% }
              panicBelow: 10%
            retry: { attempts: 3, budget: 1.25%, methods: safe, when: [connect, timeout, 429], attemptTimeout: 1s }
            hedge: { after: 50ms }
            circuit: { errorRate: 10%, window: 1s, minRequests: 2, openFor: 3s }
        policies:
          customer:
            jwt:
              issuer: https://id/
              jwks: https://id/jwks.json
              audiences: [shop]
              algorithms: [ES256]
              leeway: 0s
              refresh: 10m
              staleFor: 1h
              fetchTimeout: 2s
              ca: ../tls/ca.pem
          partner: { apiKey: { query: key, keys: "${env:KEYS}" } }
          people: { basic: { users: "${env:KEYS}", realm: r } }
          machines: { clientCertificate: { subjects: ["CN=a,O=b"], names: ["*.partner.test"] } }
          few: { concurrency: { key: consumer, limit: 100 } }
          fair-use: { rateLimit: { key: address, limit: 100/1m, burst: 200 } }
          browser:
            cors:
              origins: ["https://Shop.example.com:443", "http://[::1]:8080"]
              credentials: true
              headers: [X-A]
              exposeHeaders: [X-B]
              maxAge: 0s
          office: { ip: { allow: [10.0.0.0/8, "::1"], deny: [10.1.0.0/16] } }
          edit: { headers: { request: { set: { X-Hop: lintel }, remove: [X-Debug] }, response: { remove: [Server] } } }
        apis:
          products:
            spec: ../specs/products.yaml
            mount: /shop/
            upstreamPath: /v1
            hosts: [Shop.Example.com, "[::1]"]
            upstream: products
            undeclared: report
            expose: internal
            security: { key: partner, token: upstream }
            use: [fair-use]
            tags: { write: { timeout: 7s } }
            operations:
              getProduct: { cache: { ttl: 60s } }
              "GET /products": { useOnly: [] }
          users: { spec: ../specs/users.yaml, upstream: products, security: upstream, mount: /users }
          calls: { grpc: [shop.v1.Products/Get, a/*], upstream: products }
        compositions:
          page:
            get: /pages/{id}
            summary: s
            description: d
            tags: [t]
            timeout: 1s
            inputs: {}
            claims: {}
            steps: { one: { cache: { ttl: 3s } }, two: { cache: none }, three: {} }
            respond: {}
            cache:
              { ttl: auto }
            contract: c
            security: [partner]
            use: [fair-use]
          order:
            post: /pages
            useOnly: [partner]
        """

    /// The fixture of `everything`.
    static var fixture: SettingsFixture {
        SettingsFixture(
            files: ["routes/all.yaml": everything, "tls/c.pem": "C", "tls/k.pem": "K", "tls/ca.pem": "A"],
            variables: ["OTLP_ENDPOINT": "https://otel:4318", "REDIS": "rediss://h", "KEYS": "one\ntwo"])
    }

    @Test("every key of the format has its value")
    func everyKey() throws {
        let settings = try settings(Self.fixture)
        let listener = settings.listeners[0].value
        #expect(settings.listeners.map(\.name) == ["public", "local"])
        #expect(listener.bind == .tcp(host: "::1", port: 8443))
        #expect(listener.tls?.certificates.map(\.certificate) == ["tls/c.pem"])
        #expect(listener.tls?.certificates.map(\.key) == ["tls/k.pem"])
        #expect(listener.tls?.minVersion == .tls13)
        #expect(listener.tls?.clientCA == "tls/ca.pem")
        #expect(listener.tls?.verifyClient == .optional)
        #expect(listener.protocols == [.h2, .http1])
        #expect(listener.proxyProtocol == .required)
        #expect(listener.maxConnections == 1000 && listener.maxConnectionsPerAddress == 10)
        #expect(settings.listeners[1].value.proxyProtocol == .none && settings.listeners[1].value.maxConnections == nil)
        #expect(settings.trustedProxies.map(\.text) == ["10.0.0.0/8", "::1"])
        #expect(settings.overload?.targetLatency == .milliseconds(50) && settings.overload?.memory == 512 << 20)
        #expect(settings.resolve(api: "").exchange.priority.value == .low)
        #expect(settings.listeners[1].value.bind == .unix(path: "/run/lintel.sock"))
        #expect(settings.admin.bind == .tcp(host: "localhost", port: 9091))
        #expect(settings.docs.path == "/documentation")
        #expect(settings.docs.assets == "viewers")
        #expect(settings.docs.insights == .public)
        #expect(settings.workers == 7)
        #expect(settings.zone == "a")
        #expect(settings.resolver?.description == "127.0.0.1:5353")
        #expect(settings.drain.readinessDelay == .milliseconds(250))
        #expect(settings.drain.grace == .seconds(60))
        #expect(settings.telemetry.accessLog == .text)
        #expect(settings.telemetry.serverTiming)
        #expect(settings.telemetry.traces?.otlp.description == "https://otel:4318")
        #expect(settings.telemetry.traces?.sample == Share(basisPoints: 50))
        #expect(settings.telemetry.traces?.authorities == "tls/ca.pem")
        #expect(settings.reload.breakingChanges == .refuse)
        #expect(settings.cache?.memory == 32 << 20)
        #expect(settings.cache?.redisAuthorities?.path == "tls/ca.pem")

        let upstream = try #require(settings.upstream("products")).value
        #expect(upstream.targets.map(\.url.description) == ["http://127.0.0.1:9102", "https://[::1]:443"])
        #expect(upstream.targets.map(\.weight) == [1, 3])
        #expect(upstream.targets.map(\.zone) == [nil, "b"])
        #expect(upstream.balance == .hash && upstream.hashBy == .header("X-Tenant"))
        #expect(upstream.slowStart == .seconds(20) && upstream.resolveEvery == .seconds(7))
        #expect(upstream.pool.maxConnections == 1 && upstream.pool.maxPending == 0 && upstream.pool.idle == .seconds(2))
        #expect(upstream.connectTimeout == .seconds(3))
        #expect(upstream.tls?.serverName == "shop.internal" && upstream.tls?.authorities == "tls/ca.pem")
        #expect(upstream.tls?.certificate?.certificate == "tls/c.pem" && upstream.tls?.certificate?.key == "tls/k.pem")
        #expect(upstream.protocols == [.h2])
        #expect(upstream.activeHealth?.path == "/up?x=1")
        #expect(upstream.activeHealth?.upAfter == 7)
        #expect(upstream.passiveHealth.maxEjected == .percent(100))
        #expect(upstream.panicBelow == .percent(10))
        #expect(upstream.retry.attemptTimeout == .seconds(1))
        #expect(upstream.hedge?.after == .milliseconds(50))
        #expect(upstream.retry.attempts == 3 && upstream.retry.budget == Share(basisPoints: 125))
        #expect(upstream.retry.methods == .safe)
        #expect(upstream.retry.conditions == [.connect, .timeout, .status(429)])
        #expect(upstream.circuit?.errorRate == .percent(10))

        let api = try #require(settings.api("products")).value
        #expect(api.spec == "specs/products.yaml")
        guard case .grpc(let methods)? = settings.api("calls")?.value.contract else {
            Issue.record("no methods of gRPC")
            return
        }
        #expect(methods.map(\.service) == ["shop.v1.Products", "a"] && methods.map(\.method) == ["Get", nil])
        #expect(api.mount == "/shop" && api.upstreamPath == "/v1")
        #expect(api.hosts == ["shop.example.com", "[::1]"])
        #expect(api.undeclared == .report && api.expose == .internal)
        #expect(api.security.target(of: "key") == .policy("partner"))
        #expect(api.security.target(of: "token") == .upstream)
        #expect(api.security.target(of: "other") == nil)
        #expect(settings.api("users")?.value.security.target(of: "anything") == .upstream)
        let endpoints = settings.compositions.map { "\($0.value.method) \($0.value.path.value)" }
        #expect(endpoints == ["GET /pages/{id}", "POST /pages"])
        #expect(settings.compositions[0].value.security?.map(\.value) == ["partner"])
        #expect(settings.compositions[0].value.use.map(\.value) == ["fair-use"])
        let page = settings.compositions[0].value
        #expect(page.cache.map { CacheSettings.untouched.changed(by: $0).ttl == nil } == true)
        #expect(page.partCaches.keys.sorted() == ["one", "two"])
        if case .layer(let layer)? = page.partCaches["one"] {
            let settings = CacheSettings.untouched.changed(by: layer)
            #expect(settings.ttl == .seconds(3) && settings.scope == .auto)
        } else {
            Issue.record("the cache of the step `one` is not read")
        }
        if case .never? = page.partCaches["two"] {} else { Issue.record("`none` is not read") }
        #expect(settings.compositions[1].value.useOnly?.map(\.value) == ["partner"])
        #expect(
            settings.referencedFiles.sorted() == [
                "specs/products.yaml", "specs/users.yaml", "tls/c.pem", "tls/ca.pem", "tls/k.pem",
            ])
    }

    @Test("policies have their values")
    func policies() throws {
        let settings = try settings(Self.fixture)
        for policy in settings.policies {
            switch policy.value.kind {
            case .jwt(let jwt):
                guard case .url(_, let fetching) = jwt.keys else {
                    Issue.record("the keys are fetched")
                    continue
                }
                #expect(fetching.refresh == .seconds(600) && fetching.staleFor == .seconds(3_600))
                #expect(fetching.timeout == .seconds(2) && fetching.authorities?.path == "tls/ca.pem")
                #expect(jwt.algorithms == [.es256] && jwt.leeway == .zero && jwt.audiences == ["shop"])
            case .apiKey(let keys):
                #expect(keys.location == .query("key") && keys.keys.count == 2)
            case .basic(let basic): #expect(basic.realm == "r")
            case .clientCertificate(let certificate):
                #expect(certificate.subjects == ["CN=a,O=b"] && certificate.names == ["*.partner.test"])
            case .concurrency(let limit): #expect(limit.key == .consumer && limit.limit == 100)
            case .rateLimit(let limit):
                #expect(
                    limit.key == .address && limit.limit == Rate(count: 100, period: .seconds(60)) && limit.burst == 200
                )
            case .cors(let cors):
                #expect(cors.origins == ["https://shop.example.com", "http://[::1]:8080"] && cors.credentials)
            case .ip(let addresses):
                #expect(addresses.allow.map(\.prefixLength) == [8, 128])
                #expect(addresses.deny.map(\.address) == [[10, 1, 0, 0]])
            case .headers(let headers):
                #expect(headers.request?.set.map { "\($0.name)=\($0.value)" } == ["X-Hop=lintel"])
                #expect(headers.response?.remove == ["Server"])
            }
        }
        #expect(settings.policies.count == 9)
    }

    @Test("what nothing carries out yet is listed with its place, each feature of the list at least once")
    func unsupported() throws {
        let settings = try settings(Self.fixture)
        #expect(Set(settings.unsupportedFeatures.map(\.feature)) == SettingsFeature.notRunning)
        for feature in settings.unsupportedFeatures {
            #expect(feature.diagnostic.severity == .error && feature.range.start.line > 1, "\(feature)")
        }
    }

    @Test("the smallest file gives the built-in values, and asks for nothing that does not run")
    func builtIn() throws {
        let settings = try settings(SettingsFixture("version: 1"))
        #expect(settings.listeners.map(\.value.bind.description) == ["127.0.0.1:8080"])
        #expect(settings.admin.bind.description == "127.0.0.1:9090")
        #expect(settings.docs.path == "/docs")
        #expect(settings.docs.insights == .admin)
        #expect(settings.workers == 3)
        #expect(settings.drain.readinessDelay == .zero && settings.drain.grace == .seconds(25))
        #expect(settings.telemetry.accessLog == .json)
        #expect(settings.reload.breakingChanges == .report)
        #expect(settings.unsupportedFeatures.isEmpty)
        #expect(
            settings.resolve(api: "none").leaves.map { "\($0.path)=\($0.text)" } == [
                "timeout=5s", "upgrade=none", "priority=normal", "timeouts.requestHead=10s", "timeouts.requestBody=30s",
                "timeouts.idle=1m",
                "timeouts.responseHead=15s", "timeouts.responseIdle=30s", "timeouts.tunnelIdle=5m",
                "limits.requestHead=32KiB", "limits.headerCount=100",
                "limits.requestBody=1MiB", "limits.responseBody=8MiB", "limits.jsonDepth=64",
                "validation.requests=enforce",
                "validation.responses=report", "validation.undeclaredQuery=pass", "validation.undeclaredFields=pass",
                "errors.max=10", "errors.values=hide",
            ])
        #expect(settings.leaves.allSatisfy { $0.origin == nil })
    }

    @Test("an upstream's built-in values are those of the design page, and are explained as built in")
    func upstreamBuiltIn() throws {
        let settings = try settings(SettingsFixture("version: 1\nupstreams: { u: { targets: [http://a] } }"))
        #expect(
            settings.leaves(under: "upstreams.u").map { "\($0.path)=\($0.text)@\($0.origin?.start.description ?? "-")" }
                == [
                    "upstreams.u.targets=[http://a:80]@2:28", "upstreams.u.balance=least-request@-",
                    "upstreams.u.hashBy=address@-", "upstreams.u.slowStart=0s@-", "upstreams.u.resolveEvery=30s@-",
                    "upstreams.u.protocols=[http1]@-",
                    "upstreams.u.pool.maxConnections=256@-", "upstreams.u.pool.maxPending=1024@-",
                    "upstreams.u.pool.idle=1m@-",
                    "upstreams.u.connectTimeout=1s@-", "upstreams.u.health.passive.consecutiveErrors=5@-",
                    "upstreams.u.health.passive.ejectFor=30s@-", "upstreams.u.health.passive.maxEjected=50%@-",
                    "upstreams.u.health.panicBelow=30%@-", "upstreams.u.retry.attempts=1@-",
                    "upstreams.u.retry.budget=20%@-",
                    "upstreams.u.retry.methods=idempotent@-",
                    "upstreams.u.retry.when=[connect, reset, 502, 503, 504]@-",
                ])
    }

    @Test("the files of a folder are merged by name, whatever their order and form")
    func merging() throws {
        let fixture = SettingsFixture(files: [
            "routes/z.json": "{\"version\": 1, \"gateway\": {\"listeners\": {\"b\": {\"bind\": \"127.0.0.1:2\"}}}}",
            "routes/a.yml": "version: 1\napis: { x: { spec: ../specs/users.yaml, upstream: u } }\n",
            "routes/m.yaml":
                "version: 1\nupstreams: { u: { targets: [http://a] } }\n"
                + "gateway: { listeners: { a: { bind: 127.0.0.1:1 } }, workers: 2 }",
            "routes/notes.txt": "no settings",
        ])
        let settings = try settings(fixture)
        #expect(settings.listeners.map(\.name) == ["a", "b"])
        #expect(settings.files.map(\.path) == ["routes/a.yml", "routes/m.yaml", "routes/z.json"])
        #expect(settings.workers == 2)
    }

    @Test(
        "references to the environment stand for parts of a value or all of it",
        arguments: [
            ("bind: \"127.0.0.1:${env:PORT}\"", "127.0.0.1:8123"), ("bind: \"${env:ADDRESS}\"", "10.0.0.1:80"),
            ("bind: \"${env:NONE:-127.0.0.1:99}\"", "127.0.0.1:99"), ("bind: \"${env:HOST:-x}:${env:PORT}\"", "x:8123"),
            ("bind: \"${file:address}\"", "10.9.8.7:6"),
        ])
    func references(text: String, expected: String) throws {
        let fixture = SettingsFixture(
            files: [
                "routes/a.yaml": "version: 1\ngateway: { admin: { \(text) } }", "routes/address": "10.9.8.7:6\r\n",
            ],
            variables: ["PORT": "8123", "ADDRESS": "10.0.0.1:80"])
        #expect(try settings(fixture).admin.bind.description == expected)
    }

    @Test("what a variable holds is not searched for references again")
    func noSecondExpansion() {
        let fixture = SettingsFixture(
            "version: 1\ngateway: { admin: { bind: \"${env:A}\" } }", variables: ["A": "${env:B}", "B": "127.0.0.1:1"])
        #expect(fixture.load().diagnostics.map(\.code) == ["bad-address"])
    }

    @Test("numbers and truth values can come from the environment")
    func typedReferences() throws {
        let fixture = SettingsFixture(
            "version: 1\ngateway: { workers: \"${env:N}\" }\n"
                + "policies: { c: { cors: { origins: [\"*\"], credentials: \"${env:F}\" } } }",
            variables: ["N": "5", "F": "false"])
        #expect(try settings(fixture).workers == 5)
    }

    @Test("an empty section in YAML is an empty map")
    func emptySections() throws {
        let settings = try settings(SettingsFixture("version: 1\ngateway:\napis:\nupstreams:\n"))
        #expect(settings.apis.isEmpty)
    }

    @Test("the words of YAML 1.1 are text, so nothing turns into a truth value")
    func yamlWords() {
        let fixture = SettingsFixture("version: 1\npolicies: { c: { cors: { origins: [\"*\"], credentials: no } } }")
        #expect(fixture.load().diagnostics.map(\.code) == ["wrong-type"])
    }

    @Test("the process' own environment reads this folder and has a core")
    func process() {
        let environment = SettingsEnvironment.process
        #expect(environment.processorCount >= 1)
        #expect(environment.variable("PATH") != nil)
        #expect(environment.variable("LINTEL_NO_SUCH_VARIABLE") == nil)
        let folder = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        #expect((try? environment.listFolder(folder).get())?.contains("SettingsValuesTests.swift") == true)
        #expect(environment.isReadable(#filePath))
        #expect(!environment.isReadable(folder))
        #expect((try? environment.readFile(#filePath).get())?.isEmpty == false)
        #expect((try? environment.readFile(folder + "/none").get()) == nil)
        #expect((try? environment.listFolder(folder + "/none").get()) == nil)
    }
}
