/// Reads the fields that decide how a message is delimited and how its connection goes on (RFC 9112 §6.3, §9).
enum FramingRules {
    /// Settles a request's framing, connection options, host and expectation.
    static func settleRequest(_ table: HeadTable, bytes: UnsafeRawBufferPointer) throws(HeadDefect) {
        let found = try scan(table, bytes: bytes, isRequest: true)
        if found.transferEncodings > 0 {
            // RFC 9112 §6.1: a request with both, or with a transfer coding in HTTP/1.0, is an attack until proven
            // otherwise; refusing is what cannot be misread.
            guard found.contentLength == nil else { throw .conflictingFraming }
            guard table.minorVersion >= 1, found.transferEncodings == 1 else { throw .transferEncoding }
            table.framing = .chunked
        } else if let length = found.contentLength, length > 0 {
            table.framing = .length(length)
        }
        if table.hostLine >= 0 {
            let host = table[table.hostLine].value.slice(of: bytes)
            guard HostSyntax.isValid(host) else { throw .invalidHost }
        } else if table.minorVersion >= 1 {
            throw .missingHost
        }
        if table.connection.contains(.namesFields) { markNamedFields(table, bytes: bytes) }
    }

    /// Settles a response's framing and connection options.
    static func settleResponse(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, answersHEAD: Bool
    ) throws(HeadDefect) {
        let found = try scan(table, bytes: bytes, isRequest: false)
        if found.transferEncodings > 0 {
            guard found.contentLength == nil else { throw .conflictingFraming }
            guard table.minorVersion >= 1, found.transferEncodings == 1 else { throw .transferEncoding }
        }
        // RFC 9112 §6.3 (1): no content follows these, whatever the fields say.
        if answersHEAD || table.status < 200 || table.status == 204 || table.status == 304 {
            table.framing = .none
        } else if found.transferEncodings > 0 {
            table.framing = .chunked
        } else if let length = found.contentLength {
            table.framing = length > 0 ? .length(length) : .none
        } else {
            table.framing = .untilClose
        }
        if table.connection.contains(.namesFields) { markNamedFields(table, bytes: bytes) }
    }

    /// What one pass over the lines found.
    private struct Found {
        /// The agreed Content-Length, if any.
        var contentLength: Int64?
        /// Number of Transfer-Encoding lines.
        var transferEncodings = 0
    }

    /// One pass over the lines.
    private static func scan(
        _ table: HeadTable, bytes: UnsafeRawBufferPointer, isRequest: Bool
    ) throws(HeadDefect) -> Found {
        var found = Found()
        for index in 0..<table.count {
            let line = table[index]
            switch line.token {
            case .other: continue
            case .contentLength:
                guard let length = decimal(line.value.slice(of: bytes)) else { throw .contentLength }
                if let earlier = found.contentLength {
                    // RFC 9112 §6.3 (5): equal repeats may be repaired. A request's are refused; a response's become one.
                    guard !isRequest, earlier == length else { throw .contentLength }
                    table[index].token = .impostor
                }
                found.contentLength = length
            case .transferEncoding:
                let value = line.value.slice(of: bytes)
                guard value.isToken("chunked") else {
                    throw endsInChunked(value) ? .unsupportedTransferEncoding : .transferEncoding
                }
                found.transferEncodings += 1
            case .connection: table.connection.formUnion(connectionOptions(line.value.slice(of: bytes)))
            case .host:
                guard isRequest else { continue }
                guard table.hostLine < 0 else { throw .repeatedHost }
                table.hostLine = index
            case .expect:
                guard isRequest, table.minorVersion >= 1 else { continue }
                guard line.value.slice(of: bytes).isToken("100-continue") else { throw .expectation }
                table.expectsContinue = true
            case .contentType: table.contentTypeLine = table.contentTypeLine == -1 ? index : -2
            case .xRequestID: table.requestIDLine = index
            case .date: table.hasDate = true
            case .via: table.hasVia = true
            case .maxForwards: table.maxForwardsLine = index
            case .lintelCheck: table.checkLine = index
            default: continue
            }
        }
        return found
    }

    /// `1*DIGIT` below 2^63, else nil. No sign, no white space, no list.
    static func decimal(_ value: UnsafeRawBufferPointer) -> Int64? {
        guard value.count > 0, value.count <= 19 else { return nil }
        var number: Int64 = 0
        for byte in value {
            let digit = byte &- 0x30
            guard digit <= 9 else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return number
    }

    /// Whether a list of transfer codings has `chunked` last and names it once.
    private static func endsInChunked(_ value: UnsafeRawBufferPointer) -> Bool {
        var members = 0
        var chunked = 0
        var isLast = false
        ListMembers.forEach(value) { member in
            members += 1
            isLast = member.isToken("chunked")
            if isLast { chunked += 1 }
        }
        return isLast && chunked == 1 && members > 1
    }

    /// The options of one `Connection` field.
    private static func connectionOptions(_ value: UnsafeRawBufferPointer) -> ConnectionOptions {
        if value.isToken("keep-alive") { return .keepAlive }
        if value.isToken("close") { return .close }
        var options: ConnectionOptions = []
        ListMembers.forEach(value) { member in
            if member.isToken("close") {
                options.insert(.close)
            } else if member.isToken("keep-alive") {
                options.insert(.keepAlive)
            } else if member.isToken("upgrade") {
                options.insert([.upgrade, .namesFields])
            } else {
                options.insert(.namesFields)
            }
        }
        return options
    }

    /// Marks the lines that a `Connection` option names (RFC 9110 §7.6.1).
    ///
    /// Framing and routing fields are not marked: dropping those at a client's wish would be the client's weapon.
    private static func markNamedFields(_ table: HeadTable, bytes: UnsafeRawBufferPointer) {
        for index in 0..<table.count where table[index].token == .connection {
            ListMembers.forEach(table[index].value.slice(of: bytes)) { member in
                for other in 0..<table.count where other != index {
                    switch table[other].token {
                    case .host, .contentLength, .transferEncoding, .connection, .contentType, .authorization,
                        .contentEncoding, .date:
                        continue
                    default:
                        if table[other].name.slice(of: bytes).equalsIgnoringCase(member) {
                            table[other].isNamedByConnection = true
                        }
                    }
                }
            }
        }
    }
}

/// Walks the members of a comma-separated list (RFC 9110 §5.6.1), empty members left out, white space trimmed.
package enum ListMembers {
    /// Calls `body` with each member of `value`.
    package static func forEach(_ value: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != UInt8(ascii: ",") { end &+= 1 }
            var (lower, upper) = (start, end)
            while lower < upper, value[lower] == 0x20 || value[lower] == 0x09 { lower &+= 1 }
            while upper > lower, value[upper - 1] == 0x20 || value[upper - 1] == 0x09 { upper &-= 1 }
            if upper > lower { body(UnsafeRawBufferPointer(rebasing: value[lower..<upper])) }
            start = end + 1
        }
    }
}
