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

    @Test("in a set from an issuer a broken key is left out, and the others serve")
    func lenient() throws {
        let good = try TokenForge.key("ES256", id: "good")
        for (key, reason) in [
            ("1", "no object"), ("{}", "no `kty`"), (#"{"kty":1}"#, "no string"), (#"{"kty":"PQC"}"#, "unknown kind"),
            (#"{"kty":"RSA","alg":"HS256","n":"AQAB","e":"AQAB"}"#, "cannot be used with HS256"),
            (#"{"kty":"oct","alg":"RS256","k":"AQAB"}"#, "shared secret"),
            (try TokenForge.key("HS256"), "shared secret"),
            (#"{"kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}"#, "2048 bits"),
            (#"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#, "`use`"),
            (#"{"kty":"RSA","alg":"none","n":"AQAB","e":"AQAB"}"#, "`none`"),
            (#"{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB","d":"AQAB"}"#, "private key"),
            (#"{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}"#, "no point"),
            (#"{"kty":"EC","crv":"P-384","alg":"ES256","x":"AQAB","y":"AQAB"}"#, "P-384"),
        ] {
            let bytes = Array(#"{"keys":[\#(key),\#(good)]}"#.utf8)
            let set = try JWKSet(parsing: bytes, algorithms: [.rs256, .es256, .hs256], tolerance: .lenient)
            #expect(set.keys.map(\.algorithm) == [.es256], "\(key)")
            #expect(set.skipped.count == 1 && set.skipped[0].contains(reason), "\(set.skipped)")
        }
        for text in [
            "", "{", "[]", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[{"kty":"PQC"}]}"#, "<html>", "\u{FEFF}{}",
        ] {
            #expect(throws: CredentialPolicyError.self, "\(text)") {
                try JWKSet(parsing: Array(text.utf8), algorithms: [.es256], tolerance: .lenient)
            }
        }
    }

    @Test("mutilated sets never break anything")
    func mutilated() throws {
        let keys = try ["RS256", "ES256", "EdDSA"].map { try TokenForge.key($0, id: "k") }
        let text = Array(#"{"keys":[\#(keys.joined(separator: ",")),{"kty":"EC","use":"enc"}]}"#.utf8)
        let alphabet = Array(#"{}[]",:.0123456789eE+-\u tfnalsrk"#.utf8) + [0, 0x80, 0xC3, 0xFF]
        var random = SplitMix(state: 23)
        var accepted = 0
        for _ in 0..<5000 {
            var bytes = text
            for _ in 0...(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: place)
                default: bytes[place] = alphabet[Int(random.next() % UInt64(alphabet.count))]
                }
            }
            let set = try? JWKSet(parsing: bytes, algorithms: [.rs256, .es256, .edDSA], tolerance: .lenient)
            if set != nil { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 5000)
    }
}
