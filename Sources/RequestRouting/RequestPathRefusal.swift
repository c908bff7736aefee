/// Why a request path is not taken. Every one of them is answered with 400 (RFC 9110 section 15.5.1), because each is
/// either no URI at all or a spelling on which servers disagree, and a gateway forwards only what it has understood.
package enum RequestPathRefusal: String, Sendable, Equatable, CaseIterable {
    /// The path is empty or does not start with a slash (RFC 9112 section 3.2.1).
    case notAbsolute

    /// A control character, a space or DEL stands raw in the path.
    case controlCharacter

    /// A byte above 127 stands raw in the path (RFC 3986 section 2).
    case rawNonASCII

    /// A raw `#` or `?`: a fragment is never part of a request target, and the query is cut off before.
    case queryOrFragment

    /// A percent sign without two hexadecimal digits (RFC 3986 section 2.1).
    case malformedTriplet

    /// `%00`, which ends a string in C.
    case encodedNUL

    /// A backslash, raw or as `%5C`, which some servers take for a slash.
    case backslash

    /// A segment `.` or `..`, however it is spelled, also before an encoded slash or a semicolon.
    case dotSegment

    /// The triplets do not spell UTF-8: overlong forms, surrogates, cut-off sequences.
    case malformedUTF8

    /// A sentence for the problem document, without a full stop.
    package var detail: String {
        switch self {
        case .notAbsolute: "the path does not start with a slash"
        case .controlCharacter: "the path contains a control character or a space"
        case .rawNonASCII: "the path contains a byte that has to be percent-encoded"
        case .queryOrFragment: "the path contains a raw question mark or number sign"
        case .malformedTriplet: "the path contains a percent sign without two hexadecimal digits"
        case .encodedNUL: "the path contains an encoded NUL"
        case .backslash: "the path contains a backslash"
        case .dotSegment: "the path contains a dot segment"
        case .malformedUTF8: "the path is not UTF-8 after percent-decoding"
        }
    }
}
