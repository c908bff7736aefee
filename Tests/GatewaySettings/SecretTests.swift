import GatewaySettings
import SourceDiagnostics
import Testing

@Suite("Secrets are never printed")
struct SecretTests {
    /// What must not show up anywhere.
    private static let canary = "s3cr3t-canary"

    @Test("no way of making text of a secret shows it")
    func descriptions() {
        let secret = Secret(Array(Self.canary.utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("canary"))
            #expect(!text.contains("115"), "the bytes are shown: \(text)")
        }
        #expect(secret.withBytes { String(decoding: $0, as: UTF8.self) } == Self.canary)
    }

    @Test("equality looks at the content")
    func equality() {
        #expect(Secret([1, 2]) == Secret([1, 2]))
        #expect(Secret([1, 2]) != Secret([1, 3]))
        #expect(Secret([1, 2]) != Secret([1, 2, 3]))
    }

    @Test("settings with secrets can be printed whole")
    func settings() throws {
        let fixture = SettingsFixture(
            files: [
                "routes/a.yaml": """
                version: 1
                gateway:
                  cache: { redis: "${env:REDIS}" }
                policies:
                  keys: { apiKey: { header: X-Key, keys: "${file:/run/keys}" } }
                  users: { basic: { users: "${env:USERS}" } }
                  tokens: { jwt: { issuer: i, jwks: "${file:../jwks.json}" } }
                """,
                "/run/keys": "\(Self.canary) alice smith \r\n\n  other-\(Self.canary)\n",
                "jwks.json": Self.canary,
            ], variables: ["REDIS": "redis://:\(Self.canary)@h", "USERS": "me:\(Self.canary)"])
        let outcome = fixture.load()
        let settings = try #require(outcome.settings, "\(fixture.everythingSaid())")
        var dumped = "\(settings.policies)\(settings.cache as Any)\(settings.leaves)"
        dump(settings.policies, to: &dumped)
        dump(settings.cache, to: &dumped)
        dump(settings.leaves, to: &dumped)
        #expect(!dumped.contains("canary"))
        #expect(settings.leaves.contains { $0.path == "policies.keys.apiKey.keys" && $0.text == "***" })
        #expect(settings.referencedFiles == ["/run/keys", "jwks.json"])

        guard case .apiKey(let policy) = settings.policy("keys")?.value.kind else {
            Issue.record("the policy is not a key policy")
            return
        }
        #expect(policy.keys.map(\.consumer) == ["alice smith", nil])
        #expect(
            policy.keys.map { $0.key.withBytes { String(decoding: $0, as: UTF8.self) } } == [
                Self.canary, "other-" + Self.canary,
            ])
    }

    @Test(
        "diagnostics quote the file, never what a reference stands for",
        arguments: [
            "gateway: { admin: { bind: \"${env:SECRET}\" } }", "gateway: { workers: \"${env:SECRET}\" }",
            "gateway: { telemetry: { accessLog: \"${env:SECRET}\" } }",
            "gateway: { defaults: { timeout: \"${env:SECRET}\" } }",
            "gateway: { telemetry: { traces: { otlp: \"http://${env:SECRET}:x\" } } }",
            "upstreams: { u: { targets: [\"${env:SECRET}\"] } }",
            "policies: { p: { basic: { users: s3cr3t-canary } } }",
            "policies: { p: { basic: { users: \"x${env:SECRET}\" } } }",
            "policies: { p: { apiKey: { header: A, keys: \"${file:twice}\" } } }",
            "policies: { p: { jwt: { issuer: a, jwks: \"${env:SECRET}\" } } }",
            "gateway: { listeners: { a: { bind: a:1, tls: { certificates: [{ cert: c, key: s3cr3t-canary }] } } } }",
            "gateway: { defaults: { errors: { max: \"${env:SECRET}\" } } }",
            "policies: { p: { cors: { origins: [\"${env:SECRET}\"] } } }",
        ])
    func diagnostics(text: String) {
        let fixture = SettingsFixture(
            files: ["routes/a.yaml": "version: 1\n" + text, "routes/twice": "s3cr3t-canary\ns3cr3t-canary\n"],
            variables: ["SECRET": Self.canary])
        let said = fixture.everythingSaid()
        #expect(said.contains("error"))
        #expect(!said.contains("canary"))
    }

    @Test("an empty secret is refused", arguments: ["", "\n", " \n\t\r\n"])
    func empty(content: String) {
        let fixture = SettingsFixture(files: [
            "routes/a.yaml": "version: 1\npolicies: { p: { apiKey: { header: A, keys: \"${file:keys}\" } } }",
            "routes/keys": content,
        ])
        #expect(fixture.load().diagnostics.map(\.code) == ["empty-secret"])
    }
}
