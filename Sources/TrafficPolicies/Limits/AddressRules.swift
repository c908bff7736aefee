import HTTPExchanges

/// Networks that are allowed and refused. What is refused is refused, whatever is allowed.
package struct AddressRules: Sendable {
    /// A network.
    package typealias Network = AddressNetwork

    private let allowed: [Network]
    private let refused: [Network]

    /// Rules; without allowed networks all are allowed.
    package init(allowed: [Network], refused: [Network]) {
        self.allowed = allowed
        self.refused = refused
    }

    /// Whether a client may pass. One whose address is unknown passes only where nothing is said about allowing.
    package func admit(_ address: ClientAddress) -> Bool {
        !refused.contains { $0.contains(address) } && (allowed.isEmpty || allowed.contains { $0.contains(address) })
    }
}
