import JSONDocuments

/// An expression as it is written, before its names are looked up.
///
///     "$inputs." name | "$item" ["#" ptr] | "$index" | "$steps." id ".body" ["#" ptr]
///     "$steps." id ".header." token | "$steps." id ".status" | "$claims." name
///
/// `ptr` is a JSON Pointer (RFC 6901); a final `?` says that the value may be absent.
struct Expression: Equatable {
    /// Where the value is found.
    enum Root: Equatable {
        case input(String), item, index, body(String), header(String, String), status(String), claim(String)
    }

    /// Where the value is found.
    let root: Root
    /// The way from there, unescaped.
    let pointer: [String]
    /// Whether the author knows that it may be absent.
    let mayBeAbsent: Bool
    /// The text.
    let text: String

    /// Why a text is no expression.
    struct Fault: Error {
        /// A sentence about it.
        let message: String
        /// What to write instead.
        var suggestion: String?
    }

    /// Reads an expression.
    init(_ text: String) throws(Fault) {
        self.text = text
        var body = Substring(text)
        mayBeAbsent = body.hasSuffix("?")
        if mayBeAbsent { body.removeLast() }
        var path = ""
        if let hash = body.firstIndex(of: "#") {
            path = String(body[body.index(after: hash)...])
            body = body[..<hash]
        }
        guard let pointer = JSONPointer(path) else {
            throw Fault(message: "`\(path)` is no JSON Pointer: it begins with a slash (RFC 6901)")
        }
        self.pointer = pointer.tokens
        let words = body.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch (words[0], words.count) {
        case ("$item", 1): root = .item
        case ("$index", 1): root = .index
        case ("$inputs", 2): root = .input(words[1])
        case ("$claims", 2) where !words[1].isEmpty: root = .claim(words[1])
        case ("$steps", 3) where words[2] == "body": root = .body(words[1])
        case ("$steps", 3) where words[2] == "status": root = .status(words[1])
        case ("$steps", 4) where words[2] == "header": root = .header(words[1], words[3])
        default:
            throw Fault(
                message: "`\(text)` is no expression",
                suggestion:
                    "write $inputs.NAME, $claims.NAME, $item#/…, $index, $steps.NAME.body#/…, .header.NAME or .status")
        }
        switch root {
        case .index, .header, .status, .claim:
            guard pointer.tokens.isEmpty else { throw Fault(message: "`\(text)`: a pointer leads into content only") }
        default: break
        }
    }
}

/// A text with expressions in braces, taken apart: `order {$inputs.id} of {$steps.order.body#/userId}`.
enum InterpolatedText {
    /// A piece.
    enum Piece { case text(String), expression(String) }

    /// The pieces; nil where the text holds no expression in braces.
    static func pieces(of text: String) -> [Piece]? {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let open = rest.range(ofText: "{$") {
            guard let close = rest[open...].firstIndex(of: "}") else { break }
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.expression(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        guard !pieces.isEmpty else { return nil }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }
}

extension Substring {
    /// Where a short text begins for the first time.
    fileprivate func range(ofText text: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index }
            index = self.index(after: index)
        }
        return nil
    }
}
