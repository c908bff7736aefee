import GatewaySettings
import Testing

@Suite("Files as the contract vectors' runner writes them")
struct ContractRunnerFilesTests {
    @Test("gateway.json and apis.json load, with settings, hosts, and keys of security schemes")
    func load() throws {
        let fixture = SettingsFixture(files: [
            "routes/gateway.json": """
            {
             "version": 1,
             "gateway": {
              "listeners": {"public": {"bind": "127.0.0.1:40001"}},
              "admin": {"bind": "127.0.0.1:40002"},
              "drain": {"readinessDelay": "0s", "grace": "1s"},
              "telemetry": {"accessLog": "none"}
             }
            }
            """,
            "routes/apis.json": """
            {
             "version": 1,
             "upstreams": {
              "c000": {"targets": ["http://127.0.0.1:40003"]},
              "c001": {"targets": ["http://127.0.0.1:40004"]}
             },
             "policies": {
              "c001-api_key.v1": {"apiKey": {"header": "X-Key", "keys": "${file:/vectors/secrets/c001-api_key.v1}"}}
             },
             "apis": {
              "c000": {"spec": "../specs/c000/openapi.json", "mount": "/", "hosts": ["c000.test"], "upstream": "c000",
               "validation": {"undeclaredQuery": "reject"}},
              "c001": {"spec": "../specs/c001/openapi.json", "mount": "/", "hosts": ["c001.test"], "upstream": "c001",
               "security": {"api_key.v1": "c001-api_key.v1"}}
             }
            }
            """,
            "specs/c000/openapi.json": "{}", "specs/c001/openapi.json": "{}",
            "/vectors/secrets/c001-api_key.v1": "good\nother\n",
        ])
        let outcome = fixture.load()
        let settings = try #require(outcome.settings, "\(fixture.everythingSaid())")
        #expect(outcome.diagnostics.isEmpty)
        #expect(settings.telemetry.accessLog == .none)
        #expect(settings.resolve(api: "c000").exchange.validation.undeclaredQuery.value == .reject)
        #expect(settings.api("c001")?.value.security.target(of: "api_key.v1") == .policy("c001-api_key.v1"))
        #expect(settings.unsupportedFeatures.allSatisfy { $0.feature == .apiKeyPolicy })
    }
}
