import HTTPExchanges
import ResponseCaching

/// What a reply to HEAD says about the stored reply to GET (RFC 9111 §4.3.5).
extension GatewayExchange {
    /// Brings the stored reply that the request could have been answered with up to date, or counts it as stale.
    func updateByHEAD(_ table: HeadTable, bytes: UnsafeRawBufferPointer, _ turn: CacheTurn) {
        guard let stale = turn.stale, !isResponseBroken else { return }
        let length = stale.content.readableBytes
        let isOwnTag = stale.head.entityTag.map { $0.starts(with: OwnEntityTag.prefix) } ?? false
        let all = FieldList(table, bytes: bytes)
        let update = FieldList(table, bytes: bytes) { isStored($0) }
        // The reply to HEAD stands in the loop's table until it is sent.
        let room = HeadTable(capacity: table.capacity)
        guard HeadMerging.speaksOf(stale.head, length: length, isOwnTag: isOwnTag, toHEAD: all),
            let reply = merged(stale, update: update, turn, in: room)
        else {
            for key in [turn.key, turn.sharedKey].compactMap(\.self) { worker.cache.markStale(stale, under: key) }
            return
        }
        _ = keep(reply, turn, in: room)
    }
}
