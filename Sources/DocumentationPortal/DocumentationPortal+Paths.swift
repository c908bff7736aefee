import JSONDocuments

/// Paths as requests have them.
extension DocumentationPortal {
    /// Whether a path is the portal's, or below it.
    package func covers(_ path: UnsafeRawBufferPointer) -> Bool {
        let prefix = root.utf8.dropLast()
        guard path.count >= prefix.count, path.prefix(prefix.count).elementsEqual(prefix) else { return false }
        return path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/")
    }

    /// The answer for a path with its percent-encoding; nil where that is broken.
    ///
    /// - Parameter insights: Who knows how operations fare; nil where the reader may not see that.
    package func resource(
        atEncoded path: UnsafeRawBufferPointer, insights: (any InsightSource)? = nil
    ) -> Resource? {
        PercentEncoding.decoded(Array(path)).flatMap {
            resource(at: String(decoding: $0, as: UTF8.self), insights: insights)
        }
    }
}
