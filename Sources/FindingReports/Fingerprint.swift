/// The names that findings keep from one run to the next, by which CI systems tell old findings from new ones.
///
/// A fingerprint is made from the rule, the path of the file and the path in the document, never from a line: it survives
/// edits elsewhere in the file. Where a rule speaks twice about one place, the second gets a fingerprint of its own by
/// its number, since systems drop findings whose fingerprints are equal.
struct Fingerprints {
    /// How often each combination was seen.
    private var seen: [String: Int] = [:]

    /// The next fingerprint of a combination: 32 hexadecimal digits.
    mutating func next(rule: String, file: String, pointer: String) -> String {
        // NUL stands in neither rules nor files, so that no two combinations give one text.
        let text = "\(rule)\0\(file)\0\(pointer)"
        let number = seen[text, default: 0] &+ 1
        seen[text] = number
        return Self.digest(number == 1 ? text : "\(text)\0\(number)")
    }

    /// The 128-bit FNV-1a hash (draft-eastlake-fnv-21) of a text. Not for secrets: only for telling texts apart.
    private static func digest(_ text: String) -> String {
        let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in text.utf8 { hash = (hash ^ UInt128(byte)) &* prime }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
