import Crypto
import Foundation
import HTTPExchanges
import TrafficPolicies

/// Credentials: tokens, key sets, passwords and API keys in hostile requests; nobody gets in without a secret.
///
/// The first byte says whether the token is signed with the right secret. The lines are: the token's header, its
/// claims (unsigned: the whole `Authorization` value, and nothing), query, cookies; the rest is a set of keys.
struct CredentialsTarget: FuzzTarget {
    static let name = "credentials"

    /// The secret of good tokens.
    private let secret = [UInt8](repeating: 0x5A, count: 64)
    /// Tokens, passwords and keys as alternatives.
    private let plan: SecurityRequirementPlan?

    init() {
        plan = try? Self.makePlan(secret)
        hold(plan != nil, "the policies can be made")
    }

    func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = input.first, let plan else { return }
        let lines = InputParts.lines(UnsafeRawBufferPointer(rebasing: input[1...]), 5)
        _ = try? JWKSet(parsing: Array(lines[4]), algorithms: Set(SignatureAlgorithm.allCases))
        let isSigned = choice % 2 == 1
        let authorization = isSigned ? Array("Bearer ".utf8) + token(lines[0], lines[1]) : Array(lines[0])
        var request = Array("GET /s?".utf8) + lines[2] + Array(" HTTP/1.1\r\nHost: a\r\nAuthorization: ".utf8)
        request += authorization + Array("\r\nCookie: ".utf8) + lines[3] + Array("\r\n\r\n".utf8)
        let table = HeadTable(capacity: 16)
        var workspace = CredentialWorkspace()
        request.withUnsafeBytes { bytes in
            guard case .complete = HeadParser.parseRequest(bytes, into: table, limits: HeadLimits()) else { return }
            let target = table.target.slice(of: bytes)
            let query = target.firstIndex(of: UInt8(ascii: "?")).map {
                UnsafeRawBufferPointer(rebasing: target[($0 + 1)...])
            }
            let view = CredentialView(query: query, table: table, bytes: bytes)
            guard case .granted(let consumer) = plan.evaluate(view, at: 1_800_000_000, using: &workspace) else {
                return
            }
            hold(isSigned, "nobody gets in without a secret")
            if let consumer { _ = workspace.name(of: consumer) }
        }
    }

    /// A token with a good signature over any header and claims.
    private func token(_ header: UnsafeRawBufferPointer, _ claims: UnsafeRawBufferPointer) -> [UInt8] {
        let text = encoded(Data(header)) + "." + encoded(Data(claims))
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret))
        return Array((text + "." + encoded(Data(code))).utf8)
    }

    /// Base64url without padding (RFC 7515 §2).
    private func encoded(_ data: Data) -> String { Self.encoded(data) }

    /// Base64url without padding (RFC 7515 §2).
    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// A token, or a password, or a key in the query, or one in a cookie.
    private static func makePlan(_ secret: [UInt8]) throws -> SecurityRequirementPlan {
        let set = #"{"keys":[{"kty":"oct","alg":"HS256","k":"\#(encoded(Data(secret)))"}]}"#
        let keys = try JWKSet(parsing: Array(set.utf8), algorithms: [.hs256])
        let tokens = try JWTPolicy(
            issuer: "https://id.test/", audiences: ["shop"], algorithms: [.hs256], leeway: 30,
            keys: .fixed(keys))
        let users = try BasicPolicy(users: Array("ada:0123456789abcdef0123456789abcdef".utf8), realm: "shop")
        var needs: [[SecurityRequirementPlan.Need]] = []
        func add(_ name: String, _ kind: SchemeDescription.Kind, _ policy: CredentialPolicy.Kind) throws {
            let binding = try SchemeBinding(
                SchemeDescription(name: name, kind: kind), policy: CredentialPolicy(name: name, kind: policy))
            needs.append([.init(binding, scopes: name == "token" ? ["read"] : [])])
        }
        try add("token", .oauth2, .jwt(tokens))
        try add("password", .http("basic"), .basic(users))
        for (name, place) in [
            ("query", CredentialPlace.query(Array("key".utf8))), ("cookie", .cookie(Array("key".utf8))),
        ] {
            let key = Array("fedcba9876543210fedcba9876543210".utf8)
            try add(name, .apiKey(place), .apiKey(APIKeyPolicy(place: place, entries: [(key: key, consumer: "ada")])))
        }
        return try SecurityRequirementPlan(requirements: needs)
    }
}
