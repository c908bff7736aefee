import JSONDocuments
import SourceDiagnostics

/// Where a value begins and ends, as tools that know these rulesets show it: a YAML mapping begins behind the colon of
/// its name, and so does a null that is written as nothing.
enum ValueExtent {
    /// The range of a value.
    static func range(of value: JSONValue) -> SourceRange {
        let whole = value.range
        let bytes = whole.file.bytes
        guard let name = value.keyRange else {
            // The document as a whole begins with its file, whatever stands before the first name.
            return value.index == 0 && isBlock(value, bytes)
                ? SourceRange(file: whole.file, lowerBound: 0, upperBound: end(of: whole)) : whole
        }
        guard isBlock(value, bytes) || whole.lowerBound == whole.upperBound else { return whole }
        let rest = bytes[min(name.upperBound, bytes.count)...]
        let colon = rest.firstIndex(of: UInt8(ascii: ":")) ?? name.upperBound
        let lower = min(colon + 1, bytes.count)
        return SourceRange(file: whole.file, lowerBound: lower, upperBound: max(lower, end(of: whole)))
    }

    /// Whether a value is a mapping or sequence without brackets.
    private static func isBlock(_ value: JSONValue, _ bytes: [UInt8]) -> Bool {
        guard value.kind == .object || value.kind == .array, bytes.indices.contains(value.range.lowerBound) else {
            return false
        }
        return ![UInt8(ascii: "{"), UInt8(ascii: "[")].contains(bytes[value.range.lowerBound])
    }

    /// The end of what is written: without the white space and comments that a block may end with.
    private static func end(of range: SourceRange) -> Int {
        var end = min(range.upperBound, range.file.bytes.count)
        while end > range.lowerBound, [0x20, 0x09, 0x0A, 0x0D].contains(range.file.bytes[end - 1]) { end -= 1 }
        return end
    }
}
