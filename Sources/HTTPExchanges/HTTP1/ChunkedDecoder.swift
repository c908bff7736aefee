/// Decodes the chunked transfer coding (RFC 9112 §7.1) as a state machine over octets.
///
/// | state | octet | next |
/// |---|---|---|
/// | size | HEXDIG | size (at most 15 digits that count) |
/// | size | CR | sizeEnd |
/// | size | SP, HTAB, `;` | extension… |
/// | extension… | per §7.1.1, CR | sizeEnd |
/// | sizeEnd | LF | data, or trailers after a size of 0 |
/// | data | any | data, then dataCR after the last one |
/// | dataCR, dataLF | CR, LF | size |
/// | trailers | up to an empty line | ended |
///
/// Whatever else stands there is invalid: a size is never guessed, and a line ends in CR LF only. Extensions are
/// dropped; their length is limited per line and in relation to the data, as §7.1.1 asks.
package struct ChunkedDecoder: Sendable {
    /// What the decoder found in the bytes that it was given.
    package enum Event: Equatable, Sendable {
        /// Content: the range of the bytes given.
        case data(Range<Int>)
        /// Everything given is consumed.
        case needsMore
        /// The last chunk and the trailer section are complete; `trailers` holds the section's bytes.
        case end
        /// The coding is broken: nothing behind this point can be trusted.
        case invalid
    }

    private enum State: Sendable {
        case size, beforeExtension, extensionName, inExtensionName, extensionValue, token, quoted, quotedEscape
        case afterName, afterValue, sizeEnd, data, dataCR, dataLF, trailers, ended
    }

    /// Longest chunk-size line, in bytes.
    private static let lineLimit = 256
    /// Extension bytes that may come without any data; further ones must be outweighed by data.
    private static let extensionAllowance = 4096
    /// Longest trailer section, in bytes.
    private static let trailerLimit = 8192

    private var state = State.size
    private var remaining: Int64 = 0
    private var digits = 0
    private var lineLength = 0
    private var extensionBytes = 0
    private var dataBytes: Int64 = 0
    /// The trailer section as received, each line with its CR LF, without the empty line that ends it.
    package private(set) var trailers: [UInt8] = []

    /// A decoder at the start of a chunked body.
    package init() {}

    /// Whether the body has come to its end.
    package var isEnded: Bool { state == .ended }

    /// The next event at or after `offset`, which moves behind what was consumed.
    package mutating func next(_ bytes: UnsafeRawBufferPointer, offset: inout Int) -> Event {
        while offset < bytes.count {
            if state == .data {
                let available = Int64(bytes.count - offset)
                let taken = Int(min(available, remaining))
                let range = offset..<(offset + taken)
                offset += taken
                remaining -= Int64(taken)
                dataBytes &+= Int64(taken)
                if remaining == 0 { state = .dataCR }
                return .data(range)
            }
            if state == .trailers {
                guard let finished = takeTrailer(bytes, offset: &offset) else { return .invalid }
                if finished { return .end }
                continue
            }
            guard state != .ended, take(bytes[offset]) else { return .invalid }
            offset += 1
        }
        return .needsMore
    }

    /// Takes one octet of a chunk-size line or of the line end behind the data; false when it cannot stand there.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch state {
        case .size, .beforeExtension, .extensionName, .inExtensionName, .extensionValue, .token, .quoted,
            .quotedEscape, .afterName, .afterValue:
            lineLength += 1
            guard lineLength <= Self.lineLimit else { return false }
        default: break
        }
        switch state {
        case .size: return takeSize(byte)
        case .sizeEnd:
            guard byte == 0x0A else { return false }
            lineLength = 0
            digits = 0
            state = remaining == 0 ? .trailers : .data
            return true
        case .dataCR:
            state = .dataLF
            return byte == 0x0D
        case .dataLF:
            state = .size
            return byte == 0x0A
        case .data, .trailers, .ended: return false
        default:
            extensionBytes += 1
            guard Int64(extensionBytes - Self.extensionAllowance) <= dataBytes else { return false }
            return takeExtension(byte)
        }
    }

    /// `chunk-size = 1*HEXDIG`; leading zeros are legal, more than 15 significant digits are not a length.
    private mutating func takeSize(_ byte: UInt8) -> Bool {
        let digit: UInt8
        switch byte {
        case 0x30...0x39: digit = byte - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        case 0x0D where digits > 0:
            state = .sizeEnd
            return true
        case UInt8(ascii: ";") where digits > 0:
            state = .extensionName
            return true
        case 0x20 where digits > 0, 0x09 where digits > 0:
            state = .beforeExtension
            return true
        default: return false
        }
        guard remaining < 1 << 56 else { return false }
        digits += 1
        remaining = remaining << 4 | Int64(digit)
        return true
    }

    /// `chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112 §7.1.1).
    private mutating func takeExtension(_ byte: UInt8) -> Bool {
        let isBlank = byte == 0x20 || byte == 0x09
        switch state {
        case .beforeExtension:
            if isBlank { return true }
            state = .extensionName
            return byte == UInt8(ascii: ";")
        case .extensionName:
            if isBlank { return true }
            guard OctetClass.isToken(byte) else { return false }
            state = .inExtensionName
            return true
        case .inExtensionName:
            if OctetClass.isToken(byte) { return true }
            return endOfPart(byte, allowsValue: true)
        case .afterName:
            if isBlank { return true }
            return endOfPart(byte, allowsValue: true)
        case .extensionValue:
            if isBlank { return true }
            if byte == UInt8(ascii: "\"") {
                state = .quoted
                return true
            }
            state = .token
            return OctetClass.isToken(byte)
        case .token:
            if OctetClass.isToken(byte) { return true }
            return endOfPart(byte, allowsValue: false)
        case .afterValue:
            if isBlank { return true }
            return endOfPart(byte, allowsValue: false)
        case .quoted:
            if byte == UInt8(ascii: "\\") {
                state = .quotedEscape
            } else if byte == UInt8(ascii: "\"") {
                state = .afterValue
            }
            return isQuotable(byte)
        case .quotedEscape:
            state = .quoted
            return isQuotable(byte)
        default: return false
        }
    }

    /// What may follow a name or a value.
    private mutating func endOfPart(_ byte: UInt8, allowsValue: Bool) -> Bool {
        switch byte {
        case 0x0D: state = .sizeEnd
        case UInt8(ascii: ";"): state = .extensionName
        case UInt8(ascii: "=") where allowsValue: state = .extensionValue
        case 0x20, 0x09: state = allowsValue ? .afterName : .afterValue
        default: return false
        }
        return true
    }

    /// Octets of a quoted-string (RFC 9110 §5.6.4).
    private func isQuotable(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7F) }

    /// Collects the trailer section; true at its end, nil when it is too long or a line does not end in CR LF.
    private mutating func takeTrailer(_ bytes: UnsafeRawBufferPointer, offset: inout Int) -> Bool? {
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            guard trailers.count < Self.trailerLimit else { return nil }
            if byte == 0x0A, trailers.last != 0x0D { return nil }
            if byte != 0x0A, trailers.last == 0x0D { return nil }
            trailers.append(byte)
            if byte == 0x0A {
                let count = trailers.count
                let isEmptyLine = count == 2 || (count >= 4 && trailers[count - 3] == 0x0A)
                if isEmptyLine {
                    trailers.removeLast(2)
                    state = .ended
                    return true
                }
            }
        }
        return false
    }
}
