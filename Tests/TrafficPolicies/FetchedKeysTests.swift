import Testing
import TrafficPolicies

@Suite("Tokens and fetched keys")
struct FetchedKeysTests {
    /// An origin of ES256 keys.
    private static func origin(_ url: String = "https://id.test/keys", ca: [UInt8]? = nil) -> KeySetOrigin {
        KeySetOrigin(
            url: url, isSecure: true, host: "id.test", port: 443, target: "/keys", authorities: ca,
            algorithms: [.es256, .rs256], rules: KeyRotation.Rules(refresh: .seconds(300), staleFor: .zero),
            timeout: .seconds(5))
    }

    private static let standing = KeyRotation.Standing(isFetching: false, isFailing: false, asksFrom: .now)

    private static func policy(_ name: String, _ origin: KeySetOrigin) throws -> CredentialPolicy {
        CredentialPolicy(
            name: name,
            kind: .jwt(
                try JWTPolicy(
                    issuer: "https://id.test/", audiences: ["shop"], algorithms: [.es256, .rs256], leeway: 0,
                    keys: .fetched(origin))))
    }

    /// Working space that holds a set with one key of ES256.
    private static func workspace(kid: String?, _ origin: KeySetOrigin) throws -> CredentialWorkspace {
        var workspace = CredentialWorkspace()
        let keys = try kid.map { try TokenForge.set([TokenForge.key("ES256", id: $0)], allowing: [.es256]) }
        workspace.keyring.set(Keyring.Entry(keys: keys, standing: standing), for: origin)
        return workspace
    }

    @Test("keys come from the loop's ring; what they do not decide is open, and never let through")
    func ring() throws {
        let origin = Self.origin()
        let plan = try PolicyFixture.plan(Self.policy("customer", origin))
        #expect(plan.keySetOrigins == [origin])
        let good = RequestFixture.bearer(try TokenForge.good("ES256", id: "a"))
        var empty = CredentialWorkspace()
        #expect(good.verdict(plan, using: &empty) == "open token-keys-unavailable", "nobody fetches them")
        var without = try Self.workspace(kid: nil, origin)
        #expect(good.verdict(plan, using: &without) == "open token-keys-unavailable", "none have come")
        var held = try Self.workspace(kid: "a", origin)
        #expect(good.verdict(plan, using: &held) == "granted customer/ada")
        var other = try Self.workspace(kid: "b", origin)
        #expect(good.verdict(plan, using: &other) == "open token-unknown-key")
        // What no key can mend is refused at once, and costs no fetch.
        for (token, verdict) in [
            (try TokenForge.good("HS256", id: "a"), "401 token-algorithm"), ("x.y.z", "401 malformed-credential"),
            (try TokenForge.token(header: #""alg":"none","kid":"zz""#, signer: .octets([0])), "401 token-algorithm"),
            (try TokenForge.token(header: #""alg":"ES256","kid":"a""#, signer: .octets([0])), "401 token-signature"),
        ] {
            #expect(RequestFixture.bearer(token).verdict(plan, using: &held) == verdict)
        }
        #expect(RequestFixture().verdict(plan, using: &without) == "401 missing-credential")
    }

    @Test("keys of one origin serve no other one")
    func separation() throws {
        let one = Self.origin()
        for other in [Self.origin("https://id.test/other"), Self.origin(ca: [1])] {
            let plan = try PolicyFixture.plan(Self.policy("customer", other))
            var workspace = try Self.workspace(kid: "a", one)
            let token = RequestFixture.bearer(try TokenForge.good("ES256", id: "a"))
            #expect(token.verdict(plan, using: &workspace) == "open token-keys-unavailable")
        }
    }

    @Test("an entry is replaced, and taken away")
    func replacement() throws {
        let origin = Self.origin()
        let plan = try PolicyFixture.plan(Self.policy("customer", origin))
        var workspace = try Self.workspace(kid: "old", origin)
        let new = RequestFixture.bearer(try TokenForge.good("ES256", id: "new"))
        let old = RequestFixture.bearer(try TokenForge.good("ES256", id: "old"))
        #expect(old.verdict(plan, using: &workspace) == "granted customer/ada")
        let keys = try TokenForge.set([TokenForge.key("ES256", id: "new")], allowing: [.es256])
        workspace.keyring.set(Keyring.Entry(keys: keys, standing: Self.standing), for: origin)
        #expect(new.verdict(plan, using: &workspace) == "granted customer/ada")
        #expect(old.verdict(plan, using: &workspace) == "open token-unknown-key")
        workspace.keyring.set(nil, for: origin)
        #expect(new.verdict(plan, using: &workspace) == "open token-keys-unavailable")
    }

    @Test(
        "an open check decides nothing that another one decides",
        arguments: [
            // `t` is a token whose key is not at hand, `h` a good key in X-Key, `H` a bad one.
            ("t", "t", "open token-unknown-key"), ("t", "", "401 missing-credential"),
            ("t|h", "t", "open token-unknown-key"), ("t|h", "th", "granted h/h-one"), ("h|t", "th", "granted h/h-one"),
            ("t|h", "tH", "open token-unknown-key"), ("t+h", "t", "401 token-unknown-key"),
            ("t+h", "tH", "401 token-unknown-key"), ("t+h", "th", "open token-unknown-key"),
            ("h+t", "th", "open token-unknown-key"), ("t|-", "t", "open token-unknown-key"), ("t|-", "", "granted"),
            ("t+h|-", "t", "open token-unknown-key"), ("t|h|-", "tH", "open token-unknown-key"),
            ("t+h|h", "th", "granted h/h-one"),
        ])
    func logic(requirements: String, request: String, expected: String) throws {
        let origin = Self.origin()
        let bindings = [
            "t": try SchemeBinding(
                SchemeDescription(name: "t", kind: .oauth2), policy: Self.policy("customer", origin)),
            "h": try SchemeBinding(
                SchemeDescription(name: "h", kind: .apiKey(PolicyFixture.header("X-Key"))),
                policy: PolicyFixture.keys("h", PolicyFixture.header("X-Key"), [("h1", "h-one")])),
        ]
        let plan = try SecurityRequirementPlan(
            requirements: requirements.split(separator: "|").map { alternative in
                alternative.split(separator: "+").compactMap { bindings[String($0)] }.map { .init($0) }
            })
        var fixture = RequestFixture()
        for letter in request {
            switch letter {
            case "t": fixture.fields.append(("Authorization", "Bearer " + (try TokenForge.good("ES256", id: "new"))))
            case "h": fixture.fields.append(("X-Key", "h1"))
            default: fixture.fields.append(("X-Key", "nope"))
            }
        }
        var workspace = try Self.workspace(kid: "old", origin)
        #expect(fixture.verdict(plan, using: &workspace) == expected)
    }

    @Test("a policy under `use` whose keys are not at hand holds everything else up, but not what is refused anyway")
    func always() throws {
        let origin = Self.origin()
        let policy = try Self.policy("customer", origin)
        let token = RequestFixture.bearer(try TokenForge.good("ES256", id: "new"))
        var workspace = try Self.workspace(kid: "old", origin)
        let plan = try SecurityRequirementPlan(requirements: [], always: [policy])
        #expect(token.verdict(plan, using: &workspace) == "open token-unknown-key")
        let keys = try PolicyFixture.keys("h", PolicyFixture.header("X-Key"), [("h1", nil)])
        let both = try SecurityRequirementPlan(requirements: [], always: [policy, keys])
        #expect(token.verdict(both, using: &workspace) == "401 token-unknown-key")
    }
}
