/// What happens to an object that names a member twice.
package enum DuplicateKeyPolicy: Sendable {
    /// The text is refused. RFC 8259 section 4 calls the behaviour of receivers of duplicate names unpredictable: some
    /// take the first, some the last, so what was checked need not be what the service reads.
    case reject

    /// Both members are kept, in order.
    case allow
}

/// The bounds that keep a hostile text cheap.
package struct JSONLimits: Sendable {
    /// How many containers may be open at once.
    package var depth: Int

    /// What happens to duplicate names.
    package var duplicateKeys: DuplicateKeyPolicy

    /// The most bytes that are looked at. Offsets have 32 bits, so nothing above 4 GiB − 1 is ever read.
    package var size: Int

    /// Makes limits; the defaults are those of traffic.
    package init(depth: Int = 64, duplicateKeys: DuplicateKeyPolicy = .reject, size: Int = Int(UInt32.max) - 1) {
        self.depth = depth
        self.duplicateKeys = duplicateKeys
        self.size = size
    }

    /// The limits for messages.
    package static let traffic = JSONLimits()

    /// The limits for documents and settings: the same nesting as in YAML files, at most 64 MiB.
    package static let document = JSONLimits(depth: 256, size: 64 << 20)
}
