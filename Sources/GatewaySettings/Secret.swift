/// A value that must never be printed: a key, a password, the content of a key file.
///
/// Every way in which Swift turns a value into text (interpolation, `print`, `dump`, a debugger's mirror) shows `***`.
/// Only `withBytes` gives the content away, so a search for that name finds every use.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The content.
    private let bytes: [UInt8]

    /// Wraps a content.
    ///
    /// - Parameter bytes: what must not be printed.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Calls a closure with the content.
    ///
    /// - Parameter body: gets the bytes; they must not outlive the call as text.
    package func withBytes<R>(_ body: ([UInt8]) throws -> R) rethrows -> R {
        try body(bytes)
    }

    /// Whether there is no content.
    package var isEmpty: Bool { bytes.isEmpty }

    /// Three stars.
    package var description: String { "***" }

    /// Three stars.
    package var debugDescription: String { "***" }

    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Compares in a time that depends on the lengths only.
    package static func == (left: Secret, right: Secret) -> Bool {
        guard left.bytes.count == right.bytes.count else { return false }
        var difference: UInt8 = 0
        for index in left.bytes.indices { difference |= left.bytes[index] ^ right.bytes[index] }
        return difference == 0
    }
}
