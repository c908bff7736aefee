import JSONDocuments

/// Why a multipart body cannot be taken apart.
enum MultipartFault: Error {
    /// Delimiter lines are missing or do not end the body.
    case framing
    /// A part has no Content-Disposition with a name.
    case name
    /// A header line of a part is broken, or one that must be single is not.
    case headers
    /// A part's media type is none of those that the contract lists.
    case mediaType(String)
    /// A part lacks a header that the contract demands, or has a wrong one.
    case partHeader(String)
    /// A transfer encoding: deprecated (RFC 7578 §4.7) and not decoded by services.
    case transferEncoding
    /// Too many parts.
    case tooMany

    /// What is wrong, for people.
    var words: String {
        switch self {
        case .framing: "is not framed by the boundary of its Content-Type"
        case .name: "has a part without a name in Content-Disposition"
        case .headers: "has a part with broken headers"
        case .mediaType(let name): "has a part `\(name)` of a media type that is not declared for it"
        case .partHeader(let name): "has a part whose header \(name) is missing or breaks its schema"
        case .transferEncoding: "has a part with a Content-Transfer-Encoding"
        case .tooMany: "has more than \(ReadingLimit.entries) parts"
        }
    }
}

/// A part of a multipart body.
struct MultipartPart {
    /// The header lines without the last line break.
    let head: UnsafeRawBufferPointer
    /// The content.
    let content: UnsafeRawBufferPointer
}

/// The parts of a multipart body (RFC 2046 §5.1.1), strictly: line breaks are CR LF, and the closing delimiter is
/// there.
struct MultipartParts {
    /// The body.
    private let body: UnsafeRawBufferPointer
    /// `CR LF -- boundary`.
    private let delimiter: [UInt8]
    /// After the delimiter line before the next part; -1 before the first, past the end after the last.
    private var position = -1

    /// Starts at the beginning.
    init(_ body: UnsafeRawBufferPointer, boundary: [UInt8]) {
        self.body = body
        delimiter = Array("\r\n--".utf8) + boundary
    }

    /// The next part; nil after the closing delimiter.
    mutating func next() throws(MultipartFault) -> MultipartPart? {
        if position < 0 {
            // The first delimiter may begin the body; a preamble before it is ignored.
            let bare = delimiter.count - 2
            if body.count >= bare, UnsafeRawBufferPointer(rebasing: body[..<bare]).elementsEqual(delimiter[2...]) {
                guard try endOfLine(bare) else { return nil }
            } else {
                guard let found = find(from: 0) else { throw .framing }
                guard try endOfLine(found + delimiter.count) else { return nil }
            }
        }
        if position > body.count { return nil }
        let start = position
        // The line break of the delimiter line before may belong to the next delimiter: an empty part.
        guard let found = find(from: max(0, start - 2)) else { throw .framing }
        let isLast = try !endOfLine(found + delimiter.count)
        if isLast { position = body.count + 1 }
        guard found >= start else { return MultipartPart(head: slice(start, start), content: slice(start, start)) }
        return part(start, found)
    }

    /// Splits a part into header lines and content.
    private func part(_ start: Int, _ end: Int) -> MultipartPart {
        if end - start >= 2, body[start] == 0x0D, body[start + 1] == 0x0A {
            return MultipartPart(head: slice(start, start), content: slice(start + 2, end))
        }
        var index = start
        while index + 3 < end {
            if body[index] == 0x0D, body[index + 1] == 0x0A, body[index + 2] == 0x0D, body[index + 3] == 0x0A {
                return MultipartPart(head: slice(start, index), content: slice(index + 4, end))
            }
            index += 1
        }
        // Without content the line break of the delimiter is the empty line.
        let isClosed = end - start >= 2 && body[end - 2] == 0x0D && body[end - 1] == 0x0A
        return MultipartPart(head: slice(start, isClosed ? end - 2 : end), content: slice(end, end))
    }

    /// A piece of the body.
    private func slice(_ lower: Int, _ upper: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: body[lower..<max(lower, upper)])
    }

    /// The next delimiter that is followed by the end of its line or by `--`.
    private func find(from start: Int) -> Int? {
        var index = start
        let last = body.count - delimiter.count
        while index <= last {
            if body[index] == 0x0D,
                UnsafeRawBufferPointer(rebasing: body[index..<(index + delimiter.count)]).elementsEqual(delimiter)
            {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Reads what follows a delimiter: true and the position of the next part, false after a closing delimiter.
    private mutating func endOfLine(_ start: Int) throws(MultipartFault) -> Bool {
        if start + 1 < body.count, body[start] == 0x2D, body[start + 1] == 0x2D {
            position = body.count + 1
            return false
        }
        var index = start
        while index < body.count, Octets.isBlank(body[index]) { index += 1 }
        guard index + 1 < body.count, body[index] == 0x0D, body[index + 1] == 0x0A else { throw .framing }
        position = index + 2
        return true
    }
}

/// The header lines of a part that matter here.
struct PartHead {
    /// `name` of Content-Disposition, without quotes and escapes.
    private(set) var name: [UInt8]?
    /// Content-Type.
    private(set) var contentType: UnsafeRawBufferPointer?
    /// All lines.
    private(set) var fields: [MessageField] = []

    /// Reads header lines (RFC 5322 without folding).
    init(_ head: UnsafeRawBufferPointer) throws(MultipartFault) {
        var start = 0
        var hasDisposition = false
        while start < head.count {
            var end = start
            while end < head.count, head[end] != 0x0D, head[end] != 0x0A { end += 1 }
            if end < head.count {
                guard head[end] == 0x0D, end + 1 < head.count, head[end + 1] == 0x0A else { throw .headers }
            }
            let nameEnd = MediaTypeText.token(head, from: start)
            guard nameEnd > start, nameEnd < end, head[nameEnd] == 0x3A else { throw .headers }
            let field = UnsafeRawBufferPointer(rebasing: head[start..<nameEnd])
            let value = Octets.trimmed(UnsafeRawBufferPointer(rebasing: head[(nameEnd + 1)..<end]))
            fields.append(MessageField(name: field, value: value))
            if Octets.equal(field, lowercase: Array("content-disposition".utf8)) {
                guard !hasDisposition else { throw .headers }
                hasDisposition = true
                name = try Self.dispositionName(value)
            } else if Octets.equal(field, lowercase: Array("content-type".utf8)) {
                guard contentType == nil, MediaTypeText(value) != nil else { throw .headers }
                contentType = value
            } else if Octets.equal(field, lowercase: Array("content-transfer-encoding".utf8)) {
                let known = ["7bit", "8bit", "binary"].contains { Octets.equal(value, lowercase: Array($0.utf8)) }
                guard known else { throw .transferEncoding }
            }
            start = end + 2
        }
    }

    /// `form-data; name="…"` (RFC 7578 §4.2).
    private static func dispositionName(_ value: UnsafeRawBufferPointer) throws(MultipartFault) -> [UInt8]? {
        let typeEnd = MediaTypeText.token(value, from: 0)
        guard Octets.equal(UnsafeRawBufferPointer(rebasing: value[..<typeEnd]), lowercase: Array("form-data".utf8))
        else {
            return nil
        }
        var rest = MediaTypeParameters(UnsafeRawBufferPointer(rebasing: value[typeEnd...]))
        var name: [UInt8]?
        while let parameter = rest.next() {
            if Octets.equal(parameter.name, lowercase: Array("name".utf8)) {
                guard name == nil else { throw .headers }
                name = Array(QuotedText(parameter.value))
            }
        }
        guard !rest.isBroken else { throw .headers }
        return name
    }
}
