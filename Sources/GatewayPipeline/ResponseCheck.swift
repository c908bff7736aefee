import MessageContracts
import NIOCore

/// A response whose content is looked at before, or while, it goes to the client.
///
/// | content | held back (`enforce`) | watched (`report`) |
/// |---|---|---|
/// | described as a whole | until its end; a broken one is a 502 | counted at its end |
/// | a stream of described items | each item until it has ended and holds; a broken one ends the stream | counted as they end |
struct ResponseCheck {
    /// What the contract says about this status.
    let contract: ResponseContract
    /// What it says about this media type.
    let policy: BodyPolicy
    /// Whether the client gets nothing that has not been found good.
    let isHeld: Bool
    /// The received head while it is held back.
    var heldHead: ByteBuffer?
    /// Described as a whole: the content so far. Described by items and held: what is held back.
    var content = ByteBuffer()
    /// The check of items; nil where the content is described as a whole.
    var items: ItemStream?

    /// The start of a response's content.
    init(_ contract: ResponseContract, _ policy: BodyPolicy, heldHead: ByteBuffer?) {
        self.contract = contract
        self.policy = policy
        self.heldHead = heldHead
        isHeld = heldHead != nil
        items = contract.itemStream(policy)
    }

    /// Takes a piece whose items hold; returns what may go on: everything up to the end of the last finished item.
    mutating func release(_ piece: ByteBuffer, upTo boundary: Int) -> ByteBuffer? {
        guard boundary > 0 else {
            content.writeImmutableBuffer(piece)
            return nil
        }
        var rest = piece
        guard let ended = rest.readSlice(length: min(boundary, piece.readableBytes)) else { return nil }
        defer { content = rest }
        guard content.readableBytes > 0 else { return ended }
        content.writeImmutableBuffer(ended)
        return content
    }
}
