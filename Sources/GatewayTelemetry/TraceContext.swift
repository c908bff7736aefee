/// A W3C trace context: the value of the field `traceparent` (W3C Recommendation "Trace Context", 2021, §3.2).
///
/// ```
/// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
/// version  trace id (16 octets)       parent id (8)    flags
/// ```
/// Parsing is strict: lower-case hexadecimal digits only, no id of zeros, no version ff. A value that breaks the
/// grammar is as good as none (§4.3), so `init` gives nil and the caller starts a trace of its own.
package struct TraceContext: Sendable, Hashable {
    /// Length of a value of version 00, in bytes.
    package static let length = 55

    /// First half of the trace id.
    package var traceHigh: UInt64
    /// Second half of the trace id.
    package var traceLow: UInt64
    /// The parent's (the caller's) span id; never 0.
    package var span: UInt64
    /// The flags; bit 0 says sampled.
    package var flags: UInt8

    /// States a context.
    ///
    /// - Parameters:
    ///   - traceHigh: first half of the trace id; not 0 together with the second.
    ///   - traceLow: second half.
    ///   - span: span id, not 0.
    ///   - flags: only bit 0 (sampled) has a meaning in version 00.
    package init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.flags = flags
    }

    /// Reads a field value.
    ///
    /// - Parameter bytes: the value without blanks around it.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.length, let version = Self.hex(bytes, 0, 2),
            let high = Self.hex(bytes, 3, 16), let low = Self.hex(bytes, 19, 16),
            let span = Self.hex(bytes, 36, 16), let flags = Self.hex(bytes, 53, 2)
        else { return nil }
        let dash = UInt8(ascii: "-")
        guard bytes[2] == dash, bytes[35] == dash, bytes[52] == dash else { return nil }
        // §3.2.2.1: version ff is invalid; a higher version may carry more after a dash, version 00 may not.
        guard version != 0xFF else { return nil }
        if version == 0 {
            guard bytes.count == Self.length else { return nil }
        } else {
            guard bytes.count == Self.length || bytes[55] == dash else { return nil }
        }
        // §3.2.2.3 and §3.2.2.4: all zeros is an invalid id.
        guard high != 0 || low != 0, span != 0 else { return nil }
        // §4.3 (processing a higher version): only the sampled flag is known, the others are not passed on.
        self.init(traceHigh: high, traceLow: low, span: span, flags: UInt8(truncatingIfNeeded: flags) & 1)
    }

    /// Whether the caller recorded the trace (§3.2.2.5.1).
    package var isSampled: Bool { flags & 1 == 1 }

    /// The same trace with another parent: what is sent to the upstream.
    ///
    /// - Parameters:
    ///   - span: the new span id; 0 becomes 1, since 0 is invalid.
    ///   - sampled: whether this hop records.
    package func child(span: UInt64, sampled: Bool) -> TraceContext {
        TraceContext(traceHigh: traceHigh, traceLow: traceLow, span: max(1, span), flags: sampled ? 1 : 0)
    }

    /// Writes the value in version 00.
    ///
    /// - Parameter target: at least `length` bytes; a shorter one is left as it is.
    /// - Returns: the bytes written: `length` or 0.
    @discardableResult
    package func write(to target: UnsafeMutableRawBufferPointer) -> Int {
        guard target.count >= Self.length else { return 0 }
        var index = 0
        func put(_ value: UInt64, digits: Int) {
            var shift = UInt64(digits * 4)
            while shift > 0 {
                shift -= 4
                target[index] = hexDigit(UInt8(truncatingIfNeeded: value >> shift) & 0xF)
                index += 1
            }
        }
        func dash() {
            target[index] = UInt8(ascii: "-")
            index += 1
        }
        put(0, digits: 2)
        dash()
        put(traceHigh, digits: 16)
        put(traceLow, digits: 16)
        dash()
        put(span, digits: 16)
        dash()
        put(UInt64(flags), digits: 2)
        return index
    }

    /// The value as text.
    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { write(to: UnsafeMutableRawBufferPointer($0)) }
    }

    /// The number that lower-case hexadecimal digits spell; nil if one is none. The caller has checked the length.
    private static func hex(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in start..<(start + count) {
            let digit: UInt8
            switch bytes[index] {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
                digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt64(digit)
        }
        return value
    }
}
