import ContentDecoding

/// Deciding about content by the head of a message.
extension BodyContract {
    /// Small letters, once.
    private static let contentType = Array("content-type".utf8)
    /// Small letters, once.
    private static let contentEncoding = Array("content-encoding".utf8)

    /// The policy for a message with these fields.
    func policy(_ fields: UnsafeBufferPointer<MessageField>) -> BodyPolicy {
        guard !content.isEmpty else { return BodyPolicy(.refused(.undeclaredContent), isRequired: isRequired) }
        // Each look at a stored constant goes by way of a lock's flag: one look, not one for each field.
        let (contentType, contentEncoding) = (Self.contentType, Self.contentEncoding)
        var type: UnsafeRawBufferPointer?
        var codings: ContentCodings? = ContentCodings.none
        for field in fields {
            if Octets.equal(field.name, lowercase: contentType) {
                // RFC 9110 §5.3: a singleton field given twice is broken, whichever of them a service would believe.
                if type != nil { return BodyPolicy(.refused(.malformedType), isRequired: isRequired) }
                type = field.value
            } else if Octets.equal(field.name, lowercase: contentEncoding) {
                codings = Self.codings(codings, field.value)
            }
        }
        guard let type else { return BodyPolicy(.refused(.missingType), isRequired: isRequired) }
        if let codings, codings.isEmpty {
            for known in literals where Octets.equal(type, known.text) { return known.policy }
        }
        guard let media = MediaTypeText(type) else {
            return BodyPolicy(.refused(.malformedType), isRequired: isRequired)
        }
        guard let index = select(media) else { return BodyPolicy(.refused(.undeclaredType), isRequired: isRequired) }
        return policy(media, index, codings)
    }

    /// The codings of a further field line; nil once one is not understood.
    private static func codings(_ earlier: ContentCodings?, _ value: UnsafeRawBufferPointer) -> ContentCodings? {
        guard var all = earlier else { return nil }
        do throws(ContentCodings.Fault) {
            try all.append(fieldValue: value)
            return all
        } catch {
            return nil
        }
    }

    /// Policies of keys that name one media type without parameters, for field values that are written like the key. No
    /// other key is more specific for such a value, except an equal one, of which the first counts either way.
    static func literals(
        _ content: [ContentContract], isRequired: Bool, pointer: String
    ) -> [(text: [UInt8], policy: BodyPolicy)] {
        let body = BodyContract(isRequired: isRequired, content: content, pointer: pointer, literals: [])
        return content.compactMap { entry in
            guard entry.range.isExact, entry.range.parameters.isEmpty else { return nil }
            return entry.range.literal.withUnsafeBytes { bytes in
                contentType.withUnsafeBytes { name in
                    [MessageField(name: name, value: bytes)].withUnsafeBufferPointer {
                        (entry.range.literal, body.policy($0))
                    }
                }
            }
        }
    }

    /// The policy for a media type that a key describes; `codings` are nil where one is not understood.
    private func policy(_ media: MediaTypeText, _ index: Int, _ codings: ContentCodings?) -> BodyPolicy {
        let kind = ContentKind(media)
        let treatment = content[index].treatment(kind)
        switch treatment {
        case .opaque: return BodyPolicy(.opaque, isRequired: isRequired, index: index)
        case .refused: return BodyPolicy(.refused(.uncheckableType), isRequired: isRequired, index: index)
        default: break
        }
        guard let codings else { return BodyPolicy(.refused(.contentCoding), isRequired: isRequired, index: index) }
        switch treatment {
        case .multipart:
            // RFC 2046 §5.1.1: the boundary is required, 1 to 70 characters.
            guard let boundary = media.parameter(Array("boundary".utf8)), (1...70).contains(boundary.count) else {
                return BodyPolicy(.refused(.malformedType), isRequired: isRequired, index: index)
            }
            return BodyPolicy(
                .checked, isRequired: isRequired, index: index, treatment: treatment, boundary: boundary,
                codings: codings)
        case .text:
            // Text in other charsets would be checked as something that it is not.
            if let charset = media.parameter(Array("charset".utf8)) {
                let name = String(decoding: charset.map(Octets.lowered), as: UTF8.self)
                guard ["utf-8", "us-ascii", "utf8"].contains(name) else {
                    return BodyPolicy(.refused(.uncheckableType), isRequired: isRequired, index: index)
                }
            }
        default: break
        }
        return BodyPolicy(.checked, isRequired: isRequired, index: index, treatment: treatment, codings: codings)
    }
}
