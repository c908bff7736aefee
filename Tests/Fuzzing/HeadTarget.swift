import HTTPExchanges

/// HTTP/1 heads and chunked bodies: however the bytes arrive, the verdict is the same, and every range lies in them.
///
/// The first byte says what the rest is taken for.
struct HeadTarget: FuzzTarget {
    static let name = "head"

    /// What a parser said, comparable.
    private enum Outcome: Equatable {
        case incomplete
        case complete(Int)
        case refused(HeadDefect)
    }

    func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first else { return }
        // In memory of its own, so that reading before it is seen too.
        let bytes = Array(input.dropFirst())
        bytes.withUnsafeBytes { bytes in
            switch kind % 5 {
            case 4: checkChunks(bytes)
            default: checkHead(kind % 5, bytes)
            }
        }
    }

    /// Parses every beginning of a head: once there is a verdict, more bytes never change it.
    private func checkHead(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer) {
        let table = HeadTable(capacity: 32)
        let whole = parse(kind, bytes, table)
        if case .complete(let consumed) = whole {
            hold(consumed <= bytes.count, "no more is consumed than came")
            checkTable(table, consumed)
        }
        var lastWasIncomplete = true
        // A prime step: the cuts of long heads fall everywhere in the course of many inputs.
        for count in stride(from: 0, to: bytes.count, by: bytes.count > 256 ? 17 : 1) {
            let part = Array(bytes[..<count])
            let verdict = part.withUnsafeBytes { parse(kind, $0, table) }
            if verdict == .incomplete {
                hold(lastWasIncomplete, "a verdict is not taken back")
                continue
            }
            lastWasIncomplete = false
            if case .refused = verdict, case .refused = whole { continue }
            hold(verdict == whole, "\(count) of \(bytes.count) bytes: \(verdict), all of them: \(whole)")
        }
        if !lastWasIncomplete { hold(whole != .incomplete, "a verdict is not taken back by the last bytes") }
    }

    /// Parses one piece of bytes.
    private func parse(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer, _ table: HeadTable) -> Outcome {
        let limits = HeadLimits(bytes: 2048, fields: 24)
        let progress =
            switch kind {
            case 0: HeadParser.parseRequest(bytes, into: table, limits: limits)
            case 1: HeadParser.parseResponse(bytes, into: table, limits: limits, answersHEAD: false)
            case 2: HeadParser.parseResponse(bytes, into: table, limits: limits, answersHEAD: true)
            default: HeadParser.parseTrailers(bytes, into: table, limits: limits)
            }
        switch progress {
        case .incomplete: return .incomplete
        case .complete(let consumed): return .complete(consumed)
        case .refused(let defect): return .refused(defect)
        }
    }

    /// Every range lies in the head.
    private func checkTable(_ table: HeadTable, _ consumed: Int) {
        func isInside(_ range: ByteRange) -> Bool { range.lower <= range.upper && Int(range.upper) <= consumed }
        hold(isInside(table.method) && isInside(table.target) && isInside(table.reason), "the first line lies inside")
        for index in 0..<table.count {
            hold(isInside(table[index].name) && isInside(table[index].value), "field \(index) lies inside")
        }
        let lines = [table.hostLine, table.contentTypeLine, table.requestIDLine, table.maxForwardsLine]
        hold(lines.allSatisfy { $0 < table.count }, "lines that are named exist")
    }

    /// Decodes chunks whole, and one byte at a time.
    private func checkChunks(_ bytes: UnsafeRawBufferPointer) {
        let whole = decode(bytes, step: bytes.count)
        hold(whole.data.count <= bytes.count, "no data is made up")
        for step in [1, 7] {
            let pieces = decode(bytes, step: step)
            hold(pieces.end == whole.end, "in steps of \(step): \(pieces.end), at once: \(whole.end)")
            hold(pieces.data == whole.data && pieces.trailers == whole.trailers, "the same content in steps of \(step)")
            hold(pieces.consumed == whole.consumed || whole.end == "invalid", "the end is at the same place")
        }
    }

    /// What a decoder finds in bytes that arrive in pieces.
    private func decode(
        _ bytes: UnsafeRawBufferPointer, step: Int
    ) -> (data: [UInt8], end: String, trailers: [UInt8], consumed: Int) {
        var decoder = ChunkedDecoder()
        var data: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + step, bytes.count)])
            var offset = 0
            while true {
                switch decoder.next(piece, offset: &offset) {
                case .data(let range):
                    hold(range.upperBound <= piece.count && !range.isEmpty, "data lies in the piece")
                    data += piece[range]
                    continue
                case .needsMore: hold(offset == piece.count, "everything is consumed")
                case .end: return (data, "end", decoder.trailers, start + offset)
                case .invalid: return (data, "invalid", [], start + offset)
                }
                break
            }
            start += piece.count
        }
        return (data, "needs more", [], start)
    }
}
