import Crypto
import CryptoExtras
import Foundation
import TrafficPolicies

/// Signs tokens, good and bad, with keys that are made for each test run.
enum TokenForge {
    /// The time of all tests: seconds since 1970.
    static let now: Int64 = 1_800_000_000
    /// A shared secret.
    static let secret = [UInt8]((0..<64).map { UInt8($0) })

    /// Keys that are costly to make are made once.
    static let rsa = makeRSA()
    /// A key that no set holds.
    static let foreignRSA = makeRSA()
    /// Keys on the curves.
    static let p256 = P256.Signing.PrivateKey()
    /// A key that no set holds.
    static let foreignP256 = P256.Signing.PrivateKey()
    /// On P-384.
    static let p384 = P384.Signing.PrivateKey()
    /// On P-521.
    static let p521 = P521.Signing.PrivateKey()
    /// Ed25519.
    static let ed25519 = Curve25519.Signing.PrivateKey()

    private static func makeRSA() -> _RSA.Signing.PrivateKey {
        do {
            return try _RSA.Signing.PrivateKey(keySize: .bits2048)
        } catch {
            fatalError("no RSA key can be made: \(error)")
        }
    }

    /// The claims of a token that is good for every policy of the tests.
    static let claims =
        #""iss":"https://id.test/","aud":"shop","sub":"ada","exp":\#(now + 300),"nbf":\#(now - 300),"iat":\#(now)"#

    /// Base64url without padding.
    static func encode(_ bytes: some DataProtocol) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Base64url of a text.
    static func encode(_ text: String) -> String { encode(Data(text.utf8)) }

    /// How a token is signed.
    enum Signer: Sendable {
        case algorithm(String)
        case hmac(String, [UInt8])
        case foreign
        case octets([UInt8])
    }

    /// A token with this header and these claims, both as the text between braces.
    static func token(
        header: String, claims: String = claims, signer: Signer
    ) throws -> String {
        try token(parts: encode("{\(header)}") + "." + encode("{\(claims)}"), signer: signer)
    }

    /// A token whose first two parts are given.
    static func token(parts: String, signer: Signer) throws -> String {
        parts + "." + encode(try signature(Data(parts.utf8), signer))
    }

    /// A good token of an algorithm.
    static func good(_ algorithm: String, claims: String = claims, id: String? = nil) throws -> String {
        let id = id.map { #","kid":"\#($0)""# } ?? ""
        return try token(
            header: #""alg":"\#(algorithm)","typ":"JWT"\#(id)"#, claims: claims, signer: .algorithm(algorithm))
    }

    private static func signature(_ text: Data, _ signer: Signer) throws -> Data {
        switch signer {
        case .octets(let octets): return Data(octets)
        case .foreign:
            return try foreignRSA.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5)
                .rawRepresentation
        case .hmac(let algorithm, let key): return code(text, algorithm, key)
        case .algorithm(let algorithm):
            switch algorithm {
            case "HS256", "HS384", "HS512": return code(text, algorithm, secret)
            case "RS256":
                return try rsa.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation
            case "RS384":
                return try rsa.signature(for: SHA384.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation
            case "RS512":
                return try rsa.signature(for: SHA512.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation
            case "PS256": return try rsa.signature(for: SHA256.hash(data: text), padding: .PSS).rawRepresentation
            case "PS384": return try rsa.signature(for: SHA384.hash(data: text), padding: .PSS).rawRepresentation
            case "PS512": return try rsa.signature(for: SHA512.hash(data: text), padding: .PSS).rawRepresentation
            case "ES256": return try p256.signature(for: SHA256.hash(data: text)).rawRepresentation
            case "ES384": return try p384.signature(for: SHA384.hash(data: text)).rawRepresentation
            case "ES512": return try p521.signature(for: SHA512.hash(data: text)).rawRepresentation
            default: return try ed25519.signature(for: text)
            }
        }
    }

    private static func code(_ text: Data, _ algorithm: String, _ key: [UInt8]) -> Data {
        let key = SymmetricKey(data: key)
        return switch algorithm {
        case "HS384": Data(HMAC<SHA384>.authenticationCode(for: text, using: key))
        case "HS512": Data(HMAC<SHA512>.authenticationCode(for: text, using: key))
        default: Data(HMAC<SHA256>.authenticationCode(for: text, using: key))
        }
    }

    // MARK: Key sets

    /// A key of a set, as JSON.
    static func key(_ algorithm: String, id: String? = nil, namesAlgorithm: Bool = true) throws -> String {
        let extra = (id.map { #","kid":"\#($0)""# } ?? "") + (namesAlgorithm ? #","alg":"\#(algorithm)""# : "")
        switch algorithm {
        case "HS256", "HS384", "HS512": return #"{"kty":"oct","k":"\#(encode(secret))"\#(extra)}"#
        case "ES256": return point("P-256", p256.publicKey.x963Representation, extra)
        case "ES384": return point("P-384", p384.publicKey.x963Representation, extra)
        case "ES512": return point("P-521", p521.publicKey.x963Representation, extra)
        case "EdDSA":
            return #"{"kty":"OKP","crv":"Ed25519","x":"\#(encode(ed25519.publicKey.rawRepresentation))"\#(extra)}"#
        default:
            let numbers = try rsa.publicKey.getKeyPrimitives()
            return #"{"kty":"RSA","n":"\#(encode(numbers.modulus))","e":"\#(encode(numbers.publicExponent))"\#(extra)}"#
        }
    }

    private static func point(_ curve: String, _ octets: Data, _ extra: String) -> String {
        let half = (octets.count - 1) / 2
        let (x, y) = (octets.dropFirst().prefix(half), octets.suffix(half))
        return #"{"kty":"EC","crv":"\#(curve)","x":"\#(encode(x))","y":"\#(encode(y))"\#(extra)}"#
    }

    /// A set with these keys.
    static func set(_ keys: [String], allowing algorithms: Set<SignatureAlgorithm>) throws -> JWKSet {
        try JWKSet(parsing: Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8), algorithms: algorithms)
    }

    /// A policy for tokens of https://id.test/ with these keys.
    static func policy(
        _ keys: [String], allowing algorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases),
        audiences: [String] = ["shop"], leeway: Int64 = 30
    ) throws -> CredentialPolicy {
        let source = KeySource.fixed(try set(keys, allowing: algorithms))
        return CredentialPolicy(
            name: "customer",
            kind: .jwt(
                try JWTPolicy(
                    issuer: "https://id.test/", audiences: audiences, algorithms: algorithms, leeway: leeway,
                    keys: source)))
    }
}
