/// A JSON Pointer (RFC 6901): the path from the root of a document to a value.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// The reference tokens, unescaped. None means the whole document.
    package let tokens: [String]

    /// Makes a pointer from tokens that are not escaped.
    package init(tokens: [String] = []) {
        self.tokens = tokens
    }

    /// Reads the text form: empty, or `/` before each token with `~0` for `~` and `~1` for `/` (section 3).
    ///
    /// - Returns: Nil when the text does not start with `/`, or a `~` stands before anything but 0 and 1.
    package init?(_ text: String) {
        var tokens: [String] = []
        if !text.isEmpty {
            var token = String.UnicodeScalarView()
            var scalars = text.unicodeScalars.makeIterator()
            guard scalars.next() == "/" else { return nil }
            while let scalar = scalars.next() {
                switch scalar {
                case "/":
                    tokens.append(String(token))
                    token = String.UnicodeScalarView()
                case "~":
                    switch scalars.next() {
                    case "0": token.append("~")
                    case "1": token.append("/")
                    default: return nil
                    }
                default: token.append(scalar)
                }
            }
            tokens.append(String(token))
        }
        self.tokens = tokens
    }

    /// Reads the form of a URI fragment, percent-encoded (section 6), without its `#`.
    ///
    /// - Returns: Nil when a percent sign does not start a triplet, when the octets are not UTF-8, or the text is not a
    ///   pointer: a fragment such as `name` is an anchor.
    package init?(fragment: String) {
        var bytes: [UInt8] = []
        var source = fragment.utf8.makeIterator()
        while let byte = source.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = source.next().flatMap(Self.hexadecimal), let low = source.next().flatMap(Self.hexadecimal)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        guard bytes.withUnsafeBytes({ UTF8Sequence.firstFault(in: $0) }) == nil else { return nil }
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// The pointer to a member or element below.
    package func appending(_ token: String) -> JSONPointer {
        JSONPointer(tokens: tokens + [token])
    }

    /// The pointer to an element below.
    package func appending(_ element: Int) -> JSONPointer {
        appending(String(element))
    }

    /// The text form; the empty string for the whole document.
    package var description: String {
        tokens.map { "/" + Self.escaped($0) }.joined()
    }

    /// The form of a URI fragment, without `#`: what RFC 3986 section 3.5 does not allow in a fragment is
    /// percent-encoded.
    package var fragment: String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var text = String.UnicodeScalarView()
        for byte in description.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "!", "$", "&", "'", "(", ")", "*", "+", ",", ";",
                "=", ":", "@", "/", "?":
                text.append(scalar)
            default:
                text.append("%")
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
        }
        return String(text)
    }

    /// One token as it stands in the text form: `~` becomes `~0` and `/` becomes `~1` (section 3).
    package static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        var text = String.UnicodeScalarView()
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": text.append(contentsOf: "~0".unicodeScalars)
            case "/": text.append(contentsOf: "~1".unicodeScalars)
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    /// The place that a token names in an array: digits without a leading zero (section 4), or nil.
    static func elementIndex(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first.map({ (0x31...0x39).contains($0) }) == true,
            token.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(token)
    }

    /// Two pointers are equal when their tokens have the same bytes: canonical equivalence has no part in it.
    package static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.count == right.tokens.count
            && zip(left.tokens, right.tokens).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    /// Hashes the bytes of the tokens.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(tokens.count)
        for token in tokens {
            var token = token
            token.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0xFF as UInt8)
        }
    }

    /// The value of a hexadecimal digit.
    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
        default: nil
        }
    }
}

extension JSONValue {
    /// The value that a pointer leads to from here, or nil.
    package func value(at pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            let child: JSONValue?
            switch value.kind {
            case .object: child = value[token]
            case .array: child = JSONPointer.elementIndex(token).flatMap { value[$0] }
            default: child = nil
            }
            guard let child else { return nil }
            value = child
        }
        return value
    }

    /// The pointer from the root of the document to this value; for a member's name, to the member's value.
    ///
    /// - Complexity: O(depth × width).
    package var pointer: JSONPointer {
        document.withView { view in
            var tokens: [String] = []
            var container = 0
            let target = view[index].flags.contains(.key) ? index + 1 : index
            while container != target {
                var child = container + 1
                var place = 0
                let isObject = view[container].kind == .object
                // The child whose subtree holds the target.
                while true {
                    let value = isObject ? child + 1 : child
                    let next = Int(view[value].next)
                    if target < next {
                        tokens.append(isObject ? String(decoding: view.text(of: child), as: UTF8.self) : String(place))
                        container = value
                        break
                    }
                    child = next
                    place += 1
                }
            }
            return JSONPointer(tokens: tokens)
        }
    }
}
