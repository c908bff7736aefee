import Foundation
import Testing
import TrafficPolicies

@Suite("Tokens")
struct JWTPolicyTests {
    /// A case of the table.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let expected: String
        let token: @Sendable () throws -> String
        var keys: [String] = ["RS256"]

        var testDescription: String { name }
    }

    /// A case whose token has a good signature of RS256.
    private static func signed(
        _ name: String, _ expected: String, header: String = #""alg":"RS256","typ":"JWT""#,
        claims: String = TokenForge.claims
    ) -> Case {
        Case(name: name, expected: expected) {
            try TokenForge.token(header: header, claims: claims, signer: .algorithm("RS256"))
        }
    }

    /// A case with these claims beside issuer and audience.
    private static func timed(_ name: String, _ expected: String, _ claims: String) -> Case {
        signed(name, expected, claims: #""iss":"https://id.test/","aud":"shop","sub":"ada",\#(claims)"#)
    }

    @Test("a token of each algorithm passes with its key", arguments: SignatureAlgorithm.allCases)
    func algorithms(algorithm: SignatureAlgorithm) throws {
        let name = algorithm.rawValue
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key(name, id: "k1")]))
        #expect(RequestFixture.bearer(try TokenForge.good(name, id: "k1")).verdict(plan) == "granted customer/ada")
        // One bit of the signature, one of the text.
        let parts = try TokenForge.good(name, id: "k1").split(separator: ".").map(String.init)
        let other = try TokenForge.good(name, claims: TokenForge.claims.replacing("ada", with: "eve"), id: "k1")
            .split(separator: ".").map(String.init)
        #expect(
            RequestFixture.bearer([parts[0], other[1], parts[2]].joined(separator: ".")).verdict(plan)
                == "401 token-signature")
    }

    @Test("a token of each algorithm is refused by the keys of all others", arguments: SignatureAlgorithm.allCases)
    func pinnedAlgorithms(algorithm: SignatureAlgorithm) throws {
        let others = SignatureAlgorithm.allCases.filter { $0 != algorithm }
        let plan = try PolicyFixture.plan(TokenForge.policy(others.map { try TokenForge.key($0.rawValue, id: "k1") }))
        let token = try TokenForge.good(algorithm.rawValue, id: "k1")
        #expect(RequestFixture.bearer(token).verdict(plan) == "401 token-unknown-key")
        for other in others {
            // The same octets under another name of an algorithm.
            let forged = try TokenForge.token(
                header: #""alg":"\#(other.rawValue)","kid":"k1""#, signer: .algorithm(algorithm.rawValue))
            #expect(RequestFixture.bearer(forged).verdict(plan) == "401 token-signature", "\(other)")
        }
    }

    static let forgeries: [Case] = [
        // CVE-2015-9235: algorithm confusion, with every text that a public key may be written in.
        Case(name: "HMAC with the PEM text of the RSA key", expected: "401 token-algorithm") {
            let pem = TokenForge.rsa.publicKey.pemRepresentation
            return try TokenForge.token(header: #""alg":"HS256""#, signer: .hmac("HS256", Array(pem.utf8)))
        },
        Case(name: "HMAC with the DER octets of the RSA key", expected: "401 token-algorithm") {
            let der = Array(TokenForge.rsa.publicKey.derRepresentation)
            return try TokenForge.token(header: #""alg":"HS256""#, signer: .hmac("HS256", der))
        },
        Case(name: "HMAC with the modulus of the RSA key", expected: "401 token-algorithm") {
            let modulus = Array(try TokenForge.rsa.publicKey.getKeyPrimitives().modulus)
            return try TokenForge.token(header: #""alg":"HS256","kid":"k1""#, signer: .hmac("HS256", modulus))
        },
        Case(name: "HMAC with the JWK text of the RSA key (CVE-2026-22817)", expected: "401 token-algorithm") {
            let jwk = try TokenForge.key("RS256")
            return try TokenForge.token(header: #""alg":"HS256""#, signer: .hmac("HS256", Array(jwk.utf8)))
        },
        Case(
            name: "HMAC with the point of the EC key (CVE-2024-33663)", expected: "401 token-algorithm",
            token: {
                let point = Array(TokenForge.p256.publicKey.derRepresentation)
                return try TokenForge.token(header: #""alg":"HS256""#, signer: .hmac("HS256", point))
            }, keys: ["ES256"]),
        Case(name: "HMAC with an empty secret", expected: "401 token-algorithm") {
            try TokenForge.token(header: #""alg":"HS256""#, signer: .hmac("HS256", []))
        },
        Case(name: "none without a signature", expected: "401 malformed-credential") {
            try TokenForge.token(header: #""alg":"none""#, signer: .octets([]))
        },
        Case(name: "none with a signature", expected: "401 token-algorithm") {
            try TokenForge.token(header: #""alg":"none""#, signer: .algorithm("RS256"))
        },
        Case(name: "None in other letters", expected: "401 token-algorithm") {
            try TokenForge.token(header: #""alg":"nOnE""#, signer: .octets([0]))
        },
        Case(name: "an algorithm in small letters", expected: "401 token-algorithm") {
            try TokenForge.token(header: #""alg":"rs256""#, signer: .algorithm("RS256"))
        },
        signed("no algorithm", "401 token-algorithm", header: #""typ":"JWT""#),
        signed("an algorithm that is no string", "401 malformed-credential", header: #""alg":256"#),
        signed("an algorithm that is null", "401 malformed-credential", header: #""alg":null"#),
        signed("a list of algorithms", "401 malformed-credential", header: #""alg":["RS256","none"]"#),
        signed("two algorithms", "401 malformed-credential", header: #""alg":"RS256","alg":"none""#),
        signed("two algorithms, one escaped", "401 malformed-credential", header: #""alg":"RS256","\u0061lg":"none""#),
        Case(name: "a foreign key", expected: "401 token-signature") {
            try TokenForge.token(header: #""alg":"RS256""#, signer: .foreign)
        },
        Case(name: "a foreign key that the token brings along as jwk", expected: "401 token-signature") {
            let numbers = try TokenForge.foreignRSA.publicKey.getKeyPrimitives()
            let (n, e) = (TokenForge.encode(numbers.modulus), TokenForge.encode(numbers.publicExponent))
            return try TokenForge.token(
                header: #""alg":"RS256","jwk":{"kty":"RSA","n":"\#(n)","e":"\#(e)"}"#, signer: .foreign)
        },
        Case(name: "a foreign key behind jku and x5u", expected: "401 token-signature") {
            try TokenForge.token(
                header: #""alg":"RS256","jku":"http://127.0.0.1/k.json","x5u":"http://127.0.0.1/k.pem""#,
                signer: .foreign)
        },
        signed("an unknown key id", "401 token-unknown-key", header: #""alg":"RS256","kid":"k2""#),
        signed("a key id that is a path", "401 token-unknown-key", header: #""alg":"RS256","kid":"../../dev/null""#),
        signed("a key id that is a query", "401 token-unknown-key", header: #""alg":"RS256","kid":"k1' OR '1'='1""#),
        signed("a key id that is empty", "401 token-unknown-key", header: #""alg":"RS256","kid":"""#),
        signed("a key id with a zero octet", "401 token-unknown-key", header: #""alg":"RS256","kid":"k1\u0000""#),
        signed("a key id that is a number", "401 malformed-credential", header: #""alg":"RS256","kid":1"#),
        signed("no key id", "granted customer/ada", header: #""alg":"RS256""#),
        signed("a key id with escapes", "granted customer/ada", header: #""alg":"RS256","kid":"\u006b1""#),
        signed("crit", "401 token-critical-extension", header: #""alg":"RS256","crit":["exp"],"exp":1"#),
        signed("an empty crit", "401 token-critical-extension", header: #""alg":"RS256","crit":[]"#),
        signed("b64 without crit (RFC 7797)", "401 token-critical-extension", header: #""alg":"RS256","b64":false"#),
        signed("an access token (RFC 9068)", "granted customer/ada", header: #""alg":"RS256","typ":"at+JWT""#),
        signed("its long type", "granted customer/ada", header: #""alg":"RS256","typ":"application/at+jwt""#),
        signed("a logout token", "401 token-type", header: #""alg":"RS256","typ":"logout+jwt""#),
        signed("a proof of possession", "401 token-type", header: #""alg":"RS256","typ":"dpop+jwt""#),
        signed("a type that is no string", "401 token-type", header: #""alg":"RS256","typ":true"#),
    ]

    static let claims: [Case] = [
        signed("another issuer", "401 token-issuer", claims: TokenForge.claims.replacing("id.test/", with: "id.test")),
        signed(
            "a list of issuers", "401 malformed-credential",
            claims: TokenForge.claims.replacing(#""https://id.test/""#, with: #"["https://id.test/"]"#)),
        signed("no issuer", "401 token-issuer", claims: #""aud":"shop","exp":\#(TokenForge.now + 9)"#),
        signed("another audience", "401 token-audience", claims: TokenForge.claims.replacing("shop", with: "shop2")),
        signed(
            "no audience", "401 token-audience", claims: TokenForge.claims.replacing(#""aud""#, with: #""aud2""#)),
        signed(
            "one of several audiences", "granted customer/ada",
            claims: TokenForge.claims.replacing(#""shop""#, with: #"["bank","shop"]"#)),
        signed(
            "an audience that is a number", "401 malformed-credential",
            claims: TokenForge.claims.replacing(#""shop""#, with: "7")),
        signed(
            "an empty list of audiences", "401 token-audience",
            claims: TokenForge.claims.replacing(#""shop""#, with: "[]")),
        signed(
            "the audience twice", "401 malformed-credential", claims: TokenForge.claims + #","aud":"bank""#),
        signed(
            "a subject that is a number", "401 malformed-credential",
            claims: TokenForge.claims.replacing(#""ada""#, with: "7")),
        signed(
            "a client without a subject", "granted customer/till",
            claims: TokenForge.claims.replacing(#""sub":"ada""#, with: #""client_id":"till","azp":"x""#)),
        signed("claims that are a list", "401 malformed-credential", claims: "}]"),
        timed("no end", "401 token-without-expiry", #""iat":1"#),
        timed("an end that is null", "401 malformed-credential", #""exp":null"#),
        timed("an end that is a text", "401 malformed-credential", #""exp":"\#(TokenForge.now + 300)""#),
        timed("the last second of the leeway", "granted customer/ada", #""exp":\#(TokenForge.now - 29)"#),
        timed("the first second behind the leeway", "401 token-expired", #""exp":\#(TokenForge.now - 30)"#),
        timed("half a second before the end", "granted customer/ada", #""exp":\#(TokenForge.now - 30).5"#),
        timed("an end with an exponent", "granted customer/ada", #""exp":18000003e2"#),
        timed("an end beyond 64 bits", "granted customer/ada", #""exp":1e400"#),
        timed("a huge exponent", "granted customer/ada", #""exp":1e999999999999999999"#),
        timed("a huge negative exponent", "401 token-expired", #""exp":1e-999999999999999999"#),
        timed("an end before all time", "401 token-expired", #""exp":-9223372036854775808"#),
        timed("an end of zero", "401 token-expired", #""exp":0"#),
        timed(
            "the first second that the leeway allows", "granted customer/ada",
            #""exp":\#(TokenForge.now + 99),"nbf":\#(TokenForge.now + 30)"#),
        timed(
            "one second earlier", "401 token-not-yet-valid",
            #""exp":\#(TokenForge.now + 99),"nbf":\#(TokenForge.now + 31)"#),
        timed("a start that is a text", "401 malformed-credential", #""exp":\#(TokenForge.now + 99),"nbf":"0""#),
        timed("a start beyond 64 bits", "401 token-not-yet-valid", #""exp":1e30,"nbf":99999999999999999999"#),
        timed("issued at a text", "401 malformed-credential", #""exp":\#(TokenForge.now + 99),"iat":"0""#),
    ]

    @Test("a forged token is refused", arguments: forgeries)
    func forged(row: Case) throws {
        let plan = try PolicyFixture.plan(
            TokenForge.policy(
                row.keys.map { try TokenForge.key($0, id: "k1") },
                allowing: [.rs256, .es256, .edDSA]))
        #expect(RequestFixture.bearer(try row.token()).verdict(plan) == row.expected)
    }

    @Test("the claims decide", arguments: claims)
    func claim(row: Case) throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("RS256")]))
        #expect(RequestFixture.bearer(try row.token()).verdict(plan) == row.expected)
    }

    @Test(
        "a token has three parts in base64url, and one spelling",
        arguments: [
            "", ".", "..", "...", "a.b", "a.b.c", "a..c", ".b.c", "a.b.", "a.b.c.d", "a.b.c.d.e", "e30.e30.",
            "e30.e30.e30",
            "e30=.e30.e30", "eyJhbGciOiJIUzI1NiJ9.e30.====", "W10.W10.W10", "bnVsbA.e30.AA", "é.e30.AA",
        ])
    func form(token: String) throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")]))
        #expect(RequestFixture.bearer(token).verdict(plan).hasPrefix("401 "))
    }

    @Test("a signature has one spelling: unused bits are zero, and no padding follows")
    func canonicalBase64() throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")]))
        let token = try TokenForge.good("HS256")
        #expect(RequestFixture.bearer(token).verdict(plan) == "granted customer/ada")
        #expect(RequestFixture.bearer(token + "=").verdict(plan) == "401 malformed-credential")
        // 32 octets leave four bits of the last but one group; the last character has two that mean nothing.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(token.last.flatMap(alphabet.firstIndex))
        for bit in 1...3 {
            let other = String(token.dropLast()) + String(alphabet[last ^ bit])
            #expect(RequestFixture.bearer(other).verdict(plan) == "401 malformed-credential")
        }
    }

    @Test("a signature of another length is none", arguments: ["HS256", "RS256", "PS256", "ES256", "ES512", "EdDSA"])
    func signatureLength(algorithm: String) throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key(algorithm)]))
        for length in [1, 31, 33, 63, 64, 65, 131, 132, 133, 255, 256, 257, 512, 1024] {
            for octet: UInt8 in [0, 0xFF] {
                let token = try TokenForge.token(
                    header: #""alg":"\#(algorithm)""#, signer: .octets(Array(repeating: octet, count: length)))
                #expect(RequestFixture.bearer(token).verdict(plan) == "401 token-signature", "\(length)")
            }
        }
    }

    @Test("an ECDSA signature in DER is none (RFC 7518 §3.4)")
    func derSignature() throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("ES256")]))
        let parts = TokenForge.encode(#"{"alg":"ES256"}"#) + "." + TokenForge.encode("{\(TokenForge.claims)}")
        let der = try TokenForge.p256.signature(for: Data(parts.utf8)).derRepresentation
        #expect(
            RequestFixture.bearer(try TokenForge.token(parts: parts, signer: .octets(Array(der)))).verdict(plan)
                == "401 token-signature")
    }

    @Test("a token above 8 KiB is not looked at")
    func size() throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")]))
        func token(_ padding: Int) throws -> String {
            try TokenForge.good(
                "HS256", claims: TokenForge.claims + #","x":"\#(String(repeating: "x", count: padding))""#)
        }
        let empty = try token(0).utf8.count
        let padding = (CredentialWorkspace.credentialLimit - empty) / 4 * 3
        #expect(RequestFixture.bearer(try token(padding - 3)).verdict(plan) == "granted customer/ada")
        #expect(RequestFixture.bearer(try token(padding + 6)).verdict(plan) == "401 credential-too-large")
    }

    @Test("deep nesting in a token is refused")
    func depth() throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")]))
        let nest = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(
            RequestFixture.bearer(try TokenForge.good("HS256", claims: TokenForge.claims + #","x":\#(nest)"#)).verdict(
                plan)
                == "401 malformed-credential")
    }

    @Test(
        "scopes are words of `scope`, or strings of a list, also under `scp`",
        arguments: [
            (#""scope":"read write""#, "granted customer/ada"), (#""scope":"write read""#, "granted customer/ada"),
            (#""scope":["read","write"]"#, "granted customer/ada"), (#""scp":"read write""#, "granted customer/ada"),
            (#""scp":["write","x","read"]"#, "granted customer/ada"),
            (#""scp":["read"],"scope":"write""#, "granted customer/ada"), (#""scope":"read""#, "403 customer/ada"),
            (#""scope":"read  write""#, "granted customer/ada"), (#""scope":"readwrite""#, "403 customer/ada"),
            (#""scope":"READ WRITE""#, "403 customer/ada"), (#""scope":"reader write""#, "403 customer/ada"),
            (#""scope":"read,write""#, "403 customer/ada"), (#""scope":"""#, "403 customer/ada"),
            (#""scope":["read write"]"#, "403 customer/ada"), (#""scope":true"#, "403 customer/ada"),
            (#""scope":{"read":1,"write":1}"#, "403 customer/ada"), (#""x":1"#, "403 customer/ada"),
        ])
    func scopes(claim: String, expected: String) throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")]), scopes: ["read", "write"])
        let token = try TokenForge.good("HS256", claims: TokenForge.claims + "," + claim)
        #expect(RequestFixture.bearer(token).verdict(plan) == expected)
    }

    @Test("without audiences in the settings any audience passes")
    func anyAudience() throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")], audiences: []))
        for claims in [TokenForge.claims, TokenForge.claims.replacing(#""aud":"shop","#, with: "")] {
            #expect(
                RequestFixture.bearer(try TokenForge.good("HS256", claims: claims)).verdict(plan)
                    == "granted customer/ada")
        }
    }

    @Test("the leeway is bounded, and an algorithm is needed")
    func settings() throws {
        #expect(throws: CredentialPolicyError.self) {
            try TokenForge.policy([TokenForge.key("HS256")], leeway: 601)
        }
        let keys = KeySource.fixed(try TokenForge.set([TokenForge.key("HS256")], allowing: [.hs256]))
        #expect(throws: CredentialPolicyError.self) {
            try JWTPolicy(issuer: "i", audiences: [], algorithms: [], leeway: 0, keys: keys)
        }
    }

    @Test("mutilated tokens are refused and nothing breaks")
    func mutilated() throws {
        let algorithms = ["HS256", "RS256", "ES256", "EdDSA"]
        let plan = try PolicyFixture.plan(TokenForge.policy(algorithms.map { try TokenForge.key($0) }))
        let tokens = try algorithms.map { Array(try TokenForge.good($0).utf8) }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ {}\"".utf8)
        var random = SplitMix(state: 7)
        var workspace = CredentialWorkspace()
        for _ in 0..<20_000 {
            var token = tokens[Int(random.next() % 4)]
            for _ in 0...(random.next() % 4) {
                let place = Int(random.next() % UInt64(max(1, token.count)))
                let letter = alphabet[Int(random.next() % UInt64(alphabet.count))]
                switch random.next() % 4 {
                case 0 where place < token.count: token.remove(at: place)
                case 1: token.insert(letter, at: min(place, token.count))
                case 2 where place < token.count: token.removeSubrange(place...)
                default: if place < token.count { token[place] = letter }
                }
            }
            guard !tokens.contains(token) else { continue }
            let text = String(decoding: token, as: UTF8.self)
            let verdict = RequestFixture.bearer(text).verdict(plan, using: &workspace)
            #expect(verdict.hasPrefix("401 ") || verdict == "no request", "\(text)")
        }
    }

    @Test("mutilated headers and claims under a good signature never break anything")
    func mutilatedClaims() throws {
        let plan = try PolicyFixture.plan(TokenForge.policy([TokenForge.key("HS256")]), scopes: ["read"])
        let claims = Array("{\(TokenForge.claims),\"scope\":[\"read\",1,{\"a\":[1e5]}]}".utf8)
        let header = Array(#"{"alg":"HS256","typ":"JWT","kid":"a","x":[{}]}"#.utf8)
        let alphabet = Array(#"{}[]",:.0123456789eE+-\u tfnalsr"#.utf8) + [0, 0x80, 0xC3, 0xFF]
        var random = SplitMix(state: 11)
        var workspace = CredentialWorkspace()
        for _ in 0..<20_000 {
            var parts = [header, claims]
            let which = Int(random.next() % 2)
            for _ in 0...(random.next() % 3) {
                let place = Int(random.next() % UInt64(max(1, parts[which].count)))
                guard place < parts[which].count else { continue }
                switch random.next() % 3 {
                case 0: parts[which].remove(at: place)
                case 1: parts[which].insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: place)
                default: parts[which][place] = alphabet[Int(random.next() % UInt64(alphabet.count))]
                }
            }
            let text = TokenForge.encode(parts[0]) + "." + TokenForge.encode(parts[1])
            let token = try TokenForge.token(parts: text, signer: .algorithm("HS256"))
            #expect(RequestFixture.bearer(token).verdict(plan, using: &workspace) != "no request")
        }
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix {
    /// The state.
    var state: UInt64

    /// The next number.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
