/// The growable storage of a parsed document: rows, and the texts that the source does not hold literally.
///
/// The request path keeps one tape for each event loop and parses every body into it: after the first few messages no
/// byte is allocated any more. Parameter decoders and the YAML reader append values to it one by one instead.
///
/// Invariants:
/// 1. `count <= capacity`, `decodedCount <= decodedCapacity - padding`; the first `count` rows are initialised.
/// 2. While a container is open its `next` holds the index of the container around it (`JSONTape.none` at the top) and
///    its `payload` the children so far; closing writes the real `next`.
/// 3. Rows refer to `source` and `decoded` by offset, so both may move when they grow.
package struct JSONTape: ~Copyable {
    /// The rows.
    var nodes: UnsafeMutablePointer<JSONNode>

    /// How many rows are initialised.
    package internal(set) var count = 0

    /// For how many rows there is room.
    var capacity: Int

    /// The texts of rows with `.decoded`, one after the other.
    var decoded: UnsafeMutablePointer<UInt8>

    /// How many bytes of texts there are.
    var decodedCount = 0

    /// For how many bytes of texts there is room, padding included.
    var decodedCapacity: Int

    /// The source of the last parse; nil for a document that was built.
    var source: UnsafePointer<UInt8>?

    /// The innermost open container of a document that is being built.
    var openContainer = JSONTape.none

    /// Signatures of the member names of the objects that a parse has open.
    var signatures: UnsafeMutablePointer<UInt64>

    /// For how many signatures there is room.
    var signatureCapacity: Int

    /// Marks the absence of a container around the current one.
    static let none = UInt32.max

    /// Bytes after the texts that may be read, never written: a text is loaded eight bytes at a time.
    static let padding = 8

    /// Makes an empty tape with room for small documents: about 10 KiB.
    package init() {
        capacity = 256
        nodes = .allocate(capacity: capacity)
        decodedCapacity = 256
        decoded = .allocate(capacity: decodedCapacity)
        decoded.initialize(repeating: 0, count: decodedCapacity)
        signatureCapacity = 8 * KeySignature.directCount
        signatures = .allocate(capacity: signatureCapacity)
    }

    deinit {
        nodes.deallocate()
        decoded.deallocate()
        signatures.deallocate()
    }

    /// Drops the content and keeps the room.
    package mutating func removeAll() {
        count = 0
        decodedCount = 0
        source = nil
        openContainer = Self.none
    }

    /// Drops the content, and the room where one large document made it grow past a bound.
    ///
    /// - Parameter byteCapacity: How many bytes of rows and of texts may stay.
    package mutating func removeAll(keepingAtMost byteCapacity: Int) {
        removeAll()
        let rows = max(256, byteCapacity / MemoryLayout<JSONNode>.stride)
        if capacity > rows {
            nodes.deallocate()
            nodes = .allocate(capacity: rows)
            capacity = rows
        }
        let bytes = max(256, byteCapacity)
        if decodedCapacity > bytes {
            decoded.deallocate()
            decoded = .allocate(capacity: bytes)
            decoded.initialize(repeating: 0, count: bytes)
            decodedCapacity = bytes
        }
    }

    /// The bytes that the tape holds, for telemetry and tests.
    package var allocatedBytes: Int {
        capacity * MemoryLayout<JSONNode>.stride + decodedCapacity + signatureCapacity * 8
    }

    /// A look at the content, valid until the tape is changed or destroyed.
    package var view: JSONView {
        JSONView(nodes: nodes, count: count, source: source ?? UnsafePointer(decoded), decoded: decoded)
    }

    /// Calls a function with a look at the content.
    package func withView<R>(_ body: (JSONView) throws -> R) rethrows -> R {
        try body(view)
    }

    /// A look at the content over a source that the caller borrows: for an owner of tape and source together.
    func view(over source: UnsafePointer<UInt8>?) -> JSONView {
        JSONView(nodes: nodes, count: count, source: source ?? UnsafePointer(decoded), decoded: decoded)
    }

    /// Makes room for at least so many rows in all. The content moves.
    mutating func reserveNodes(_ wanted: Int) {
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutablePointer<JSONNode>.allocate(capacity: larger)
        moved.moveInitialize(from: nodes, count: count)
        nodes.deallocate()
        nodes = moved
        capacity = larger
    }

    /// Makes room for at least so many bytes of texts in all, padding added. The content moves.
    mutating func reserveDecoded(_ wanted: Int) {
        guard wanted + Self.padding > decodedCapacity else { return }
        let larger = max(wanted + Self.padding, decodedCapacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: decoded, count: decodedCount)
        (moved + decodedCount).initialize(repeating: 0, count: larger - decodedCount)
        decoded.deallocate()
        decoded = moved
        decodedCapacity = larger
    }
}

// SAFETY: a tape owns its three allocations alone (it is not copyable) and changes only through `mutating` methods, so
// handing it to another thread is a move. `source` is only read through a view, and the contract of `parse` makes the
// caller keep it alive for as long as views are taken.
extension JSONTape: @unchecked Sendable {}
