/// What became of a request's credentials.
package enum AccessDecision: Sendable {
    /// It passes; nil where nobody is known.
    case granted(Consumer?)
    /// 401: no good credential. One value of WWW-Authenticate for each way in (RFC 9110 §15.5.2), and the reason for
    /// the log.
    case unauthenticated(challenges: [[UInt8]], CredentialRefusal)
    /// 403: a known consumer without the scope (RFC 6750 §3.1).
    case forbidden(challenge: [UInt8], Consumer)
}

extension SecurityRequirementPlan {
    /// How far an alternative is met.
    private enum Fulfilment {
        case met(Consumer?)
        case lacksScope(Consumer)
        case unmet
    }

    /// Evaluates the requirements. Apart from what the cryptography needs, a request that passes allocates nothing.
    ///
    /// - Parameters:
    ///   - view: The request.
    ///   - now: Seconds since 1970.
    ///   - workspace: The loop's working space; it holds the consumer's name until its next use.
    package func evaluate(
        _ view: CredentialView, at now: Int64, using workspace: inout CredentialWorkspace
    ) -> AccessDecision {
        workspace.begin(checks: checks.count)
        var consumer: Consumer?
        for check in always {
            guard case .accepted = make(check, view, now, &workspace) else { return refusal(workspace) }
            consumer = consumer ?? self.consumer(of: check, workspace)
        }
        var forbidden: (challenge: [UInt8], consumer: Consumer)?
        for alternative in alternatives {
            switch fulfil(alternative, view, now, &workspace) {
            case .met(let found): return .granted(found ?? consumer)
            case .lacksScope(let found): forbidden = forbidden ?? (alternative.challenge, found)
            case .unmet: break
            }
        }
        if isOpen { return passOpenly(view, now, consumer, &workspace) }
        if let forbidden { return .forbidden(challenge: forbidden.challenge, forbidden.consumer) }
        return refusal(workspace)
    }

    /// Whether all needs of an alternative are met; stops at the first that is not.
    private func fulfil(
        _ alternative: Alternative, _ view: CredentialView, _ now: Int64, _ workspace: inout CredentialWorkspace
    ) -> Fulfilment {
        var found: Consumer?
        var lacksScope = false
        for need in alternative.needs {
            guard case .accepted = make(need.check, view, now, &workspace) else { return .unmet }
            found = found ?? consumer(of: need.check, workspace)
            if workspace.outcomes[need.check].grants & need.scopes != need.scopes { lacksScope = true }
        }
        guard lacksScope, let found else { return .met(found) }
        return .lacksScope(found)
    }

    /// Decision 1: an open alternative is no way around a credential that was refused.
    private func passOpenly(
        _ view: CredentialView, _ now: Int64, _ known: Consumer?, _ workspace: inout CredentialWorkspace
    ) -> AccessDecision {
        var consumer = known
        for check in checks.indices {
            switch make(check, view, now, &workspace) {
            case .refused: return refusal(workspace)
            case .accepted: consumer = consumer ?? self.consumer(of: check, workspace)
            case .absent, .open: break
            }
        }
        return .granted(consumer)
    }

    /// Makes a check, unless it has been made.
    private func make(
        _ index: Int, _ view: CredentialView, _ now: Int64, _ workspace: inout CredentialWorkspace
    ) -> CheckOutcome.State {
        if case .open = workspace.outcomes[index].state {
            let outcome = checks[index].outcome(view, now, &workspace)
            workspace.outcomes[index] = outcome
        }
        return workspace.outcomes[index].state
    }

    /// Who passed a check.
    private func consumer(of check: Int, _ workspace: borrowing CredentialWorkspace) -> Consumer {
        Consumer(policy: checks[check].policy.name, name: workspace.outcomes[check].name)
    }

    /// 401, with what is known about each credential.
    private func refusal(_ workspace: borrowing CredentialWorkspace) -> AccessDecision {
        var reason = CredentialRefusal.missing
        for outcome in workspace.outcomes {
            guard case .refused(let refusal) = outcome.state else { continue }
            reason = refusal
            break
        }
        guard reason != .missing else { return .unauthenticated(challenges: challenges, .missing) }
        return .unauthenticated(challenges: Challenge.all(for: checks, outcomes: workspace.outcomes), reason)
    }
}

extension SecurityRequirementPlan.Check {
    /// Looks for the credential and checks it.
    fileprivate func outcome(
        _ view: CredentialView, _ now: Int64, _ workspace: inout CredentialWorkspace
    ) -> CheckOutcome {
        switch place.credential(in: view, using: workspace) {
        case .absent: return CheckOutcome(state: .absent)
        case .refused(let refusal): return CheckOutcome(state: .refused(refusal))
        case .value(let credential):
            switch policy.kind {
            case .jwt(let policy): return policy.check(credential, scopes: scopes, at: now, using: &workspace)
            case .apiKey(let policy):
                guard let name = policy.consumer(of: credential) else {
                    return CheckOutcome(state: .refused(.unknown))
                }
                return CheckOutcome(state: .accepted, name: workspace.keep(name: name))
            case .basic(let policy):
                switch policy.consumer(of: credential, decodedInto: workspace.parts) {
                case .failure(let mistake): return CheckOutcome(state: .refused(mistake.refusal))
                case .success(let name): return CheckOutcome(state: .accepted, name: workspace.keep(name: name))
                }
            }
        }
    }
}
