/// Parses HTTP/1 heads in place into a ``HeadTable``, as octets and strictly (RFC 9112).
///
/// No repairs: what two implementations could read in two ways is refused, because a gateway stands between two of
/// them. The parser is a function of the bytes; it keeps nothing between calls, so a caller whose head arrives in
/// pieces calls again (at growing distances, see `HTTPServing`).
package enum HeadParser {
    /// Empty lines before a request line that are overlooked (RFC 9112 §2.2: at least one SHOULD be).
    private static let toleratedEmptyLines = 4

    /// Parses a request head at the start of `bytes`.
    package static func parseRequest(
        _ bytes: UnsafeRawBufferPointer, into table: HeadTable, limits: HeadLimits
    ) -> HeadProgress {
        table.reset()
        var index = 0
        while index < bytes.count, bytes[index] == 0x0D || bytes[index] == 0x0A {
            guard index < 2 * toleratedEmptyLines else { return .refused(.leadingEmptyLines) }
            guard bytes[index] == 0x0D else { return .refused(.bareLineFeed) }
            guard index + 1 < bytes.count else { return .incomplete }
            guard bytes[index + 1] == 0x0A else { return .refused(.bareLineFeed) }
            index += 2
        }
        do {
            guard let fieldsStart = try parseRequestLine(bytes, from: index, into: table, limits: limits) else {
                return bytes.count > limits.bytes ? .refused(.headTooLarge) : .incomplete
            }
            guard let end = try parseFields(bytes, from: fieldsStart, into: table, limits: limits) else {
                return bytes.count > limits.bytes ? .refused(.headTooLarge) : .incomplete
            }
            guard end - index <= limits.bytes else { return .refused(.headTooLarge) }
            try FramingRules.settleRequest(table, bytes: bytes)
            return .complete(consumed: end)
        } catch {
            return .refused(error)
        }
    }

    /// Parses a response head at the start of `bytes`.
    ///
    /// - Parameter answersHEAD: the request was `HEAD`, so no content follows whatever the fields say.
    package static func parseResponse(
        _ bytes: UnsafeRawBufferPointer, into table: HeadTable, limits: HeadLimits, answersHEAD: Bool
    ) -> HeadProgress {
        table.reset()
        do {
            guard let fieldsStart = try parseStatusLine(bytes, into: table) else {
                return bytes.count > limits.bytes ? .refused(.headTooLarge) : .incomplete
            }
            guard let end = try parseFields(bytes, from: fieldsStart, into: table, limits: limits) else {
                return bytes.count > limits.bytes ? .refused(.headTooLarge) : .incomplete
            }
            guard end <= limits.bytes else { return .refused(.headTooLarge) }
            try FramingRules.settleResponse(table, bytes: bytes, answersHEAD: answersHEAD)
            return .complete(consumed: end)
        } catch {
            return .refused(error)
        }
    }

    /// Parses a trailer section, which ends in an empty line (RFC 9112 §7.1.2), into the lines of `table`.
    package static func parseTrailers(
        _ bytes: UnsafeRawBufferPointer, into table: HeadTable, limits: HeadLimits
    ) -> HeadProgress {
        table.reset()
        do {
            guard let end = try parseFields(bytes, from: 0, into: table, limits: limits) else { return .incomplete }
            return .complete(consumed: end)
        } catch {
            return .refused(error)
        }
    }

    /// The value of a Content-Length field: one decimal number below 2^63, else nil (RFC 9110 §8.6).
    package static func contentLength(_ value: UnsafeRawBufferPointer) -> Int64? { FramingRules.decimal(value) }

    /// `method SP request-target SP HTTP-version CR LF`; returns the offset behind it, nil when it is not all there.
    private static func parseRequestLine(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into table: HeadTable, limits: HeadLimits
    ) throws(HeadDefect) -> Int? {
        let count = bytes.count
        var index = start
        while index < count, OctetClass.isToken(bytes[index]) { index &+= 1 }
        guard index < count else {
            if index - start > 64 { throw .method }
            return nil
        }
        guard bytes[index] == 0x20, index > start, index - start <= 64 else {
            throw bytes[index] == 0x20 || !OctetClass.isTarget(bytes[index]) ? .requestLine : .method
        }
        table.method = ByteRange(start, index)
        index &+= 1
        let targetStart = index
        while index < count, OctetClass.isTarget(bytes[index]) { index &+= 1 }
        if index - targetStart > limits.target { throw .targetTooLong }
        guard index < count else { return nil }
        guard index > targetStart else { throw .requestLine }
        guard bytes[index] == 0x20 else {
            throw bytes[index] == 0x0D || bytes[index] == 0x0A ? .requestLine : .target
        }
        table.target = ByteRange(targetStart, index)
        index &+= 1
        // HTTP-version = "HTTP/" DIGIT "." DIGIT, then CR LF: ten octets.
        guard count - index >= 10 else {
            // Name what is wrong as soon as it can be seen, so that garbage does not have to wait for a deadline.
            let known: StaticString = "HTTP/"
            for offset in 0..<min(count - index, 5) where bytes[index + offset] != known.utf8Start[offset] {
                throw .requestLine
            }
            if count - index > 8, bytes[index + 8] != 0x0D { throw .version }
            return nil
        }
        table.minorVersion = try parseVersion(bytes, at: index)
        guard bytes[index + 8] == 0x0D, bytes[index + 9] == 0x0A else {
            throw bytes[index + 8] == 0x0A ? .bareLineFeed : .version
        }
        return index + 10
    }

    /// `HTTP-version SP status-code SP [reason-phrase] CR LF`; the second space may be missing when no phrase follows.
    private static func parseStatusLine(
        _ bytes: UnsafeRawBufferPointer, into table: HeadTable
    ) throws(HeadDefect) -> Int? {
        let known: StaticString = "HTTP/1."
        for offset in 0..<min(bytes.count, 7) where bytes[offset] != known.utf8Start[offset] { throw .statusLine }
        guard bytes.count >= 14 else { return nil }
        table.minorVersion = try parseVersion(bytes, at: 0)
        guard bytes[8] == 0x20 else { throw .statusLine }
        var status = 0
        for offset in 9..<12 {
            let digit = bytes[offset] &- 0x30
            guard digit <= 9 else { throw .statusLine }
            status = status * 10 + Int(digit)
        }
        guard (100...599).contains(status) else { throw .statusLine }
        table.status = status
        var index = 12
        if bytes[index] == 0x20 { index += 1 } else if bytes[index] != 0x0D { throw .statusLine }
        let end = OctetClass.firstControl(bytes, from: index, to: bytes.count)
        guard end < bytes.count else { return nil }
        guard bytes[end] == 0x0D else { throw bytes[end] == 0x0A ? .bareLineFeed : .statusLine }
        guard end + 1 < bytes.count else { return nil }
        guard bytes[end + 1] == 0x0A else { throw .statusLine }
        table.reason = ByteRange(index, end)
        return end + 2
    }

    /// `"HTTP/" DIGIT "." DIGIT` at `index`, where eight octets are known to be; the minor version, at most 1.
    private static func parseVersion(_ bytes: UnsafeRawBufferPointer, at index: Int) throws(HeadDefect) -> Int {
        let known: StaticString = "HTTP/"
        for offset in 0..<5 where bytes[index + offset] != known.utf8Start[offset] { throw .requestLine }
        let (major, minor) = (bytes[index + 5] &- 0x30, bytes[index + 7] &- 0x30)
        guard major <= 9, minor <= 9, bytes[index + 6] == UInt8(ascii: ".") else { throw .version }
        guard major == 1 else { throw .unsupportedVersion }
        // RFC 9112 §2.3: a higher minor version is processed as the highest one known.
        return minor == 0 ? 0 : 1
    }

    /// Field lines up to and with the empty line; the offset behind it, nil when it is not there yet.
    private static func parseFields(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into table: HeadTable, limits: HeadLimits
    ) throws(HeadDefect) -> Int? {
        let count = bytes.count
        var index = start
        while true {
            guard index < count else { return nil }
            if bytes[index] == 0x0D {
                guard index + 1 < count else { return nil }
                guard bytes[index + 1] == 0x0A else { throw .bareLineFeed }
                return index + 2
            }
            let nameStart = index
            var underscores = false
            while index < count, OctetClass.isToken(bytes[index]) {
                if bytes[index] == UInt8(ascii: "_") { underscores = true }
                index &+= 1
            }
            guard index < count else {
                if index - start > limits.bytes { throw .headTooLarge }
                return nil
            }
            guard bytes[index] == UInt8(ascii: ":"), index > nameStart else {
                // RFC 9112 §5.1 and §5.2: white space before the colon and folded lines MUST be refused.
                if index == nameStart, bytes[index] == 0x20 || bytes[index] == 0x09 { throw .lineFolding }
                throw bytes[index] == 0x0A ? .bareLineFeed : .fieldName
            }
            let nameEnd = index
            index &+= 1
            while index < count, bytes[index] == 0x20 || bytes[index] == 0x09 { index &+= 1 }
            let valueStart = index
            index = OctetClass.firstControl(bytes, from: index, to: count)
            guard index < count else {
                if index - start > limits.bytes { throw .headTooLarge }
                return nil
            }
            guard bytes[index] == 0x0D else { throw bytes[index] == 0x0A ? .bareLineFeed : .fieldValue }
            guard index + 1 < count else { return nil }
            guard bytes[index + 1] == 0x0A else { throw .fieldValue }
            var valueEnd = index
            while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd &-= 1 }
            index &+= 2
            guard table.count < limits.fields, table.count < table.capacity else { throw .tooManyFields }
            let name = ByteRange(nameStart, nameEnd)
            var token = FieldName.recognise(name.slice(of: bytes))
            if underscores { token = isImpostor(name.slice(of: bytes)) ? .impostor : .other }
            table.append(
                FieldLine(name: name, value: ByteRange(valueStart, valueEnd), token: token, isNamedByConnection: false))
        }
    }

    /// Whether a name with underscores would be a known name if they were dashes.
    private static func isImpostor(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count <= 32 else { return false }
        return withUnsafeTemporaryAllocation(byteCount: name.count, alignment: 1) { folded in
            for index in 0..<name.count {
                folded[index] = name[index] == UInt8(ascii: "_") ? UInt8(ascii: "-") : name[index]
            }
            return FieldName.recognise(UnsafeRawBufferPointer(folded)) != .other
        }
    }
}
