import CYAML

/// Turns the marks of libyaml into byte offsets.
///
/// A mark's `index` counts characters, from the first one after a byte order mark. Marks come nearly in the order of
/// the file, so the translator remembers the last pair it found and walks from there, forwards or back.
struct YAMLMarkTranslator {
    /// The bytes that libyaml reads: the file without a byte order mark, valid UTF-8.
    private let text: UnsafeBufferPointer<UInt8>

    /// How many bytes of the file stand before `text`.
    private let base: Int

    /// Whether every character is one byte, so that nothing is to be done.
    private let isASCII: Bool

    /// The character at which the walk stands.
    private var character = 0

    /// The byte at which the walk stands.
    private var byte = 0

    /// Makes a translator.
    ///
    /// - Parameters:
    ///   - text: The bytes that libyaml reads, valid UTF-8.
    ///   - base: How many bytes of the file stand before them.
    init(_ text: UnsafeBufferPointer<UInt8>, base: Int) {
        self.text = text
        self.base = base
        isASCII = text.allSatisfy { $0 < 0x80 }
    }

    /// The byte offset in the file of a mark.
    mutating func offset(of mark: yaml_mark_t) -> Int {
        let wanted = Int(clamping: mark.index)
        guard !isASCII else { return base + min(wanted, text.count) }
        while character < wanted, byte < text.count {
            byte += 1
            while byte < text.count, text[byte] & 0xC0 == 0x80 { byte += 1 }
            character += 1
        }
        while character > wanted, byte > 0 {
            byte -= 1
            while byte > 0, text[byte] & 0xC0 == 0x80 { byte -= 1 }
            character -= 1
        }
        return base + byte
    }
}
