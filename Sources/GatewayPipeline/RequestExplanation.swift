import GatewaySettings
import HTTPExchanges
import MessageContracts
import NIOCore
import RequestRouting
import ResponseCaching
import TrafficPolicies

/// What would happen to a request, told step by step, by the same parser, table and contracts that serve traffic.
package struct RequestExplanation {
    /// The story, one step a line.
    package private(set) var text = ""
    /// Whether the request would reach a service.
    package private(set) var isForwarded = false

    private let snapshot: Snapshot
    private let settings: GatewaySettings?

    /// Follows the request in `bytes`: a head and its content as they would stand on the wire.
    package init(of bytes: [UInt8], snapshot: Snapshot, settings: GatewaySettings?) {
        self.snapshot = snapshot
        self.settings = settings
        bytes.withUnsafeBytes { follow($0) }
        text = text.trimmingFinalLineBreaks()
    }

    private mutating func say(_ label: String, _ value: String) {
        text += label + String(repeating: " ", count: max(1, 12 - label.unicodeScalars.count)) + value + "\n"
    }

    /// Says how the gateway would refuse.
    private mutating func refuse(_ status: Int, _ reason: String) {
        say("verdict", "\(status) \(ReasonPhrase.standard(status)): \(reason)")
    }

    private mutating func follow(_ bytes: UnsafeRawBufferPointer) {
        let table = HeadTable(capacity: 128)
        let defaults = settings?.resolve(api: "").exchange.limits
        let limits = HeadLimits(
            bytes: defaults?.requestHead.value ?? 32_768, fields: defaults?.headerCount.value ?? 100)
        switch HeadParser.parseRequest(bytes, into: table, limits: limits) {
        case .incomplete: refuse(400, "the request's head does not end")
        case .refused(let defect): refuse(defect.status, "\(defect.detail)")
        case .complete(let consumed):
            let content = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            route(table, bytes: bytes, content: content)
        }
    }

    private mutating func route(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, content: UnsafeRawBufferPointer
    ) {
        let head = RequestHead(bytes: bytes, table: table, buffer: ByteBuffer(), clientAddress: [], isSecure: false)
        say(
            "request", String(decoding: head.method, as: UTF8.self) + " " + String(decoding: head.target, as: UTF8.self)
        )
        let parts: RequestTarget
        do {
            parts = try RequestTarget(table.target, of: bytes, isSecure: false)
        } catch {
            return refuse(400, "the request-target is not well-formed")
        }
        var buffer = PathBuffer()
        let raw = parts.path.slice(of: bytes)
        var path = [UInt8](raw.isEmpty ? [0x2F] : Array(raw))
        switch path.withUnsafeBytes({ RequestPath.canonicalise($0, into: &buffer) }) {
        case .canonical: break
        case .rewritten:
            path = Array(buffer.bytes)
            say("path", "\(String(decoding: path, as: UTF8.self)) (canonical form)")
        case .refused(let refusal): return refuse(400, refusal.detail)
        }
        var captures = RouteCaptures()
        let host = parts.authority?.slice(of: bytes) ?? head.host
        path.withUnsafeBytes { path in
            switch snapshot.table.match(host: host, method: head.method, path: path, captures: &captures) {
            case .notFound(let mount):
                guard let row = mount.flatMap({ snapshot.mounts[$0.id.index].undeclared }) else {
                    return refuse(404, "no operation is declared for this path")
                }
                guard mayPass(row, head: head, query: parts.query) else { return }
                forward(row, path: path, mountLength: mount?.mountLength ?? 0)
            case .methodNotAllowed(let allowed, let declaredBy, let mountLength):
                guard let row = snapshot.mounts[snapshot.mountOfRow[declaredBy.index]].undeclared else {
                    return refuse(405, "this path is declared for \(allowed.description) only")
                }
                guard mayPass(row, head: head, query: parts.query) else { return }
                forward(row, path: path, mountLength: mountLength)
            case .matched(let id, let mountLength):
                let row = snapshot.rows[id.index]
                say("operation", "\(row.api).\(row.operation) (\(row.method) \(row.template))")
                describeSettings(row)
                for (label, text) in row.traffic?.words ?? [] { say(label, text) }
                for (label, text) in row.headers?.words ?? [] { say(label, text) }
                if let cors = row.cors { say("origins", cors.words) }
                guard mayPass(row, head: head, query: parts.query),
                    holds(row, head: head, path: path, query: parts.query, captures: captures, content: content)
                else { return }
                describeCache(row, head: head, path: path, query: parts.query, host: host)
                forward(row, path: path, mountLength: mountLength)
            }
        }
    }

    /// Says under which key a reply is looked up, and what keeps the store out of it.
    private mutating func describeCache(
        _ row: RouteRow, head: RequestHead, path: UnsafeRawBufferPointer, query: ByteRange?,
        host: UnsafeRawBufferPointer
    ) {
        guard let plan = row.cache else { return }
        let request = RequestCaching(FieldList(head.table, bytes: head.bytes))
        let text = query?.slice(of: head.bytes)
        var workspace = ContractWorkspace()
        let stripped = text.flatMap { query in
            row.undeclaredQuery == .strip ? row.contract?.strippedQuery(query, using: &workspace) : nil
        }
        let canonical = (stripped ?? text.map { Array($0) } ?? []).withUnsafeBytes { plan.inputs.canonical($0) }
        let key = plan.key(host: host, path: path, query: canonical, fields: request.fields, principal: nil)
        let parts = key.parts.map { String(decoding: $0, as: UTF8.self) }
        let names = ["api", "operation", "contract", "host", "path", "query", "inputs"]
        say("cache", zip(names, parts).filter { !$0.1.isEmpty }.map { "\($0) \($1)" }.joined(separator: ", "))
        if row.composition != nil { say("cache", CompositionExplanation.whole(plan)) }
        if !plan.inputs.elided.isEmpty {
            say("cache", "the same as their absence: \(plan.inputs.elided.joined(separator: ", "))")
        }
        if let said = plan.inputs.noVarySearch {
            say("cache", "replies say No-Vary-Search: \(String(decoding: said, as: UTF8.self))")
        }
        if plan.isSecured {
            say(
                "cache",
                plan.rules.scope == .shared
                    ? "shared by all callers (scope: public)"
                    : "one key for each caller"
                        + (plan.rules.scope == .principal ? "" : ", and one for what the reply calls public"))
        }
        if request.directives.noStore { say("cache", "the request forbids storing (no-store)") }
        if request.directives.noCache { say("cache", "the request wants the service asked (no-cache)") }
        if request.hasPrecondition { say("cache", "passed by: the request has a precondition") }
        if !plan.storesReplies { say("cache", "only replies to GET are stored") }
    }

    /// Says what the service would see.
    private mutating func forward(_ row: RouteRow, path: UnsafeRawBufferPointer, mountLength: Int) {
        if let composition = row.composition {
            for (label, text) in CompositionExplanation.lines(composition) { say(label, text) }
            say("verdict", "composed by \(row.operation)")
            isForwarded = true
            return
        }
        let plan = snapshot.upstreams[row.upstream]
        let target = row.upstreamPath.joined(with: path, mountLength: mountLength) {
            String(decoding: $0, as: UTF8.self) + String(decoding: $1, as: UTF8.self)
        }
        say("upstream", "\(plan.configuration.name) (\(plan.targets.map(\.name).joined(separator: ", ")))")
        say("verdict", "forwarded as \(target)")
        isForwarded = true
    }

    /// Checks the credentials; says who is calling.
    private mutating func mayPass(_ row: RouteRow, head: RequestHead, query: ByteRange?) -> Bool {
        guard let plan = row.security else { return true }
        describeKeys(plan)
        var workspace = CredentialWorkspace()
        let view = CredentialView(query: query?.slice(of: head.bytes), table: head.table, bytes: head.bytes)
        switch plan.evaluate(view, at: GatewayWorker.wallClock() / 1_000_000_000, using: &workspace) {
        case .granted(nil): say("caller", "anybody")
        case .granted(let consumer?): say("caller", "\(workspace.name(of: consumer)) (policy \(consumer.policy))")
        case .unauthenticated(_, let reason):
            refuse(401, reason.rawValue)
            return false
        case .undecided(let origin, _, _):
            say("verdict", "open: it depends on the keys of \(origin.url), which nothing is fetched for here")
            return false
        case .forbidden(_, let consumer):
            say("caller", "\(workspace.name(of: consumer)) (policy \(consumer.policy))")
            refuse(403, "insufficient-scope")
            return false
        }
        return true
    }

    /// Says where the keys of tokens come from.
    private mutating func describeKeys(_ plan: SecurityRequirementPlan) {
        for policy in settings?.policies ?? [] where plan.policyNames.contains(policy.name) {
            guard case .jwt(let token) = policy.value.kind else { continue }
            let origin = "\(policy.range.file.path):\(policy.range.start.line)"
            switch token.keys {
            case .file(let path, _): say("keys", "\(policy.name): from the file \(path) (\(origin))")
            case .url(let url, let fetching):
                let trust = fetching.authorities.map { ", trusting \($0.path)" } ?? ""
                say(
                    "keys",
                    "\(policy.name): fetched from \(url)\(trust), again by max-age or after "
                        + "\(fetching.refresh.components.seconds) s, used for \(fetching.staleFor.components.seconds) s "
                        + "longer when that fails (\(origin))")
            }
        }
    }

    /// Checks the contract; says what breaks it.
    private mutating func holds(
        _ row: RouteRow, head: RequestHead, path: UnsafeRawBufferPointer, query: ByteRange?,
        captures: RouteCaptures, content: UnsafeRawBufferPointer
    ) -> Bool {
        guard let contract = row.contract, row.requests != .skip else { return true }
        var workspace = ContractWorkspace()
        var status = 400
        let found: [ContractViolation] = captures.withValues(in: path) { values in
            MessageFields.with(head) { fields in
                let view = RequestHeadView(query: query?.slice(of: head.bytes), pathValues: values, fields: fields)
                let parameters = contract.explainParameters(
                    view, refusesUndeclaredQuery: row.undeclaredQuery == .enforce, options: row.explanation,
                    using: &workspace)
                guard parameters.isEmpty else { return parameters }
                let policy = contract.bodyPolicy(fields)
                if content.isEmpty, !policy.isRequired { return [] }
                let limit = Int(row.requestBodyLimit)
                let verdict = contract.checkBody(policy, content, sizeLimit: limit, using: &workspace)
                guard case .rejected(let refusal) = verdict else { return [] }
                status = refusal.status
                return contract.explainBody(
                    policy, content, sizeLimit: limit, options: row.explanation, using: &workspace)
            }
        }
        guard !found.isEmpty else {
            say("contract", "holds")
            return true
        }
        for violation in found {
            let name = violation.name.map { " \($0)" } ?? ""
            say(
                "contract",
                "\(violation.location.rawValue)\(name) \(violation.pointer): \(violation.detail) [\(violation.code)]")
        }
        guard row.requests == .enforce else { return true }
        refuse(status, "the request breaks the contract of \(row.operation)")
        return false
    }

    /// Every effective setting with the place it came from.
    private mutating func describeSettings(_ row: RouteRow) {
        guard let settings, let contract = row.contract else { return }
        let resolved = settings.resolve(
            api: row.api, operationID: contract.operationID, method: contract.method, path: contract.pathTemplate,
            tags: contract.tags)
        for leaf in resolved.leaves {
            let origin = leaf.origin.map { "\($0.file.path):\($0.start.line)" } ?? "built-in"
            say("setting", "\(leaf.path) = \(leaf.text) (\(origin))")
        }
    }
}

extension String {
    /// Without line breaks at the end.
    fileprivate func trimmingFinalLineBreaks() -> String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
