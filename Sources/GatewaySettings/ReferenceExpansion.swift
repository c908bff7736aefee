import JSONDocuments
import SourceDiagnostics

/// Replaces `${env:NAME}`, `${env:NAME:-default}` and `${file:PATH}` in a scalar.
///
/// What a variable or a file holds is never looked at again for references, and never quoted in a diagnostic: messages
/// show the text of the settings file. One line end at the end of a file is dropped, as editors add it.
enum ReferenceExpansion {
    /// A scalar after expansion.
    struct Expanded {
        /// The bytes, which may be a secret.
        let bytes: [UInt8]
        /// Whether the whole scalar is one reference: the only form in which secrets are taken.
        let isReference: Bool
        /// The path of the file, where the whole scalar is one `${file:…}`.
        let file: String?
    }

    /// One piece of a scalar.
    private enum Piece {
        /// Text as it stands.
        case literal(String)
        /// An environment variable and what stands for it where it is not set.
        case variable(String, default: String?)
        /// A file, by its path as written.
        case file(String)
        /// A reference that cannot be read, and why.
        case malformed(String)
    }

    /// Expands a string; reports what cannot be resolved.
    ///
    /// - Parameters:
    ///   - text: the scalar as written.
    ///   - range: its place.
    ///   - context: where in the tree.
    /// - Returns: nil where something could not be resolved; that has been reported then.
    static func expand(_ text: String, at range: SourceRange, _ context: ValueContext) -> Expanded? {
        guard text.contains("${") else { return Expanded(bytes: Array(text.utf8), isReference: false, file: nil) }
        let pieces = split(text)
        var bytes: [UInt8] = []
        var isComplete = true
        var path: String?
        for piece in pieces {
            switch piece {
            case .literal(let text):
                bytes.append(contentsOf: text.utf8)
            case .variable(let name, let fallback):
                if let value = context.run.environment.variable(name) ?? fallback {
                    bytes.append(contentsOf: value.utf8)
                } else {
                    context.run.report(
                        "unset-variable", "\(context.path) needs the environment variable \(name), which is not set",
                        at: range, suggestion: "set it, or write ${env:\(name):-default}")
                    isComplete = false
                }
            case .file(let name):
                let resolved = SettingsPath.resolve(name, besideFile: range.file.path)
                path = resolved
                context.run.note(file: resolved)
                switch context.run.environment.readFile(resolved) {
                case .success(let content): bytes.append(contentsOf: withoutLineEnd(content))
                case .failure(let error):
                    context.run.report(
                        "unreadable-file",
                        "\(context.path) needs the file \(resolved), which cannot be read: \(error.reason)",
                        at: range)
                    isComplete = false
                }
            case .malformed(let reason):
                context.run.report("bad-reference", "\(context.path): \(reason)", at: range)
                isComplete = false
            }
        }
        guard isComplete else { return nil }
        return Expanded(bytes: bytes, isReference: pieces.count == 1, file: pieces.count == 1 ? path : nil)
    }

    /// Splits a scalar into text and references.
    private static func split(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            if start.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                pieces.append(.malformed("the reference has no closing brace"))
                return pieces
            }
            pieces.append(piece(rest[start.upperBound..<end]))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return pieces
    }

    /// Reads what stands between the braces.
    private static func piece(_ text: Substring) -> Piece {
        if text.hasPrefix("env:") {
            let content = text.dropFirst(4)
            let separator = content.firstRange(of: ":-")
            let name = content[..<(separator?.lowerBound ?? content.endIndex)]
            let isName =
                name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
                && name.utf8.first.map { !$0.isASCIIDigit } == true
            guard isName else { return .malformed("${env:NAME} needs the name of an environment variable") }
            return .variable(String(name), default: separator.map { String(content[$0.upperBound...]) })
        }
        if text.hasPrefix("file:") {
            let path = text.dropFirst(5)
            return path.isEmpty ? .malformed("${file:PATH} needs a path") : .file(String(path))
        }
        return .malformed("a reference is ${env:NAME} or ${file:PATH}")
    }

    /// The bytes without one line end at their end.
    private static func withoutLineEnd(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var content = bytes[...]
        if content.last == UInt8(ascii: "\n") { content = content.dropLast() }
        if content.last == UInt8(ascii: "\r") { content = content.dropLast() }
        return content
    }
}

extension UInt8 {
    /// Whether this is a letter from A to Z, of either case.
    var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }

    /// Whether this is a digit from 0 to 9.
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether this may stand in a token of HTTP: a method, a field name, a cookie name (RFC 9110 §5.6.2, tchar).
    var isTokenCharacter: Bool { isASCIILetter || isASCIIDigit || "!#$%&'*+-.^_`|~".utf8.contains(self) }
}
