import Testing
import TrafficPolicies

@Suite("Security requirements")
struct SecurityRequirementPlanTests {
    /// The schemes of the table: `h` in X-Key, `q` in the query, `c` in a cookie, `b` Basic, `t` a token, `u` upstream.
    private static func bindings() throws -> [String: SchemeBinding] {
        func keys(_ scheme: String, _ place: CredentialPlace) throws -> SchemeBinding {
            let policy = try PolicyFixture.keys(scheme, place, [("\(scheme)1", "\(scheme)-one")])
            return try SchemeBinding(SchemeDescription(name: scheme, kind: .apiKey(place)), policy: policy)
        }
        let token = try TokenForge.policy([TokenForge.key("HS256")])
        return [
            "h": try keys("h", PolicyFixture.header("X-Key")), "q": try keys("q", PolicyFixture.query("key")),
            "c": try keys("c", PolicyFixture.cookie("sid")),
            "b": try SchemeBinding(
                SchemeDescription(name: "b", kind: .http("basic")), policy: PolicyFixture.basic("ada:secret")),
            "t": try SchemeBinding(SchemeDescription(name: "t", kind: .oauth2), policy: token),
            "u": SchemeBinding(upstream: SchemeDescription(name: "u", kind: .other("mutualTLS"))),
        ]
    }

    /// Requirements from a text: `h+q | t:read | -` is h and q, or t with the scope read, or nothing.
    private static func plan(_ text: String, always: [CredentialPolicy] = []) throws -> SecurityRequirementPlan {
        let bindings = try bindings()
        let requirements = try text.split(separator: "|").map { alternative in
            try alternative.split(whereSeparator: { $0 == "+" || $0 == " " }).filter { $0 != "-" }.map { need in
                let parts = need.split(separator: ":").map(String.init)
                return SecurityRequirementPlan.Need(
                    try #require(bindings[parts[0]]), scopes: Array(parts.dropFirst()))
            }
        }
        return try SecurityRequirementPlan(requirements: requirements, always: always)
    }

    /// A request from a text: capitals are bad credentials, `t` a token with the scope read, `s` one with write.
    private static func request(_ text: String) throws -> RequestFixture {
        var request = RequestFixture()
        for letter in text {
            switch letter {
            case "h": request.fields.append(("X-Key", "h1"))
            case "H": request.fields.append(("X-Key", "nope"))
            case "q": request.target += "?key=q1"
            case "Q": request.target += "?key=nope"
            case "c": request.fields.append(("Cookie", "sid=c1"))
            case "C": request.fields.append(("Cookie", "sid=nope"))
            case "b": request.fields.append(("Authorization", "Basic YWRhOnNlY3JldA=="))
            case "B": request.fields.append(("Authorization", "Basic YWRhOm5vcGU="))
            case "t", "s":
                let scope = letter == "t" ? "read" : "write"
                let token = try TokenForge.good("HS256", claims: TokenForge.claims + #","scope":"\#(scope)""#)
                request.fields.append(("Authorization", "Bearer " + token))
            case "T": request.fields.append(("Authorization", "Bearer x.y.z"))
            default: break
            }
        }
        return request
    }

    @Test(
        "an OR of ANDs",
        arguments: [
            // No requirement, an empty one.
            ("", "", "granted"), ("", "H", "granted"), ("-", "", "granted"), ("-", "H", "granted"),
            // One scheme.
            ("h", "h", "granted h/h-one"), ("h", "", "401 missing-credential"), ("h", "H", "401 unknown-credential"),
            ("h", "q", "401 missing-credential"), ("h", "hQ", "granted h/h-one"),
            // AND.
            ("h+q", "hq", "granted h/h-one"), ("q+h", "hq", "granted q/q-one"), ("h+q", "h", "401 missing-credential"),
            ("h+q", "q", "401 missing-credential"), ("h+q", "hQ", "401 unknown-credential"),
            ("h+q+c", "hqc", "granted h/h-one"), ("h+q+c", "hq", "401 missing-credential"),
            // OR.
            ("h|q", "h", "granted h/h-one"), ("h|q", "q", "granted q/q-one"), ("h|q", "hq", "granted h/h-one"),
            ("h|q", "Hq", "granted q/q-one"), ("h|q", "", "401 missing-credential"),
            ("h|q", "HQ", "401 unknown-credential"),
            ("b|t", "b", "granted staff/ada"), ("b|t", "t", "granted customer/ada"),
            ("b|t", "B", "401 unknown-credential"),
            ("b|t", "bt", "401 repeated-credential"), ("b+t", "b", "401 missing-credential"),
            // OR of ANDs.
            ("h+q|c", "hc", "granted c/c-one"), ("h+q|c", "hC", "401 unknown-credential"),
            ("h+q|c", "hq", "granted h/h-one"),
            ("h+q|h+c", "hc", "granted h/h-one"), ("h+q|h+c", "qc", "401 missing-credential"),
            // Anonymous beside others: known where possible, never with a bad credential.
            ("h|-", "", "granted"), ("-|h", "h", "granted h/h-one"), ("h|-", "h", "granted h/h-one"),
            ("h|-", "H", "401 unknown-credential"), ("-|h", "H", "401 unknown-credential"),
            ("h+q|-", "h", "granted h/h-one"),
            ("h+q|-", "hQ", "401 unknown-credential"), ("h+q|-", "Hq", "401 unknown-credential"),
            ("b|-", "t", "granted"),
            ("h|q|-", "hQ", "granted h/h-one"), ("t|-", "T", "401 malformed-credential"),
            // What the service checks.
            ("u", "", "granted"), ("u", "H", "granted"), ("h+u", "h", "granted h/h-one"),
            ("h+u", "", "401 missing-credential"),
            ("h|u", "", "granted"), ("h|u", "h", "granted h/h-one"), ("h|u", "H", "401 unknown-credential"),
            // Scopes.
            ("t:read", "t", "granted customer/ada"), ("t:read", "s", "403 customer/ada"),
            ("t:read", "", "401 missing-credential"),
            ("t:read", "T", "401 malformed-credential"), ("t:read|h", "s", "403 customer/ada"),
            ("t:read|h", "sh", "granted h/h-one"),
            ("t:read|t:write", "s", "granted customer/ada"), ("t:read:write", "t", "403 customer/ada"),
            ("t:read+h", "s", "401 missing-credential"), ("t:read+h", "sh", "403 customer/ada"),
            ("h+t:read", "sh", "403 h/h-one"),
            ("t:read|-", "s", "granted customer/ada"), ("t:read|u", "s", "granted customer/ada"),
            ("t", "s", "granted customer/ada"),
        ])
    func table(requirements: String, request: String, expected: String) throws {
        let plan = try Self.plan(requirements)
        #expect(try Self.request(request).verdict(plan) == expected)
        // The working space of the request before leaves no trace.
        var workspace = CredentialWorkspace()
        _ = try Self.request("hqct").verdict(plan, using: &workspace)
        #expect(try Self.request(request).verdict(plan, using: &workspace) == expected)
    }

    @Test(
        "a policy under `use` is needed whatever the document says",
        arguments: [
            ("", "", "401 missing-credential"), ("", "q", "granted q/q-one"), ("-", "", "401 missing-credential"),
            ("-", "q", "granted q/q-one"), ("h", "h", "401 missing-credential"), ("h", "hq", "granted h/h-one"),
            ("h", "q", "401 missing-credential"), ("q", "q", "granted q/q-one"), ("u", "Q", "401 unknown-credential"),
        ])
    func always(requirements: String, request: String, expected: String) throws {
        let policy = try PolicyFixture.keys("q", PolicyFixture.query("key"), [("q1", "q-one")])
        #expect(try Self.request(request).verdict(Self.plan(requirements, always: [policy])) == expected)
    }

    @Test("a 401 names every way in, a bad token is called one, a 403 names the scopes")
    func challenges() throws {
        let plan = try Self.plan("h|t:read:write|b|q+c")
        #expect(
            try Self.request("").challenges(plan) == """
                ApiKey realm="lintel", in="header", name="X-Key"
                Bearer realm="lintel"
                Basic realm="shop", charset="UTF-8"
                ApiKey realm="lintel", in="query", name="key"
                ApiKey realm="lintel", in="cookie", name="sid"
                """)
        let token = try Self.plan("t:read:write")
        #expect(try Self.request("T").challenges(token) == #"Bearer realm="lintel", error="invalid_token""#)
        #expect(
            try Self.request("s").challenges(token)
                == #"Bearer realm="lintel", error="insufficient_scope", scope="read write""#)
        #expect(
            try Self.request("t").challenges(token, atSecondsFromNow: 3600)
                == #"Bearer realm="lintel", error="invalid_token", error_description="the token has expired""#)
        #expect(
            try Self.request("t").challenges(token, atSecondsFromNow: -3600)
                == #"Bearer realm="lintel", error="invalid_token", error_description="the token is not valid yet""#)
    }

    @Test("a plan without checks is trivial")
    func trivial() throws {
        for (text, expected) in [("", true), ("-", true), ("u", true), ("u|-", true), ("h", false), ("h|-", false)] {
            #expect(try Self.plan(text).isTrivial == expected)
        }
    }

    @Test("there are bounds to what a plan may ask")
    func bounds() throws {
        let bindings = try (0...SecurityRequirementPlan.checkLimit).map { index in
            let place = PolicyFixture.header("X-\(index)")
            return try SchemeBinding(
                SchemeDescription(name: "s\(index)", kind: .apiKey(place)),
                policy: PolicyFixture.keys("p\(index)", place, [("k", nil)]))
        }
        #expect(throws: CredentialPolicyError.self) {
            try SecurityRequirementPlan(requirements: bindings.map { [.init($0)] })
        }
        _ = try SecurityRequirementPlan(requirements: bindings.dropLast().map { [.init($0)] })
        let token = try #require(try Self.bindings()["t"])
        #expect(throws: CredentialPolicyError.self) {
            try SecurityRequirementPlan(requirements: [[.init(token, scopes: (0...64).map { "s\($0)" })]])
        }
        let plan = try SecurityRequirementPlan(requirements: [[.init(token, scopes: (0..<64).map { "s\($0)" })]])
        let all = (0..<64).map { "s\($0)" }.joined(separator: " ")
        let good = try TokenForge.good("HS256", claims: TokenForge.claims + #","scope":"\#(all)""#)
        #expect(RequestFixture.bearer(good).verdict(plan) == "granted customer/ada")
    }

    @Test("roles of a key are a demand that nobody could check")
    func roles() throws {
        let key = try #require(try Self.bindings()["h"])
        let error = #expect(throws: CredentialPolicyError.self) {
            try SecurityRequirementPlan(requirements: [[.init(key, scopes: ["admin"])]])
        }
        #expect(error?.code == "scopes-of-key")
    }

    /// What binding a scheme says.
    private func outcome(_ kind: SchemeDescription.Kind, _ policy: CredentialPolicy) -> String {
        do throws(CredentialPolicyError) {
            let binding = try SchemeBinding(SchemeDescription(name: "s", kind: kind), policy: policy)
            guard case .policy(_, let place) = binding.target else { return "upstream" }
            return place.description
        } catch {
            return error.code
        }
    }

    @Test("a scheme takes a policy that can carry it out, at the place that it tells clients")
    func bindings() throws {
        let keys = try PolicyFixture.keys("p", PolicyFixture.header("X-Key"), [("k", nil)])
        let field = try PolicyFixture.keys("p", PolicyFixture.header("authorization"), [("k", nil)])
        let cookie = try PolicyFixture.keys("p", PolicyFixture.cookie("sid"), [("k", nil)])
        let basic = try PolicyFixture.basic("a:b")
        let token = try TokenForge.policy([TokenForge.key("HS256")])
        let header = PolicyFixture.header
        for (kind, policy, expected) in [
            (.apiKey(header("x-key")), keys, "the header x-key"),
            (.apiKey(header("X-Other")), keys, "credential-place"),
            (.apiKey(PolicyFixture.query("X-Key")), keys, "credential-place"),
            (.apiKey(PolicyFixture.cookie("sid")), cookie, "the cookie sid"),
            (.apiKey(PolicyFixture.cookie("SID")), cookie, "credential-place"),
            (.apiKey(header("Authorization")), token, "the header Authorization (Bearer)"),
            (.apiKey(PolicyFixture.cookie("sid")), token, "the cookie sid"),
            (.apiKey(header("X-Key")), basic, "scheme-policy-mismatch"),
            (.http("basic"), basic, "the header Authorization (Basic)"),
            (.http("basic"), token, "scheme-policy-mismatch"),
            (.http("bearer"), token, "the header Authorization (Bearer)"),
            (.http("bearer"), basic, "scheme-policy-mismatch"),
            (.http("bearer"), field, "the header Authorization (Bearer)"),
            (.http("bearer"), keys, "scheme-policy-mismatch"),
            (.http("digest"), basic, "scheme-policy-mismatch"), (.oauth2, token, "the header Authorization (Bearer)"),
            (.openIDConnect, token, "the header Authorization (Bearer)"), (.oauth2, keys, "scheme-policy-mismatch"),
            (.mutualTLS, token, "scheme-policy-mismatch"),
        ] as [(SchemeDescription.Kind, CredentialPolicy, String)] {
            #expect(outcome(kind, policy) == expected, "\(kind)")
        }
    }

    @Test("a token at the place of a key, and a key behind Bearer")
    func otherPlaces() throws {
        let token = try TokenForge.policy([TokenForge.key("HS256")])
        let scheme = SchemeDescription(name: "s", kind: .apiKey(PolicyFixture.cookie("sid")))
        let plan = try SecurityRequirementPlan(requirements: [[.init(SchemeBinding(scheme, policy: token))]])
        #expect(
            RequestFixture([("Cookie", "sid=" + (try TokenForge.good("HS256")))]).verdict(plan)
                == "granted customer/ada")
        let query = SchemeDescription(name: "s", kind: .apiKey(PolicyFixture.query("t")))
        let inQuery = try SecurityRequirementPlan(requirements: [[.init(SchemeBinding(query, policy: token))]])
        #expect(
            RequestFixture(target: "/s?t=" + (try TokenForge.good("HS256")).replacing(".", with: "%2E")).verdict(
                inQuery)
                == "granted customer/ada")
        let keys = try PolicyFixture.keys("p", PolicyFixture.header("Authorization"), [("k1", "one")])
        let bearer = SchemeDescription(name: "s", kind: .http("bearer"))
        let opaque = try SecurityRequirementPlan(requirements: [[.init(SchemeBinding(bearer, policy: keys))]])
        #expect(RequestFixture.bearer("k1").verdict(opaque) == "granted p/one")
        #expect(RequestFixture.bearer("k2").verdict(opaque) == "401 unknown-credential")
    }
}

extension RequestFixture {
    /// The challenges at another time.
    func challenges(_ plan: SecurityRequirementPlan, atSecondsFromNow seconds: Int64) -> String {
        challenges(plan, at: TokenForge.now + seconds)
    }
}
