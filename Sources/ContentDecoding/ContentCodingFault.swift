/// Why coded content was not decoded. Nothing of it may be used then.
package enum ContentCodingFault: Error, Sendable, Equatable {
    /// The content ends before its coding does: it was cut off.
    case truncated
    /// The content does not keep the format of its coding, or a checksum is wrong.
    case corrupt
    /// Bytes follow the end of the coded data.
    case trailingBytes
    /// The content decodes to more than the size that the caller allowed: a 413 (RFC 9110 §15.5.14).
    case tooLarge
    /// The content decodes to more than ``ContentDecoder/ratio`` times its size: a bomb.
    case ratio
    /// zlib could not get memory for its state.
    case outOfMemory

    /// Whether the content is more than anybody wants to process, rather than broken.
    package var isAboutSize: Bool {
        switch self {
        case .tooLarge, .ratio, .outOfMemory: true
        case .truncated, .corrupt, .trailingBytes: false
        }
    }

    /// What is wrong, for people, in one clause.
    package var detail: String {
        switch self {
        case .truncated: "the coded content ends too early"
        case .corrupt: "the content does not keep the format of its Content-Encoding"
        case .trailingBytes: "bytes follow the end of the coded content"
        case .tooLarge: "the decoded content is larger than allowed"
        case .ratio: "the content decodes to more than \(ContentDecoder.ratio) times its size"
        case .outOfMemory: "there is no memory to decode the content"
        }
    }
}
