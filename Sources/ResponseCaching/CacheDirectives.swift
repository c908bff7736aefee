/// The directives of `Cache-Control`, or of a field with the same directives (RFC 9111 §5.2, RFC 9213 §2).
///
/// All lines are one list; names are compared without case; arguments may be tokens or quoted strings. A directive that
/// comes twice counts in its most restrictive form, and a number that cannot be read counts as the most restrictive one
/// (RFC 9111 §4.2.1: such responses are to be considered stale). A quoted string that does not end hides nothing: what
/// stands in it is read as directives too.
package struct CacheDirectives: Sendable, Equatable {
    /// `no-store`
    package var noStore = false
    /// `no-cache` without field names.
    package var noCache = false
    /// The fields that `no-cache="…"` names.
    package var noCacheFields: [[UInt8]] = []
    /// `private`, with or without field names.
    package var isPrivate = false
    /// `public`
    package var isPublic = false
    /// `must-revalidate`
    package var mustRevalidate = false
    /// `proxy-revalidate`
    package var proxyRevalidate = false
    /// `must-understand`
    package var mustUnderstand = false
    /// `only-if-cached`
    package var onlyIfCached = false
    /// `max-age` in seconds.
    package var maxAge: Int64?
    /// `s-maxage` in seconds.
    package var sharedMaxAge: Int64?
    /// `min-fresh` in seconds.
    package var minFresh: Int64?
    /// `max-stale` in seconds, `.max` without a number.
    package var maxStale: Int64?
    /// `stale-while-revalidate` in seconds (RFC 5861 §3).
    package var staleWhileRevalidate: Int64?
    /// `stale-if-error` in seconds (RFC 5861 §4).
    package var staleIfError: Int64?
    /// Whether there was any directive.
    package var isEmpty = true

    /// No directives.
    package init() {}

    /// The directives of the lines of a field.
    ///
    /// - Parameter isStructured: whether it is a Dictionary, whose members have parameters that say nothing here
    ///   (RFC 9213 §2.1).
    package init(_ lines: [[UInt8]], isStructured: Bool = false) {
        for line in lines { read(isStructured ? TargetedField.withoutParameters(line) : line) }
    }

    /// Reads one line.
    private mutating func read(_ line: [UInt8]) {
        var position = 0
        while position < line.count {
            while position < line.count, line[position].isBlank || line[position] == 0x2C { position += 1 }
            let start = position
            while position < line.count, line[position] != 0x2C, line[position] != 0x3D { position += 1 }
            let written = line[start..<position]
            let name = Array(written).trimmed.lowercased
            var argument: [UInt8]?
            // RFC 9111 §5.2: no blanks stand around "=". A number with them is none; a word that restricts still does.
            var isBroken = false
            if position < line.count, line[position] == 0x3D {
                position += 1
                isBroken = written.last?.isBlank == true || position < line.count && line[position].isBlank
                argument = Self.argument(line, &position)
            }
            if !name.isEmpty { take(name, isBroken ? argument.map { [0x20] + $0 } : argument) }
        }
    }

    /// Reads an argument up to the comma behind it. A quoted string without an end is given up after its quote.
    private static func argument(_ line: [UInt8], _ position: inout Int) -> [UInt8] {
        while position < line.count, line[position].isBlank { position += 1 }
        if position < line.count, line[position] == 0x22 {
            var text: [UInt8] = []
            var index = position + 1
            while index < line.count, line[index] != 0x22 {
                if line[index] == 0x5C, index + 1 < line.count { index += 1 }
                text.append(line[index])
                index += 1
            }
            // Only a comma may follow the quote; else the string is none, and nothing in it is hidden.
            var end = index + 1
            while end < line.count, line[end].isBlank { end += 1 }
            if index < line.count, end >= line.count || line[end] == 0x2C {
                position = end
                return text
            }
            position += 1
        }
        let start = position
        while position < line.count, line[position] != 0x2C { position += 1 }
        return Array(line[start..<position]).trimmed
    }

    /// Takes one directive in.
    private mutating func take(_ name: [UInt8], _ argument: [UInt8]?) {
        isEmpty = false
        switch String(decoding: name, as: UTF8.self) {
        case "no-store": noStore = true
        case "no-cache":
            guard let argument, !argument.isEmpty else {
                noCache = true
                return
            }
            noCacheFields += argument.split(separator: 0x2C).map { Array($0).trimmed.lowercased }
        // With field names a private directive forbids only those fields; leaving the whole response out is safe.
        case "private": isPrivate = true
        case "public": isPublic = true
        case "must-revalidate": mustRevalidate = true
        case "proxy-revalidate": proxyRevalidate = true
        case "must-understand": mustUnderstand = true
        case "only-if-cached": onlyIfCached = true
        case "max-age": Self.lower(&maxAge, argument)
        case "s-maxage": Self.lower(&sharedMaxAge, argument)
        case "stale-while-revalidate": Self.lower(&staleWhileRevalidate, argument)
        case "stale-if-error": Self.lower(&staleIfError, argument)
        case "min-fresh": minFresh = max(minFresh ?? 0, argument?.deltaSeconds ?? 2_147_483_648)
        case "max-stale": maxStale = min(maxStale ?? .max, argument.map { $0.deltaSeconds ?? 0 } ?? .max)
        default: break
        }
    }

    /// Takes the lower of two numbers; one that cannot be read is 0.
    private static func lower(_ number: inout Int64?, _ argument: [UInt8]?) {
        number = min(number ?? .max, argument?.deltaSeconds ?? 0)
    }
}
