/// A path template taken apart: literals and expressions in their order (OpenAPI 3.2 §4.9.2).
package struct PathTemplate: Sendable {
    /// What can be wrong with a template.
    package enum Fault: Error, Sendable, Equatable {
        /// A brace without its partner, or braces inside braces.
        case braces
        /// `{}`.
        case emptyName
    }

    /// A piece of a template.
    package enum Piece: Sendable, Equatable {
        /// Text that must be there.
        case literal(String)
        /// A parameter by its name.
        case expression(String)
    }

    /// The template as written.
    package let text: String
    /// Literals and expressions in order.
    package let pieces: [Piece]

    /// Names that stand in the template more than once: forbidden since 3.2, unsaid before.
    package let repeatedNames: [String]

    /// Names of the expressions in order.
    package var names: [String] {
        pieces.compactMap { if case .expression(let name) = $0 { name } else { nil } }
    }

    /// Takes a template apart.
    package init(_ text: String) throws(Fault) {
        var pieces: [Piece] = []
        var seen: Set<String> = []
        var repeated: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let open = rest.utf8.firstIndex(of: UInt8(ascii: "{")) ?? rest.endIndex
            let literal = rest[..<open]
            guard !literal.utf8.contains(UInt8(ascii: "}")) else { throw .braces }
            if !literal.isEmpty { pieces.append(.literal(String(literal))) }
            guard open != rest.endIndex else { break }
            let body = rest[rest.utf8.index(after: open)...]
            guard let close = body.utf8.firstIndex(of: UInt8(ascii: "}")) else { throw .braces }
            let name = String(body[..<close])
            guard !name.utf8.contains(UInt8(ascii: "{")) else { throw .braces }
            guard !name.isEmpty else { throw .emptyName }
            if !seen.insert(name).inserted { repeated.append(name) }
            pieces.append(.expression(name))
            rest = body[body.utf8.index(after: close)...]
        }
        self.text = text
        self.pieces = pieces
        repeatedNames = repeated
    }

    /// A template without expressions, standing in for one that is broken.
    package init(literal text: String) {
        self.text = text
        pieces = [.literal(text)]
        repeatedNames = []
    }
}
