import HTTPExchanges
import NIOCore
import RequestRouting

/// Pages of other origins (WHATWG Fetch, "CORS protocol"): their preflights are answered here, and the replies that they
/// get say who may read them. What a service says about origins itself is left out: the gateway's word is the only one.
extension GatewayExchange {
    /// Answers a preflight; false when the request is none, or the operation that it asks about has no `cors` policy.
    ///
    /// A preflight carries no credentials, so it is answered before they are looked at, and its method is another than
    /// that of the operation, so it is answered before the match.
    func answersPreflight(path: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer, head: RequestHead) -> Bool {
        guard head.method.isMethod("OPTIONS"), let origin = Self.field("origin", of: head),
            let method = Self.field("access-control-request-method", of: head)
        else { return false }
        let found = method.withUnsafeBytes {
            snapshot.table.match(host: host, method: $0, path: path, captures: &worker.captures)
        }
        let row: RouteRow
        let methods: [UInt8]
        switch found {
        case .matched(let id, _): (row, methods) = (snapshot.rows[id.index], method)
        // The browser sees that its method is not among the allowed ones.
        case .methodNotAllowed(let allowed, let id, _): (row, methods) = (snapshot.rows[id.index], allowed.fieldValue)
        case .notFound: return false
        }
        guard let cors = row.cors else { return false }
        guard let allowed = cors.allowedOrigin(origin) else {
            reply(
                ProblemDocument(
                    status: 403, title: "Forbidden", detail: "\(row.operation) is not open to pages of this origin."),
                outcome: "origin-refused")
            return true
        }
        sendEmpty(status: 204, outcome: "preflight") { additions in
            additions.add("Access-Control-Allow-Origin", allowed)
            if cors.allowsCredentials { additions.add("Access-Control-Allow-Credentials", "true") }
            additions.add("Access-Control-Allow-Methods", methods)
            additions.add("Access-Control-Allow-Headers", cors.allowedFields)
            additions.add("Access-Control-Max-Age", cors.maxAge)
            additions.add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        }
        return true
    }

    /// Notes which page is asking, for the reply.
    func noteOrigin(_ head: RequestHead) { origin = Self.field("origin", of: head) }

    /// Adds what the page's browser wants to know.
    func addOriginFields(_ cors: CORSPlan) {
        if cors.variesByOrigin { worker.loop.additions.add("Vary", "Origin") }
        guard let origin, let allowed = cors.allowedOrigin(origin) else { return }
        worker.loop.additions.add("Access-Control-Allow-Origin", allowed)
        if cors.allowsCredentials { worker.loop.additions.add("Access-Control-Allow-Credentials", "true") }
        worker.loop.additions.add("Access-Control-Expose-Headers", cors.exposedFields)
    }

    /// Whether whoever asks may open a WebSocket (RFC 6455 §10.2): browsers let pages of every origin try, and send the cookies
    /// along. A program that names no origin is no page, and a page of the gateway's own host may.
    func originMayConnect(_ cors: CORSPlan, _ head: RequestHead) -> Bool {
        let lines = (0..<head.table.count).filter {
            head.table[$0].token == .other && head.table[$0].name.slice(of: head.bytes).isToken("origin")
        }
        guard let first = lines.first else { return true }
        guard lines.count == 1 else { return false }
        let origin = Array(head.table[first].value.slice(of: head.bytes))
        let own = Array((head.isSecure ? "https://" : "http://").utf8) + Array(head.host)
        return cors.allowedOrigin(origin) != nil || origin == own
    }

    /// The value of the one field line of this name; nil when there is none or more than one.
    private static func field(_ name: StaticString, of head: RequestHead) -> [UInt8]? {
        var value: [UInt8]?
        for index in 0..<head.table.count {
            let line = head.table[index]
            guard line.token == .other, line.name.slice(of: head.bytes).isToken(name) else { continue }
            guard value == nil else { return nil }
            value = Array(line.value.slice(of: head.bytes))
        }
        return value
    }
}
