/// The canonical form of literal text in templates and mounts, so that it can be compared byte by byte with a canonical
/// request path.
///
/// Authors write more freely than clients may: `/café` and `/caf%C3%A9` are the same literal, and so are `/a b` and
/// `/a%20b`. Reserved characters keep the form that was written: `/a;b` and `/a%3Bb` are different paths (RFC 3986
/// section 2.2).
enum PathLiteral {
    /// What is wrong with a literal.
    struct Fault: Error, Equatable {
        /// A kebab-case word for the kind, to become part of a diagnostic's code.
        let kind: String

        /// A sentence without a full stop.
        let message: String

        /// The offset of the first byte at fault.
        let offset: Int
    }

    /// Spells a literal canonically.
    ///
    /// - Parameter text: UTF-8 text without template expressions, percent-encoded or not.
    /// - Returns: Bytes that are a part of a canonical path.
    /// - Throws: The first fault.
    static func canonical(_ text: some RandomAccessCollection<UInt8>) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.first {
            let offset = text.distance(from: text.startIndex, to: rest.startIndex)
            rest = rest.dropFirst()
            if byte == PathOctet.percent {
                let digits = rest.prefix(2).compactMap(PathOctet.hexadecimalValue)
                guard digits.count == 2 else {
                    throw Fault(
                        kind: "triplet", message: "a percent sign is followed by two hexadecimal digits",
                        offset: offset)
                }
                rest = rest.dropFirst(2)
                let octet = digits[0] << 4 | digits[1]
                if PathOctet.isUnreserved(octet) { result.append(octet) } else { appendTriplet(octet, to: &result) }
            } else if PathOctet.isPlain(byte) {
                result.append(byte)
            } else if byte >= 0x80 || byte == 0x20 || PathOctet.isEncodable(byte) {
                appendTriplet(byte, to: &result)
            } else {
                throw fault(ofRaw: byte, at: offset)
            }
        }
        return result
    }

    /// Why a request with this path would be refused, nil if it is a canonical path.
    ///
    /// - Parameter path: A whole path, starting with a slash.
    static func refusal(ofPath path: [UInt8]) -> RequestPathRefusal? {
        var buffer = PathBuffer()
        let outcome = path.withUnsafeBytes { RequestPath.canonicalise($0, into: &buffer) }
        if case .refused(let refusal) = outcome { return refusal }
        return nil
    }

    /// Appends the triplet of an octet.
    private static func appendTriplet(_ octet: UInt8, to result: inout [UInt8]) {
        result.append(PathOctet.percent)
        result.append(PathOctet.hexadecimalDigit(octet >> 4))
        result.append(PathOctet.hexadecimalDigit(octet))
    }

    /// The fault of a byte that no literal may contain.
    private static func fault(ofRaw byte: UInt8, at offset: Int) -> Fault {
        switch byte {
        case 0x3F:
            Fault(kind: "query", message: "a query is not part of a path; declare query parameters", offset: offset)
        case 0x23:
            Fault(kind: "fragment", message: "a fragment is never part of a request", offset: offset)
        case PathOctet.backslash:
            Fault(kind: "backslash", message: "requests with a backslash are refused", offset: offset)
        default:
            Fault(kind: "control-character", message: "a control character cannot stand in a path", offset: offset)
        }
    }
}
