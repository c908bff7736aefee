import CompositionLanguage
import HTTPExchanges
import RequestRouting

/// Takes a composition's inputs out of a request whose parameters have been checked.
enum CompositionInputs {
    /// By input: the value as text, decoded; nil where none was given.
    static func read(
        _ inputs: [PlannedInput], head: RequestHead, captures: RouteCaptures, path: UnsafeRawBufferPointer,
        query: UnsafeRawBufferPointer?
    ) -> [[UInt8]?] {
        inputs.map { input in
            let name = Array(input.wireName.utf8)
            switch input.location {
            case .path:
                return captures.withValues(in: path) { values in
                    values.indices.contains(input.position) ? decoded(values[input.position], plusIsBlank: false) : nil
                }
            case .query: return query.flatMap { pair(name, in: $0, separator: UInt8(ascii: "&"), plusIsBlank: true) }
            case .header: return field(name, of: head)
            case .cookie:
                return field(Array("cookie".utf8), of: head).flatMap { line in
                    line.withUnsafeBytes { pair(name, in: $0, separator: UInt8(ascii: ";"), plusIsBlank: false) }
                }
            case .body: return nil
            }
        }
    }

    /// The fields of a request with one of the names, which are in small letters.
    static func fields(_ names: [[UInt8]], of head: RequestHead) -> [(name: [UInt8], value: [UInt8])] {
        var found: [(name: [UInt8], value: [UInt8])] = []
        for name in names {
            guard let value = field(name, of: head), !found.contains(where: { $0.name == name }) else { continue }
            found.append((name, value))
        }
        return found
    }

    /// The first field of a name.
    private static func field(_ name: [UInt8], of head: RequestHead) -> [UInt8]? {
        for index in 0..<head.table.count {
            let line = head.table[index]
            let own = line.name.slice(of: head.bytes)
            guard own.count == name.count, zip(own, name).allSatisfy({ lowered($0) == lowered($1) }) else { continue }
            return Array(line.value.slice(of: head.bytes))
        }
        return nil
    }

    /// An ASCII letter in small.
    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The value of the first pair of a name.
    private static func pair(
        _ name: [UInt8], in text: UnsafeRawBufferPointer, separator: UInt8, plusIsBlank: Bool
    ) -> [UInt8]? {
        for part in text.split(separator: separator) {
            let trimmed = part.drop { $0 == 0x20 }
            let end = trimmed.firstIndex(of: UInt8(ascii: "=")) ?? trimmed.endIndex
            guard decoded(trimmed[..<end], plusIsBlank: plusIsBlank) == name else { continue }
            return end < trimmed.endIndex ? decoded(trimmed[(end + 1)...], plusIsBlank: plusIsBlank) : []
        }
        return nil
    }

    /// Undoes percent-encoding; what is none stays as it is.
    private static func decoded(_ text: some Sequence<UInt8>, plusIsBlank: Bool) -> [UInt8] {
        let bytes = Array(text)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
                continue
            }
            out.append(plusIsBlank && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
            index += 1
        }
        return out
    }

    /// The value of a hexadecimal digit.
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
