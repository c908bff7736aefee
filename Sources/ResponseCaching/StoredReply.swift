import NIOCore
import Synchronization

/// A reply in the store: immutable, shared by all who are served with it, its head as it stands on a wire.
package final class StoredReply: Sendable {
    /// What decisions need to know.
    package let head: StoredHead
    /// Status line and fields, the final empty line included.
    package let headBytes: ByteBuffer
    /// The content.
    package let content: ByteBuffer
    /// The groups that it belongs to, as hashes.
    package let groups: [Int]
    /// The store's sequence number when its request was sent: what was invalidated since is not served.
    package let sequence: UInt64
    /// The latest invalidation that is known not to concern it; 0 for none.
    let goodUntil = Atomic<UInt64>(0)

    /// What a reply takes beside its buffers and its key: the object, its arrays, the slot, the index' entry, and what the
    /// allocator rounds up. Measured as what the process grows by for each entry while a million keys of 1 KB pass
    /// through a store of 64 MiB.
    package static let overhead = 1128

    /// A reply of these parts. `headBytes` and `content` have storage of their own.
    package init(head: StoredHead, headBytes: ByteBuffer, content: ByteBuffer, groups: [Int], sequence: UInt64) {
        self.head = head
        self.headBytes = headBytes
        self.content = content
        self.groups = groups
        self.sequence = sequence
    }

    /// Bytes that it takes, besides its key.
    package var cost: Int {
        headBytes.storageCapacity + content.storageCapacity + Self.overhead
            + head.varyValues.reduce(0) { $0 + $1.count + 32 }
    }
}
