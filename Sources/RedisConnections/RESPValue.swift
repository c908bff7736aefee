import NIOCore

/// A value of the Redis serialization protocol, version 3.
package enum RESPValue: Sendable, Equatable {
    /// A line of text, a number, a boolean: what came behind the type's octet.
    case simple([UInt8])
    /// What the server could not do.
    case error([UInt8])
    /// An integer.
    case integer(Int64)
    /// Octets.
    case bulk(ByteBuffer)
    /// Nothing.
    case null
    /// Values in order; a map's keys and values take turns.
    case array([RESPValue])
    /// What was not asked for: messages of channels.
    case push([RESPValue])
}

/// What no server sends.
package struct RESPFailure: Error, Sendable, Equatable {
    /// In words.
    package let detail: String
}

/// Reads values from received bytes. Bounded in everything that a peer chooses: a failure ends the connection.
package enum RESPParser {
    /// Longest line, in bytes.
    static let lineLimit = 64 << 10
    /// Largest string, in bytes.
    package static let bulkLimit = 32 << 20
    /// Most values in one, however they are nested.
    static let valueLimit = 1024
    /// Deepest nesting.
    static let depthLimit = 8

    /// Takes the next whole value off the buffer; nil where it has not come yet.
    ///
    /// Complexity: an unfinished value is read anew with every piece of it, strings only their length.
    package static func next(_ buffer: inout ByteBuffer) throws(RESPFailure) -> RESPValue? {
        var rest = buffer
        var count = 0
        guard let value = try value(&rest, depth: 0, count: &count) else { return nil }
        buffer = rest
        return value
    }

    private static func value(
        _ rest: inout ByteBuffer, depth: Int, count: inout Int
    ) throws(RESPFailure) -> RESPValue? {
        count += 1
        guard depth < depthLimit, count <= valueLimit else { throw RESPFailure(detail: "too many values") }
        guard let type = rest.readInteger(as: UInt8.self) else { return nil }
        guard let line = try line(&rest) else { return nil }
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "#"), UInt8(ascii: "("): return .simple(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: "_"): return .null
        case UInt8(ascii: ":"): return .integer(try number(line))
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            let length = try number(line)
            if length == -1 { return .null }
            guard (0...Int64(bulkLimit)).contains(length) else { throw RESPFailure(detail: "a string of \(length)") }
            guard rest.readableBytes >= Int(length) + 2, let text = rest.readSlice(length: Int(length)) else {
                return nil
            }
            guard rest.readInteger(as: UInt16.self) == 0x0D0A else { throw RESPFailure(detail: "no end of a string") }
            return type == UInt8(ascii: "!") ? .error(Array(text.readableBytesView)) : .bulk(text)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"):
            let length = try number(line)
            if length == -1 { return .null }
            guard (0...Int64(valueLimit)).contains(length) else { throw RESPFailure(detail: "\(length) values") }
            var values: [RESPValue] = []
            for _ in 0..<(type == UInt8(ascii: "%") ? 2 * length : length) {
                guard let value = try value(&rest, depth: depth + 1, count: &count) else { return nil }
                values.append(value)
            }
            return type == UInt8(ascii: ">") ? .push(values) : .array(values)
        default: throw RESPFailure(detail: "a value of type \(type)")
        }
    }

    /// A line without its end.
    private static func line(_ rest: inout ByteBuffer) throws(RESPFailure) -> [UInt8]? {
        let view = rest.readableBytesView
        guard let end = view.prefix(lineLimit).firstIndex(of: 0x0D) else {
            guard view.count < lineLimit else { throw RESPFailure(detail: "a long line") }
            return nil
        }
        guard view.index(after: end) < view.endIndex else { return nil }
        guard view[view.index(after: end)] == 0x0A else { throw RESPFailure(detail: "no end of a line") }
        let text = Array(view[..<end])
        rest.moveReaderIndex(forwardBy: text.count + 2)
        return text
    }

    /// A signed integer.
    private static func number(_ line: [UInt8]) throws(RESPFailure) -> Int64 {
        guard line.count <= 20, let value = Int64(String(decoding: line, as: UTF8.self)) else {
            throw RESPFailure(detail: "no number")
        }
        return value
    }
}

extension ByteBuffer {
    /// Writes a command: an array of strings.
    mutating func writeCommand(_ words: [ByteBuffer]) {
        writeString("*\(words.count)\r\n")
        for word in words {
            writeString("$\(word.readableBytes)\r\n")
            writeImmutableBuffer(word)
            writeString("\r\n")
        }
    }
}
