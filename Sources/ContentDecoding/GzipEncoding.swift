import CZlib

/// The gzip coding applied, for content of our own. RFC 1952.
package enum GzipEncoding {
    /// Compresses content; nil where that fails or gains nothing.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 256, bytes.count < Int(UInt32.max) else { return nil }
        // The library keeps the address of the stream.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15 bits of window, and 16 for the wrapping of gzip.
        guard
            deflateInit2_(
                stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
                == Z_OK
        else { return nil }
        defer { deflateEnd(stream) }
        let room = Int(deflateBound(stream, UInt(bytes.count)))
        var result = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            bytes.withUnsafeBufferPointer { input in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                result = deflate(stream, Z_FINISH)
                count = result == Z_STREAM_END ? room - Int(stream.pointee.avail_out) : 0
            }
        }
        return result == Z_STREAM_END && output.count < bytes.count ? output : nil
    }
}
