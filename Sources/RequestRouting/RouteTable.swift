/// The public route table: host, path and method to an operation. Immutable; made by ``RouteTableBuilder``.
///
/// A trie of path segments in flat arrays. A literal segment below a node with many children is found
/// through one open-addressing table, so a step costs the same with five children and with ten thousand:
///
/// ```
/// hosts  ->  nodes (48 bytes each, what is below a node right behind it)  ->  rows
///              |  literal: up to four children are compared, more are found by slots[hash(segment, node)]
///              |  mixed:   patterns, most literal text first -> child
///              |  {name}:  child
/// ```
///
/// **Which template wins.** Segments are compared from left to right: a literal before mixed text before `{name}`, and
/// of mixed ones that with more literal text. If the rest of the path does not fit below the better segment, the next
/// is tried; a node is visited once at most. The first template that fits decides: if it lacks the method, the answer
/// is ``RouteMatch/methodNotAllowed(_:declaredBy:mountLength:)`` even if a wider template has it (OpenAPI 3.1.2 section
/// 4.8.8.2: concrete paths are matched first).
///
/// **Hosts.** The name itself, then `*.` patterns from the longest to the shortest, then APIs for any host. A path that
/// no template of the narrower host declares is looked up in the wider one, since "any host" includes that host; a path
/// that it declares is decided there. The port and a trailing dot are ignored, letters have no case (RFC 9110 section
/// 4.2.3).
///
/// **Mounts** are part of the templates: of two APIs whose mounts nest, the better template wins, whosever it is.
///
/// Matching takes no lock, allocates nothing and costs one pass over the path. With mixed segments below the same node
/// it tries them one after the other.
package final class RouteTable: Sendable {
    /// The tries of all hosts.
    let nodes: ContiguousArray<RouteNode>

    /// Literal edges by hash, linear probing, at most a quarter full: the low 32 bits are a node, the high ones a part of
    /// the key.
    let slots: ContiguousArray<UInt64>

    /// The number of slots less one; a power of two less one.
    let slotMask: Int

    /// Mixed segments of all nodes.
    let patterns: ContiguousArray<RoutePattern>

    /// The literals of mixed segments.
    let parts: ContiguousArray<TextSlice>

    /// Declared paths.
    let endpoints: ContiguousArray<RouteEndpoint>

    /// Methods that are not known ones, by endpoint.
    let otherMethods: ContiguousArray<TextSlice>

    /// Operations.
    let rows: ContiguousArray<RouteRow>

    /// Values of `Allow`, each once.
    let allowValues: ContiguousArray<AllowedMethods>

    /// Hosts; the first one stands for any.
    let hosts: ContiguousArray<RouteHost>

    /// Hosts by hash: an index into `hosts` or ``absentIndex``; a power of two of them, at most half full.
    let hostSlots: ContiguousArray<UInt32>

    /// Public places of APIs.
    let mounts: ContiguousArray<RouteMount>

    /// Literal segments, methods and host names.
    let text: ContiguousArray<UInt8>

    /// Takes over the arrays of a draft.
    init(_ layout: consuming RouteTableLayout) {
        nodes = layout.nodes
        slots = layout.slots
        slotMask = layout.slots.count - 1
        patterns = layout.patterns
        parts = layout.parts
        endpoints = layout.endpoints
        otherMethods = layout.otherMethods
        rows = layout.rows
        allowValues = layout.allowValues
        hosts = layout.hosts
        hostSlots = layout.hostSlots
        mounts = layout.mounts
        text = layout.text
    }

    /// How many operations the table holds, counted once for each host they are declared on.
    package var count: Int { rows.count - endpoints.count }

    /// The memory of the table, in bytes.
    package var byteCount: Int {
        nodes.count * MemoryLayout<RouteNode>.stride + slots.count * 8 + text.count
            + patterns.count * MemoryLayout<RoutePattern>.stride + parts.count * MemoryLayout<TextSlice>.stride
            + endpoints.count * MemoryLayout<RouteEndpoint>.stride + rows.count * MemoryLayout<RouteRow>.stride
    }

    /// Finds the operation of a request.
    ///
    /// - Parameters:
    ///   - host: The value of `Host` or `:authority`, checked for syntax before; with or without port; may be empty.
    ///   - method: The method as received.
    ///   - path: The canonical path, see ``RequestPath``.
    ///   - captures: Receives the values of the template's expressions as ranges of `path`.
    /// - Returns: The operation, or what else is known.
    /// - Complexity: One pass over path and host, whatever the number of operations.
    package func match(
        host: UnsafeRawBufferPointer,
        method: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer,
        captures: inout RouteCaptures
    ) -> RouteMatch {
        captures.truncate(to: 0)
        guard path.count < Int(UInt32.max), path.first == PathOctet.slash else { return .notFound(nil) }
        let narrowest = hosts.count == 1 ? 0 : hostIndex(of: host)
        var current = narrowest
        while current != absentIndex {
            let host = hosts[Int(current)]
            let found = walk(from: host.root, at: 0, path, &captures)
            if found != absentIndex { return resolve(nodes[Int(found)], method, &captures) }
            current = host.next
        }
        return .notFound(mount(of: path, from: narrowest))
    }

    /// Chooses the row of a method at the node where a template ends.
    @inline(__always)
    private func resolve(
        _ node: RouteNode, _ method: UnsafeRawBufferPointer, _ captures: inout RouteCaptures
    ) -> RouteMatch {
        let known = RouteMethod.named(method)
        if let known, node.methods & known.bit != 0 {
            return matched(Int(node.firstRow) &+ (node.methods & (known.bit &- 1)).nonzeroBitCount)
        }
        let endpoint = endpoints[Int(rows[Int(node.firstRow) &- 1].id)]
        if known == nil {
            for index in 0..<Int(endpoint.otherCount)
            where equals(otherMethods[Int(endpoint.firstOther) &+ index], method) {
                return matched(Int(node.firstRow) &+ node.methods.nonzeroBitCount &+ index)
            }
        }
        captures.truncate(to: 0)
        let row = rows[Int(endpoint.declaredBy)]
        return .methodNotAllowed(
            allowValues[Int(endpoint.allow)], declaredBy: RouteID(index: Int(row.id)),
            mountLength: Int(row.mountLength))
    }

    /// The result for a row.
    @inline(__always)
    private func matched(_ index: Int) -> RouteMatch {
        let row = rows[index]
        return .matched(RouteID(index: Int(row.id)), mountLength: Int(row.mountLength))
    }

    /// Whether a stretch of the table's text is equal to bytes.
    @inline(__always)
    func equals(_ slice: TextSlice, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard Int(slice.count) == bytes.count else { return false }
        return equals(slice, in: bytes, at: 0)
    }

    /// Whether a stretch of the table's text stands in other bytes at an offset. The caller knows that there is room.
    @inline(__always)
    func equals(_ slice: TextSlice, in bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        for index in 0..<Int(slice.count) where text[Int(slice.offset) &+ index] != bytes[offset &+ index] {
            return false
        }
        return true
    }
}
