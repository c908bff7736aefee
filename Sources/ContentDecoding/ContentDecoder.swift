import CZlib

/// Undoes content codings so that a body can be checked against its contract.
///
/// A contract is checked on what the service will read, so a coded body has to be decoded first, and decoding is where
/// a few bytes become many. Bounds hold for every layer, counted in bytes of output:
///
///     allowed = min(limit of the caller, max(64 KiB, 200 × bytes received))
///
/// so two layers together multiply by 200 at most. The ratio holds on the way too: beyond 1 MiB of output, what was
/// produced is at most 200 times what was read for it, or the cost of refusing a bomb would grow with the caller's limit.
/// Deflate multiplies by 1032 at most; text that a person or a program sends stays far below 200.
///
/// The result is all or nothing: each member's checksum and length are checked by zlib, the coded data must reach its
/// end, and nothing may follow it but another gzip member. After a fault the output is empty.
///
/// A decoder keeps zlib's state (some 40 KiB) and its buffers between calls; an event loop has one. Invariant: `stream`
/// points to one initialised `z_stream`, whose address zlib remembers, from the first use to `deinit`.
package struct ContentDecoder: ~Copyable {
    /// Most bytes of output for each byte received, beyond ``freeSize``.
    package static let ratio = 200
    /// Bytes of output that are allowed whatever was received: 64 KiB.
    package static let freeSize = 65_536
    /// Bytes of output from which the ratio holds for every beginning of the content too: 1 MiB.
    package static let runSize = 1 << 20
    /// Bytes of a buffer that is kept from one call to the next: 1 MiB.
    private static let keptCapacity = 1 << 20

    /// zlib's view of its input and output; its state hangs on it.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether zlib's state exists.
    private var isReady = false
    /// What is left after the outer one of two codings is undone.
    private var middle: [UInt8] = []

    /// A decoder. zlib's state is made when it is first needed.
    package init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Undoes the codings of a message's content.
    ///
    /// - Parameters:
    ///   - content: What was received, complete. Content without any byte is no content and must not come here: the
    ///     codings of nothing are not looked at by anybody.
    ///   - codings: Its codings; without any, the content is copied.
    ///   - limit: Most bytes of output: the `limits.requestBody` of the route.
    ///   - output: Receives the decoded content; what was in it goes. Empty after a fault. Its room is reused.
    /// - Throws: ``ContentCodingFault``.
    /// - Complexity: In proportion to the input and to the allowed output, whatever the input says.
    package mutating func decode(
        _ content: UnsafeRawBufferPointer, _ codings: ContentCodings, limit: Int, into output: inout [UInt8]
    ) throws(ContentCodingFault) {
        output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacity)
        guard let outer = codings.outermost else {
            guard content.count <= limit else { throw .tooLarge }
            output.append(contentsOf: content)
            return
        }
        let bounds = Bounds(received: content.count, limit: limit)
        guard let inner = codings.innermost else { return try inflate(content, outer, bounds, into: &output) }
        var between: [UInt8] = []
        swap(&between, &middle)
        between.removeAll(keepingCapacity: between.capacity <= Self.keptCapacity)
        var fault: ContentCodingFault?
        do throws(ContentCodingFault) {
            try inflate(content, outer, bounds, into: &between)
            fault = between.withUnsafeBytes { bytes in
                do throws(ContentCodingFault) {
                    try inflate(bytes, inner, bounds, into: &output)
                    return nil
                } catch {
                    return error
                }
            }
        } catch {
            fault = error
        }
        swap(&between, &middle)
        if let fault { throw fault }
    }

    /// How much output is allowed.
    private struct Bounds {
        /// Bytes.
        let allowed: Int
        /// What exceeding them means.
        let fault: ContentCodingFault

        /// The bounds for so many bytes received.
        init(received: Int, limit: Int) {
            let (product, overflow) = received.multipliedReportingOverflow(by: ContentDecoder.ratio)
            let byRatio = overflow ? Int.max : max(product, ContentDecoder.freeSize)
            // One more is asked for, to see that there is more.
            allowed = max(0, min(limit, byRatio, Int.max - 1))
            fault = limit <= byRatio ? .tooLarge : .ratio
        }
    }

    /// Undoes one coding.
    private mutating func inflate(
        _ content: UnsafeRawBufferPointer, _ coding: ContentCoding, _ bounds: Bounds, into output: inout [UInt8]
    ) throws(ContentCodingFault) {
        do throws(ContentCodingFault) {
            try prepare(coding)
            try run(content, coding, bounds, into: &output)
        } catch {
            output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacity)
            throw error
        }
    }

    /// Makes zlib's state, or resets it, for a format.
    private mutating func prepare(_ coding: ContentCoding) throws(ContentCodingFault) {
        // 15: the largest window. 16 more: the gzip format and nothing else (zlib.h, inflateInit2).
        let window: Int32 = coding == .gzip ? 15 + 16 : 15
        if isReady {
            guard inflateReset2(stream, window) == Z_OK else { throw .corrupt }
            return
        }
        stream.pointee = z_stream()
        let status = inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .outOfMemory }
        isReady = true
    }

    /// Feeds the content to zlib until its end.
    private func run(
        _ content: UnsafeRawBufferPointer, _ coding: ContentCoding, _ bounds: Bounds, into output: inout [UInt8]
    ) throws(ContentCodingFault) {
        var consumed = 0
        var produced = 0
        defer { output.removeLast(output.count - produced) }
        while true {
            if produced == output.count {
                guard produced <= bounds.allowed else { throw bounds.fault }
                // In steps that leave the ratio no room to be missed by much.
                let wanted = min(max(4_096, content.count &* 2, produced), Self.runSize)
                let room = min(wanted, bounds.allowed + 1 - produced)
                Self.grow(&output, by: room)
            }
            let step = output.withUnsafeMutableBytes { output in
                advance(
                    UnsafeRawBufferPointer(rebasing: content[consumed...]),
                    UnsafeMutableRawBufferPointer(rebasing: output[produced...]))
            }
            consumed += step.consumed
            produced += step.produced
            guard produced <= bounds.allowed else { throw bounds.fault }
            guard produced <= Self.runSize || produced / Self.ratio <= consumed else { throw .ratio }
            switch step.status {
            case Z_STREAM_END:
                if consumed == content.count { return }
                // RFC 1952 §2.2: a gzip file is a series of members. Nothing of the kind exists for zlib (RFC 1950).
                guard coding == .gzip, content[consumed] == 0x1F else { throw .trailingBytes }
                guard inflateReset(stream) == Z_OK else { throw .corrupt }
            case Z_OK, Z_BUF_ERROR:
                // Room is left and zlib asks for more: there is no more.
                if produced < output.count, consumed == content.count { throw .truncated }
                if step.consumed == 0, step.produced == 0, produced < output.count { throw .truncated }
            case Z_MEM_ERROR: throw .outOfMemory
            default:
                // Z_DATA_ERROR, Z_STREAM_ERROR, and Z_NEED_DICT: nobody agreed on a dictionary (RFC 1950 §2.3).
                throw .corrupt
            }
        }
    }

    /// What new room is filled with: copied in large pieces, which costs little where nothing is optimised, too.
    private static let blank = [UInt8](repeating: 0, count: 65_536)

    /// Adds room for more output.
    private static func grow(_ output: inout [UInt8], by room: Int) {
        var left = room
        while left > 0 {
            let step = min(left, blank.count)
            output.append(contentsOf: blank[..<step])
            left -= step
        }
    }

    /// One call of zlib, which counts in 32 bits.
    private func advance(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) -> (status: Int32, consumed: Int, produced: Int) {
        let available = (input: UInt32(clamping: input.count), output: UInt32(clamping: output.count))
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = available.input
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = available.output
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        let consumed = Int(available.input - stream.pointee.avail_in)
        let produced = Int(available.output - stream.pointee.avail_out)
        // The buffers are only borrowed: zlib keeps no way to them.
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
        stream.pointee.next_out = nil
        stream.pointee.avail_out = 0
        return (status, consumed, produced)
    }
}
