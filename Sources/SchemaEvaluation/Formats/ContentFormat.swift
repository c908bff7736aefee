import JSONDocuments

/// Contents of strings, which draft 7 lets validators assert (draft 7 validation §8). Later drafts forbid it.
/// Allocates.
enum ContentFormat {
    /// Whether a text is JSON.
    static func isJSON(_ text: UnsafeRawBufferPointer) -> Bool {
        var tape = JSONTape()
        do {
            try tape.parse(text, limits: JSONLimits(depth: 64, duplicateKeys: .allow))
            return true
        } catch {
            return false
        }
    }

    /// Whether a text is JSON in base64.
    static func isBase64JSON(_ text: UnsafeRawBufferPointer) -> Bool {
        Base64Format.isBase64(text) && Base64Format.decode(text).withUnsafeBytes(isJSON)
    }
}
