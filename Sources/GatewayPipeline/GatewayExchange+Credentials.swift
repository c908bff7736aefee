import HTTPExchanges
import TrafficPolicies

/// The credentials' part of an exchange: after the match, before the contract, so that strangers get no hints.
extension GatewayExchange {
    /// Whether the caller may use the operation; replies 401 or 403 when not (configuration.md, "Replies").
    func callerMayPass(_ row: RouteRow, query: UnsafeRawBufferPointer?, head: RequestHead) -> Bool {
        guard let plan = row.security else { return true }
        let view = CredentialView(query: query, table: head.table, bytes: head.bytes)
        let now = GatewayWorker.wallClock() / 1_000_000_000
        switch plan.evaluate(view, at: now, using: &worker.credentials) {
        case .granted: return true
        case .unauthenticated(let challenges, let reason):
            // One text for everything: an unknown key and a wrong one are the same to whoever tries them.
            reply(
                ProblemDocument(
                    status: 401, title: "Unauthorized",
                    detail: "The request shows no credentials that \(row.operation) accepts."),
                outcome: reason.rawValue, challenges: challenges)
        case .forbidden(let challenge, _):
            reply(
                ProblemDocument(
                    status: 403, title: "Forbidden",
                    detail: "The credentials are good, but do not grant what \(row.operation) needs."),
                outcome: "insufficient-scope", challenges: [challenge])
        }
        return false
    }
}
