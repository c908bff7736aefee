/// A key of a `content` map: a media type or a range, compared with what messages carry (OpenAPI 3.2 §4.14).
struct MediaTypeRange: Sendable {
    /// The type in small letters; nil for `*`.
    let type: [UInt8]?
    /// The subtype in small letters; nil for `*`.
    let subtype: [UInt8]?
    /// A structured suffix in small letters with its plus, for keys such as `application/*+json`.
    let suffix: [UInt8]?
    /// Names in small letters, and values, that must be there.
    let parameters: [(name: [UInt8], value: [UInt8])]
    /// The key as written, for the comparison that needs no parsing.
    let literal: [UInt8]

    /// Reads a key; nil if it is neither a media type nor a range.
    init?(_ key: String) {
        let bytes = Array(key.utf8)
        // A bare asterisk is written for `*/*` often enough.
        let text = bytes == [0x2A] ? Array("*/*".utf8) : bytes
        let parts: ([UInt8], [UInt8], [([UInt8], [UInt8])])? = text.withUnsafeBytes { buffer in
            guard let media = MediaTypeText(buffer) else { return nil }
            var all: [([UInt8], [UInt8])] = []
            var rest = MediaTypeParameters(media.parameters)
            while let parameter = rest.next() {
                all.append((parameter.name.map(Octets.lowered), Array(QuotedText(parameter.value))))
            }
            return (media.type.map(Octets.lowered), media.subtype.map(Octets.lowered), all)
        }
        guard let parts else { return nil }
        type = parts.0 == [0x2A] ? nil : parts.0
        let isWild = parts.1 == [0x2A]
        suffix = !isWild && parts.1.starts(with: [0x2A, 0x2B]) ? Array(parts.1.dropFirst()) : nil
        subtype = isWild || suffix != nil ? nil : parts.1
        parameters = parts.2.map { (name: $0.0, value: $0.1) }
        literal = text
    }

    /// Whether the key names one media type.
    var isExact: Bool { type != nil && subtype != nil }

    /// How well a media type matches: 0 not at all, more for a more specific key. Parameters of the key must all be
    /// there; every one makes the key more specific.
    func specificity(for media: MediaTypeText) -> Int {
        var score = 1
        if let type {
            guard Octets.equal(media.type, lowercase: type) else { return 0 }
            score = 100
            if let subtype {
                guard Octets.equal(media.subtype, lowercase: subtype) else { return 0 }
                score = 10_000
            } else if let suffix {
                guard media.subtype.count > suffix.count,
                    Octets.equal(
                        UnsafeRawBufferPointer(rebasing: media.subtype[(media.subtype.count - suffix.count)...]),
                        lowercase: suffix)
                else { return 0 }
                score = 1000
            }
        } else if subtype != nil {
            return 0
        }
        for wanted in parameters {
            guard carries(media, wanted) else { return 0 }
            score += 1
        }
        return score
    }

    /// Whether a media type has a parameter with a value. Values are compared as they are, `charset` without regard to
    /// the case of letters (RFC 9110 §8.3.2).
    private func carries(_ media: MediaTypeText, _ wanted: (name: [UInt8], value: [UInt8])) -> Bool {
        let ignoresCase = wanted.name == Array("charset".utf8)
        var rest = MediaTypeParameters(media.parameters)
        while let parameter = rest.next() {
            guard Octets.equal(parameter.name, lowercase: wanted.name) else { continue }
            let value = QuotedText(parameter.value)
            return ignoresCase
                ? value.lazy.map(Octets.lowered).elementsEqual(wanted.value.lazy.map(Octets.lowered))
                : value.elementsEqual(wanted.value)
        }
        return false
    }
}

/// What the content of a media type is made of.
enum ContentKind: Sendable, Equatable {
    /// One JSON text.
    case json
    /// Items after one another.
    case sequence(SequenceFormat)
    /// As their media types say.
    case text, form, multipart, xml
    /// Anything else.
    case octets

    /// The kind of a media type.
    init(_ media: MediaTypeText) {
        if media.isType("application", "json") || media.hasSuffix("+json") || media.isType("text", "json") {
            self = .json
        } else if let format = SequenceFormat(media) {
            self = .sequence(format)
        } else if media.isType("application", "x-www-form-urlencoded") {
            self = .form
        } else if media.isType("multipart") {
            self = .multipart
        } else if media.isType("application", "xml") || media.isType("text", "xml") || media.hasSuffix("+xml") {
            self = .xml
        } else if media.isType("text") {
            self = .text
        } else {
            self = .octets
        }
    }
}
