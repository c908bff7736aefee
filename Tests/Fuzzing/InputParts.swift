/// Inputs of several parts.
enum InputParts {
    /// Cuts an input at a separator; what stands behind the last part allowed belongs to it.
    ///
    /// - Parameter limit: Most parts, at least one.
    static func cut(_ input: UnsafeRawBufferPointer, at separator: [UInt8], limit: Int) -> [UnsafeRawBufferPointer] {
        var parts: [UnsafeRawBufferPointer] = []
        var start = 0
        var index = 0
        while parts.count < limit - 1, index + separator.count <= input.count {
            guard input[index..<(index + separator.count)].elementsEqual(separator) else {
                index += 1
                continue
            }
            parts.append(UnsafeRawBufferPointer(rebasing: input[start..<index]))
            index += separator.count
            start = index
        }
        parts.append(UnsafeRawBufferPointer(rebasing: input[start...]))
        return parts
    }

    /// Cuts an input into lines, always the same number of them: missing ones are empty, the last one takes the rest.
    static func lines(_ input: UnsafeRawBufferPointer, _ count: Int) -> [UnsafeRawBufferPointer] {
        let lines = cut(input, at: [0x0A], limit: count)
        let missing = UnsafeRawBufferPointer(start: nil, count: 0)
        return lines + [UnsafeRawBufferPointer](repeating: missing, count: count - lines.count)
    }
}
