/// A prefix of paths on a segment boundary: the mount of an API, or what replaces it towards the upstream.
///
/// Kept without its trailing slash, so `/` is empty and `/shop/` is the same as `/shop`. What a prefix leaves of a path
/// starts with a slash or is empty.
package struct PathPrefix: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no prefix.
    package struct Malformed: Error, Sendable, Equatable {
        /// A sentence without a full stop, to follow the name of the setting.
        package let message: String
    }

    /// The canonical bytes, see ``RequestPath``; empty for `/`.
    package let bytes: [UInt8]

    /// Reads a prefix.
    ///
    /// - Parameter text: A path without template expressions, query and fragment, such as `/`, `/shop` or
    ///   `/caf%C3%A9/`.
    /// - Throws: What is wrong with it.
    package init(_ text: String) throws(Malformed) {
        guard text.utf8.first == PathOctet.slash else {
            throw Malformed(message: "must start with a slash")
        }
        if text.utf8.contains(where: { $0 == 0x7B || $0 == 0x7D }) {
            throw Malformed(message: "must not contain template expressions")
        }
        var canonical: [UInt8]
        do { canonical = try PathLiteral.canonical(Array(text.utf8)) } catch {
            throw Malformed(message: error.message)
        }
        if let refusal = PathLiteral.refusal(ofPath: canonical) { throw Malformed(message: refusal.detail) }
        if canonical.last == PathOctet.slash { canonical.removeLast() }
        if canonical.last == PathOctet.slash { throw Malformed(message: "must not end with two slashes") }
        bytes = canonical
    }

    /// The prefix as it would be written, `/` if it is empty.
    package var description: String { bytes.isEmpty ? "/" : String(decoding: bytes, as: UTF8.self) }

    /// Puts this prefix in the place of a mount.
    ///
    /// - Parameters:
    ///   - path: The canonical path that was matched.
    ///   - mountLength: The length that the match gave.
    ///   - body: Receives the two parts of the new path, to be written one after the other; together they are never
    ///     empty. The parts are valid during the call.
    package func joined<Result>(
        with path: UnsafeRawBufferPointer,
        mountLength: Int,
        _ body: (_ prefix: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let rest = UnsafeRawBufferPointer(rebasing: path[min(max(mountLength, 0), path.count)...])
        return try bytes.withUnsafeBytes { prefix in
            guard prefix.isEmpty, rest.isEmpty else { return try body(prefix, rest) }
            return try withUnsafeBytes(of: PathOctet.slash) { try body($0, rest) }
        }
    }
}
