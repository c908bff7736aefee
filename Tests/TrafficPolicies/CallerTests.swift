import Testing
import TrafficPolicies

@Suite("Who is calling, and what the token says of them")
struct CallerTests {
    private static func key(_ name: String, _ field: String) throws -> SecurityRequirementPlan.Need {
        let place = PolicyFixture.header(field)
        let policy = try PolicyFixture.keys(name, place, [("k1", "ada"), ("k2", "bob")])
        return .init(try SchemeBinding(SchemeDescription(name: name, kind: .apiKey(place)), policy: policy))
    }

    private static func token() throws -> SecurityRequirementPlan.Need {
        .init(
            try SchemeBinding(
                SchemeDescription(name: "t", kind: .oauth2), policy: TokenForge.policy([TokenForge.key("HS256")])))
    }

    /// Who is calling under a plan.
    private static func callers(_ plan: SecurityRequirementPlan, _ request: RequestFixture) -> [KnownCaller] {
        var workspace = CredentialWorkspace()
        _ = request.verdict(plan, using: &workspace)
        return workspace.callers(under: plan)
    }

    @Test("the same credentials under another plan are the same callers; the same name of another policy is another")
    func callers() throws {
        let (one, two) = (try Self.key("one", "X-One"), try Self.key("two", "X-Two"))
        let both = RequestFixture([("X-Two", "k2"), ("X-One", "k1")])
        let expected = [
            KnownCaller(policy: "one", name: Array("ada".utf8)), KnownCaller(policy: "two", name: Array("bob".utf8)),
        ]
        #expect(try Self.callers(SecurityRequirementPlan(requirements: [[one, two]]), both) == expected)
        #expect(try Self.callers(SecurityRequirementPlan(requirements: [[two, one]]), both) == expected)
        let ada = try SecurityRequirementPlan(requirements: [[one], [two]])
        let first = Self.callers(ada, RequestFixture([("X-One", "k1")]))
        let second = Self.callers(ada, RequestFixture([("X-Two", "k1")]))
        #expect(first.map(\.name) == second.map(\.name))
        #expect(KnownCaller.octets(of: first) != KnownCaller.octets(of: second))
        #expect(Self.callers(ada, RequestFixture([("X-One", "k9")])) == [])
        #expect(KnownCaller.octets(of: []) == nil)
    }

    @Test("no two lists of callers have the same octets")
    func octets() {
        func octets(_ pairs: (String, String)...) -> [UInt8]? {
            KnownCaller.octets(of: pairs.map { KnownCaller(policy: $0.0, name: Array($0.1.utf8)) })
        }
        #expect(octets(("a", "1b:1:c")) != octets(("a", "1"), ("b", "c")))
        #expect(octets(("a", "xb:1:y")) != octets(("a", "x"), ("b", "y")))
    }

    @Test("a plan demands a token where no way in does without it, and it is one")
    func demands() throws {
        let (key, token) = (try Self.key("one", "X-One"), try Self.token())
        func demands(_ requirements: [[SecurityRequirementPlan.Need]], always: [CredentialPolicy] = []) throws -> Bool {
            try SecurityRequirementPlan(requirements: requirements, always: always).demandsToken
        }
        #expect(try demands([[token]]) && demands([[key, token], [token]]))
        #expect(try demands([], always: [TokenForge.policy([TokenForge.key("HS256")])]))
        #expect(try !demands([]) && !demands([[key]]) && !demands([[token], [key]]) && !demands([[token], []]))
    }

    @Test("the claims of the token that was accepted, and of no other")
    func claims() throws {
        let plan = try SecurityRequirementPlan(requirements: [[Self.token()], [Self.key("one", "X-One")]])
        func claims(_ request: RequestFixture) -> [ClaimValue]? {
            var workspace = CredentialWorkspace()
            _ = request.verdict(plan, using: &workspace)
            let names = ["a", "b", "c", "d", "e", "sub"].map { Array($0.utf8) }
            return request.withView { plan.claims(names, in: $0, using: &workspace) } ?? nil
        }
        let more = #","a":"x\u0079","b":-7,"c":1e2,"d":false,"e":{"a":1}"#
        let good = try TokenForge.good("HS256", claims: TokenForge.claims + more)
        #expect(
            claims(.bearer(good)) == [
                .text(Array("xy".utf8)), .number(Array("-7".utf8), isInteger: true),
                .number(Array("1e2".utf8), isInteger: false), .truth(false), .structured, .text(Array("ada".utf8)),
            ])
        let bare = try TokenForge.good("HS256", claims: TokenForge.claims + #","a":null"#)
        #expect(claims(.bearer(bare))?.prefix(5).allSatisfy { $0 == .absent } == true)
        #expect(claims(RequestFixture([("X-One", "k1")])) == nil, "nobody has shown a token")
        let forged = try TokenForge.token(
            header: #""alg":"HS256","typ":"JWT""#, claims: TokenForge.claims + more,
            signer: .hmac("HS256", [UInt8](repeating: 1, count: 64)))
        #expect(claims(.bearer(forged)) == nil)
    }
}
