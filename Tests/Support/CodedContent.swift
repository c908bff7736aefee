import CZlib

/// Makes coded content for tests, with the same library that undoes it.
package enum CodedContent {
    /// The formats of deflated data.
    package enum Format: Int32, Sendable {
        /// RFC 1952.
        case gzip = 31
        /// RFC 1950.
        case zlib = 15
        /// RFC 1951 without anything around it.
        case bare = -15
    }

    /// Content in one coding, as one piece.
    package static func encoded(_ content: [UInt8], _ format: Format) -> [UInt8] {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        deflateInit2_(
            stream, Z_BEST_COMPRESSION, Z_DEFLATED, format.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        var input = content
        var output = [UInt8](repeating: 0, count: content.count + content.count / 100 + 256)
        let produced = input.withUnsafeMutableBytes { input in
            output.withUnsafeMutableBytes { output in
                stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(output.count)
                deflate(stream, Z_FINISH)
                return output.count - Int(stream.pointee.avail_out)
            }
        }
        deflateEnd(stream)
        return Array(output[..<produced])
    }

    /// Text in gzip, each octet a character up to U+00FF, as `HTTPClient` sends it.
    package static func gzipped(_ text: String) -> String { gzipped(octets: text.utf8.map { $0 }) }

    /// Octets in gzip, each octet a character up to U+00FF, as `HTTPClient` sends it.
    package static func gzipped(octets: [UInt8]) -> String {
        String(octets: encoded(octets, .gzip))
    }
}
