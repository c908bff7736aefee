#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A borrowed look at a parsed document: pointers and nothing else, so that an evaluator reads nodes at the cost of a
/// load.
///
/// A view is valid while its owner (`JSONTape`, `JSONDocument`) lives and is not changed, and while the source bytes
/// that a tape was parsed from live. It never escapes the call that it was passed to. Indices come from the document
/// itself (0 for the root, `next`, `index + 1`), never from a message, and are not checked in release builds.
@frozen
package struct JSONView {
    /// The rows; index 0 is the root.
    package let nodes: UnsafePointer<JSONNode>

    /// How many rows there are; 0 when nothing was parsed.
    package let count: Int

    /// The bytes that `lower` and `upper` of a node refer to.
    package let source: UnsafePointer<UInt8>

    /// The texts of the nodes with `.decoded`.
    package let decoded: UnsafePointer<UInt8>

    /// Makes a view of memory that the caller keeps alive.
    @inlinable
    package init(
        nodes: UnsafePointer<JSONNode>, count: Int, source: UnsafePointer<UInt8>, decoded: UnsafePointer<UInt8>
    ) {
        self.nodes = nodes
        self.count = count
        self.source = source
        self.decoded = decoded
    }

    /// The row at an index.
    @inlinable
    package subscript(index: Int) -> JSONNode {
        assert(index >= 0 && index < count)
        return nodes[index]
    }

    /// The content of a string with escapes resolved, or the literal of a number. Other kinds give their source text.
    @inlinable
    package func text(of index: Int) -> UnsafeRawBufferPointer {
        text(of: self[index])
    }

    /// The content of a string with escapes resolved, or the literal of a number, for a row already read.
    @inlinable
    package func text(of node: JSONNode) -> UnsafeRawBufferPointer {
        if node.flags.contains(.decoded) {
            return UnsafeRawBufferPointer(start: decoded + Int(node.payload), count: Int(node.decodedLength))
        }
        // A string's range includes its two quotation marks; the parser never makes a shorter one.
        let quotes = node.kind == .string ? 1 : 0
        let lower = Int(node.lower) &+ quotes
        return UnsafeRawBufferPointer(start: source + lower, count: Int(node.upper) &- quotes &- lower)
    }

    /// The index of a member's value, or nil: compared byte by byte, never by canonical equivalence.
    ///
    /// - Parameters:
    ///   - key: The name, as UTF-8 without escapes.
    ///   - object: The index of an object; any other kind has no members.
    /// - Complexity: O(members).
    @inlinable
    package func value(forKey key: UnsafeRawBufferPointer, inObject object: Int) -> Int? {
        let node = self[object]
        guard node.kind == .object else { return nil }
        var index = object &+ 1
        let end = Int(node.next)
        while index < end {
            let candidate = text(of: index)
            if candidate.count == key.count, JSONView.isEqual(candidate, key) { return index &+ 1 }
            index = Int(nodes[index &+ 1].next)
        }
        return nil
    }

    /// Whether two texts have the same bytes.
    @inlinable
    package static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard left.count > 0, let first = left.baseAddress, let second = right.baseAddress else { return true }
        return memcmp(first, second, left.count) == 0
    }
}
