import HTTPExchanges

/// How long a reply is fresh by its own words (RFC 9111 §4.2.1): `max-age` less `Age`.
///
/// `no-cache`, `no-store` and `Expires` are not looked at: the settings say how often keys are fetched where no
/// `max-age` does, and a set that must not be kept at all could not be used.
struct CacheLifetime {
    /// `max-age` of the first directive of that name.
    private var maximumAge: Int64?
    /// `Age`, the time that the reply has spent in caches (RFC 9111 §5.1).
    private var age: Int64 = 0
    /// RFC 9111 §1.2.2: a larger number counts as this.
    private static let most: Int64 = 1 << 31

    /// The lifetime; nil where the reply says nothing.
    var duration: Duration? {
        maximumAge.map { .seconds(max(0, $0 - age)) }
    }

    /// Takes a field line in.
    mutating func take(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if name.isToken("age") {
            age = Self.seconds(value) ?? 0
        } else if name.isToken("cache-control") {
            ListMembers.forEach(value) { member in
                guard maximumAge == nil, let sign = member.firstIndex(of: UInt8(ascii: "=")) else { return }
                guard UnsafeRawBufferPointer(rebasing: member[..<sign]).isToken("max-age") else { return }
                var argument = member[(sign + 1)...]
                // RFC 9111 §5.2: recipients take the quoted form too.
                if argument.count >= 2, argument.first == UInt8(ascii: "\""), argument.last == UInt8(ascii: "\"") {
                    argument = argument.dropFirst().dropLast()
                }
                maximumAge = Self.seconds(UnsafeRawBufferPointer(rebasing: argument))
            }
        }
    }

    /// delta-seconds (RFC 9111 §1.2.2); nil where it is none.
    private static func seconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard !text.isEmpty, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return HeadParser.contentLength(text).map { min($0, most) } ?? most
    }
}
