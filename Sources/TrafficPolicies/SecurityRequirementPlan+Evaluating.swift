/// What became of a request's credentials.
package enum AccessDecision: Sendable {
    /// It passes; nil where nobody is known.
    case granted(Consumer?)
    /// 401: no good credential. One value of WWW-Authenticate for each way in (RFC 9110 §15.5.2), and the reason for
    /// the log.
    case unauthenticated(challenges: [[UInt8]], CredentialRefusal)
    /// 403: a known consumer without the scope (RFC 6750 §3.1).
    case forbidden(challenge: [UInt8], Consumer)
    /// The keys at hand do not decide it. Once more when the keys of this origin have been fetched again; where they
    /// cannot be, 503, for the blame is not the client's; where they just have been, 401 with these challenges.
    case undecided(KeySetOrigin, challenges: [[UInt8]], CredentialRefusal)
}

extension SecurityRequirementPlan {
    /// How far an alternative is met.
    private enum Fulfilment {
        case met(Consumer?)
        case lacksScope(Consumer)
        case undecided
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
        var isUndecided = false
        for check in always {
            switch make(check, view, now, &workspace) {
            case .accepted: consumer = consumer ?? self.consumer(of: check, workspace)
            case .undecided: isUndecided = true
            case .open, .absent, .refused: return refusal(workspace)
            }
        }
        // What every exchange has to pass is open: whether the rest is met does not matter yet.
        guard !isUndecided else { return postponement(workspace) }
        var forbidden: (challenge: [UInt8], consumer: Consumer)?
        for alternative in alternatives {
            switch fulfil(alternative, view, now, &workspace) {
            case .met(let found): return .granted(found ?? consumer)
            case .lacksScope(let found): forbidden = forbidden ?? (alternative.challenge, found)
            case .undecided: isUndecided = true
            case .unmet: break
            }
        }
        guard !isUndecided else { return postponement(workspace) }
        if isOpen { return passOpenly(view, now, consumer, &workspace) }
        if let forbidden { return .forbidden(challenge: forbidden.challenge, forbidden.consumer) }
        return refusal(workspace)
    }

    /// Whether all needs of an alternative are met; stops at the first that is not. One that is undecided is no
    /// reason to stop: where a further need is not met, nobody has to wait for keys.
    private func fulfil(
        _ alternative: Alternative, _ view: CredentialView, _ now: Int64, _ workspace: inout CredentialWorkspace
    ) -> Fulfilment {
        var found: Consumer?
        var (lacksScope, isUndecided) = (false, false)
        for need in alternative.needs {
            switch make(need.check, view, now, &workspace) {
            case .accepted:
                found = found ?? consumer(of: need.check, workspace)
                if workspace.outcomes[need.check].grants & need.scopes != need.scopes { lacksScope = true }
            case .undecided: isUndecided = true
            case .open, .absent, .refused: return .unmet
            }
        }
        guard !isUndecided else { return .undecided }
        guard lacksScope, let found else { return .met(found) }
        return .lacksScope(found)
    }

    /// Decision 1: an open alternative is no way around a credential that was refused.
    private func passOpenly(
        _ view: CredentialView, _ now: Int64, _ known: Consumer?, _ workspace: inout CredentialWorkspace
    ) -> AccessDecision {
        var consumer = known
        var isUndecided = false
        for check in checks.indices {
            switch make(check, view, now, &workspace) {
            case .refused: return refusal(workspace)
            case .undecided: isUndecided = true
            case .accepted: consumer = consumer ?? self.consumer(of: check, workspace)
            case .absent, .open: break
            }
        }
        return isUndecided ? postponement(workspace) : .granted(consumer)
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

    /// Not yet: the first check that further keys may decide.
    private func postponement(_ workspace: borrowing CredentialWorkspace) -> AccessDecision {
        for outcome in workspace.outcomes {
            guard case .undecided(let refusal, let origin) = outcome.state else { continue }
            return .undecided(
                origin, challenges: Challenge.all(for: checks, outcomes: workspace.outcomes), refusal)
        }
        return refusal(workspace)
    }

    /// 401, with what is known about each credential.
    private func refusal(_ workspace: borrowing CredentialWorkspace) -> AccessDecision {
        var reason = CredentialRefusal.missing
        for outcome in workspace.outcomes {
            guard let refusal = outcome.refusal else { continue }
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
        if case .clientCertificate(let policy) = policy.kind {
            guard let certificate = view.peer?.certificate else { return CheckOutcome(state: .absent) }
            // The handshake may be long ago.
            guard certificate.notAfter >= now else {
                return CheckOutcome(state: .refused(.certificateExpired))
            }
            guard let name = policy.consumer(of: certificate) else { return CheckOutcome(state: .refused(.unknown)) }
            return CheckOutcome(state: .accepted, name: workspace.keep(name: name))
        }
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
            // It is none of the values of a request.
            case .clientCertificate: return CheckOutcome(state: .absent)
            }
        }
    }
}
