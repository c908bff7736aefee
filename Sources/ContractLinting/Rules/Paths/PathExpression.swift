/// The parameters of a path as rulesets read them: also such as `{;name}`, `{?name*}`, which older documents have.
enum PathExpression {
    /// A path with every parameter replaced by a percent sign, and the names of the parameters in order.
    static func read(_ path: String) -> (shape: String, names: [String]) {
        var shape: [UInt8] = []
        var names: [String] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "{"), let close = rest.firstIndex(of: UInt8(ascii: "}")),
                let name = name(rest[(rest.startIndex + 1)..<close])
            {
                names.append(name)
                shape.append(UInt8(ascii: "%"))
                rest = rest[(close + 1)...]
            } else {
                shape.append(byte)
                rest = rest.dropFirst()
            }
        }
        return (String(decoding: shape, as: UTF8.self), names)
    }

    /// The name between two braces; nil for what is no name.
    private static func name(_ text: ArraySlice<UInt8>) -> String? {
        var name = text
        if name.first == UInt8(ascii: ";") { name = name.dropFirst() }
        if name.first == UInt8(ascii: "?") { name = name.dropFirst() }
        if name.last == UInt8(ascii: "*") { name = name.dropLast() }
        let isName = name.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x5F, 0x2D, 0x2E].contains($0)
        }
        return isName && !name.isEmpty ? String(decoding: name, as: UTF8.self) : nil
    }
}
