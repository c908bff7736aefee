import HTTPExchanges
import NIOCore
import ResponseCaching

/// A step's part in the store: under the key of the called operation, so that what plain routes store serves
/// compositions, and the other way round.
enum PartStore {
    /// The dealings of one call with the store.
    ///
    /// The caller counts as the one that the operation's own route would see: of several credentials only those that the
    /// operation asks for.
    static func turn(
        _ plan: CachePlan, _ request: CompositionRequest, row: RouteRow, client: RunClient, at now: Int64
    ) -> CacheTurn? {
        guard !request.publicPath.isEmpty else { return nil }
        let principal = client.principal(for: row)
        // A caller whose credentials somebody else checks is nobody to keep a part for.
        if plan.isSecured, principal == nil { return nil }
        func key(_ principal: [UInt8]?) -> CacheKey {
            client.host.withUnsafeBytes { host in
                request.publicPath.withUnsafeBytes { path in
                    plan.key(
                        host: host, path: path, query: request.query, fields: request.fields, principal: principal)
                }
            }
        }
        let isPersonal = plan.isSecured && plan.rules.scope != .shared
        return CacheTurn(
            plan: plan, key: key(isPersonal ? principal : nil),
            sharedKey: isPersonal && plan.rules.scope != .principal ? key(nil) : nil,
            request: RequestCaching(request.fields), query: request.query,
            groups: [CacheGroup.path(request.publicPath, api: row.api)] + plan.rules.groups.map(CacheGroup.named),
            requestedAt: now)
    }

    /// A stored reply as a part; nil where it is none: content that is coded, which a composition never asks for, or no
    /// JSON. Then the service is asked.
    ///
    /// - Parameter table: working space for the head.
    static func part(of stored: StoredReply, into table: HeadTable) -> PartReply? {
        let fields: FieldList? = stored.headBytes.withUnsafeReadableBytes { bytes in
            CacheWire.parse(bytes, into: table) ? FieldList(table, bytes: bytes) : nil
        }
        guard let fields, !fields.has("content-encoding") else { return nil }
        let pairs = fields.lines.map { (name: $0.name, value: $0.value) }
        guard stored.content.readableBytes > 0 else {
            return PartReply(
                status: stored.head.status, fields: pairs, content: nil, isMalformed: false, breaksContract: false)
        }
        guard let type = fields.first("content-type"), CompositionCall.isJSON(type),
            let content = stored.content.withUnsafeReadableBytes({ PartContent($0, limits: CompositionCall.limits) })
        else { return nil }
        return PartReply(
            status: stored.head.status, fields: pairs, content: content, isMalformed: false, breaksContract: false)
    }
}
