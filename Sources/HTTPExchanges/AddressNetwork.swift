/// A network of addresses: those that agree with it in their first bits.
package struct AddressNetwork: Sendable, Hashable {
    private let address: [UInt8]
    private let prefixLength: Int

    /// The network of an address in network byte order; bits beyond `prefixLength` are zero.
    package init(address: [UInt8], prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Whether an address lies in it.
    package func contains(_ other: ClientAddress) -> Bool {
        guard other.bytes.count == address.count else { return false }
        for index in address.indices {
            let counting = min(8, max(0, prefixLength - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> counting)
            if other.bytes[index] & mask != address[index] { return false }
        }
        return true
    }
}
