/// The values of a template's expressions in a matched path, as offsets, in the order of the template.
///
/// The storage is inline, so that a match allocates nothing; an event loop reuses one. Values are still
/// percent-encoded: they have to be split at their delimiters before they are decoded (OpenAPI 3.1.2 section 4.8.12.4).
package struct RouteCaptures: Sendable {
    /// How many expressions a template may have; one with more is refused when it is loaded.
    package static let capacity = 32

    /// Half-open byte ranges; only the first `count` mean something.
    private var ranges = InlineArray<32, Capture>(repeating: Capture(lower: 0, upper: 0))

    /// How many values there are. 0 unless the last match was ``RouteMatch/matched(_:mountLength:)``.
    package private(set) var count = 0

    /// Makes an empty list.
    package init() {}

    /// The byte range of a value in the path that was matched; empty for an index that is not below `count`.
    package subscript(index: Int) -> Range<Int> {
        guard index >= 0, index < count, index < Self.capacity else { return 0..<0 }
        let capture = ranges[index]
        return Int(capture.lower)..<Int(capture.upper)
    }

    /// Gives the values as slices of the path that was matched.
    ///
    /// - Parameters:
    ///   - path: The bytes that were matched.
    ///   - body: Receives the values in template order; they are valid during the call.
    package func withValues<Result>(
        in path: UnsafeRawBufferPointer,
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) throws -> Result
    ) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: Self.capacity) { values in
            for index in 0..<count {
                let range = self[index]
                let value =
                    range.upperBound <= path.count
                    ? UnsafeRawBufferPointer(rebasing: path[range])
                    : UnsafeRawBufferPointer(start: nil, count: 0)
                values.initializeElement(at: index, to: value)
            }
            return try body(UnsafeBufferPointer(rebasing: values[..<count]))
        }
    }

    /// Adds a value. The table admits no template with more expressions than there is room for.
    @inline(__always)
    mutating func append(lower: Int, upper: Int) {
        guard count < Self.capacity else { return }
        ranges[count] = Capture(
            lower: UInt32(truncatingIfNeeded: lower), upper: UInt32(truncatingIfNeeded: upper))
        count &+= 1
    }

    /// Forgets the values after the first `count`, when a branch of the table led nowhere.
    @inline(__always)
    mutating func truncate(to count: Int) { self.count = count }

    /// One value as half-open byte offsets.
    private struct Capture: Sendable {
        /// The offset of the first byte.
        var lower: UInt32

        /// The offset after the last byte.
        var upper: UInt32
    }
}
