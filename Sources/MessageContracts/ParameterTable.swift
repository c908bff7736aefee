/// Parameters in a row, reached without counting references.
///
/// Every event loop reads the same contracts, and a reference count is a write: on the way of a request it would bounce
/// the cache line of each parameter from core to core. The table owns its parameters for as long as it lives, so a
/// loop may borrow them.
struct ParameterTable: ~Copyable {
    /// The parameters, retained by the table.
    private let rows: UnsafeMutablePointer<Unmanaged<ParameterContract>>
    /// How many there are.
    let count: Int

    /// Takes parameters over.
    init(_ parameters: [ParameterContract]) {
        count = parameters.count
        rows = .allocate(capacity: max(1, count))
        for (index, parameter) in parameters.enumerated() {
            (rows + index).initialize(to: Unmanaged.passRetained(parameter))
        }
    }

    deinit {
        for index in 0..<count { rows[index].release() }
        rows.deallocate()
    }

    /// Whether there are none.
    var isEmpty: Bool { count == 0 }

    /// Lends a parameter.
    @inline(__always)
    func withParameter<R>(_ index: Int, _ body: (ParameterContract) -> R) -> R {
        rows[index]._withUnsafeGuaranteedRef(body)
    }
}

// SAFETY: the rows are written in `init` and freed in `deinit`, and never change between; the parameters are Sendable.
extension ParameterTable: @unchecked Sendable {}
