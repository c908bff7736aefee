import HTTPExchanges
import NIOCore
import TrafficPolicies

/// Who may come from where and how often: between the match and the contract.
extension GatewayExchange {
    /// What the tightest limit said, for the reply's fields.
    struct RateLimitNote {
        let limit: TrafficPlan.Limit
        let verdict: RateLimit.Verdict
    }

    /// Whether the client's address may pass, and does not come too often; replies 403 or 429 when not.
    func addressMayPass(_ plan: TrafficPlan, _ row: RouteRow) -> Bool {
        let address = ClientAddress(clientAddress)
        guard plan.addresses.allSatisfy({ $0.admit(address) }) else {
            reply(
                ProblemDocument(
                    status: 403, title: "Forbidden", detail: "\(row.operation) is not open to this address."),
                outcome: "address-refused")
            return false
        }
        // An exchange that waited for keys comes by a second time.
        guard !isAddressCounted else { return true }
        isAddressCounted = true
        return plan.byAddress.allSatisfy { limit in
            let caller = address.customer.withUnsafeBytes {
                RateLimitTable.fingerprint(limit: limit.number, name: $0)
            }
            return isWithin(limit, caller: caller, row)
        }
    }

    /// Whether the caller, whose credentials have been checked, does not come too often; replies 429 when not.
    func callerIsWithinLimits(_ plan: TrafficPlan, _ row: RouteRow) -> Bool {
        plan.byCaller.allSatisfy { limit in
            isWithin(limit, caller: fingerprint(limit: limit.number, subject: limit.subject, row), row)
        }
    }

    /// Counts a request; replies 429 when it is one too many.
    private func isWithin(_ limit: TrafficPlan.Limit, caller: UInt64, _ row: RouteRow) -> Bool {
        guard let table = worker.limits else { return true }
        let verdict = table.judge(
            caller, by: limit.limit, now: Int64(clamping: worker.loop.now.uptimeNanoseconds))
        if rateLimitNote.map({ verdict.remaining < $0.verdict.remaining }) ?? true {
            rateLimitNote = RateLimitNote(limit: limit, verdict: verdict)
        }
        guard !verdict.isAllowed else { return true }
        reply(
            ProblemDocument(
                status: 429, title: "Too Many Requests",
                detail: "More requests than the limit \"\(limit.name)\" allows."),
            outcome: "rate-limited", retryAfter: Int(Self.seconds(verdict.retryAfter)))
        return false
    }

    /// Adds what the limit said (draft-ietf-httpapi-ratelimit-headers-10).
    func addRateLimitFields(_ note: RateLimitNote) {
        let field = "\"\(note.limit.name)\";r=\(note.verdict.remaining);t=\(Self.seconds(note.verdict.reset))"
        worker.loop.additions.add("RateLimit", Array(field.utf8))
        worker.loop.additions.add("RateLimit-Policy", note.limit.policyField)
    }

    /// Whole seconds, not too early.
    private static func seconds(_ nanoseconds: Int64) -> Int64 { (max(0, nanoseconds) + 999_999_999) / 1_000_000_000 }
}
