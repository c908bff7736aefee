/// The operations whose replies may be in the store, by name.
extension Snapshot {
    /// The row of an operation that is stored: for its own callers, or as a part of compositions, which may call
    /// operations that nobody else can. Nil where there is none.
    ///
    /// - Parameter name: `API.operation`.
    func storedOperation(_ name: String) -> RouteRow? {
        func isMeant(_ row: RouteRow) -> Bool { "\(row.api).\(row.operation)" == name }
        if let row = rows.first(where: { isMeant($0) && $0.cache != nil }) { return row }
        for composition in rows.lazy.compactMap(\.composition) {
            for (row, plan) in zip(composition.callees, composition.partPlans) where plan != nil && isMeant(row) {
                return row
            }
        }
        return nil
    }
}
