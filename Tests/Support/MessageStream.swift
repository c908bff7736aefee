/// Reads HTTP/1.1 messages off a socket, plainly and independently of the code under test.
package final class MessageStream {
    /// The bytes are no HTTP message, or it was cut off.
    package struct Malformed: Error, CustomStringConvertible {
        /// What is wrong.
        package let description: String
    }

    /// A head: the start line's text, and the fields in their order.
    package struct Head: Sendable {
        /// The start line without its line end.
        package let startLine: String
        /// The fields.
        package let fields: MessageFields
    }

    private let socket: LoopbackSocket
    private var buffer: [UInt8] = []
    private var start = 0
    private let patience: Double

    /// A stream that waits for each piece at most `patience` seconds.
    package init(_ socket: LoopbackSocket, patience: Double = 20) {
        self.socket = socket
        self.patience = patience
    }

    /// The next head; nil when the connection ends before its first byte.
    package func head() throws -> Head? {
        var lines: [String] = []
        while true {
            guard let line = try line() else {
                if lines.isEmpty { return nil }
                throw Malformed(description: "cut off within the head: \(lines)")
            }
            if line.isEmpty {
                if lines.isEmpty { continue }
                break
            }
            lines.append(line)
        }
        return Head(startLine: lines[0], fields: try MessageFields(lines.dropFirst()))
    }

    /// Content delimited as `fields` say; `untilClose` where they say nothing and the rest of the connection is meant.
    ///
    /// - Returns: the content (only its beginning when `keeps` says so), its length, and the trailers.
    package func content(
        _ fields: MessageFields, untilClose: Bool, keeping keeps: Int = .max
    ) throws -> (bytes: [UInt8], count: Int, trailers: MessageFields) {
        var bytes: [UInt8] = []
        var total = 0
        func take(_ piece: ArraySlice<UInt8>) {
            total += piece.count
            if bytes.count < keeps { bytes += piece.prefix(keeps - bytes.count) }
        }
        if fields["Transfer-Encoding"] != nil {
            while true {
                guard let line = try line(), let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
                    throw Malformed(description: "cut off or broken at a chunk size")
                }
                if size == 0 { break }
                try exactly(size, take)
                guard try self.line() == "" else { throw Malformed(description: "no line end behind a chunk") }
            }
            var lines: [String] = []
            while let line = try line() {
                if line.isEmpty { return (bytes, total, try MessageFields(lines[...])) }
                lines.append(line)
            }
            throw Malformed(description: "cut off within the trailers")
        }
        if let text = fields["Content-Length"] {
            guard let length = Int(text) else { throw Malformed(description: "Content-Length: \(text)") }
            try exactly(length, take)
        } else if untilClose {
            repeat {
                take(buffer[start...])
                start = buffer.count
            } while try fill()
        }
        return (bytes, total, MessageFields())
    }

    /// Whether the connection ends without a further byte.
    package func isAtEnd() throws -> Bool { start == buffer.count ? try !fill() : false }

    /// Everything up to the end of the connection.
    package func rest() throws -> [UInt8] {
        var bytes = Array(buffer[start...])
        start = buffer.count
        while try fill() {
            bytes += buffer[start...]
            start = buffer.count
        }
        return bytes
    }

    private func line() throws -> String? {
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0A) {
                guard end > start, buffer[end - 1] == 0x0D else {
                    throw Malformed(description: "a line does not end in CR LF")
                }
                let text = String(String.UnicodeScalarView(buffer[start..<(end - 1)].map { Unicode.Scalar($0) }))
                start = end + 1
                return text
            }
            guard try fill() else {
                if start == buffer.count { return nil }
                throw Malformed(description: "cut off within a line")
            }
        }
    }

    private func exactly(_ count: Int, _ take: (ArraySlice<UInt8>) -> Void) throws {
        var missing = count
        while missing > 0 {
            if start == buffer.count {
                guard try fill() else { throw Malformed(description: "cut off with \(missing) bytes missing") }
            }
            let taken = min(missing, buffer.count - start)
            take(buffer[start..<(start + taken)])
            start += taken
            missing -= taken
        }
    }

    private func fill() throws -> Bool {
        buffer.removeFirst(start)
        start = 0
        let received = try socket.receive(within: patience)
        buffer += received
        return !received.isEmpty
    }
}

/// Field lines in their order; names are compared without regard to case.
package struct MessageFields: Sendable, CustomStringConvertible {
    /// The lines.
    package private(set) var lines: [(name: String, value: String)] = []

    /// No lines.
    package init() {}

    /// The lines of a head, each `name: value`.
    init(_ texts: ArraySlice<String>) throws {
        for text in texts {
            guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
                throw MessageStream.Malformed(description: "no field line: \(text)")
            }
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            lines.append((String(text[..<colon]), String(value)))
        }
    }

    /// The value of the first line of that name.
    package subscript(name: String) -> String? { all(name).first }

    /// The values of all lines of that name.
    package func all(_ name: String) -> [String] {
        lines.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    package var description: String { lines.map { "\($0.name): \($0.value)" }.joined(separator: "\n") }
}
