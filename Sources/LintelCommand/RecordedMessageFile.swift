import HTTPExchanges
import JSONDocuments
import MessageContracts
import NIOCore
import SourceDiagnostics

/// A message as it was recorded: `message/http` text (RFC 9112 §10.1), parsed by the gateway's own parser.
///
/// Two liberties are taken with what people keep in files, and only these: lines of the head may end in LF when none
/// ends in CR LF, and a request without Content-Length and Transfer-Encoding has the rest of the file as its content.
package struct RecordedMessageFile {
    /// Why a file is no message.
    package struct Failure: Error {
        /// The diagnostic.
        package let diagnostic: Diagnostic
    }

    /// Which kind of message.
    enum Kind {
        /// A request.
        case request
        /// A response to a request with this method.
        case response(to: String)
    }

    /// The file as it is.
    let file: SourceFile
    /// The head, with lines that end in CR LF.
    let head: [UInt8]
    /// Its fields.
    let table: HeadTable
    /// The content, without its transfer coding.
    let content: [UInt8]
    /// Where the content, or its first chunk, begins in the file.
    let contentOffset: Int
    /// Whether the content stands in the file as it is, so that places in it can be told.
    let isContiguous: Bool

    /// Largest head, in bytes.
    private static let limits = HeadLimits(bytes: 1 << 20, fields: 1_000)

    /// Parses a file.
    init(_ file: SourceFile, as kind: Kind) throws(Failure) {
        self.file = file
        let end = Self.headEnd(file.bytes)
        contentOffset = end
        head = Self.normalised(Array(file.bytes[..<end]))
        table = HeadTable(capacity: Self.limits.fields)
        let table = table
        let progress = head.withUnsafeBytes { bytes in
            switch kind {
            case .request: HeadParser.parseRequest(bytes, into: table, limits: Self.limits)
            case .response(let method):
                HeadParser.parseResponse(bytes, into: table, limits: Self.limits, answersHEAD: method == "HEAD")
            }
        }
        switch progress {
        case .complete: break
        case .incomplete: throw Self.failure("the head does not end: an empty line is missing", file, 0)
        case .refused(let defect): throw Self.failure("\(defect.detail)", file, 0)
        }
        let rest = Array(file.bytes[end...])
        if case .none = table.framing {
            if case .request = kind {
                content = rest
                isContiguous = true
                return
            }
            guard rest.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) else {
                throw Self.failure("bytes follow a message that has no content", file, end)
            }
            content = []
            isContiguous = false
            return
        }
        let (read, left) = try Self.content(of: rest, table.framing, file, end)
        guard rest[(rest.count - left)...].allSatisfy({ $0 == 0x0D || $0 == 0x0A }) else {
            throw Self.failure("bytes follow the end of the message", file, file.bytes.count - left)
        }
        content = read
        isContiguous = table.framing != .chunked
    }

    /// Takes content out of its framing; also how many bytes follow it.
    private static func content(
        of rest: [UInt8], _ framing: BodyFraming, _ file: SourceFile, _ start: Int
    ) throws(Failure) -> (content: [UInt8], left: Int) {
        var reader = ContentReader(framing)
        var buffer = ByteBuffer(bytes: rest)
        var content: [UInt8] = []
        while true {
            switch reader.next(&buffer) {
            case .content(let piece): content += piece.readableBytesView
            case .end: return (content, buffer.readableBytes)
            case .needsMore:
                guard reader.endsWithConnection else {
                    throw failure("the content ends too early", file, file.bytes.count)
                }
                return (content, 0)
            case .invalid: throw failure("the chunked coding is broken (RFC 9112 §7.1)", file, start)
            }
        }
    }

    /// The offset behind the head: behind its first empty line, or the end of the file.
    private static func headEnd(_ bytes: [UInt8]) -> Int {
        var lineStart = 0
        var hasText = false
        for index in bytes.indices where bytes[index] == 0x0A {
            let isEmpty = index == lineStart || (index == lineStart + 1 && bytes[lineStart] == 0x0D)
            if isEmpty, hasText { return index + 1 }
            hasText = hasText || !isEmpty
            lineStart = index + 1
        }
        return bytes.count
    }

    /// The head with CR LF, where no line had it.
    private static func normalised(_ head: [UInt8]) -> [UInt8] {
        guard !head.contains(0x0D) else { return head }
        var lines: [UInt8] = []
        for byte in head {
            if byte == 0x0A { lines.append(0x0D) }
            lines.append(byte)
        }
        return lines
    }

    /// A diagnostic at an offset of the file.
    private static func failure(_ message: String, _ file: SourceFile, _ offset: Int) -> Failure {
        Failure(
            diagnostic: Diagnostic(
                .error, "malformed-message", message,
                at: SourceRange(file: file, lowerBound: offset, upperBound: min(offset + 1, file.bytes.count))))
    }

    // MARK: - Places

    /// Where a range of the head stands in the file.
    func range(ofHead range: ByteRange) -> SourceRange {
        let lower = min(Int(range.lower), head.count)
        var line = 1
        var start = 0
        for index in 0..<lower where head[index] == 0x0A { (line, start) = (line + 1, index + 1) }
        let place = file.byteRange(ofLine: line)
        let offset = min(place.lowerBound + lower - start, file.bytes.count)
        return SourceRange(file: file, lowerBound: offset, upperBound: min(offset + range.count, file.bytes.count))
    }

    /// Where a violation stands in the file: the value in JSON content, the field line, the start line.
    func range(of violation: ContractViolation) -> SourceRange {
        switch violation.location {
        case .path, .query: return range(ofHead: table.target)
        case .status: return range(ofHead: ByteRange(0, max(0, head.firstIndex(of: 0x0D) ?? 0)))
        case .header, .cookie:
            let name = violation.location == .cookie ? "cookie" : violation.name?.lowercased()
            let line = head.withUnsafeBytes { bytes in
                (0..<table.count).first {
                    String(decoding: table[$0].name.slice(of: bytes), as: UTF8.self).lowercased() == name
                }
            }
            guard let line else { return range(ofHead: ByteRange(0, max(0, head.firstIndex(of: 0x0D) ?? 0))) }
            return range(ofHead: ByteRange(Int(table[line].name.lower), Int(table[line].value.upper)))
        case .body: return bodyRange(violation.pointer)
        }
    }

    /// Where a value of JSON content stands; the content where it is not JSON.
    private func bodyRange(_ pointer: String) -> SourceRange {
        guard isContiguous else {
            return SourceRange(
                file: file, lowerBound: contentOffset, upperBound: min(contentOffset + 1, file.bytes.count))
        }
        func place(_ lower: Int, _ upper: Int) -> SourceRange {
            let end = file.bytes.count
            return SourceRange(
                file: file, lowerBound: min(contentOffset + lower, end), upperBound: min(contentOffset + upper, end))
        }
        do throws(JSONSyntaxError) {
            let document = try JSONDocument(
                parsing: SourceFile(path: file.path, bytes: content),
                limits: JSONLimits(depth: 256, duplicateKeys: .allow))
            let range = (JSONPointer(pointer).flatMap { document.root.value(at: $0) } ?? document.root).range
            return place(range.lowerBound, range.upperBound)
        } catch {
            return place(0, content.count)
        }
    }
}
