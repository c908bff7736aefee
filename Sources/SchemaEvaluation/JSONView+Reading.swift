import JSONDocuments

/// Rows of the tape as the executors read them: at the cost of loads.
///
/// The module of the tape has the same for everybody else. But the compiler inlines nothing `package` of another module,
/// and a message has too many rows for a call, or several, at each.
extension JSONView {
    /// The content of a string with escapes resolved, or the literal of a number.
    @inline(__always)
    package func content(of index: Int) -> UnsafeRawBufferPointer {
        let node = nodes + index
        if node.pointee.isDecoded {
            return UnsafeRawBufferPointer(
                start: decoded + Int(node.pointee.payload), count: Int(node.pointee.decodedLength))
        }
        // A string's range includes its two quotation marks; the parser never makes a shorter one.
        let quotes = if case .string = node.pointee.kind { 1 } else { 0 }
        let lower = Int(node.pointee.lower) &+ quotes
        return UnsafeRawBufferPointer(start: source + lower, count: Int(node.pointee.upper) &- quotes &- lower)
    }
}

extension JSONNode {
    /// Whether the text lies in the tape's own bytes: `JSONNodeFlags.decoded` (a test holds the bits to the names).
    @inline(__always)
    package var isDecoded: Bool { flags.rawValue & 1 != 0 }

    /// Whether the number has neither fraction nor exponent: `JSONNodeFlags.integerLiteral`.
    @inline(__always)
    package var isIntegerLiteral: Bool { flags.rawValue & 2 != 0 }
}
