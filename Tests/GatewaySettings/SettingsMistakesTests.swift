import GatewaySettings
import SourceDiagnostics
import Testing

/// One mistake: the file, where it shows, what is said.
struct Mistake: Sendable, CustomTestStringConvertible {
    /// The file below `version: 1`, so its first line is line 2.
    let text: String
    /// `line:column`.
    let place: String
    /// The diagnostic's code.
    let code: String
    /// Part of the message or suggestion.
    let says: String

    init(_ text: String, _ place: String, _ code: String, _ says: String = "") {
        self.text = text
        self.place = place
        self.code = code
        self.says = says
    }

    var testDescription: String { "\(code): \(text.split(separator: "\n").last ?? "")" }
}

@Suite("Mistakes in settings, each with its place")
struct SettingsMistakesTests {
    /// A whole API, so that a fixture has one mistake only.
    private static let upstream = "upstreams: { u: { targets: [http://127.0.0.1:1] } }\n"

    static let mistakes: [Mistake] = [
        // Keys.
        Mistake("upstream: {}", "2:1", "unknown-key", "did you mean \"upstreams\"?"),
        Mistake("gateway:\n  lisners: {}", "3:3", "unknown-key", "did you mean \"listeners\"?"),
        Mistake("gateway:\n  defaults: { limits: { requestbody: 1MiB } }", "3:25", "unknown-key", "\"requestBody\""),
        Mistake("gateway:\n  zzzzzzzzz: 1", "3:3", "unknown-key", "its keys are listeners, admin"),
        Mistake("gateway: { workers: 1, workers: 2 }", "2:24", "duplicate-key"),
        Mistake(
            "gateway: { listeners: { public: {} } }", "2:25", "missing-key",
            "gateway.listeners.public needs the key bind"),
        Mistake(
            "policies: { p: { apiKey: { header: A, query: b, keys: \"${env:K}\" } } }", "2:39", "conflicting-keys",
            "only one of header, query, cookie"),
        Mistake("policies: { p: { apiKey: { keys: \"${env:K}\" } } }", "2:18", "missing-key", "header, query, cookie"),
        Mistake("policies: { p: {} }", "2:13", "missing-key", "jwt, apiKey, basic"),
        Mistake("policies: { p: { ip: {} } }", "2:18", "missing-key", "allow, deny"),
        Mistake(
            "policies: { a: { ip: { deny: [10.0.0.0/8] } } }\ngateway: { defaults: { use: [a], useOnly: [] } }", "3:34",
            "conflicting-keys"),
        Mistake("compositions: { c: { get: /a, post: /b } }", "2:31", "conflicting-keys"),
        Mistake("compositions: { c: { get: /a, stepz: {} } }", "2:31", "unknown-key", "\"steps\""),
        Mistake("gateway: { defaults: { cache: { tll: 5s } } }", "2:33", "unknown-key", "\"ttl\""),
        // Types.
        Mistake("gateway: 5", "2:10", "wrong-type", "gateway must be a map, but is a number"),
        Mistake("gateway: { listeners: [] }", "2:23", "wrong-type", "must be a map, but is a list"),
        Mistake("gateway: { workers: many }", "2:21", "bad-choice", "auto or a whole number"),
        Mistake("gateway: { workers: 0 }", "2:21", "out-of-range", "from 1 to 1024"),
        Mistake("gateway: { workers: 1.5 }", "2:21", "out-of-range", "not 1.5"),
        Mistake("gateway: { workers: [] }", "2:21", "wrong-type"),
        Mistake(
            "gateway: { defaults: { errors: { max: \"10\" } } }", "2:39", "wrong-type",
            "whole number from 1 to 1000, but is text"),
        Mistake("gateway: { defaults: { timeout: true } }", "2:33", "wrong-type", "a duration such as 250ms"),
        Mistake("gateway: { defaults: { timeout: } }", "2:33", "wrong-type", "but is empty"),
        Mistake("gateway: { defaults: { use: a } }", "2:29", "wrong-type", "a list of names of policies"),
        Mistake("gateway: { telemetry: { accessLog: jsn } }", "2:36", "bad-choice", "did you mean \"json\"?"),
        Mistake(
            "gateway: { defaults: { validation: { requests: true } } }", "2:48", "wrong-type", "enforce, report or skip"
        ),
        Mistake(upstream + "upstreams2: 1", "3:1", "unknown-key"),
        // Quantities.
        Mistake("gateway: { defaults: { timeout: 5 } }", "2:33", "bad-duration", "write 5s or 5ms"),
        Mistake("gateway: { defaults: { timeout: 5sec } }", "2:33", "bad-duration"),
        Mistake("gateway: { defaults: { timeout: 0s } }", "2:33", "bad-duration", "the shortest is 1ms"),
        Mistake("gateway: { defaults: { timeout: 99999999999999999999s } }", "2:33", "bad-duration"),
        Mistake(
            "gateway: { defaults: { timeout: 9223372036854775807h } }", "2:33", "bad-duration", "longer than a year"),
        Mistake("gateway: { defaults: { timeout: -5s } }", "2:33", "bad-duration"),
        Mistake("gateway: { defaults: { limits: { requestBody: 1MB } } }", "2:47", "bad-size", "write 1MiB"),
        Mistake("gateway: { defaults: { limits: { requestBody: 1mib } } }", "2:47", "bad-size", "write 1MiB"),
        Mistake("gateway: { defaults: { limits: { requestBody: -1 } } }", "2:47", "bad-size"),
        Mistake("gateway: { defaults: { limits: { requestBody: 1e3 } } }", "2:47", "bad-size"),
        Mistake(
            "gateway: { defaults: { limits: { requestBody: 9223372036854775807GiB } } }", "2:47", "bad-size",
            "larger than"),
        Mistake("gateway: { defaults: { limits: { requestHead: 100B } } }", "2:47", "bad-size", "from 1KiB to 1MiB"),
        Mistake("policies: { r: { rateLimit: { limit: 100 } } }", "2:38", "wrong-type", "a rate such as 100/1s"),
        Mistake("policies: { r: { rateLimit: { limit: 100/s } } }", "2:38", "bad-rate", "write 100/1s"),
        Mistake("policies: { r: { rateLimit: { limit: 0/1s } } }", "2:38", "bad-rate", "the number is 0"),
        Mistake("policies: { r: { rateLimit: { limit: 1/0s } } }", "2:38", "bad-rate", "the time is 0"),
        Mistake(
            "upstreams: { u: { targets: [http://a], retry: { budget: 20 } } }", "2:57", "bad-share", "percent sign"),
        Mistake("upstreams: { u: { targets: [http://a], retry: { budget: 101% } } }", "2:57", "bad-share"),
        Mistake(
            "upstreams: { u: { targets: [http://a], retry: { budget: 1.555% } } }", "2:57", "bad-share",
            "two decimals"),
        Mistake(
            "upstreams: { u: { targets: [http://a], retry: { when: [conect] } } }", "2:56", "bad-choice",
            "\"connect\""),
        Mistake(
            "upstreams: { u: { targets: [http://a], retry: { when: [200] } } }", "2:56", "bad-choice", "400 to 599"),
        // Addresses.
        Mistake("gateway: { admin: { bind: 127.0.0.1 } }", "2:27", "bad-address", "write 127.0.0.1:8080"),
        Mistake("gateway: { admin: { bind: \":8080\" } }", "2:27", "bad-address", "write 0.0.0.0:8080"),
        Mistake("gateway: { admin: { bind: \"::1:8080\" } }", "2:27", "bad-address", "stands in brackets"),
        Mistake("gateway: { admin: { bind: 127.0.0.256:80 } }", "2:27", "bad-address"),
        Mistake("gateway: { admin: { bind: localhost:65536 } }", "2:27", "bad-address", "0 to 65535"),
        Mistake("gateway: { admin: { bind: unix:lintel.sock } }", "2:27", "bad-address", "absolute"),
        Mistake("gateway: { admin: { bind: 8080 } }", "2:27", "wrong-type", "an address such as"),
        Mistake("upstreams: { u: { targets: [] } }", "2:28", "empty-list", "at least one"),
        Mistake("upstreams: { u: { targets: [127.0.0.1:80] } }", "2:29", "bad-url", "write http://127.0.0.1:80"),
        Mistake("upstreams: { u: { targets: [ftp://a] } }", "2:29", "bad-url", "http or https"),
        Mistake("upstreams: { u: { targets: [http://a/v1] } }", "2:29", "bad-url", "upstreamPath"),
        Mistake("upstreams: { u: { targets: [http://a:0] } }", "2:29", "bad-url", "1 to 65535"),
        Mistake("upstreams: { u: { targets: [http://] } }", "2:29", "bad-url", "the host is missing"),
        Mistake("upstreams: { u: { targets: [{ url: http://a, wait: 1 }] } }", "2:46", "unknown-key"),
        Mistake("upstreams: { u: { targets: [5] } }", "2:29", "wrong-type"),
        Mistake("policies: { p: { ip: { deny: [10.0.0.1/8] } } }", "2:31", "bad-address", "bits beyond"),
        Mistake("policies: { p: { ip: { deny: [10.0.0.0/33] } } }", "2:31", "bad-address", "0 to 32"),
        Mistake(
            "gateway: { listeners: { a: { bind: 127.0.0.1:80, proxyProtocol: required } } }", "2:25", "missing-key",
            "gateway.trustedProxies"),
        Mistake(
            "gateway: { listeners: { a: { bind: 127.0.0.1:80, proxyProtocol: v2 } } }", "2:65", "bad-choice",
            "none or required"),
        Mistake("gateway: { trustedProxies: [10.0.0.1/8] }", "2:29", "bad-address", "bits beyond"),
        Mistake("gateway: { overload: {} }", "2:12", "missing-key", "targetLatency, memory"),
        Mistake("gateway: { overload: { memory: 1MiB } }", "2:32", "bad-size", "from 16MiB"),
        Mistake("gateway: { defaults: { priority: urgent } }", "2:34", "bad-choice", "low, normal or high"),
        Mistake("policies: { p: { concurrency: { key: address } } }", "2:18", "missing-key", "the key limit"),
        Mistake("policies: { p: { cors: { origins: [https://a/b] } } }", "2:36", "bad-url", "no path"),
        Mistake("policies: { p: { cors: { origins: [\"*\"], credentials: true } } }", "2:35", "conflicting-keys"),
        Mistake(
            "gateway: { listeners: { a: { bind: 127.0.0.1:80 }, b: { bind: 127.0.0.1:80 } } }", "2:52",
            "duplicate-address",
            "listeners.b and gateway.listeners.a"),
        Mistake("gateway: { listeners: { a: { bind: 127.0.0.1:9090 } } }", "2:1", "duplicate-address", "gateway.admin"),
        // Names and references.
        Mistake("gateway: { defaults: { use: [nobody] } }", "2:30", "unknown-policy", "there is no policy \"nobody\""),
        Mistake(
            "policies: { fair-use: { ip: { deny: [10.0.0.0/8] } } }\ngateway: { defaults: { useOnly: [fair_use] } }",
            "3:34",
            "unknown-policy", "did you mean \"fair-use\"?"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: v } }", "3:51", "unknown-upstream",
            "those defined are u"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/user.yaml, upstream: u } }", "3:20", "missing-file",
            "\"users.yaml\""),
        Mistake(upstream + "apis: { a: { spec: http://a/b.yaml, upstream: u } }", "3:20", "bad-path", "over a network"),
        Mistake(
            upstream + "apis: { a: { upstream: u } }", "3:9", "missing-key", "apis.a needs one of the keys spec, grpc"),
        Mistake("gateway: { resolver: ns.example }", "2:22", "bad-address", "an address such as"),
        Mistake("gateway: { resolver: \"10.0.0.2:0\" }", "2:22", "bad-address"),
        Mistake(upstream + "apis: { a.b: { spec: ../specs/users.yaml, upstream: u } }", "3:9", "bad-name"),
        Mistake("policies: { upstream: { ip: { deny: [10.0.0.0/8] } } }", "2:13", "bad-name", "stands for the service"),
        Mistake(
            upstream + "policies: { p: { ip: { deny: [10.0.0.0/8] } } }\n"
                + "apis: { a: { spec: ../specs/users.yaml, upstream: u, security: { key: p } } }", "4:71",
            "wrong-policy",
            "does not authenticate"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, security: { key: q } } }", "3:71",
            "unknown-policy"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, security: q } }", "3:64", "wrong-type"),
        // Paths and hosts.
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, mount: shop } }", "3:61", "bad-path",
            "write /shop"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, mount: /a//b } }", "3:61", "bad-path",
            "empty segment"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, mount: /a/../b } }", "3:61", "bad-path",
            "dot segment"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, mount: \"/a{b}\" } }", "3:61", "bad-path"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, hosts: [\"*.a\"] } }", "3:62", "bad-host",
            "wildcards"),
        Mistake(
            upstream + "apis: { a: { spec: ../specs/users.yaml, upstream: u, hosts: [\"a:80\"] } }", "3:62", "bad-host",
            "port"),
        // References to the environment.
        Mistake("gateway: { workers: \"${env:WORKERS}\" }", "2:21", "unset-variable", "${env:WORKERS:-default}"),
        Mistake("gateway: { workers: \"${env:}\" }", "2:21", "bad-reference", "${env:NAME}"),
        Mistake("gateway: { workers: \"${env:A\" }", "2:21", "bad-reference", "closing brace"),
        Mistake("gateway: { workers: \"${WORKERS}\" }", "2:21", "bad-reference", "${env:NAME} or ${file:PATH}"),
        Mistake("policies: { p: { basic: { users: \"${file:none}\" } } }", "2:34", "unreadable-file", "routes/none"),
        Mistake("policies: { p: { basic: { users: \"me:word\" } } }", "2:34", "literal-secret"),
        Mistake("gateway: { cache: { redis: 12 } }", "2:28", "wrong-type", "${env:NAME} or ${file:PATH}"),
    ]

    @Test("each mistake is one diagnostic at its place", arguments: mistakes)
    func mistake(mistake: Mistake) throws {
        let fixture = SettingsFixture("version: 1\n" + mistake.text, variables: ["K": "key-1"])
        let outcome = fixture.load()
        #expect(outcome.settings == nil)
        #expect(outcome.diagnostics.count == 1, "\(fixture.everythingSaid())")
        let first = try #require(outcome.diagnostics.first)
        #expect(first.code == mistake.code)
        #expect(first.range?.start.description == mistake.place, "\(fixture.everythingSaid())")
        #expect(first.range?.file.path == "routes/gateway.yaml")
        #expect((first.message + " " + (first.suggestion ?? "")).contains(mistake.says), "\(fixture.everythingSaid())")
    }

    @Test("five different mistakes in a folder are five diagnostics")
    func fiveMistakes() {
        let fixture = SettingsFixture(files: [
            "routes/gateway.yaml": """
            version: 1
            gateway:
              listners:
                public: { bind: 127.0.0.1:8080 }
              defaults:
                timeout: 5
            """,
            "routes/shop.yaml": """
            version: 1
            upstreams:
              products:
                targets: [127.0.0.1:9102]
            apis:
              products:
                spec: ../specs/product.yaml
                upstream: product
            """,
        ])
        #expect(
            fixture.lines() == [
                "routes/gateway.yaml:3:3: error: gateway has no key \"listners\" [unknown-key]",
                "routes/gateway.yaml:6:14: error: gateway.defaults.timeout must be a duration such as 250ms, 5s,"
                    + " 1m or 1h, not \"5\": the unit is missing [bad-duration]",
                "routes/shop.yaml:4:15: error: upstreams.products.targets.0 must be a URL such as"
                    + " http://127.0.0.1:9102, not \"127.0.0.1:9102\": the scheme is missing [bad-url]",
                "routes/shop.yaml:7:11: error: apis.products.spec names a file that does not exist or cannot be read:"
                    + " specs/product.yaml [missing-file]",
                "routes/shop.yaml:8:15: error: there is no upstream \"product\" [unknown-upstream]",
            ])
    }

    @Test("a name that two files define is reported with both places")
    func duplicateNames() throws {
        let fixture = SettingsFixture(files: [
            "routes/a.yaml": "version: 1\nupstreams: { u: { targets: [http://a] } }\ngateway: { workers: 1 }\n",
            "routes/b.json":
                #"{"version": 1,\#n "upstreams": {"u": {"targets": ["http://b"]}},\#n "gateway": {"workers": 2}}"#,
        ])
        let diagnostics = fixture.load().diagnostics
        #expect(diagnostics.map(\.code) == ["duplicate-name", "duplicate-name"])
        #expect(diagnostics.map { $0.range?.description } == ["routes/b.json:2:16", "routes/b.json:3:14"])
        #expect(diagnostics.map { $0.notes.first?.range?.description } == ["routes/a.yaml:2:14", "routes/a.yaml:3:12"])
    }

    @Test(
        "a file that is no map, has no version or another one is told so",
        arguments: [
            ("null", "1:1: error: the file must be a map, but is empty [wrong-type]"),
            ("- 1", "1:1: error: the file must be a map, but is a list [wrong-type]"),
            (
                "gateway: {}",
                "1:1: error: the file does not say which version of the format it has [missing-version]"
            ),
            (
                "version: 2",
                "1:10: error: version must be the number 1, the only version of the format [unsupported-version]"
            ),
            (
                "version: \"1\"",
                "1:10: error: version must be the number 1, the only version of the format [unsupported-version]"
            ),
        ])
    func versions(text: String, line: String) {
        #expect(SettingsFixture(text).lines() == ["routes/gateway.yaml:" + line])
    }

    @Test("a version is needed in each file")
    func everyFile() {
        let fixture = SettingsFixture(files: ["routes/a.yaml": "version: 1", "routes/b.yaml": "gateway: {}"])
        #expect(fixture.load().diagnostics.map(\.code) == ["missing-version"])
        #expect(fixture.load().diagnostics.first?.range?.file.path == "routes/b.yaml")
    }

    @Test("a folder that is missing or holds nothing is an error without a place")
    func folders() {
        #expect(SettingsFixture(files: [:]).load().diagnostics.map(\.code) == ["unreadable-folder"])
        let empty = SettingsFixture(files: ["routes/readme.txt": "", "routes/.hidden.yaml": "x"])
        #expect(empty.load().diagnostics.map(\.code) == ["empty-folder"])
    }

    @Test("a file that cannot be parsed does not make the names of the others unknown")
    func brokenFile() {
        let fixture = SettingsFixture(files: [
            "routes/a.json": "{\"version\": 1, \"upstreams\": {",
            "routes/b.yaml": "version: 1\napis: { a: { spec: ../specs/users.yaml, upstream: u, mount: x } }\n",
        ])
        #expect(fixture.load().diagnostics.map(\.code) == ["unexpected-end", "bad-path"])
    }

    @Test("settings that hold before an operation is known are warned of below gateway.defaults")
    func withoutEffect() throws {
        let outcome = SettingsFixture(
            """
            version: 1
            gateway: { defaults: { limits: { requestHead: 16KiB } } }
            upstreams: { u: { targets: [http://a] } }
            apis: { a: { spec: ../specs/users.yaml, upstream: u, timeouts: { idle: 5s } } }
            """
        ).load()
        #expect(outcome.settings != nil)
        #expect(outcome.diagnostics.map(\.code) == ["setting-without-effect"])
        #expect(outcome.diagnostics.first?.severity == .warning)
        #expect(outcome.diagnostics.first?.range?.start.description == "4:66")
    }
}
