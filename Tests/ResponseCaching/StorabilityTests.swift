import ResponseCaching
import Testing

/// A row of the table: a request and a reply, and what becomes of it.
struct StorageCase: Sendable, CustomTestStringConvertible {
    let section: String
    let says: String
    var method = "GET"
    var request: [(String, String)] = []
    var status = 200
    var reply: [(String, String)] = []
    var hasPrincipal = false
    var rules = CacheRules()
    /// The reason of a refusal; nil: stored.
    var refusal: Storability.Refusal?
    /// Lifetime in seconds; nil: not looked at.
    var lifetime: Int64?
    /// Age in seconds; nil: not looked at.
    var age: Int64?
    var audience = Storability.Audience.everybody

    var testDescription: String { "\(section): \(says)" }

    init(
        _ section: String, _ says: String, method: String = "GET", request: [(String, String)] = [], status: Int = 200,
        _ reply: [(String, String)], hasPrincipal: Bool = false, _ refusal: Storability.Refusal? = nil,
        lifetime: Int64? = nil, age: Int64? = nil, for audience: Storability.Audience = .everybody,
        rules change: (inout CacheRules) -> Void = { _ in }
    ) {
        (self.section, self.says, self.method, self.request, self.status) = (section, says, method, request, status)
        (self.reply, self.hasPrincipal, self.refusal, self.lifetime) = (reply, hasPrincipal, refusal, lifetime)
        (self.age, self.audience) = (age, audience)
        change(&rules)
    }
}

/// The time of all cases: Sun, 06 Nov 1994 08:49:37 GMT.
let caseTime: Int64 = 784_111_777

@Suite("Whether a reply is stored, for whom and how long (RFC 9111 §3, §4.2)")
struct StorabilityTests {
    private static func control(_ value: String) -> [(String, String)] { [("Cache-Control", value)] }
    private static let now = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let inAMinute = "Sun, 06 Nov 1994 08:50:37 GMT"
    private static let yesterday = "Sat, 05 Nov 1994 08:49:37 GMT"

    static let cases: [StorageCase] =
        [
            StorageCase("RFC 9111 §3", "a GET with a lifetime is stored", control("max-age=60"), lifetime: 60, age: 0),
            StorageCase("RFC 9111 §3", "a POST is not", method: "POST", control("max-age=60"), .method),
            StorageCase("RFC 9111 §3", "a HEAD is not", method: "HEAD", control("max-age=60"), .method),
            StorageCase("RFC 9111 §3", "nothing said, nothing to reuse", [], .nothingToReuse),
            StorageCase("RFC 9111 §3", "an unknown status is", status: 299, control("max-age=60"), lifetime: 60),
            StorageCase(
                "RFC 9111 §5.2.2.3", "an unknown status with must-understand is not", status: 299,
                control("max-age=60, must-understand"), .status),
            StorageCase("RFC 9111 §3", "302 without a lifetime is not", status: 302, [("ETag", "\"a\"")], .status),
            StorageCase("RFC 9111 §3", "302 with one is", status: 302, control("max-age=60"), lifetime: 60),
            StorageCase("RFC 9111 §3", "a validator is enough for 200", [("ETag", "\"a\"")], lifetime: 0),
            StorageCase("RFC 9111 §3", "Last-Modified is enough for 200", [("Last-Modified", yesterday)], lifetime: 0),
            StorageCase("RFC 9111 §3.3", "206 is not stored", status: 206, control("max-age=60"), .partial),
            StorageCase(
                "RFC 9110 §14.4", "Content-Range means nothing in a 200",
                control("max-age=60") + [("Content-Range", "bytes 0-1/2")], nil),
            StorageCase(
                "RFC 9111 §3.5", "with Authorization, max-age alone does not allow sharing",
                request: [("Authorization", "Bearer a")], control("max-age=60"), .authorization),
            StorageCase(
                "RFC 9111 §3.5", "public does", request: [("Authorization", "a")], control("public, max-age=60"),
                lifetime: 60),
            StorageCase(
                "RFC 9111 §3.5", "s-maxage does", request: [("Authorization", "a")], control("s-maxage=60"),
                lifetime: 60),
            StorageCase(
                "RFC 9111 §3.5", "must-revalidate does", request: [("Authorization", "a")],
                control("max-age=60, must-revalidate"), lifetime: 60),
            StorageCase(
                "RFC 9111 §3.5", "a known caller has a reply of its own", request: [("Authorization", "a")],
                control("max-age=60"), hasPrincipal: true, for: .principal),
            StorageCase(
                "RFC 9111 §3.5", "public is for everybody", request: [("Authorization", "a")],
                control("public, max-age=60"), hasPrincipal: true),
            StorageCase(
                "scope", "scope: principal keeps public to its caller", request: [("Authorization", "a")],
                control("public, max-age=60"), hasPrincipal: true, for: .principal
            ) { $0.scope = .principal },
            StorageCase(
                "scope", "scope: public shares", request: [("Authorization", "a")], control("max-age=60"),
                hasPrincipal: true
            ) { $0.scope = .shared },
            StorageCase(
                "scope", "scope: public does not share what is private", control("private, max-age=60"),
                hasPrincipal: true, .isPrivate
            ) { $0.scope = .shared },
            StorageCase(
                "RFC 9111 §5.2.2.7", "private is for its caller", control("private, max-age=60"), hasPrincipal: true,
                for: .principal),
            StorageCase(
                "RFC 9111 §5.2.2.7", "private and public is for its caller", control("public, private, max-age=60"),
                hasPrincipal: true, for: .principal),
            StorageCase(
                "RFC 9111 §5.2.1.5", "the request's no-store", request: control("no-store"), control("max-age=60"),
                .requestNoStore),
            StorageCase("Set-Cookie", "is not stored", control("max-age=60") + [("Set-Cookie", "a=b")], .setCookie),
            StorageCase("RFC 9111 §4.1", "Vary: *", control("max-age=60") + [("Vary", "*")], .varyAny),
            StorageCase("RFC 9111 §4.1", "* in a list", control("max-age=60") + [("Vary", "Accept, *")], .varyAny),
            StorageCase("Vary", "Cookie for all", control("max-age=60") + [("Vary", "Cookie")], .varyCookie),
            StorageCase(
                "Vary", "Authorization for all", control("max-age=60") + [("Vary", "authorization")],
                .varyAuthorization),
            StorageCase(
                "Vary", "Cookie for one caller", control("max-age=60") + [("Vary", "Cookie")], hasPrincipal: true,
                for: .principal),
            StorageCase("RFC 9111 §5.2.2.4", "no-cache without validator", control("no-cache"), .nothingToReuse),
            StorageCase(
                "RFC 9111 §5.2.2.4", "no-cache with one", control("no-cache, max-age=60") + [("ETag", "\"a\"")],
                lifetime: 60),
            StorageCase("RFC 9111 §4.2.1", "s-maxage before max-age", control("max-age=1, s-maxage=60"), lifetime: 60),
            StorageCase(
                "RFC 9111 §4.2.1", "max-age before Expires",
                control("max-age=30") + [("Date", now), ("Expires", inAMinute)], lifetime: 30),
            StorageCase("RFC 9111 §5.3", "Expires", [("Date", now), ("Expires", inAMinute)], lifetime: 60),
            StorageCase("RFC 9111 §5.3", "Expires: 0 is the past", [("Expires", "0"), ("ETag", "\"a\"")], lifetime: 0),
            StorageCase(
                "RFC 9111 §5.3", "two Expires, the earlier",
                [("Date", now), ("Expires", inAMinute), ("Expires", now), ("ETag", "\"a\"")], lifetime: 0),
            StorageCase(
                "RFC 9110 §5.6.7", "the date of RFC 850",
                [("Date", now), ("Expires", "Sunday, 06-Nov-94 08:50:37 GMT")], lifetime: 60),
            StorageCase(
                "RFC 9110 §5.6.7", "the date of asctime", [("Date", now), ("Expires", "Sun Nov  6 08:50:37 1994")],
                lifetime: 60),
            StorageCase(
                "RFC 9111 §4.2.3", "Age counts", control("max-age=60") + [("Age", "20")], lifetime: 60, age: 20),
            StorageCase("RFC 9111 §5.1", "an unreadable Age", control("max-age=60") + [("Age", "x")], age: 0),
            StorageCase(
                "RFC 9111 §5.1", "a list of Ages, the first", control("max-age=60") + [("Age", "7, 9")], age: 7),
            StorageCase("RFC 9111 §4.2.3", "an old Date", control("max-age=60") + [("Date", yesterday)], age: 86_400),
            StorageCase("RFC 9111 §4.2.3", "a future Date", control("max-age=60") + [("Date", inAMinute)], age: 0),
            StorageCase("ttl", "where the reply is silent", [], lifetime: 5) { $0.lifetime = 5000 },
            StorageCase("ttl", "not where it speaks", control("max-age=60"), lifetime: 60) { $0.lifetime = 5000 },
            StorageCase("override", "wins over max-age", control("max-age=60"), lifetime: 5) {
                ($0.lifetime, $0.overrides) = (5000, true)
            },
            StorageCase("override", "wins over no-store", control("no-store"), lifetime: 5) {
                ($0.lifetime, $0.overrides) = (5000, true)
            },
            StorageCase("override", "never stores a cookie", [("Set-Cookie", "a")], .setCookie) {
                ($0.lifetime, $0.overrides) = (5000, true)
            },
            StorageCase("negative", "404 by setting", status: 404, [], lifetime: 5) { $0.negative = [404: 5000] },
            StorageCase("negative", "not 410", status: 410, [], .nothingToReuse) { $0.negative = [404: 5000] },
            StorageCase("negative", "ttl is for 200 only", status: 404, [], .nothingToReuse) { $0.lifetime = 5000 },
            StorageCase(
                "RFC 9111 §4.2.2", "a tenth of the time since Last-Modified",
                [("Date", now), ("Last-Modified", yesterday)], lifetime: 8640
            ) { $0.heuristic = 0.1 },
            StorageCase(
                "RFC 9213 §2.2", "CDN-Cache-Control first",
                control("no-store") + [("CDN-Cache-Control", "max-age=60")], lifetime: 60),
            StorageCase(
                "RFC 9213 §2.2", "CDN-Cache-Control: no-store",
                control("max-age=60") + [("CDN-Cache-Control", "no-store")], .noStore),
            StorageCase(
                "RFC 9213 §2.2", "an empty one does not count", control("max-age=60") + [("CDN-Cache-Control", "")],
                lifetime: 60),
        ] + arguments + forbidding

    /// How numbers are read (RFC 9111 §1.2.2, §4.2.1).
    private static let arguments: [StorageCase] = [
        ("max-age=60", 60), ("MAX-AGE=60", 60), ("Max-Age=\"60\"", 60), (" max-age=60 ", 60), (",,max-age=60,,", 60),
        ("max-age=060", 60), ("max-age=60, max-age=30", 30), ("max-age=30, max-age=60", 30), ("max-age=-1", 0),
        ("max-age=1.5", 0), ("max-age=a", 0), ("max-age", 0), ("max-age=", 0), ("max-age=60a", 0),
        ("max-age=99999999999999999999", 2_147_483_648), ("foo=\"max-age=5\", max-age=60", 60),
        ("foo=\"a, max-age=5\", max-age=60", 60), ("s-maxage=60, s-maxage=5", 5), ("max-age=\"60\"x", 0),
        ("x-max-age=5, max-age=60", 60), ("max-age=60;s-maxage=5", 0), ("public,max-age=60", 60),
        ("max-age = 60", 0), ("max-age =60", 0), ("max-age= 60", 0),
    ].map { value, lifetime in
        StorageCase(
            "RFC 9111 §4.2.1", value, control(value) + [("ETag", "\"a\"")], lifetime: lifetime)
    }

    /// Every way to write what forbids storing.
    private static let forbidding: [StorageCase] = ["private", "no-store"].flatMap { word in
        let others = ["max-age=60", "public", "s-maxage=60", "foo=\"b,c\"", "must-revalidate", "foo=\"open"]
        let spellings = [word, word.uppercased(), word.capitalized(), "\(word)=x", "\(word)=\"a, b\"", " \(word)\t"]
        return others.flatMap { other in
            spellings.flatMap { spelling in
                [
                    [("Cache-Control", "\(spelling),\(other)")], [("Cache-Control", "\(other) , \(spelling)")],
                    [("cache-control", other), ("CACHE-CONTROL", spelling)],
                ].map {
                    StorageCase(
                        "RFC 9111 §5.2.2", "\($0.map(\.1))", $0, word == "private" ? .isPrivate : .noStore)
                }
            }
        }
    }

    @Test("a reply is stored or refused for a named reason", arguments: cases)
    func decide(_ row: StorageCase) {
        let decision = Storability.decide(
            method: row.method, request: RequestCaching(FieldList(row.request)), status: row.status,
            fields: FieldList(row.reply), rules: row.rules, hasPrincipal: row.hasPrincipal,
            requestedAt: caseTime * 1000, receivedAt: caseTime * 1000)
        switch decision {
        case .refused(let refusal): #expect(refusal == row.refusal)
        case .stored(let audience, let freshness):
            #expect(row.refusal == nil)
            #expect(audience == row.audience)
            if let lifetime = row.lifetime { #expect(freshness.lifetime == lifetime * 1000) }
            if let age = row.age { #expect(freshness.age(at: caseTime * 1000) == age * 1000) }
        }
    }
}

extension String {
    /// The first letter in upper case.
    fileprivate func capitalized() -> String { prefix(1).uppercased() + dropFirst() }
}
