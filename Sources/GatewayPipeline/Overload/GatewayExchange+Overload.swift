import GatewaySettings
import GatewayTelemetry
import HTTPExchanges
import TrafficPolicies

/// What is not begun because there is too much already: between the match and everything that costs something.
extension GatewayExchange {
    /// Whether the gateway is well enough for a request; replies 503 when not.
    ///
    /// Where memory is short, only requests of high priority without content go on.
    func gatewayHasRoom(_ gate: OverloadGate, _ row: RouteRow, _ head: RequestHead) -> Bool {
        if gate.memory.isExceeded, row.priority != .high || head.table.framing != .none {
            worker.metrics.recordShed(.memory)
            reply(
                ProblemDocument(
                    status: 503, title: "Service Unavailable",
                    detail: "The gateway has no memory left for further requests."),
                outcome: "overloaded")
            return false
        }
        guard gate.shed?.admits(row.priority) != false else {
            worker.metrics.recordShed(.latency)
            reply(
                ProblemDocument(
                    status: 503, title: "Service Unavailable",
                    detail: "The gateway has more requests than it can answer in time."),
                outcome: "overloaded")
            return false
        }
        return true
    }

    /// Takes a place under each limit of requests at the same time; replies 503 when one has none left.
    func hasPlace(_ plan: TrafficPlan, _ row: RouteRow) -> Bool {
        guard !plan.concurrency.isEmpty, let table = worker.concurrency else { return true }
        for limit in plan.concurrency {
            let place = fingerprint(limit: limit.number, subject: limit.subject, row)
            guard table.enter(place, limit: limit.limit) else {
                worker.metrics.recordShed(.concurrency)
                reply(
                    ProblemDocument(
                        status: 503, title: "Service Unavailable",
                        detail: "More requests at the same time than the limit \"\(limit.name)\" allows."),
                    outcome: "concurrency-limited")
                return false
            }
            places.append(place)
        }
        return true
    }

    /// Gives the places back.
    func leavePlaces() {
        for place in places { worker.concurrency?.leave(place) }
        places.removeAll(keepingCapacity: true)
    }

    /// What a limit counts: the operation, the consumer, or the address; an unknown consumer counts by address.
    func fingerprint(limit number: Int, subject: RateLimitPolicySettings.Subject, _ row: RouteRow) -> UInt64 {
        var name: [UInt8] = []
        switch subject {
        case .operation: withUnsafeBytes(of: row.metrics) { name.append(contentsOf: $0) }
        case .address: name = [0] + ClientAddress(clientAddress).customer
        case .consumer:
            if let consumer {
                // Names are unique within a policy; the policy's name has no zero in it.
                name.append(contentsOf: consumer.policy.utf8)
                name.append(0)
                worker.credentials.withName(of: consumer) { name.append(contentsOf: $0) }
            } else {
                name = [0] + ClientAddress(clientAddress).customer
            }
        }
        return name.withUnsafeBytes { RateLimitTable.fingerprint(limit: number, name: $0) }
    }
}

/// How a worker notices that there is too much. It belongs to its loop.
final class OverloadGate {
    /// The process' memory, for all workers.
    let memory: MemoryWatch
    /// Turns requests away that came too late; nil where nothing is said about that.
    var shed: ShedGate?

    /// A gate.
    init(_ memory: MemoryWatch, targetLatency: Int64?) {
        self.memory = memory
        shed = targetLatency.map { ShedGate(target: $0) }
    }
}
