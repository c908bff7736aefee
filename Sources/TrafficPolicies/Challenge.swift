/// Writes the values of WWW-Authenticate (RFC 9110 §11.6.1).
///
/// `Basic` (RFC 7617 §2) and `Bearer` (RFC 6750 §3) are registered; for keys no scheme is, and a 401 needs a challenge
/// all the same (RFC 9110 §15.5.2), so `ApiKey` tells where the key is expected, as the document does.
enum Challenge {
    /// The protection space where a policy names none.
    private static let realm = "lintel"

    /// A challenge for each check, each text once.
    ///
    /// - Parameter outcomes: What became of the checks; empty where nothing is known.
    static func all(for checks: [SecurityRequirementPlan.Check], outcomes: [CheckOutcome] = []) -> [[UInt8]] {
        var challenges: [[UInt8]] = []
        for (index, check) in checks.enumerated() {
            var refusal: CredentialRefusal?
            if index < outcomes.count { refusal = outcomes[index].refusal }
            let challenge = Array(text(for: check, refusal).utf8)
            if !challenges.contains(challenge) { challenges.append(challenge) }
        }
        return challenges
    }

    /// What a client is told whose credential is good and not enough (RFC 6750 §3.1).
    static func insufficientScope(_ scopes: [String]) -> [UInt8] {
        let scope = quoted(scopes.joined(separator: " "))
        return Array("Bearer realm=\(quoted(realm)), error=\"insufficient_scope\", scope=\(scope)".utf8)
    }

    /// The challenge of one check.
    private static func text(for check: SecurityRequirementPlan.Check, _ refusal: CredentialRefusal?) -> String {
        switch check.place {
        case .authorization(.basic):
            guard case .basic(let policy) = check.policy.kind else { return "Basic realm=\(quoted(realm))" }
            return "Basic realm=\(quoted(policy.realm)), charset=\"UTF-8\""
        case .authorization(.bearer):
            let opening = "Bearer realm=\(quoted(realm))"
            // RFC 6750 §3.1: without credentials, no error. Which part of a token is wrong stays with the gateway, but for
            // its time: that is known only once the signature is good.
            return switch refusal {
            case nil: opening
            case .expired: opening + ", error=\"invalid_token\", error_description=\"the token has expired\""
            case .notYetValid: opening + ", error=\"invalid_token\", error_description=\"the token is not valid yet\""
            default: opening + ", error=\"invalid_token\""
            }
        case .header(let name): return key(in: "header", name)
        case .query(let name): return key(in: "query", name)
        case .cookie(let name): return key(in: "cookie", name)
        // Registered no more than `ApiKey` is.
        case .certificate: return "ClientCertificate realm=\(quoted(realm))"
        }
    }

    /// The challenge for a key.
    private static func key(in location: String, _ name: [UInt8]) -> String {
        "ApiKey realm=\(quoted(realm)), in=\"\(location)\", name=\(quoted(String(decoding: name, as: UTF8.self)))"
    }

    /// A quoted string (RFC 9110 §5.6.4); what is not printable ASCII becomes a question mark.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            default: quoted += "?"
            }
        }
        return quoted + "\""
    }
}
