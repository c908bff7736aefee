/// Punycode: RFC 3492.
enum Punycode {
    /// Parameters of §5.
    private static let base = 36, minimumThreshold = 1, maximumThreshold = 26, skew = 38, damp = 700
    /// The first code point that is encoded, and the first bias.
    private static let initialValue = 128, initialBias = 72

    /// Decodes a label without its prefix, §6.2; `nil` for malformed input.
    static func decode(_ text: some RandomAccessCollection<UInt8>) -> [UInt32]? {
        let bytes = Array(text)
        var output: [UInt32] = []
        var position = 0
        if let delimiter = bytes.lastIndex(of: UInt8(ascii: "-")) {
            output = bytes[..<delimiter].map { UInt32($0) }
            position = delimiter + 1
        }
        var value = initialValue
        var index = 0
        var bias = initialBias
        while position < bytes.count {
            let oldIndex = index
            var weight = 1
            var k = base
            while true {
                guard position < bytes.count, let digit = digit(bytes[position]) else { return nil }
                position += 1
                index += digit * weight
                guard index < 1 << 32 else { return nil }
                let threshold = min(max(k - bias, minimumThreshold), maximumThreshold)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight < 1 << 32 else { return nil }
                k += base
            }
            let count = output.count + 1
            bias = adapt(index - oldIndex, count, isFirst: oldIndex == 0)
            value += index / count
            index %= count
            guard value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
            output.insert(UInt32(value), at: index)
            index += 1
        }
        return output
    }

    /// Encodes a label, without the prefix, §6.3; `nil` if it is too long for any label.
    static func encode(_ label: [UInt32]) -> [UInt8]? {
        guard label.count <= 63 else { return nil }
        var output = label.filter { $0 < 0x80 }.map { UInt8(truncatingIfNeeded: $0) }
        let basicCount = output.count
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var handled = basicCount
        var value = initialValue
        var delta = 0
        var bias = initialBias
        while handled < label.count {
            guard let next = label.filter({ $0 >= value }).min() else { return nil }
            delta += (Int(next) - value) * (handled + 1)
            value = Int(next)
            for scalar in label {
                if scalar < value { delta += 1 }
                guard scalar == value else { continue }
                var rest = delta
                var k = base
                while true {
                    let threshold = min(max(k - bias, minimumThreshold), maximumThreshold)
                    if rest < threshold { break }
                    output.append(character(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    k += base
                }
                output.append(character(rest))
                bias = adapt(delta, handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            value += 1
        }
        return output
    }

    /// Bias adaptation, §6.1.
    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > ((base - minimumThreshold) * maximumThreshold) / 2 {
            delta /= base - minimumThreshold
            k += base
        }
        return k + (base - minimumThreshold + 1) * delta / (delta + skew)
    }

    /// The value of a digit in either case.
    private static func digit(_ byte: UInt8) -> Int? {
        if ASCIIClass.isDigit(byte) { return Int(byte) - 0x30 + 26 }
        if ASCIIClass.isLetter(byte) { return Int(byte | 0x20) - 0x61 }
        return nil
    }

    /// The digit of a value.
    private static func character(_ value: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value - 26 + 0x30)
    }
}
