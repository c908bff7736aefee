import CompositionLanguage
import TrafficPolicies

/// A claim as a composition uses it.
struct ClaimText {
    /// The value as text.
    let text: [UInt8]
    /// Whether it is written into JSON as it stands, because it is a number or a truth value.
    let isBare: Bool
}

/// What a composition takes of the caller's token.
extension GatewayExchange {
    /// Takes the claims out of the token that has just been checked; replies 403 where one that is needed is not there, or
    /// one is something else than the composition says.
    func takeClaims(_ wanted: [PlannedClaim], under plan: SecurityRequirementPlan, in view: CredentialView) -> Bool {
        let found = plan.claims(wanted.map(\.name), in: view, using: &worker.credentials)
        var taken: [ClaimText?] = []
        for (claim, value) in zip(wanted, found ?? []) {
            switch (value, claim.kind) {
            case (.absent, _) where !claim.isRequired: taken.append(nil)
            case (.text(let text), .string), (.text(let text), .anything):
                taken.append(ClaimText(text: text, isBare: false))
            case (.number(let text, isInteger: true), .integer), (.number(let text, _), .number),
                (.number(let text, _), .anything):
                taken.append(ClaimText(text: text, isBare: true))
            case (.truth(let truth), .boolean), (.truth(let truth), .anything):
                taken.append(ClaimText(text: Array("\(truth)".utf8), isBare: true))
            default: return refuseClaims()
            }
        }
        guard found != nil, taken.count == wanted.count else { return refuseClaims() }
        claims = taken
        return true
    }

    /// What a token lacks is told to nobody: it is between the issuer and this gateway.
    private func refuseClaims() -> Bool {
        reply(
            ProblemDocument(
                status: 403, title: "Forbidden",
                detail: "The token is good, but does not say what \(row?.operation ?? "the operation") needs to know.",
                operation: row?.operation),
            outcome: "missing-claim")
        return false
    }
}
