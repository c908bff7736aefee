/// The fetched keys as one event loop sees them: what was handed to it last.
///
/// What and why: checking a token reads plain memory of its own loop, without a lock and without asking anybody. Whoever
/// fetches hands the next entry over by a task on each loop; a set itself is immutable and shared.
package struct Keyring: Sendable {
    /// The keys of one origin.
    package struct Entry: Sendable {
        /// The keys; nil where none have come yet, or the last ones are too old.
        package let keys: JWKSet?
        /// Whether and when there will be others.
        package let standing: KeyRotation.Standing

        /// An entry.
        package init(keys: JWKSet?, standing: KeyRotation.Standing) {
            self.keys = keys
            self.standing = standing
        }
    }

    /// A few at most: a list is faster than a table.
    private var entries: [(origin: KeySetOrigin, entry: Entry)] = []

    /// What is known of an origin; nil where nobody fetches it.
    package func entry(of origin: KeySetOrigin) -> Entry? {
        entries.first { $0.origin == origin }?.entry
    }

    /// Replaces an entry; nil takes it away.
    package mutating func set(_ entry: Entry?, for origin: KeySetOrigin) {
        entries.removeAll { $0.origin == origin }
        if let entry { entries.append((origin, entry)) }
    }
}
