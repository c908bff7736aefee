import Foundation
import Testing
import TrafficPolicies

@Suite("Sets of keys")
struct JWKSetTests {
    /// What reading a set says.
    private func outcome(_ text: String, allowing algorithms: Set<SignatureAlgorithm>) -> String {
        do throws(CredentialPolicyError) {
            let set = try JWKSet(parsing: Array(text.utf8), algorithms: algorithms)
            return (set.keys.map(\.algorithm.rawValue) + set.skipped).joined(separator: "; ")
        } catch {
            return error.message
        }
    }

    @Test("a key without alg is for the only algorithm that the policy allows for its kind")
    func derivedAlgorithms() throws {
        let names = ["RS256", "ES256", "ES384", "ES512", "EdDSA"]
        let keys = try names.map { try TokenForge.key($0, namesAlgorithm: false) }
        let set = try TokenForge.set(keys, allowing: [.rs256, .es256, .es384, .es512, .edDSA])
        #expect(set.keys.map(\.algorithm.rawValue) == names)
        #expect(
            outcome(#"{"keys":[\#(keys[0])]}"#, allowing: [.rs256, .ps256]).contains("names no `alg`"))
        #expect(outcome(#"{"keys":[\#(keys[0])]}"#, allowing: [.es256]).contains("no algorithm that the policy allows"))
        let secret = try TokenForge.key("HS256", namesAlgorithm: false)
        #expect(outcome(#"{"keys":[\#(secret)]}"#, allowing: [.hs256]).contains("names no `alg`"))
    }

    @Test("what is unknown is left out and named (RFC 7517 §5)")
    func skipped() throws {
        let good = try TokenForge.key("ES256")
        for (key, reason) in [
            (#"{"kty":"PQC"}"#, "unknown kind"), (#"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#, "`use`"),
            (#"{"kty":"RSA","key_ops":["encrypt"],"n":"AQAB","e":"AQAB"}"#, "`key_ops`"),
            (#"{"kty":"RSA","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}"#, "`RSA-OAEP`"),
            (#"{"kty":"RSA","alg":"RS512","n":"AQAB","e":"AQAB"}"#, "does not allow"),
            (#"{"kty":"OKP","crv":"Ed448","alg":"EdDSA","x":"AQAB"}"#, "curve"),
            (#"{"kty":"EC","crv":"secp256k1","x":"AQAB","y":"AQAB"}"#, "no algorithm"),
        ] {
            let set = try TokenForge.set([key, good], allowing: [.rs256, .es256, .edDSA])
            #expect(set.keys.count == 1)
            #expect(set.skipped.count == 1 && set.skipped[0].contains(reason), "\(set.skipped)")
            #expect(
                outcome(#"{"keys":[\#(key)]}"#, allowing: [.rs256, .es256, .edDSA]).contains("no key that can be used"))
        }
    }

    @Test("what is broken is an error that names the key and never its content")
    func broken() throws {
        let rsa = try TokenForge.key("RS256")
        let short = TokenForge.encode(Data(repeating: 1, count: 31))
        let pem = TokenForge.encode(TokenForge.rsa.publicKey.pemRepresentation)
        for (text, reason) in [
            ("", "no JSON"), ("{", "no JSON"), ("[]", "array `keys`"), (#"{"keys":{}}"#, "array `keys`"),
            (#"{"keys":[]}"#, "no key"), (#"{"keys":[],"keys":[]}"#, "no JSON"), (#"{"keys":[1]}"#, "no object"),
            (#"{"keys":[{}]}"#, "no `kty`"), (#"{"keys":[{"kty":1}]}"#, "no string"),
            ("-----BEGIN PUBLIC KEY-----\n", "PEM"),
            (#"{"keys":[{"kty":"RSA","alg":"HS256","n":"AQAB","e":"AQAB"}]}"#, "cannot be used with HS256"),
            (#"{"keys":[{"kty":"oct","alg":"RS256","k":"AQAB"}]}"#, "cannot be used with RS256"),
            (#"{"keys":[{"kty":"oct","alg":"HS256","k":"\#(short)"}]}"#, "shorter than the 32 bytes"),
            (#"{"keys":[{"kty":"oct","alg":"HS256","k":"\#(pem)"}]}"#, "holds a key file"),
            (#"{"keys":[{"kty":"oct","alg":"HS256","k":"??"}]}"#, "no base64url"),
            (#"{"keys":[{"kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}]}"#, "2048 bits"),
            (#"{"keys":[{"kty":"RSA","alg":"RS256","n":"AQAB"}]}"#, "no `e`"),
            (rsa.replacing(#"{"kty""#, with: #"{"keys":[{"d":"AQAB","kty""#) + "]}", "private key"),
            (
                rsa.replacing(#""e":"AQAB""#, with: #""e":"AA""#).replacing(#"{"kty""#, with: #"{"keys":[{"kty""#)
                    + "]}", "2048 bits"
            ),
            (#"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","x":"AQAB","y":"AQAB"}]}"#, "no point"),
            (#"{"keys":[{"kty":"EC","crv":"P-384","alg":"ES256","x":"AQAB","y":"AQAB"}]}"#, "P-384"),
            (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQAB"}]}"#, "no point"),
            (#"{"keys":[\#(Array(repeating: rsa, count: 101).joined(separator: ","))]}"#, "more than 100"),
        ] {
            let found = outcome(text, allowing: [.rs256, .hs256, .es256, .edDSA])
            #expect(found.contains(reason), "\(reason): \(found)")
            #expect(!found.contains(pem) && !found.contains(short))
        }
    }

    @Test("a key that is not on its curve is refused")
    func offCurve() {
        let ones = TokenForge.encode(Data(repeating: 1, count: 32))
        let text = #"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(ones)","y":"\#(ones)"}]}"#
        #expect(outcome(text, allowing: [.es256]).contains("no point on P-256"))
    }

    @Test("keys without an id serve every token of their algorithm, keys with one only theirs")
    func keyIDs() throws {
        let plan = try PolicyFixture.plan(
            TokenForge.policy([TokenForge.key("HS256"), TokenForge.key("ES256", id: "a")]))
        for (algorithm, id, expected) in [
            ("HS256", nil, "granted customer/ada"), ("HS256", "x", "granted customer/ada"),
            ("ES256", "a", "granted customer/ada"), ("ES256", nil, "granted customer/ada"),
            ("ES256", "b", "401 token-unknown-key"), ("ES256", "A", "401 token-unknown-key"),
        ] as [(String, String?, String)] {
            #expect(RequestFixture.bearer(try TokenForge.good(algorithm, id: id)).verdict(plan) == expected)
        }
    }

    @Test("only a few keys are tried for one token")
    func attempts() throws {
        let strangers = (0..<4).map { index in
            let secret = TokenForge.encode(Data(repeating: UInt8(index + 1), count: 64))
            return #"{"kty":"oct","alg":"HS256","k":"\#(secret)"}"#
        }
        let own = try TokenForge.key("HS256")
        let near = try PolicyFixture.plan(TokenForge.policy(Array(strangers.prefix(3)) + [own]))
        let far = try PolicyFixture.plan(TokenForge.policy(strangers + [own]))
        let token = try TokenForge.good("HS256")
        #expect(RequestFixture.bearer(token).verdict(near) == "granted customer/ada")
        #expect(RequestFixture.bearer(token).verdict(far) == "401 token-signature")
    }

    @Test("a source that is refreshed serves what was put in, and asks for more at most once in a while")
    func rotation() throws {
        let source = KeySource(lifetime: 600, spacing: 30)
        let policy = CredentialPolicy(
            name: "customer",
            kind: .jwt(
                try JWTPolicy(
                    issuer: "https://id.test/", audiences: ["shop"], algorithms: [.hs256, .es256], leeway: 0,
                    keys: source)))
        let plan = try PolicyFixture.plan(policy)
        let old = RequestFixture.bearer(try TokenForge.good("HS256", id: "old"))
        let new = RequestFixture.bearer(try TokenForge.good("ES256", id: "new"))
        #expect(old.verdict(plan) == "401 token-unknown-key", "no keys, no entry")
        #expect(source.takeRefresh(at: 1000))
        source.replace(with: try TokenForge.set([TokenForge.key("HS256", id: "old")], allowing: [.hs256]))
        #expect(old.verdict(plan) == "granted customer/ada")
        #expect(!source.takeRefresh(at: 1599))
        var fetches = 0
        for attempt in 0..<10_000 {
            #expect(new.verdict(plan) == "401 token-unknown-key")
            if source.takeRefresh(at: 1000 + Int64(attempt / 200)) { fetches += 1 }
        }
        #expect(fetches == 1, "10,000 unknown key ids in 50 s")
        #expect(old.verdict(plan) == "granted customer/ada", "the fetch failed: old keys go on serving")
        source.replace(with: try TokenForge.set([TokenForge.key("ES256", id: "new")], allowing: [.es256]))
        #expect(new.verdict(plan) == "granted customer/ada")
        #expect(old.verdict(plan) == "401 token-unknown-key", "old keys are retired")
        #expect(source.takeRefresh(at: 3000), "the set is old")
        #expect(source.takeRefresh(at: 0), "a clock that was set back")
        let fixed = KeySource(fixed: try TokenForge.set([TokenForge.key("ES256")], allowing: [.es256]))
        #expect(!fixed.takeRefresh(at: 0))
    }
}
